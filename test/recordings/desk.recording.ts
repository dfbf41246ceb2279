import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { runCli } from '../../local/cli/cli.ts';
import { recordingPath } from './recordings.ts';

const FILE = recordingPath('spot-btcusdt-20240808');
const directory = mkdtempSync(join(tmpdir(), 'deckle-recording-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Run {
  readonly code: number;
  readonly result: Record<string, string | number>;
  readonly stderr: string;
}

/** The command line as a person gives it, in a directory of its own. */
async function desk(name: string, ...args: readonly string[]): Promise<Run> {
  let stdout = '';
  let stderr = '';
  const code = await runCli([...args, '--json', '--dir', join(directory, name)], {
    stdout: (text) => {
      stdout += text;
    },
    stderr: (text) => {
      stderr += text;
    },
  });
  return { code, result: stdout === '' ? {} : JSON.parse(stdout), stderr };
}

const start = (name: string, file: string): Promise<Run> =>
  desk(
    name,
    'start',
    '--once',
    '--port',
    '0',
    '--config',
    'examples/short-recording.yaml',
    '--recording',
    file,
  );

test('five minutes of recorded BTCUSDT are traded, twice the same', async () => {
  const first = await start('first', FILE);
  expect(first.code).toBe(0);
  expect(first.result['windows']).toBeGreaterThanOrEqual(300);
  expect(first.result['signals']).toBeGreaterThanOrEqual(4);
  expect(first.result['fills']).toBeGreaterThanOrEqual(2);
  expect(first.result['discrepancies']).toBe(0);
  expect(first.stderr).toMatch(/the recorder's clock is 12\d\d ms behind that of binance/);
  expect(first.stderr).not.toContain('crossed book');
  const second = await start('second', FILE);
  expect({ ...second.result, wallMs: 0 }).toEqual({ ...first.result, wallMs: 0 });
  const explained = await desk('first', 'explain', '--all');
  expect(explained.code).toBe(0);
  expect((explained.result['fills'] as unknown as readonly unknown[]).length).toBeGreaterThanOrEqual(6);
});

test('with one depth message missing the gap is reported and nothing fills from then on', async () => {
  const lines = gunzipSync(readFileSync(FILE)).toString('utf8').trimEnd().split('\n');
  const isDepth = (line: string): boolean => /"channel":\s*"btcusdt@depth@100ms"/.test(line);
  const dropped = lines.findIndex((line, i) => i > 12_000 && isDepth(line));
  expect(dropped).toBeGreaterThan(0);
  const file = join(directory, 'gap.jsonl.gz');
  writeFileSync(file, gzipSync(lines.toSpliced(dropped, 1).join('\n')));
  const receivedAt = Number(/"receivedAt":\s*(\d{13})/.exec(lines[dropped] ?? '')?.[1]);
  const run = await start('gap', file);
  expect(run.code).toBe(0);
  expect(run.stderr).toContain('binance:BTCUSDT lost messages 1 times; its book is stale');
  const whole = await desk('first', 'orders', '--fills', '--lane', 'optimistic');
  const cut = await desk('gap', 'orders', '--fills', '--lane', 'optimistic');
  const times = (of: Run): number[] =>
    (of.result as unknown as readonly { time: string }[]).map((one) => Date.parse(one.time));
  const before = times(whole).filter((time) => time <= receivedAt);
  // The recording does fill later, so that nothing here is not an accident.
  expect(times(whole).length).toBeGreaterThan(before.length);
  expect(before.length).toBeGreaterThan(0);
  expect(times(cut)).toEqual(before);
  // What was held when the book was lost has no price: the guard halts, and says so.
  const status = await desk('gap', 'status');
  expect(status.code).toBe(1);
  expect(status.result).toMatchObject({ mode: 'halted' });
  expect(readFileSync(join(directory, 'gap', 'outbox.jsonl'), 'utf8')).toContain('"kind":"feed_down"');
});
