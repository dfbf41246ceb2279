import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../adapters/make-folder.ts';
import type { EpochMs } from '../../core/time.ts';
import { DAY_MS, dayStart, isoDay } from '../../core/time.ts';
import type { LineFile } from './line-file.ts';
import { openLineFile } from './line-file.ts';

/** Log files by part and UTC day: `<directory>/<part>_2026-11-21.jsonl`. */
export interface LogFiles {
  append(part: string, at: EpochMs, line: string): void;
  /** Returns when the disk has all lines. */
  sync(): void;
  close(): void;
}

interface OpenFile {
  readonly day: EpochMs;
  readonly file: LineFile;
}

const NAME = /^[a-z0-9-]+_(\d{4}-\d{2}-\d{2})\.jsonl$/;

/**
 * Files whose day ended more than `keepDays` days before today are deleted at start and when a day ends; other files are
 * left alone. A file that cannot be written is reported through `say` once, and once again when it can be.
 */
export function createLogFiles(
  directory: string,
  keepDays: number,
  now: EpochMs,
  say: (sentence: string) => void,
): LogFiles {
  const open = new Map<string, OpenFile>();
  let prunedAt: EpochMs | undefined;
  let isFailing = false;
  let lost = 0;

  const prune = (today: EpochMs): void => {
    makeFolder(directory);
    for (const name of outdated(directory, today, keepDays)) rmSync(join(directory, name), { force: true });
    prunedAt = today;
  };
  const fileOf = (part: string, today: EpochMs): LineFile => {
    if (prunedAt !== today) prune(today);
    const current = open.get(part);
    if (current?.day === today) return current.file;
    open.delete(part);
    current?.file.close();
    const file = openLineFile(join(directory, `${part}_${isoDay(today)}.jsonl`));
    open.set(part, { day: today, file });
    return file;
  };
  const attempt = (write: () => void): boolean => {
    try {
      write();
      return true;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      if (!isFailing)
        say(`log files in ${directory} cannot be written (${why}); the desk goes on without them`);
      isFailing = true;
      return false;
    }
  };

  attempt(() => prune(dayStart(now)));
  return {
    append(part, at, line) {
      if (!attempt(() => fileOf(part, dayStart(at)).append(line))) {
        lost += 1;
      } else if (isFailing) {
        say(`log files in ${directory} are written again; ${lost} lines are not in them`);
        isFailing = false;
        lost = 0;
      }
    },
    sync() {
      for (const { file } of open.values()) attempt(() => file.sync());
    },
    close() {
      for (const { file } of open.values()) {
        attempt(() => file.sync());
        attempt(() => file.close());
      }
      open.clear();
    },
  };
}

/** Log files of days that ended more than `keepDays` days before `today`. ISO days sort as text. */
function outdated(directory: string, today: EpochMs, keepDays: number): string[] {
  const oldestKept = isoDay(dayStart((today - keepDays * DAY_MS) as EpochMs));
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isFile() && (NAME.exec(entry.name)?.[1] ?? oldestKept) < oldestKept)
    .map((entry) => entry.name);
}
