import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { type EpochMs, epochMs } from '../../core/time.ts';
import { CommandError, processTerminal, type Terminal } from '../cli/terminal.ts';
import { readFeedsEnvironment } from './environment.ts';
import { askHealth, HEALTH_PORT } from './health-server.ts';
import { runFeedsCommand } from './run-feeds.ts';

/** A health check is over by then: the container's own gives it 15 s, the start of its process included. */
const HEALTH_MS_MAX = 3_000;

const HELP = `
Environment: DECKLE_STAGE, DECKLE_TABLE, DECKLE_BUS, DECKLE_BUCKET and AWS_REGION, as the stack's outputs name them;
DECKLE_TRACE=on writes when each window was published; AWS_ENDPOINT_URL asks another endpoint than AWS itself;
DECKLE_KALSHI_KEY_ID with DECKLE_KALSHI_PRIVATE_KEY (or its file, ..._FILE) opens Kalshi's stream.
Exit codes of run: 0 the source or the count of windows is over, or stopped by SIGTERM; 1 failed; 2 called wrongly;
3 another feeds process took the lease.`;

/** Runs one command line of the feeds process and gives its exit code. Never a stack trace for a person. */
export async function runFeedsMain(
  args: readonly string[],
  terminal: Terminal = processTerminal,
): Promise<number> {
  let code = 0;
  const program = build(terminal, (result) => {
    code = result;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof CommandError) {
      terminal.stderr(`feeds: ${error.message}\n`);
      return error.exitCode;
    }
    terminal.stderr(
      `feeds: this should not have happened: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    if (error instanceof Error && process.env['DECKLE_DEBUG']) terminal.stderr(`${error.stack}\n`);
    else terminal.stderr('set DECKLE_DEBUG=1 to see where\n');
    return 1;
  }
}

function build(terminal: Terminal, done: (code: number) => void): Command {
  const program = new Command('feeds')
    .description('The feeds process: watches venues, closes market windows and publishes them for one stage.')
    .exitOverride()
    .configureOutput({ writeOut: terminal.stdout, writeErr: terminal.stderr })
    .showHelpAfterError('(add --help for the options)')
    .addHelpText('after', HELP);
  const port = (): Option =>
    new Option('--port <n>', 'port of /health on 127.0.0.1; 0 takes any free one')
      .argParser(portNumber)
      .default(HEALTH_PORT);
  program
    .command('run')
    .description('publish the windows of a feed until SIGTERM')
    .addOption(
      new Option(
        '--source <source>',
        'where frames come from; what the configuration names under feed.source unless given',
      ).choices(['demo', 'live']),
    )
    .option('--windows <n>', 'end after so many windows', positive)
    .option('--seed <n>', "seed of the demo market; the configuration's unless given", wholeNumber)
    .addOption(
      new Option(
        '--scenario <name>',
        "scenario of the demo market; the configuration's unless given",
      ).choices(['fair', 'crash']),
    )
    .option(
      '--start-at <time>',
      "market time at which the demo begins, e.g. 2026-01-05T09:00:00Z; now unless given, with --lockstep the embedded demo's",
      moment,
    )
    .option(
      '--lockstep',
      'publish the next window when the functions have settled the last one (needs traces)',
    )
    .option('--settle-timeout <seconds>', 'how long --lockstep waits for one window', positive, 30)
    .addOption(port())
    .option('--json', 'a summary as one JSON document on stdout at the end; the log goes to stderr')
    .addHelpText('after', HELP)
    .action(async (options) => done(await runFeedsCommand(options, readFeedsEnvironment(), terminal)));
  program
    .command('health')
    .description('ask the process on this machine how it is; exits with 0 when it is well, else with 1')
    .addOption(port())
    .action(async (options: { port: number }) => {
      const { isWell, text } = await askHealth(options.port, HEALTH_MS_MAX);
      (isWell ? terminal.stdout : terminal.stderr)(`${text}\n`);
      done(isWell ? 0 : 1);
    });
  return program;
}

const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
};
const positive = (text: string): number => {
  const count = wholeNumber(text);
  if (count < 1) throw new InvalidArgumentError('must be at least 1.');
  return count;
};
const portNumber = (text: string): number => {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('must be a port from 0 to 65535.');
  return port;
};
const moment = (text: string): EpochMs => {
  const ms = /^\d{4}-\d{2}-\d{2}T.*Z$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isSafeInteger(ms) || ms < 0)
    throw new InvalidArgumentError('must be a time in UTC, e.g. 2026-01-05T09:00:00Z.');
  return epochMs(ms);
};
