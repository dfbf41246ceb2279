import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { aggregate, depth, snapshot, touch, trade } from './frames.ts';

type Levels = readonly (readonly [string, string])[];

/** The venue's book, best level first. */
export interface SampleBook {
  readonly lastId: number;
  readonly bids: Levels;
  readonly asks: Levels;
}

/** A made-up session and the truth about it. */
export interface SampleMarket {
  readonly frames: readonly Frame[];
  /** The book by each update id, and after each frame. */
  readonly bookAt: ReadonlyMap<number, SampleBook>;
  readonly bookAfter: readonly SampleBook[];
}

/**
 * A made-up session of one symbol with a seeded walk: diffs, their best prices, trades and one snapshot after the third
 * diff. The book is kept in two maps, so the snapshot and the best prices are true.
 */
export const sampleSession = (seed: number, length: number): Frame[] => [
  ...sampleMarket(seed, length).frames,
];

/** As {@link sampleSession}. An update id inside a diff has the book of the diff's end, which is the same once it is applied. */
export function sampleMarket(seed: number, length: number): SampleMarket {
  const next = generator(seed);
  const bids = new Map<number, number>();
  const asks = new Map<number, number>();
  for (let n = 1; n <= 12; n += 1) {
    bids.set(10_000 - n, 100 + n);
    asks.set(10_000 + n, 100 + n);
  }
  const frames: Frame[] = [];
  const bookAt = new Map<number, SampleBook>();
  const bookAfter: SampleBook[] = [];
  let id = 1_000;
  let tradeId = 50;
  let ms = 0;
  for (let n = 0; n < length; n += 1) {
    ms += next(60);
    const first = id + 1;
    id += 1 + next(4);
    const changed = [change(bids, 9_999 - next(15), next), change(asks, 10_001 + next(15), next)] as const;
    const book = { lastId: id, bids: wire(bids, -1), asks: wire(asks, 1) };
    for (let inside = first; inside <= id; inside += 1) bookAt.set(inside, book);
    frames.push(depth(first, id, [changed[0]], [changed[1]], ms));
    if (n === 2) frames.push(snapshot(id - 1 + next(2), book.bids, book.asks, ms));
    const [bid] = book.bids;
    const [ask] = book.asks;
    if (bid && ask && next(3) === 0) frames.push(touch(id, bid, ask, ms + 1));
    if (next(2) === 0) {
      tradeId += 1;
      frames.push(
        trade(tradeId, cents(next(2) === 0 ? 9_999 : 10_001), lots(1 + next(9)), next(2) === 0, ms + 2),
      );
      if (next(5) === 0) frames.push(aggregate(tradeId, tradeId, cents(9_999), lots(1), ms + 2));
    }
    while (bookAfter.length < frames.length) bookAfter.push(book);
  }
  return { frames, bookAt, bookAfter };
}

/** Sets a level or, one time in four, removes it; the last level of a side stays. */
function change(
  side: Map<number, number>,
  at: number,
  next: (below: number) => number,
): readonly [string, string] {
  const size = next(4) === 0 && side.size > 1 && side.has(at) ? 0 : 1 + next(500);
  if (size === 0) side.delete(at);
  else side.set(at, size);
  return [cents(at), lots(size)];
}

const wire = (side: ReadonlyMap<number, number>, direction: 1 | -1): (readonly [string, string])[] =>
  [...side].sort(([a], [b]) => (a - b) * direction).map(([at, size]) => [cents(at), lots(size)]);

const cents = (count: number): string => (count / 100).toFixed(8);
const lots = (count: number): string => (count / 1_000).toFixed(8);

/** Marsaglia's xorshift: whole numbers below a bound. */
function generator(seed: number): (below: number) => number {
  let state = (seed + 1) * 2_654_435_761;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
