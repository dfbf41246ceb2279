import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCandleStore } from '../../../adapters/store/candle-store.ts';
import type { ItemStore } from '../../../adapters/store/item-store.ts';
import { createRuntimeStore } from '../../../adapters/store/runtime-store.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite-store.ts';
import { quantity } from '../../../core/amounts.ts';
import { feedId } from '../../../core/market/window.ts';
import { OAK } from '../../core/market/samples.ts';
import { configFile, shortDemo } from '../../lifecycle/demo-config.ts';
import { command } from '../../lifecycle/in-process.ts';
import { aBar } from '../../support/bars.ts';
import { refusal } from '../stack-view/aws-server.ts';
import { type StackDesk, startStackDesk } from '../stack-view/stack-desk.ts';

const directory = mkdtempSync(join(tmpdir(), 'deckle-candles-'));
let stack: StackDesk;

const deckle = (...args: readonly string[]) => command('candles', ...args, '--dir', directory);
const onStack = (...args: readonly string[]) => command('--stack', 'local', ...args);

/** 00:00 to 00:05 without 00:02 and 00:03, of which 00:01 is the venue's and 00:05 incomplete; and 1,100 hours. */
async function keep(store: ItemStore): Promise<void> {
  const candles = createCandleStore(store);
  await candles.put(OAK.id, [aBar('1m', 0), aBar('1m', 4), aBar('1m', 5, 'own', { complete: false })], 'own');
  await candles.put(OAK.id, [aBar('1m', 1, 'venue', { volume: quantity('0.125'), trades: 0 })], 'venue');
  // Nothing traded in this one: that is known.
  await candles.put(OAK.id, [aBar('1d', 0, 'venue', { volume: quantity('0'), trades: 0 })], 'venue');
  await candles.put(
    OAK.id,
    Array.from({ length: 1_100 }, (_, n) => aBar('1h', n)),
    'own',
  );
}

beforeAll(async () => {
  const store = openSqliteStore({ path: join(directory, 'live-main.db') });
  await createRuntimeStore(store).putIdentity({
    name: 'live-main',
    input: 'live market data of binance',
    configHash: 'abc',
    accounts: [],
    feedId: feedId('main'),
  });
  await keep(store);
  await store.close();
  stack = await startStackDesk((request) => refusal('InvalidAction', `nothing answers ${request.action}`));
  expect((await onStack('config', 'push', configFile(directory, shortDemo(60)))).code).toBe(0);
  await keep(stack.store);
}, 60_000);
afterAll(async () => {
  await stack.stop();
  rmSync(directory, { recursive: true, force: true });
});

test('bars are shown oldest first, with who added them up, and a line where some are missing', async () => {
  expect(await deckle('binance:OAKUSDT', '1m')).toEqual({
    code: 0,
    stderr: '',
    stdout: `\
time                      open  high  low  close  volume  trades  kept
2026-06-01T00:00:00.000Z    10    12    9     11       1       3  own
2026-06-01T00:01:00.000Z    10    12    9     11   0.125          venue
-- missing: 2 from 2026-06-01T00:02:00.000Z through 2026-06-01T00:03:00.000Z
2026-06-01T00:04:00.000Z    10    12    9     11       5       3  own
2026-06-01T00:05:00.000Z    10    12    9     11       6       3  own, incomplete
`,
  });
});

test('as CSV a gap is a row of its own', async () => {
  const { code, stdout } = await deckle('binance:OAKUSDT', '1m', '--csv');
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toEqual([
    'time,open,high,low,close,volume,trades,kept,complete,bars',
    '2026-06-01T00:00:00.000Z,10,12,9,11,1,3,own,true,1',
    '2026-06-01T00:01:00.000Z,10,12,9,11,0.125,,venue,true,1',
    '2026-06-01T00:02:00.000Z,,,,,,,missing,false,2',
    '2026-06-01T00:04:00.000Z,10,12,9,11,5,3,own,true,1',
    '2026-06-01T00:05:00.000Z,10,12,9,11,6,3,own,false,1',
  ]);
});

test('as JSON gaps stand beside the bars', async () => {
  const { code, stdout } = await deckle('binance:OAKUSDT', '1m', '--count', '3', '--json');
  expect(code).toBe(0);
  const bar = { open: '10', high: '12', low: '9', close: '11', trades: 3, source: 'own' };
  expect(JSON.parse(stdout)).toEqual({
    instrument: 'binance:OAKUSDT',
    interval: '1m',
    candles: [
      {
        ...bar,
        time: '2026-06-01T00:01:00.000Z',
        volume: '0.125',
        trades: null,
        source: 'venue',
        complete: true,
      },
      { ...bar, time: '2026-06-01T00:04:00.000Z', volume: '5', complete: true },
      { ...bar, time: '2026-06-01T00:05:00.000Z', volume: '6', complete: false },
    ],
    gaps: [{ from: '2026-06-01T00:02:00.000Z', through: '2026-06-01T00:03:00.000Z', bars: 2 }],
  });
});

test('a count that the venue does not tell is left empty, and none is 0', async () => {
  const [, day] = (await deckle('binance:OAKUSDT', '1d', '--csv')).stdout.trimEnd().split('\n');
  expect(day).toBe('2026-06-01T00:00:00.000Z,10,12,9,11,0,0,venue,true,1');
});

test('a stack shows those of its table, alike', async () => {
  for (const rest of [[], ['--csv'], ['--json']])
    expect(await onStack('candles', 'binance:OAKUSDT', '1m', ...rest)).toEqual(
      await deckle('binance:OAKUSDT', '1m', ...rest),
    );
});

test('the newest sixty unless told, and up to a thousand', async () => {
  const rows = async (...count: readonly string[]) =>
    (await deckle('binance:OAKUSDT', '1h', '--csv', ...count)).stdout.trimEnd().split('\n').slice(1);
  expect(await rows()).toHaveLength(60);
  const thousand = await rows('--count', '1000');
  expect(thousand).toHaveLength(1_000);
  // The hundredth hour to the last.
  expect(thousand[0]).toMatch(/^2026-06-05T04:00:00\.000Z,.*,101,3,own,true,1$/);
});

test.each([
  { args: ['binance:ELMUSDT', '1d'], stdout: 'session live-main keeps no bars of 1d of binance:ELMUSDT\n' },
  {
    args: ['kalshi:KX', '1m', '--csv'],
    stdout: 'time,open,high,low,close,volume,trades,kept,complete,bars\n',
  },
  {
    args: ['kalshi:KX', '1m', '--json'],
    stdout: '{"instrument":"kalshi:KX","interval":"1m","candles":[],"gaps":[]}\n',
  },
])('where none are kept: $args', async ({ args, stdout }) => {
  expect(await deckle(...args)).toEqual({ code: 0, stderr: '', stdout });
});

test.each([
  {
    args: ['OAKUSDT', '1m'],
    why: "name the instrument as <venue>:<symbol>, e.g. binance:BTCUSDT, not 'OAKUSDT'",
  },
  { args: ['binance:OAKUSDT', '2m'], why: "the interval must be one of 1m, 5m, 15m, 1h, 1d, not '2m'" },
  { args: ['binance:OAKUSDT', '15s'], why: "the interval must be one of 1m, 5m, 15m, 1h, 1d, not '15s'" },
  { args: ['binance:OAKUSDT', '1m', '--count', '1001'], why: '--count must be at most 1000' },
])('says what is wrong with $args', async ({ args, why }) => {
  expect(await deckle(...args)).toEqual({ code: 2, stdout: '', stderr: `deckle: ${why}\n` });
});
