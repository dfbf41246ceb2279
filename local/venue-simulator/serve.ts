import { Command, InvalidArgumentError, Option } from 'commander';
import { systemTimers } from '../../adapters/venues/session/timers.ts';
import { seededFaults } from './seeded-faults.ts';
import { type SimServer, startSimServer } from './sim-server.ts';
import { SimVenue } from './sim-venue.ts';
import { SIM_VENUES } from './sim-venues.ts';

/** What a simulated venue is started with. */
export interface ServeOptions {
  readonly venue: string;
  readonly seed: number;
  readonly port: number;
  readonly symbols: number;
  readonly stepMs: number;
  /** For so many hours things go wrong, about every five minutes; 0 for never. */
  readonly faultHours: number;
}

/** Starts a simulated venue on this machine; what to tell whoever wants to use it. */
export async function serveVenue(
  options: ServeOptions,
): Promise<{ readonly server: SimServer; readonly text: string }> {
  const kind = SIM_VENUES[options.venue];
  if (kind === undefined) throw new RangeError(`no venue '${options.venue}'`);
  const { seed, port, faultHours } = options;
  const listings = kind.listings({ count: options.symbols, stepMs: options.stepMs });
  const symbols = listings.map(({ instrument }) => instrument.symbol);
  const venue = new SimVenue({
    seed,
    timers: systemTimers,
    dialect: kind.dialect,
    listings,
    faults: faultHours > 0 ? seededFaults({ seed, hours: faultHours, symbols }) : [],
  });
  const server = await startSimServer(venue, { port });
  const settings = kind.settings.map((line) => `    ${line}\n`).join('');
  const text = `A simulated ${options.venue}, seed ${seed}: ${symbols.join(', ')}

  WebSocket  ${server.hosts.ws}
  REST       ${server.hosts.rest}

In the configuration:

venues:
  ${kind.block}:
${settings}    hosts:
      ws: ${server.hosts.ws}
      rest: ${server.hosts.rest}

It runs until Ctrl+C.
`;
  return { server, text };
}

const whole =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`must be a whole number from ${least} to ${most}.`);
    return value;
  };

const command = new Command('serve')
  .description('A simulated venue on this machine, over WebSocket and REST, for clients to be tried on.')
  .addOption(new Option('--venue <name>', 'which one').choices(Object.keys(SIM_VENUES)).makeOptionMandatory())
  .option('--seed <n>', 'the same seed makes the same market', whole(0, 999_999_999), 7)
  .option('--port <n>', 'where it listens on 127.0.0.1; 0 takes a free one', whole(0, 65_535), 0)
  .option('--symbols <n>', 'how many instruments', whole(1, 10), 3)
  .option('--step-ms <n>', 'mean time between two things that happen in one', whole(1, 60_000), 100)
  .option('--fault-hours <n>', 'let things go wrong for so long, about every five minutes', whole(0, 720), 0)
  .action(async (options: ServeOptions) => {
    const { server, text } = await serveVenue(options);
    process.stdout.write(text);
    process.once('SIGINT', () => void server.close());
    process.once('SIGTERM', () => void server.close());
  });

if (import.meta.main) await command.parseAsync();
