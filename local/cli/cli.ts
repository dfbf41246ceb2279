import { existsSync, statSync } from 'node:fs';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { RecordingError } from '../../adapters/recordings/recorded-line.ts';
import { ObjectStoreError } from '../../adapters/s3/object-store-error.ts';
import { StoreError } from '../../adapters/store/item-store.ts';
import { BooksBusyError } from '../../adapters/store/one-picture.ts';
import { ClockStepError } from '../../adapters/venues/session/live-source.ts';
import { WindowLogError } from '../../adapters/window-log/window-log.ts';
import { DeskError } from '../desk-error.ts';
import { SessionError } from '../session/open-session.ts';
import { DECKLE_DIRECTORY } from '../session/session-file.ts';
import { StackError } from '../stack-view/stack-error.ts';
import { StatusServerError } from '../watch/status-server.ts';
import { CANDLES_HELP, candles } from './candles.ts';
import { configPush } from './config-push.ts';
import { configShow } from './config-show.ts';
import { configValidate } from './config-validate.ts';
import { addCost } from './cost.ts';
import { deployCheck } from './deploy-check.ts';
import { explain } from './explain.ts';
import { FEED_CHECK_HELP, feedCheck } from './feed-check.ts';
import { reconcileNow, reportNow, reset } from './keep.ts';
import { orders, positions, status } from './look.ts';
import { kill, resume } from './mode.ts';
import { RECORD_HELP, record } from './record.ts';
import { replay } from './replay.ts';
import { SEARCH_HELP, search } from './search.ts';
import { checkStackOption, requireStack } from './stack-option.ts';
import type { DeskSeams } from './start-desk.ts';
import { LIVE_CONFIG, startDesk } from './start-desk.ts';
import type { Terminal } from './terminal.ts';
import { CommandError, processTerminal } from './terminal.ts';
import { showUniverse, UNIVERSE_HELP } from './universe.ts';

/** Options that every command has. */
export interface CommonOptions {
  readonly dir: string;
  readonly session?: string;
  readonly json?: true;
  /** The stage whose deployed stack it is about, instead of a session. */
  readonly stack?: string;
}

const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('must be a whole number.');
  return Number(text);
};
const portNumber = (text: string): number => {
  const port = wholeNumber(text);
  if (port > 65_535) throw new InvalidArgumentError('must be a port from 0 to 65535.');
  return port;
};
const positive = (text: string): number => {
  const count = wholeNumber(text);
  if (count < 1) throw new InvalidArgumentError('must be at least 1.');
  return count;
};

const recordingName = (text: string): string => {
  if (!/^[\w-]{1,60}$/.test(text))
    throw new InvalidArgumentError('must be letters, digits, dashes and underscores, at most 60.');
  return text;
};

function requireFolder(dir: unknown): void {
  if (typeof dir === 'string' && existsSync(dir) && !statSync(dir).isDirectory())
    throw new CommandError(`--dir ${dir} is a file; it must be the folder of the sessions`, 2);
}

const KILL_HELP = `
Exits with 0 when every session it was to halt is halted. In a directory without any session it exits with 1: the HALT file
it leaves there halts whatever starts next in that directory, but no desk that runs on another one.
With --json: {"halted": false when there was no session, "haltFile": its path while it stands, else null,
"sessions": [{"session", "stored": false while only the HALT file halts it, "ended": pid of a hanging desk or null}]}

With --stack it stores the halted mode in the stack's table, which every order and fill checks in its own transaction, and
exits with 0 only when that has committed; it tries for up to 30 seconds. It needs the table and, for the table's name,
CloudFormation; with DECKLE_TABLE set to the name, the table alone. --json: {"halted": true, "stack", "table", "version",
"reason", "author", "already": true when it was halted before}`;

/** Runs one command line and gives its exit code: 0 done, 1 failed, 2 called wrongly. Never a stack trace for a person. */
export async function runCli(
  args: readonly string[],
  terminal: Terminal = processTerminal,
  seams?: DeskSeams,
): Promise<number> {
  let code = 0;
  const done = (result: number): void => {
    code = result;
  };
  const program = build(terminal, done, seams);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (isForPeople(error)) {
      terminal.stderr(`deckle: ${error.message}\n`);
      return error instanceof CommandError ? error.exitCode : 1;
    }
    // A bug: say so, and leave the trace where a report can quote it.
    terminal.stderr(
      `deckle: this should not have happened: ${error instanceof Error ? error.message : String(error)}\n`,
    );
    if (process.env['DECKLE_DEBUG'] && error instanceof Error) terminal.stderr(`${error.stack}\n`);
    else terminal.stderr('set DECKLE_DEBUG=1 to see where\n');
    return 1;
  }
}

