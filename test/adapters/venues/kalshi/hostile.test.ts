import { expect, test } from 'vitest';
import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { kalshiProtocol } from '../../../../adapters/venues/kalshi/client.ts';
import { CONTRACT_LEVELS_MAX } from '../../../../adapters/venues/levels.ts';
import {
  A,
  B,
  countsOf,
  delta,
  frame,
  type Levels,
  listen,
  market,
  restBook,
  shown,
  snapshot,
} from './frames.ts';

const { messageBytesMax } = kalshiProtocol({ environment: 'live' }).limits;
/** Far more than a frame of the greatest size takes (less than half a second), far less than minutes. */
const LONG_MS = 10_000;
const S = { status: 'live', bids: ['0.22 x 333', '0.08 x 300'], asks: ['0.44 x 146', '0.46 x 20'] };
const NOTHING = { status: 'stale', bids: [], asks: [] };

const dollars = (n: number): string => (n / 1e6).toFixed(6);
const many = (count: number): Levels =>
  Array.from({ length: count }, (_, n) => [dollars(n + 1), '1.00'] as const);

/** A picture of A, as great as a frame may be, of nothing but this. */
function greatest(one: string, seq: number): Frame {
  const count = Math.floor(messageBytesMax / (one.length + 1)) - 100;
  const levels = Array<string>(count).fill(one).join(',');
  const head = `"type":"orderbook_snapshot","sid":2,"seq":${seq}`;
  return frame(
    'orderbook_snapshot',
    `{${head},"msg":{"market_ticker":"${A}","no_dollars_fp":[],"yes_dollars_fp":[${levels}]}}`,
    seq,
  );
}

test.each(['[]', '{}', '[0,0]', '["",""]'])(
  'the greatest frame with nothing but %s for levels is not read, and no book of its connection is proven then',
  (one) => {
    const s = listen();
    s.read(snapshot(A, 2), snapshot(B, 3), greatest(one, 4));
    expect([shown(s, A), shown(s, B)]).toEqual([NOTHING, NOTHING]);
    expect(s.needs).toEqual([`snapshot ${A}`, `snapshot ${B}`]);
    expect(s.reader.frames.malformed).toBe(1);
    s.read(snapshot(A, 5), snapshot(B, 6));
    expect([shown(s, A), shown(s, B)]).toEqual([S, S]);
  },
);

test.each(['0', '["0.5000","1.00"]', '["0.123456789","1.00"]', '["0.22","1e9"]'])(
  'the greatest frame with nothing but %s for levels is read in time and leaves its book stale, and others live',
  (one) => {
    const s = listen();
    s.read(snapshot(A, 2), snapshot(B, 3));
    const hostile = greatest(one, 4);
    expect(hostile.raw.length).toBeGreaterThan(0.9 * messageBytesMax);
    const before = performance.now();
    s.read(hostile);
    expect(performance.now() - before).toBeLessThan(LONG_MS);
    expect([shown(s, A), shown(s, B)]).toEqual([NOTHING, S]);
    expect(s.needs).toEqual([`snapshot ${A}`]);
    expect(countsOf(s, A).refused).toBe(1);
    for (const { detail } of s.notes) expect(detail.length).toBeLessThan(500);
    s.read(snapshot(A, 5));
    expect(shown(s, A)).toEqual(S);
  },
);

test.each<{ what: string; yes: Levels; words: RegExp }>([
  {
    what: 'more levels than a dollar has prices',
    yes: many(CONTRACT_LEVELS_MAX + 1),
    words: /yes_dollars_fp: 10001 levels are more than a dollar has prices/,
  },
  {
    what: 'a price twice',
    yes: [
      ['0.22', '1.00'],
      ['0.2200', '2.00'],
    ],
    words: /yes_dollars_fp: a price comes twice/,
  },
])('a picture with $what is refused, and with it the book', ({ yes, words }) => {
  const s = listen();
  s.read(snapshot(A, 2), snapshot(A, 3, { yes, no: [] }));
  expect(shown(s, A)).toEqual(NOTHING);
  expect(countsOf(s, A).refused).toBe(1);
  expect(s.notes).toEqual([{ kind: 'refused', detail: expect.stringMatching(words) }]);
  const polled = listen();
  polled.read(restBook(A, { yes, no: [] }));
  expect(shown(polled, A).status).not.toBe('live');
});

test('changes that fill a side level by level are followed up to what a dollar has room for', () => {
  const s = listen({ instruments: [market(A), market(B)] });
  s.read(snapshot(A, 2, { yes: [], no: [] }));
  for (let n = 1; n <= CONTRACT_LEVELS_MAX; n += 1) s.read(delta(A, n + 2, `yes ${dollars(n)} 1.00`));
  expect(shown(s, A).bids.length).toBe(100);
  s.read(delta(A, CONTRACT_LEVELS_MAX + 3, 'yes 0.500000 1.00'));
  expect(shown(s, A)).toEqual(NOTHING);
  expect(countsOf(s, A).refused).toBe(1);
});
