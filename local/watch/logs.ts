import { invariant } from '../../core/invariant.ts';
import type { Log } from '../../core/metrics.ts';
import type { Clock } from '../../core/ports.ts';
import { createLogFiles } from './log-files.ts';
import type { LogLevel } from './log-line.ts';
import { logLine, logWords } from './log-line.ts';

export interface LogsOptions {
  readonly directory: string;
  /** The wall clock: logs say when something was done, not when it happened on the market. */
  readonly clock: Pick<Clock, 'now'>;
  /** Which lines go to the terminal; the files get all. */
  readonly stderr: 'all' | 'warnings' | 'none';
  /** The terminal's lines are words for a person and not JSON. */
  readonly inWords?: boolean;
  /** Files of days that ended longer ago are deleted. */
  readonly keepDays: number;
  /** Where a terminal's line goes: standard error unless given. */
  readonly print?: (line: string) => void;
}

/** Structured logs of all parts of a process. */
export interface Logs {
  /** The log of one part; its name (small letters, digits, dashes) becomes the file's. */
  part(name: string): Log;
  /** Resolves when the disk has all lines; without it they outlive the process, but not a power failure. */
  flush(): Promise<void>;
  /** Closes the files; what is logged later goes to the terminal only. */
  close(): void;
}

const PART = /^[a-z0-9][a-z0-9-]*$/;

/** JSON lines, or words, on standard error, and JSON lines in `<directory>/<part>_YYYY-MM-DD.jsonl`. Logging never stops the desk. */
export function createLogs(options: LogsOptions): Logs {
  const { directory, clock, stderr, keepDays, inWords = false } = options;
  const print = options.print ?? ((line: string) => void process.stderr.write(`${line}\n`));
  const files = createLogFiles(directory, keepDays, clock.now(), (sentence) => print(`deckle: ${sentence}`));
  let isClosed = false;

  const write = (
    part: string,
    level: LogLevel,
    event: string,
    fields?: Readonly<Record<string, unknown>>,
  ): void => {
    const at = clock.now();
    const line = logLine(at, level, part, event, fields);
    if (!isClosed) files.append(part, at, line);
    if (stderr === 'all' || (stderr === 'warnings' && level !== 'info'))
      print(inWords ? logWords(at, part, event, fields) : line);
  };
  return {
    part(name) {
      invariant(PART.test(name), `a part is named with small letters, digits and dashes, not '${name}'`);
      return {
        info: (event, fields) => write(name, 'info', event, fields),
        warn: (event, fields) => write(name, 'warn', event, fields),
        error: (event, fields) => write(name, 'error', event, fields),
      };
    },
    flush: async () => files.sync(),
    close() {
      isClosed = true;
      files.close();
    },
  };
}
