import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import { makeFolder } from '../../adapters/make-folder.ts';
import { processAgeMs } from '../process-age.ts';
import { EndpointError } from './endpoint-error.ts';

/** A process that was started to outlive its starter, as its record file tells of it. */
export interface Detached {
  readonly pid: number;
  /** Wall clock, milliseconds. */
  readonly startedAt: number;
  /** What tells two runs of the same program apart: its port, its table. */
  readonly about: string;
}

export interface DetachedStart {
  /** Its record is `<name>.json` and its log `<name>.log` in the directory. */
  readonly name: string;
  readonly directory: string;
  readonly about: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
}

const recordSchema = z.object({ pid: z.int().positive(), startedAt: z.number(), about: z.string() });
/** How much younger than its record a process may seem and still be the recorded one. */
const AGE_SLACK_MS = 5_000;
const LOOK_EVERY_MS = 50;

/** Starts a process in a session of its own, its output in a log file. @throws EndpointError when it cannot be started. */
export async function startDetached(start: DetachedStart): Promise<Detached> {
  const { name, directory, about, command, args, env, cwd } = start;
  makeFolder(directory);
  const log = openSync(logPath(directory, name), 'w');
  try {
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', log, log],
      env,
      ...(cwd === undefined ? {} : { cwd }),
    });
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', (error) =>
        reject(new EndpointError(`could not start ${command}: ${error.message}`)),
      );
    });
    child.unref();
    const record: Detached = { pid: child.pid ?? 0, startedAt: Date.now(), about };
    const path = recordPath(directory, name);
    writeFileSync(`${path}.new`, JSON.stringify(record));
    renameSync(`${path}.new`, path);
    return record;
  } finally {
    closeSync(log);
  }
}

/** The recorded process while it runs. A pid that was given to another program since is not it. */
export function findDetached(directory: string, name: string): Detached | undefined {
  const path = recordPath(directory, name);
  if (!existsSync(path)) return undefined;
  const record = readRecord(path);
  return record && isRunning(record) ? record : undefined;
}

/**
 * Ends the recorded process with the signal that ends it in order, and with its whole group by force after the grace time.
 * Gives how it went; the record is gone afterwards.
 */
export async function endDetached(
  directory: string,
  name: string,
  signal: 'SIGINT' | 'SIGTERM',
  graceMs: number,
): Promise<'not_running' | 'ended' | 'killed'> {
  const found = findDetached(directory, name);
  let how: 'not_running' | 'ended' | 'killed' = 'not_running';
  if (found) {
    send(found.pid, signal);
    how = (await isGone(found, graceMs)) ? 'ended' : 'killed';
    // What it started is in its group and does not outlive it.
    send(-found.pid, 'SIGKILL');
    if (how === 'killed') await isGone(found, graceMs);
  }
  rmSync(recordPath(directory, name), { force: true });
  return how;
}

export const logPath = (directory: string, name: string): string => join(directory, `${name}.log`);

/** The last of a log, for words about what went wrong. */
export function logTail(directory: string, name: string, lines = 15): string {
  const path = logPath(directory, name);
  if (!existsSync(path)) return '';
  return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
}

export function isRunning({ pid, startedAt }: Detached): boolean {
  const age = processAgeMs(pid);
  return age !== null && age + AGE_SLACK_MS >= Date.now() - startedAt;
}

const recordPath = (directory: string, name: string): string => join(directory, `${name}.json`);

function readRecord(path: string): Detached | undefined {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    // Nobody can say what it stood for; the port tells whether something runs.
    return undefined;
  }
}

async function isGone(record: Detached, withinMs: number): Promise<boolean> {
  const until = performance.now() + withinMs;
  while (isRunning(record)) {
    if (performance.now() >= until) return false;
    await wait(LOOK_EVERY_MS);
  }
  return true;
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself in between.
  }
}
