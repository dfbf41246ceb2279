import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type Changes, configFile, shortDemo } from '../lifecycle/demo-config.ts';
import { deckle, type Running, startProgram } from '../lifecycle/processes.ts';
import { type StoredItems, storedItems } from '../lifecycle/stored-items.ts';
import { temporaryDirectory } from '../lifecycle/temporary-directory.ts';
import type { Moments, Point } from './points.ts';

const DESK_PROCESS = fileURLToPath(new URL('desk-process.ts', import.meta.url));
/** The session of the demo with the shipped seed. */
export const SESSION = 'demo-7';

/** A demo of some length, run once without any disturbance. */
export interface Undisturbed {
  readonly seconds: number;
  readonly ledgerHash: string;
  readonly moments: Moments;
  /** Every fill of every lane. */
  readonly fills: StoredItems;
}

/** Where a desk runs: its directory, its file, and what `start` is to be told. */
export interface Place {
  readonly directory: string;
  readonly path: string;
  readonly config: string;
  readonly start: readonly string[];
}

/** A fresh place for a demo of so many seconds. */
export function freshPlace(seconds: number, changes: Changes = []): Place {
  const directory = temporaryDirectory();
  const config = configFile(directory, [...shortDemo(seconds), ...changes]);
  const start = ['start', '--once', '--json', '--port', '0', '--dir', directory, '--config', config];
  return { directory, path: join(directory, `${SESSION}.db`), config, start };
}

/** Runs a demo to its end, counting the moments at which another can be stopped. */
export async function runUndisturbed(seconds: number, changes: Changes = []): Promise<Undisturbed> {
  const { directory, path, start } = freshPlace(seconds, changes);
  const file = join(directory, 'counts.json');
  const { code, stdout, stderr } = await startProgram(DESK_PROCESS, 'count', file, ...start).ended;
  expect(code, stderr).toBe(0);
  const fills = storedItems(path, 'FILL#');
  const moments: Moments = JSON.parse(readFileSync(file, 'utf8'));
  return { seconds, ledgerHash: JSON.parse(stdout).ledgerHash, moments, fills };
}

/** Starts a desk that sends itself the signal at a point, or waits forever there. */
export const startToPoint = (
  signal: 'SIGKILL' | 'SIGSTOP' | 'wait',
  { kind, nth }: Point,
  start: readonly string[],
): Running => startProgram(DESK_PROCESS, signal, kind, String(nth), ...start);

/** Starts the killed session again and expects what an undisturbed run gives, with every fill of before the kill in it. */
export async function expectRecovery(place: Place, undisturbed: Undisturbed): Promise<void> {
  const before = storedItems(place.path, 'FILL#');
  const { code, stdout, stderr } = await deckle(...place.start);
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    windows: undisturbed.seconds,
    ledgerHash: undisturbed.ledgerHash,
    discrepancies: 0,
    openOrders: expect.any(Number),
  });
  const after = storedItems(place.path, 'FILL#');
  for (const [key, body] of before) expect(after.get(key), `${key}, committed before the kill`).toBe(body);
  expect([...after.keys()].sort()).toEqual([...undisturbed.fills.keys()].sort());
}

/** Expects that the window log holds what the killed desk had settled, and fills that rest on it. */
export async function expectReplay({ directory, config }: Place): Promise<void> {
  const replayed = await deckle('replay', '--windows', '--dir', directory, '--config', config);
  expect(replayed.code, replayed.stdout + replayed.stderr).toBe(0);
  const explained = await deckle('explain', '--all', '--dir', directory);
  expect(explained.code, explained.stdout + explained.stderr).toBe(0);
}
