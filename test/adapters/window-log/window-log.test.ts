import { appendFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openWindowLog, readWindowLog, WindowLogError } from '../../../adapters/window-log/window-log.ts';
import { feedId, type MarketWindow } from '../../../core/market/window.ts';
import { epochMs } from '../../../core/time.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckle-log-'));
  path = join(folder, 'windows', 'feed.jsonl.gz');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A whole minute, so that blocks begin where the seconds say. */
const START = 1_700_000_040_000;
const window = (second: number): MarketWindow => ({
  feedId: feedId('test'),
  closedAt: epochMs(START + second * 1_000),
  previousClosedAt: null,
  seq: second,
  epoch: 1,
  configHash: '',
  clockOffsets: {},
  settlements: [],
  games: [],
  closes: [],
  instruments: [],
});
const seconds = (from: number, to: number): MarketWindow[] =>
  Array.from({ length: to - from + 1 }, (_, n) => window(from + n));

async function append(windows: readonly MarketWindow[]): Promise<void> {
  const log = await openWindowLog(path);
  for (const one of windows) await log.append(one);
  await log.close();
}

async function kept(): Promise<number[]> {
  const found: number[] = [];
  for await (const one of readWindowLog(path)) found.push(one.seq);
  return found;
}
const counts = (from: number, to: number): number[] => seconds(from, to).map((one) => one.seq);

test('windows are read back in order, over several minutes and several openings', async () => {
  await append(seconds(0, 150));
  await append(seconds(151, 200));
  expect(await kept()).toEqual(counts(0, 200));
});

test('a minute is one block in the file before the next minute is complete', async () => {
  const log = await openWindowLog(path);
  for (const one of seconds(0, 60)) await log.append(one);
  expect(await kept()).toEqual(counts(0, 59));
  await log.close();
  expect(await kept()).toEqual(counts(0, 60));
});

test('any gzip reader can read the file', async () => {
  await append(seconds(0, 130));
  const lines = gunzipSync(readFileSync(path)).toString('utf8').trimEnd().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line).seq)).toEqual(counts(0, 130));
});

test('a window that the log holds already is kept once', async () => {
  await append(seconds(0, 90));
  await append(seconds(50, 120));
  expect(await kept()).toEqual(counts(0, 120));
});

test.each([1, 7, 40])(
  'a last block that lacks %i bytes is left out, and written again after a restart',
  async (cut) => {
    await append(seconds(0, 90));
    truncateSync(path, readFileSync(path).length - cut);
    expect(await kept()).toEqual(counts(0, 59));
    await append(seconds(0, 130));
    expect(await kept()).toEqual(counts(0, 130));
  },
);

test('a last block that was allocated but never filled is left out', async () => {
  await append(seconds(0, 90));
  const bytes = readFileSync(path);
  bytes.fill(0, bytes.length - 30);
  writeFileSync(path, bytes);
  expect(await kept()).toEqual(counts(0, 59));
});

test('a log damaged before its end is refused, with the place', async () => {
  await append(seconds(0, 90));
  const bytes = readFileSync(path);
  bytes.fill(0, 40, 60);
  writeFileSync(path, bytes);
  await expect(kept()).rejects.toThrow('the block at byte 0 cannot be unpacked');
  await expect(openWindowLog(path)).rejects.toThrow(WindowLogError);
});

test('a file that is something else is refused untouched, a missing one in words', async () => {
  await append([]);
  appendFileSync(path, 'these are the notes of another program');
  await expect(openWindowLog(path)).rejects.toThrow('is no window log');
  expect(readFileSync(path, 'utf8')).toContain('another program');
  await expect(readWindowLog(join(folder, 'none')).next()).rejects.toThrow('there is no readable window log');
});
