import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keys, replace } from '../../../adapters/store/table.ts';
import type { AccountId } from '../../../core/paper/order.ts';
import { requireConfig } from '../../../local/cli/load.ts';
import { configFile, shortDemo } from '../../lifecycle/demo-config.ts';
import { command as deckle } from '../../lifecycle/in-process.ts';
import { refusal } from '../stack-view/aws-server.ts';
import type { StackDesk } from '../stack-view/stack-desk.ts';
import { startStackDesk } from '../stack-view/stack-desk.ts';
import { type Bucket, bucketAnswer, trade } from '../stack-view/traded-desk.ts';

const WINDOWS = 240;
const NEWEST = '2026-01-05T09:04:00.000Z';
const MAIN = 'main' as AccountId;
const directory = mkdtempSync(join(tmpdir(), 'deckle-stack-session-'));
const bucket: Bucket = new Map();
let desk: StackDesk;

const onStack = (...args: readonly string[]) => deckle('--stack', 'local', ...args);
const documentOf = async (...args: readonly string[]) =>
  JSON.parse((await onStack(...args, '--json')).stdout);
const blocksRead = () => desk.server.requests.filter((one) => one.action.includes('.jsonl.gz'));

beforeAll(async () => {
  desk = await startStackDesk(
    (request) =>
      bucketAnswer(bucket, request) ?? refusal('InvalidAction', `nothing answers ${request.action}`),
  );
  const file = configFile(directory, shortDemo(WINDOWS + 60));
  expect((await onStack('config', 'push', file)).code).toBe(0);
  await trade(desk.store, bucket, requireConfig(file), WINDOWS);
}, 120_000);
afterAll(async () => {
  await desk.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('a stack that traded is well, with its decisions counted', async () => {
  const { code, stdout } = await onStack('status', '--json');
  expect(code).toBe(0);
  const status = JSON.parse(stdout);
  expect(status).toMatchObject({ mode: 'active', lateDecisions: 0, holes: 0 });
  expect(status.feed).toMatchObject({ phase: 'stopped', eventTime: NEWEST, healthy: true });
  expect(status.decisions).toBeGreaterThan(10);
});

test('orders, fills and positions are read from its table', async () => {
  const all = await documentOf('orders');
  const fills = await documentOf('orders', '--fills');
  expect(all.length).toBeGreaterThan(5);
  expect(fills.length).toBeGreaterThan(3);
  expect((await documentOf('positions')).map((one: { instrument: string }) => one.instrument)).toEqual([
    'binance:OAKUSDT',
  ]);
});

test('reconcile finds nothing, and records it at the time of the feed', async () => {
  const { code, stdout } = await onStack('reconcile');
  expect(code).toBe(0);
  expect(stdout).toMatch(/account main: \d+ journal entries, 0 discrepancies/);
  expect((await documentOf('status')).accounts[0].lastReconciliation).toBe(NEWEST);
});

test('one fill is explained from the blocks of its own minutes, and agrees with the logged window', async () => {
  const [fill] = await documentOf('orders', '--fills');
  const before = blocksRead().length;
  const { code, stdout } = await onStack('explain', fill.fill);
  expect(code).toBe(0);
  expect(stdout).toContain('window log: as published');
  expect(
    blocksRead()
      .slice(before)
      .map((one) => one.action),
  ).toEqual([expect.stringContaining(`/${fill.time.slice(11, 16).replace(':', '')}-`)]);
});

test('all fills agree with their evidence and their windows', async () => {
  const { agrees, fills } = await documentOf('explain', '--all');
  expect(agrees).toBe(true);
  for (const { checks } of fills)
    expect(checks.map((one: { what: string }) => one.what)).toContain('window log');
});

test('a report is read from its table by day', async () => {
  const { code, stderr } = await onStack('report', '--day', '2026-01-05');
  expect(code).toBe(1);
  expect(stderr).toContain('there is no report of 2026-01-05 in stack Deckle-local yet');
});

test('it replays from its window log to its own hash', async () => {
  const { code, stdout } = await onStack('replay', '--windows', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    same: true,
    through: NEWEST,
    windows: WINDOWS,
    gaps: 0,
    versions: [(await documentOf('config', 'show')).hash],
    readOtherwise: [],
  });
});

test('a log that is behind the ledger replays to the hash of the part that both have', async () => {
  const whole = await documentOf('replay', '--windows');
  await without(lastKeys(2), async () => {
    const part = await documentOf('replay', '--windows');
    expect(part).toMatchObject({ same: true, through: '2026-01-05T09:02:59.000Z', windows: 179 });
    expect(part.stored).not.toBe(whole.stored);
  });
});

test('an account in the middle of a window is replayed through the last one it has met wholly', async () => {
  const key = keys.cursor(MAIN);
  const cursor = await desk.store.get(key);
  const version = Number(cursor?.['version']);
  const at = Number(cursor?.['appliedThrough']);
  const halfWay = { ...cursor, appliedThrough: at - 1_000, applying: at };
  await desk.store.transact([replace(key, 'cursor', halfWay, version)]);
  expect(await documentOf('replay', '--windows')).toMatchObject({ same: true, windows: WINDOWS - 1 });
  await desk.store.transact([replace(key, 'cursor', { ...cursor }, version + 1)]);
});

test('a log that lacks a minute gives another ledger, and says why', async () => {
  const [, , third] = [...bucket.keys()];
  await without([third ?? ''], async () => {
    const { code, stdout } = await onStack('replay', '--windows');
    expect(code).toBe(1);
    expect(stdout).toContain('ANOTHER LEDGER from 180 logged windows');
    expect(stdout).toContain('note: the window log lacks 1 stretch that the feed had published');
  });
});

test('a log that no longer reaches back to the first decision is refused', async () => {
  await without([...bucket.keys()].slice(0, 3), async () => {
    const { code, stderr } = await onStack('replay', '--windows');
    expect(code).toBe(1);
    expect(stderr).toContain('the window log begins at 2026-01-05T09:03:00.000Z, after the first decision');
    expect(stderr).toContain(
      'a stack keeps its windows for 90 days, so that its session can no longer be replayed. Its books can still be checked: npx deckle --stack local reconcile, and fills by their evidence: npx deckle --stack local explain --all',
    );
  });
});

test('a log that is empty, damaged or gone is told in words', async () => {
  await without([...bucket.keys()], async () => {
    expect((await onStack('replay', '--windows')).stderr).toContain('the window log of feed main is empty');
    expect((await documentOf('explain', '--all')).agrees).toBe(true);
  });
  const [first = ''] = bucket.keys();
  const block = bucket.get(first) ?? new Uint8Array();
  bucket.set(first, block.slice(0, block.length / 2));
  const damaged = await onStack('replay', '--windows');
  expect(damaged.code).toBe(1);
  expect(damaged.stderr).toContain('is damaged');
  bucket.set(first, block);
});

test('a tampered fill does not agree', async () => {
  const [fill] = await documentOf('orders', '--fills');
  const [order = '', , closedAt] = fill.fill.split('.');
  const key = keys.fill(MAIN, 'base', order as never, Number(closedAt) as never);
  const item = await desk.store.get(key);
  const version = Number(item?.['version']);
  await desk.store.transact([replace(key, 'fill', { ...item, quantity: '1' }, version)]);
  const { code, stdout } = await onStack('explain', '--all');
  expect(code).toBe(1);
  expect(stdout).toContain(`DISAGREES ${fill.fill}`);
  await desk.store.transact([replace(key, 'fill', { ...item }, version + 1)]);
});

const lastKeys = (n: number): readonly string[] => [...bucket.keys()].slice(-n);

/** Takes objects out of the bucket for as long as `during` runs. */
async function without(names: readonly string[], during: () => Promise<void>): Promise<void> {
  const all = [...bucket];
  for (const name of names) expect(bucket.delete(name)).toBe(true);
  try {
    await during();
  } finally {
    bucket.clear();
    for (const [name, body] of all) bucket.set(name, body);
  }
}
