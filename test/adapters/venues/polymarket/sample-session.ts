import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { bookHash } from '../../../../adapters/venues/polymarket/book-hash.ts';
import { formatUnits, price, quantity } from '../../../../core/amounts.ts';
import { START, ws } from './frames.ts';
import { mirrorOf } from './mirror.ts';
import { MARKET, N, Y } from './samples.ts';

type Side = Map<number, number>;
type Next = (below: number) => number;

interface Texts {
  readonly price: string;
  readonly size: string;
}

/**
 * A made-up session of a market's two tokens with a seeded walk: first books, then changes that tell of both tokens, prints,
 * best prices, and now and then a whole book. What a frame says of the state after it is true, hashes included.
 */
export function sampleSession(seed: number, length: number): Frame[] {
  const next = generator(seed);
  const [bids, asks]: [Side, Side] = [new Map(), new Map()];
  for (let n = 1; n <= 12; n += 1) {
    bids.set(50 - n, 100 + n);
    asks.set(50 + n, 100 + n);
  }
  let ms = 0;
  const frames = [ws([bookOf(Y, bids, asks, ms), bookOf(N, bids, asks, ms)])];
  while (frames.length < length) {
    ms += 1 + next(80);
    frames.push(ws(changeOf(bids, asks, ms, next), ms));
    if (next(4) === 0) frames.push(ws(printOf(bids, asks, ms, next), ms));
    if (next(6) === 0) frames.push(ws(bestOf(bids, asks, ms), ms));
    if (next(8) === 0) frames.push(ws(bookOf(next(2) === 0 ? Y : N, bids, asks, ms), ms));
    if (next(20) === 0) frames.push(ws('PONG', ms));
  }
  return frames;
}

/** Sets a level or, one time in four, removes it; the best prices keep apart. */
function changeOf(bids: Side, asks: Side, ms: number, next: Next): object {
  const isBid = next(2) === 0;
  const side = isBid ? bids : asks;
  const at = isBid ? bestAsk(asks) - 1 - next(12) : bestBid(bids) + 1 + next(12);
  const cents = Math.min(98, Math.max(2, at));
  const size = next(4) === 0 && side.size > 1 && side.has(cents) ? 0 : 1 + next(50_000);
  if (size === 0) side.delete(cents);
  else side.set(cents, size);
  const ofYes = entryOf(Y, isBid ? 'BUY' : 'SELL', cents, size, bids, asks, ms);
  const ofNo = entryOf(N, isBid ? 'SELL' : 'BUY', 100 - cents, size, bids, asks, ms);
  const entries = next(2) === 0 ? [ofYes, ofNo] : [ofNo, ofYes];
  return {
    market: MARKET,
    price_changes: entries,
    timestamp: String(START + ms),
    event_type: 'price_change',
  };
}

function entryOf(
  token: string,
  side: string,
  cents: number,
  size: number,
  bids: Side,
  asks: Side,
  ms: number,
): object {
  const { bids: own, asks: other } = sidesOf(token, bids, asks);
  return {
    asset_id: token,
    price: dollars(cents),
    size: shares(size),
    side,
    hash: hashOf(token, own, other, ms),
    best_bid: own.at(-1)?.price ?? '0',
    best_ask: other.at(-1)?.price ?? '1',
  };
}

function bookOf(token: string, bids: Side, asks: Side, ms: number): object {
  const sides = sidesOf(token, bids, asks);
  return {
    market: MARKET,
    asset_id: token,
    timestamp: String(START + ms),
    hash: hashOf(token, sides.bids, sides.asks, ms),
    ...sides,
    tick_size: '0.01',
    min_order_size: '5',
    neg_risk: false,
    event_type: 'book',
    last_trade_price: LAST,
  };
}

/** All prints of the session are at one price, so that its hashes are. */
const LAST = '0.500';

function printOf(bids: Side, asks: Side, ms: number, next: Next): object {
  const [side, size] = next(2) === 0 ? ['BUY', bestAsk(asks)] : ['SELL', bestBid(bids)];
  return {
    event_type: 'last_trade_price',
    market: MARKET,
    asset_id: Y,
    price: LAST,
    size: shares(size),
    side,
    timestamp: String(START + ms),
  };
}

const bestOf = (bids: Side, asks: Side, ms: number): object => ({
  event_type: 'best_bid_ask',
  market: MARKET,
  asset_id: Y,
  best_bid: dollars(bestBid(bids)),
  best_ask: dollars(bestAsk(asks)),
  timestamp: String(START + ms),
});

/** The sides of a token as the venue sends them: best last. */
function sidesOf(token: string, bids: Side, asks: Side): { bids: Texts[]; asks: Texts[] } {
  const level = ([cents, size]: readonly [number, number]) => ({
    price: price(dollars(cents)),
    quantity: quantity(shares(size)),
  });
  const yes = {
    bids: [...bids].sort(([a], [b]) => a - b).map(level),
    asks: [...asks].sort(([a], [b]) => b - a).map(level),
  };
  const own = token === Y ? yes : mirrorOf(yes);
  const texts = (levels: typeof own.bids) =>
    levels.map((one) => ({ price: formatUnits(one.price), size: formatUnits(one.quantity) }));
  return { bids: texts(own.bids), asks: texts(own.asks) };
}

const hashOf = (asset: string, bids: readonly Texts[], asks: readonly Texts[], ms: number): string =>
  bookHash({
    market: MARKET,
    asset,
    stamp: String(START + ms),
    bids: JSON.stringify(bids),
    asks: JSON.stringify(asks),
    minOrderSize: '5',
    tickSize: '0.01',
    negRisk: false,
    lastPrice: LAST,
  });

const bestBid = (bids: Side): number => Math.max(1, ...bids.keys());
const bestAsk = (asks: Side): number => Math.min(99, ...asks.keys());
const dollars = (cents: number): string => String(cents / 100);
const shares = (count: number): string => String(count / 100);

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