const isForPeople = (error: unknown): error is Error =>
  error instanceof CommandError ||
  error instanceof BooksBusyError ||
  error instanceof SessionError ||
  error instanceof DeskError ||
  error instanceof StoreError ||
  error instanceof RecordingError ||
  error instanceof WindowLogError ||
  error instanceof ObjectStoreError ||
  error instanceof StatusServerError ||
  error instanceof StackError ||
  error instanceof ClockStepError;

function build(terminal: Terminal, done: (code: number) => void, seams: DeskSeams | undefined): Command {
  const program = new Command('deckle')
    .description(
      'A paper-trading desk: fills with evidence, a double-entry ledger, a switch outside the desk. It cannot place a real order.',
    )
    .exitOverride()
    .configureOutput({ writeOut: terminal.stdout, writeErr: terminal.stderr })
    .showHelpAfterError('(add --help for the options)')
    .option(
      '--stack <stage>',
      'a deployed stack instead of a session: dev, prod or local; before or after the command',
    )
    .hook('preAction', (_, action) => {
      requireFolder(action.opts()['dir']);
      checkStackOption(action);
    });
  /** Options of a command with those of the program. */
  const withGlobals = <T extends object>(options: T): T => ({ ...options, ...program.opts() });
  const command = (parent: Command, name: string, description: string): Command =>
    parent
      .command(name)
      .description(description)
      .option('--dir <directory>', 'where sessions, logs and reports live', DECKLE_DIRECTORY)
      .option('--json', 'one JSON document on stdout, everything else on stderr');
  const onSession = (name: string, description: string, unlessGiven = 'the newest'): Command =>
    command(program, name, description).option(
      '--session <name>',
      `the session; ${unlessGiven} unless given`,
    );

  command(program, 'start', 'run the desk: the demo market, live venues, or recordings')
    .option('--config <file>', 'the configuration; deckle.yaml, with --live deckle.live.yaml, unless given')
    .option('--live', "follow the venues' own streams instead of the demo")
    .option(
      '--recording <files...>',
      'replay recorded frames (JSON lines, gzipped or not) instead of the demo',
    )
    .option('--once', 'exit when the input is over instead of staying up with its status')
    .option('--fresh', 'archive the session of this input first and begin anew')
    .option('--windows <n>', 'stop when the session has settled so many windows', positive)
    .option('--port <n>', 'port of the status page on 127.0.0.1; 0 takes any free one', portNumber, 8787)
    .action(async (options) => done(await startDesk(options, terminal, seams)));

  command(program, 'replay', 'run a session again in memory and compare its ledger hash')
    .option('--session <name>', 'the session; the newest unless given')
    .option('--config <file>', 'the configuration the session was begun with', 'deckle.yaml')
    .option('--recording <files...>', 'the recordings of the session')
    .option('--windows', 'from the window log with the recorded decisions, instead of from frames')
    .action(async (options) => done(await replay(withGlobals(options), terminal)));

  onSession('status', 'mode, balances, last reconciliation and sign of life of a session').action(
    async (options) => done(await status(withGlobals(options), terminal)),
  );
  onSession('orders', 'orders of a session, or their fills')
    .option('--open', 'only orders that can still fill')
    .option('--fills', 'fills instead of orders')
    .option('--lane <lane>', 'optimistic, base or pessimistic', 'base')
    .option('--csv', 'comma-separated values with a header')
    .action(async (options) => done(await orders(withGlobals(options), terminal)));
  onSession('positions', 'what is held, at cost and at the mark').action(async (options) =>
    done(await positions(withGlobals(options), terminal)),
  );
  onSession('candles', 'bars of an instrument that are kept as history, with the gaps among them')
    .argument('<instrument>', 'as <venue>:<symbol>, e.g. binance:BTCUSDT')
    .argument('<interval>', '1m, 5m, 15m, 1h or 1d')
    .option('--count <n>', 'the newest so many, at most 1000', positive, 60)
    .option('--csv', 'comma-separated values with a header; a gap is a row')
    .addHelpText('after', CANDLES_HELP)
    .action(async (instrument, interval, options) =>
      done(await candles(instrument, interval, withGlobals(options), terminal)),
    );
  onSession('explain', 'recompute a fill from its evidence and say how it came about')
    .argument('[fillId]', 'a fill id')
    .option('--all', 'every fill of every lane')
    .action(async (fillId, options) => done(await explain(fillId, withGlobals(options), terminal)));
  onSession('kill', 'halt trading now, even while the desk hangs', 'every one in the directory')
    .option('--reason <text>', 'why, for the audit trail', 'killed by hand')
    .addHelpText('after', KILL_HELP)
    .action(async (options) => done(await kill(withGlobals(options), terminal)));
  onSession('resume', 'let trading go on after a halt')
    .requiredOption('--reason <text>', 'why it is safe, for the audit trail')
    .option(
      '--rebase-peak',
      'after a drawdown halt: measure the drawdown from the current equity from now on',
    )
    .action(async (options) => done(await resume(withGlobals(options), terminal)));
  onSession('report', 'the daily report of the newest day, or of one')
    .option('--day <YYYY-MM-DD>', 'the day, UTC')
    .action(async (options) => done(await reportNow(withGlobals(options), terminal)));
  onSession('reconcile', 'recompute balances and positions from the journal and compare').action(
    async (options) => done(await reconcileNow(withGlobals(options), terminal)),
  );
  const config = program
    .command('config')
    .description('the configuration file, and the one in force at a stack');
  command(config, 'validate', 'check a configuration and list its defaults')
    .argument('[file]', 'the configuration', 'deckle.yaml')
    .action(async (file, options) => done(await configValidate(file, options, terminal)));
  command(config, 'push', 'put a configuration in force at a stack, open its new accounts, begin trading')
    .argument('[file]', 'the configuration', 'deckle.yaml')
    .action(async (file, options) =>
      done(await configPush(file, requireStack(withGlobals(options)), terminal)),
    );
  command(config, 'show', 'the configuration in force at a stack').action(async (options) =>
    done(await configShow(requireStack(withGlobals(options)), terminal)),
  );
  command(program, 'deploy-check', 'what a deployed stack lacks, and the command that fixes each')
    .option('--config <file>', 'the configuration that should be in force', 'deckle.yaml')
    .action(async (options) => done(await deployCheck(requireStack(withGlobals(options)), terminal)));
  command(program, 'search', 'instruments that venues list, with their rules, by words')
    .argument('<words...>', 'words that the symbol, the title, the assets or the event must hold')
    .option('--venue <venue>', 'only at this venue, e.g. kalshi; all of them unless given')
    .option('--config <file>', "a configuration whose venues and addresses count instead of the venues' own")
    .option('--limit <n>', 'show at most so many of each venue', positive, 20)
    .addHelpText('after', SEARCH_HELP)
    .action(async (words, options) => done(await search(words, withGlobals(options), terminal)));
  onSession('universe', 'the rules of the universe: what each found, left out and why')
    .option('--config <file>', 'read the venues now, by the rules of this file, instead of asking a desk')
    .addHelpText('after', UNIVERSE_HELP)
    .action(async (options) => done(await showUniverse(withGlobals(options), terminal)));
  onSession('reset', 'archive a session, so that the next start begins anew').action(async (options) =>
    done(await reset(options, terminal)),
  );
  program
    .command('record')
    .description("write the venues' messages into files, as they arrive")
    .argument(
      '[instruments...]',
      'what to record, as <venue>:<symbol>; what the strategies follow unless given',
    )
    .option('--config <file>', 'the configuration', LIVE_CONFIG)
    .option('--out <directory>', 'where the files go', 'recordings')
    .option('--name <name>', "beginning of the files' names", recordingName, 'feed')
    .option('--rotate <minutes>', 'a new file after so long', positive, 60)
    .option('--size <megabytes>', 'a new file when one is so large', positive, 500)
    .option('--for <seconds>', 'end after so long', positive)
    .option('--json', 'one JSON document on stdout at the end, everything else on stderr')
    .addHelpText('after', RECORD_HELP)
    .action(async (ids, options) => done(await record(ids, options, terminal)));
  program
    .command('feed-check')
    .description('what recordings hold, read through the code that live feeds use')
    .argument('<files...>', 'recordings (JSON lines, gzipped or not)')
    .option('--venue <venue>', "read only this venue's lines, e.g. binance-spot")
    .option(
      '--at <receivedAt>',
      'also show every book as it was at this moment; may be given several times',
      (moment: string, before: readonly string[] | undefined) => [...(before ?? []), moment],
    )
    .option('--json', 'one JSON document on stdout, everything else on stderr')
    .addHelpText('after', FEED_CHECK_HELP)
    .action(async (files, options) => done(await feedCheck(files, options, terminal)));
  addCost(program, terminal, done);
  return program;
}
