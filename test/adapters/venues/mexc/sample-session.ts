import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { answeredTrades, deals, depth, picture, type SampleDeal, snapshot, touch } from './frames.ts';

/** Diffs between two snapshots. */
const SNAPSHOT_EVERY = 20;

type Next = (below: number) => number;

/**
 * A made-up session of one symbol with a seeded walk, as diffs joined to one snapshot, as top pictures, or as polled
 * answers, with best prices and trades; diffs come with a snapshot now and then, which heals or is no news. The book is kept in two maps, so that pictures and best prices are true.
 */
export function sampleSession(seed: number, length: number, kind: 'diff' | 'pictures' | 'poll'): Frame[] {
  const next = generator(seed);
  const bids = new Map<number, number>();
  const asks = new Map<number, number>();
  for (let n = 1; n <= 12; n += 1) {
    bids.set(10_000 - n, 100 + n);
    asks.set(10_000 + n, 100 + n);
  }
  const frames: Frame[] = [];
  const recent: SampleDeal[] = [];
  let id = 1_000;
  let ms = 0;
  for (let n = 0; n < length; n += 1) {
    ms += 1 + next(60);
    const first = id + 1;
    id += 1 + next(4);
    const [bid, ask] = [change(bids, 9_999 - next(15), next), change(asks, 10_001 + next(15), next)];
    const [bestBid = bid] = wire(bids, -1);
    const [bestAsk = ask] = wire(asks, 1);
    if (kind === 'diff') frames.push(depth(first, id, [bid], [ask], ms));
    else if (kind === 'pictures')
      frames.push(picture(id, wire(bids, -1).slice(0, 20), wire(asks, 1).slice(0, 20), ms));
    else
      frames.push(
        snapshot(id, ms, { bids: wire(bids, -1), asks: wire(asks, 1), connection: 'poll', limit: 100 }),
      );
    if (kind === 'diff' && n % SNAPSHOT_EVERY === 2)
      frames.push(snapshot(id - 1 + next(2), ms, { bids: wire(bids, -1), asks: wire(asks, 1) }));
    if (kind !== 'poll' && next(3) === 0) frames.push(touch(String(id), bestBid, bestAsk, ms + 1));
    if (next(2) === 0) {
      recent.push(...Array.from({ length: 1 + next(3) }, () => deal(next, ms)));
      if (kind === 'poll') frames.push(answeredTrades(recent.slice(-20), ms, 'poll'));
      else
        frames.push(
          deals(
            recent.splice(0).map((one, nth) => ({ ...one, tradeId: `${ms}X${nth}` })),
            ms,
          ),
        );
    }
  }
  return frames;
}

const deal = (next: Next, ms: number): SampleDeal => ({
  ms,
  price: cents(next(2) === 0 ? 9_999 : 10_001),
  quantity: lots(1 + next(9)),
  tradeType: 1 + next(2),
});

/** Sets a level or, one time in four, removes it; the last level of a side stays. */
function change(side: Map<number, number>, at: number, next: Next): readonly [string, string] {
  const size = next(4) === 0 && side.size > 1 && side.has(at) ? 0 : 1 + next(500);
  if (size === 0) side.delete(at);
  else side.set(at, size);
  return [cents(at), lots(size)];
}

const wire = (side: ReadonlyMap<number, number>, direction: 1 | -1): (readonly [string, string])[] =>
  [...side].sort(([a], [b]) => (a - b) * direction).map(([at, size]) => [cents(at), lots(size)]);

const cents = (count: number): string => (count / 100).toFixed(2);
const lots = (count: number): string => (count / 1_000).toFixed(8);

/** Marsaglia's xorshift: whole numbers below a bound. */
function generator(seed: number): Next {
  let state = (seed + 1) * 2_654_435_761;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
