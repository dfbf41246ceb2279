import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { readLines } from '../../../adapters/recordings/line-reader.ts';
import { RecordingWriter, type WriterOptions } from '../../../adapters/recordings/recording-writer.ts';
import { type EpochMs, epochMs, HOUR_MS } from '../../../core/time.ts';

const START = epochMs(Date.UTC(2026, 10, 21, 9, 0, 0));
const at = (ms: number): EpochMs => epochMs(START + ms);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckle-record-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const writer = (changes: Partial<WriterOptions> = {}): RecordingWriter =>
  new RecordingWriter({
    directory: folder,
    name: 'feed',
    rotateMs: HOUR_MS,
    rotateBytes: 1e9,
    ...changes,
  });

async function linesOf(path: string): Promise<{ lines: string[]; faults: number }> {
  const lines: string[] = [];
  let faults = 0;
  for await (const batch of readLines(path, new AbortController().signal)) {
    lines.push(...batch.lines.filter((line) => line !== ''));
    if (batch.fault !== undefined) faults += 1;
  }
  return { lines, faults };
}

test('lines come back as they were, in one file that any gzip reads', async () => {
  const made = writer();
  const lines = Array.from({ length: 50 }, (_, n) => `{"n":${n},"text":"é\\n"}`);
  for (const [n, line] of lines.entries()) await made.add(line, at(n * 100));
  await made.close();
  const [path = ''] = made.written.files;
  expect(basename(path)).toBe('feed-20261121T090000-000Z.jsonl.gz');
  expect(made.written).toMatchObject({ lines: 50, blocks: 5 });
  expect(gunzipSync(readFileSync(path)).toString('utf8')).toBe(`${lines.join('\n')}\n`);
  expect(await linesOf(path)).toEqual({ lines, faults: 0 });
});

test('a second of lines is on the disk before the next line is taken, and a quiet feed is written by the clock', async () => {
  const made = writer();
  await made.add('a', at(0));
  await made.add('b', at(999));
  expect(made.written).toMatchObject({ lines: 0, files: [] });
  await made.add('c', at(1_000));
  expect(made.written).toMatchObject({ lines: 2, blocks: 1 });
  const [path = ''] = made.written.files;
  expect((await linesOf(path)).lines).toEqual(['a', 'b']);
  await made.flushWhenDue(at(1_999));
  expect(made.written.lines).toBe(2);
  await made.flushWhenDue(at(2_000));
  expect((await linesOf(path)).lines).toEqual(['a', 'b', 'c']);
  await made.close();
});

test('each block is forced to the disk before the next one is begun', async () => {
  const probe = await open(join(folder, 'probe'), 'w');
  const handles: FileHandle = Object.getPrototypeOf(probe);
  await probe.close();
  const [written, forced] = [vi.spyOn(handles, 'appendFile'), vi.spyOn(handles, 'sync')];
  const made = writer();
  for (let n = 0; n < 4; n += 1) await made.add(`${n}`, at(n * 1_000));
  await made.close();
  const order = [
    ...written.mock.invocationCallOrder.map((n) => [n, 'written'] as const),
    ...forced.mock.invocationCallOrder.map((n) => [n, 'forced'] as const),
  ].sort(([a], [b]) => a - b);
  vi.restoreAllMocks();
  expect(order.map(([, what]) => what)).toEqual(
    Array.from({ length: 4 }, () => ['written', 'forced']).flat(),
  );
});

test('after a block that could not be written nothing is written any more', async () => {
  const probe = await open(join(folder, 'probe'), 'w');
  const handles: FileHandle = Object.getPrototypeOf(probe);
  await probe.close();
  const made = writer();
  await made.add('a', at(0));
  const failing = vi.spyOn(handles, 'appendFile').mockRejectedValueOnce(new Error('ENOSPC'));
  await expect(made.add('b', at(1_000))).rejects.toThrow('ENOSPC');
  await made.close();
  expect(failing).toHaveBeenCalledTimes(1);
  failing.mockRestore();
  expect(made.written).toEqual({ files: [], lines: 0, blocks: 0, bytes: 0 });
});

test('a block is written early when it is large', async () => {
  const made = writer({ blockChars: 100 });
  for (let n = 0; n < 10; n += 1) await made.add('x'.repeat(30), at(0));
  expect(made.written).toMatchObject({ lines: 8, blocks: 2 });
  await made.close();
  expect(made.written).toMatchObject({ lines: 10, blocks: 3 });
});

test('files begin anew by time and by size, and none is written over', async () => {
  const byTime = writer({ rotateMs: 10_000 });
  for (const ms of [0, 5_000, 10_000, 25_000]) await byTime.add(`${ms}`, at(ms));
  await byTime.close();
  expect(byTime.written.files.map((path) => basename(path))).toEqual([
    'feed-20261121T090000-000Z.jsonl.gz',
    'feed-20261121T090010-000Z.jsonl.gz',
    'feed-20261121T090025-000Z.jsonl.gz',
  ]);
  const bySize = writer({ rotateBytes: 1 });
  for (const ms of [0, 0, 2_000]) await bySize.add(`${ms}`, at(ms));
  await bySize.close();
  expect(bySize.written.files.map((path) => basename(path))).toEqual([
    'feed-20261121T090000-000Z-2.jsonl.gz',
    'feed-20261121T090002-000Z.jsonl.gz',
  ]);
  expect((await linesOf(byTime.written.files[0] ?? '')).lines).toEqual(['0', '5000']);
});

test('cut off at any byte, a recording keeps every whole block', async () => {
  const made = writer();
  for (let n = 0; n < 6; n += 1) await made.add(`block ${n}`, at(n * 1_000));
  await made.close();
  const whole = readFileSync(made.written.files[0] ?? '');
  const path = join(folder, 'cut.jsonl.gz');
  // Of a single byte nobody can say what it was to become.
  let most = 0;
  for (let length = 2; length <= whole.length; length += 1) {
    writeFileSync(path, whole.subarray(0, length));
    const { lines, faults } = await linesOf(path);
    expect(lines).toEqual(Array.from({ length: lines.length }, (_, n) => `block ${n}`));
    expect(lines.length).toBeGreaterThanOrEqual(most);
    expect(faults).toBeLessThanOrEqual(1);
    most = lines.length;
  }
  expect(most).toBe(6);
});
