import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { systemTimers } from '../../adapters/venues/session/timers.ts';
import { processTerminal, type Terminal } from '../cli/terminal.ts';
import type { Fault } from './faults.ts';
import { FAULTS_HELP, namedFault } from './named-faults.ts';
import { SERVED_VENUES, type VenueStart } from './served-venues.ts';
import { PortError, type SimServer, startSimServer } from './sim-server.ts';
import { checkFaultsAt } from './venue-faults.ts';

/** What a simulated venue is served with. */
export interface ServeOptions extends Omit<VenueStart, 'timers' | 'count'> {
  readonly venue: string;
  readonly port: number;
  readonly symbols: number;
}

/**
 * Starts a simulated venue on this machine; what to tell whoever wants to use it.
 * @throws RangeError in words, when there is no such venue, or it cannot have one of the faults.
 */
export async function serveVenue(
  options: ServeOptions,
): Promise<{ readonly server: SimServer; readonly text: string }> {
  const { venue: name, seed, port, symbols: count } = options;
  const start = SERVED_VENUES.get(name);
  if (start === undefined) throw new RangeError(`no venue '${name}'`);
  checkFaultsAt(name, options.faults ?? []);
  const { venue, lists, hasStream, settings } = start({ ...options, timers: systemTimers, count });
  const server = await startSimServer(venue, { port });
  const text = `A simulated ${name}, seed ${seed}: ${lists.join(', ')}

${hasStream ? `  WebSocket  ${server.hosts.ws}\n` : ''}  REST       ${server.hosts.rest}

${settings(server.hosts)}
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

function oneMore(text: string, before: readonly Fault[]): readonly Fault[] {
  try {
    return [...before, namedFault(text)];
  } catch (error) {
    throw error instanceof RangeError ? new InvalidArgumentError(`${error.message}.`) : error;
  }
}

/** Which venue it is may be said behind its faults. */
function checkAll(command: Command, venue: string, faults: readonly Fault[]): void {
  try {
    checkFaultsAt(venue, faults);
  } catch (error) {
    throw error instanceof RangeError
      ? command.error(`error: option '--fault <what>': ${error.message}.`)
      : error;
  }
}

/** Runs one command line; 0 when the venue listens or help was shown, 1 when its port cannot be had, 2 when called wrongly. */
export async function runServe(
  args: readonly string[],
  terminal: Terminal = processTerminal,
): Promise<number> {
  try {
    await build(terminal).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!(error instanceof PortError)) throw error;
    terminal.stderr(`simulate: ${error.message}\n`);
    return 1;
  }
}

const build = (terminal: Terminal): Command =>
  new Command('simulate')
    .description('A simulated venue on this machine, over WebSocket and REST, for clients to be tried on.')
    .usage('-- --venue <name> [options]')
    .exitOverride()
    .configureOutput({ writeOut: terminal.stdout, writeErr: terminal.stderr })
    .showHelpAfterError('(add --help for the options)')
    .addOption(
      new Option('--venue <name>', 'which one; espn for scores')
        .choices([...SERVED_VENUES.keys()])
        .makeOptionMandatory(),
    )
    .option('--seed <n>', 'the same seed makes the same market', whole(0, 999_999_999), 7)
    .option('--port <n>', 'where it listens on 127.0.0.1; 0 takes a free one', whole(0, 65_535), 0)
    .option('--symbols <n>', 'how many pairs, where assets are traded', whole(1, 10), 3)
    .option('--step-ms <n>', 'mean time between two things that happen in one', whole(1, 60_000), 100)
    .option(
      '--fault-hours <n>',
      'let things go wrong for so long, about every five minutes',
      whole(0, 720),
      0,
    )
    .addOption(
      new Option('--fault <what>', 'let this go wrong at its moment (below); may be given several times')
        .argParser(oneMore)
        .default([], 'none'),
    )
    .addHelpText('after', FAULTS_HELP)
    .action(async (given: ServeOptions & { readonly fault: readonly Fault[] }, command: Command) => {
      const { fault, ...options } = given;
      checkAll(command, options.venue, fault);
      const { server, text } = await serveVenue({ ...options, faults: fault });
      terminal.stdout(text);
      process.once('SIGINT', () => void server.close());
      process.once('SIGTERM', () => void server.close());
    });

if (import.meta.main) process.exitCode = await runServe(process.argv.slice(2));
