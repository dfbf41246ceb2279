import { expect, test } from 'vitest';
import type { Frame } from '../../../adapters/venues/frame-source.ts';
import { census } from '../../../bench/fuzz/census.ts';
import { Examiner } from '../../../bench/fuzz/examiner.ts';
import { protoFields, protoText } from '../../../bench/fuzz/proto-fields.ts';
import { Torment } from '../../../bench/fuzz/torment.ts';
import { simulatedWorld, type World } from '../../../bench/simulated-world.ts';
import { epochMs } from '../../../core/time.ts';
import { SeededRandom } from '../../../local/demo-market/random.ts';
import { looseRules } from '../../../local/feed-check/loose-rules.ts';

test.each([
  'binance-spot',
  'coinbase-advanced',
  'coinbase-exchange',
  'mexc-spot',
  'kalshi',
  'polymarket',
] as const)('%s: a thousand spoiled frames of a simulated venue break nothing', (wire) => {
  const world = simulatedWorld(wire, 11);
  const examiner = new Examiner(world);
  const torment = new Torment(new SeededRandom(11, wire), (item) => examiner.take(item));
  world.run(
    (item) => torment.take(item),
    () => torment.mutated >= 1_000 && examiner.compared >= 200,
  );
  expect(examiner.findings).toEqual([]);
  expect(torment.mutated).toBeGreaterThanOrEqual(1_000);
  expect(examiner.compared).toBeGreaterThanOrEqual(200);
  expect(examiner.liveLooks).toBeGreaterThan(1_000);
  expect(
    [...examiner.pipeline.wires()].reduce((sum, { frames }) => sum + frames.malformed, 0),
  ).toBeGreaterThan(200);
  expect(census(examiner.pipeline).entries).toBeLessThan(5_000);
});

const MARKET = 'KXTEST-A';
const RULES = looseRules('kalshi', MARKET);
const WORLD: World = {
  name: 'one market',
  instruments: [RULES],
  ids: [RULES.id],
  isFiltered: false,
  script: () => undefined,
  need: () => undefined,
  run: () => undefined,
};
const message = (type: string, seq: number, msg: object): Frame => ({
  wire: 'kalshi',
  receivedAt: epochMs(1_790_000_000_000 + seq),
  channel: type,
  connection: 'c1',
  raw: JSON.stringify({ type, sid: 1, seq, msg: { market_ticker: MARKET, ...msg } }),
});
const picture = message('orderbook_snapshot', 1, {
  yes_dollars_fp: [['0.4000', '10.00']],
  no_dollars_fp: [['0.5000', '20.00']],
});
const change = (seq: number, delta_fp: string): Frame =>
  message('orderbook_delta', seq, { price_dollars: '0.4000', delta_fp, side: 'yes' });

test('a sound session gives no finding, and its book is compared after each change', () => {
  const examiner = new Examiner(WORLD);
  for (const frame of [picture, change(2, '5.00'), change(3, '-15.00'), change(4, '2.00')])
    examiner.take(frame);
  expect(examiner.findings).toEqual([]);
  expect(examiner.compared).toBe(3);
});

test('a change that the reader took and nobody else saw is found, as a count and as a difference', () => {
  const examiner = new Examiner(WORLD);
  examiner.take(picture);
  examiner.pipeline.take(change(2, '5.00'));
  examiner.take(change(3, '1.00'));
  expect(examiner.findings.map(({ what }) => what)).toEqual([
    '3 frames counted of 2',
    'kalshi:KXTEST-A: the book differs from the plain fold of what was taken: bids 40000000: 1600000000 instead of 1100000000',
  ]);
});

test('what throws is found with its frame', () => {
  const examiner = new Examiner(WORLD);
  examiner.script = {
    ...({} as NonNullable<Examiner['script']>),
    take: () => {
      throw new RangeError('too far');
    },
  };
  examiner.take(picture);
  expect(examiner.findings.map(({ what, frame }) => [what.slice(0, 26), frame])).toEqual([
    ['throws RangeError: too far', picture],
    ['0 frames counted of 1', picture],
  ]);
});

test('the biggest collection is found wherever it is, and typed arrays are none', () => {
  const root = { a: new Float64Array(99), b: [{ c: new Map([['x', new Set([1, 2, 3])]]) }] };
  expect(census(root)).toMatchObject({ entries: 3, where: '.b[].c[]' });
});

test('reads the fields of a binary message, and leaves out what is in a group', () => {
  // Field 1 'ab'; a group 6 with a number in it; field 2 the number 300; field 1 'c'.
  const bytes = Uint8Array.from([0x0a, 2, 97, 98, 0x33, 0x08, 1, 0x34, 0x10, 0xac, 0x02, 0x0a, 1, 99]);
  expect(protoFields(bytes).map(({ field }) => field)).toEqual([1, 2, 1]);
  expect([protoText(bytes, 1), protoText(bytes, 7)]).toEqual(['c', '']);
  expect(() => protoFields(bytes.subarray(0, 3))).toThrow('ends within a field');
});
