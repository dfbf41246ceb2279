import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import { A, at, B, delta, lifecycle, message, restBook, type Sides, snapshot, trade } from './frames.ts';

/** The markets of the session; both on one subscription. */
const MARKETS = [A, B] as const;

export interface Session {
  readonly frames: readonly Frame[];
  /** What the book of a market really holds after the message with this number, as text. */
  readonly truth: ReadonlyMap<string, string>;
}

/** Levels by price in tenths of a cent, sizes in hundredths of a contract. */
interface Book {
  readonly yes: Map<number, number>;
  readonly no: Map<number, number>;
}

/**
 * A made-up session of two markets with a seeded walk: pictures, changes (now and then two that pass the dollar for an
 * instant), trades, tickers, answers to commands (which take a number of the count or do not), news of a market's life, and
 * pictures by REST beside them. It begins with both pictures and an answer.
 */
export function sampleSession(seed: number, length: number, doAnswersCount = seed % 2 === 0): Session {
  const next = generator(seed);
  const books = new Map<string, Book>(MARKETS.map((symbol) => [symbol, begin(next)]));
  const frames: Frame[] = [];
  const truth = new Map<string, string>();
  const counts = { book: 0, trade: 0 };
  let ms = 0;
  const picture = (symbol: string): void => {
    const book = books.get(symbol) ?? begin(next);
    counts.book += 1;
    frames.push(snapshot(symbol, counts.book, sides(book), ms));
    truth.set(`${symbol} ${counts.book}`, textOf(book));
  };
  const change = (symbol: string, side: 'yes' | 'no', at: number, by: number): void => {
    const book = books.get(symbol);
    if (book === undefined || by === 0) return;
    const size = (book[side].get(at) ?? 0) + by;
    if (size === 0) book[side].delete(at);
    else book[side].set(at, size);
    counts.book += 1;
    frames.push(delta(symbol, counts.book, `${side} ${price(at)} ${count(by)}`, ms));
    truth.set(`${symbol} ${counts.book}`, textOf(book));
  };
  const answer = (): void => {
    if (doAnswersCount) counts.book += 1;
    frames.push(message({ type: 'ok', id: 9, sid: 2, seq: counts.book, msg: {} }, ms));
  };
  for (const symbol of MARKETS) picture(symbol);
  answer();
  for (let n = 0; n < length; n += 1) {
    ms += next(120);
    const symbol = MARKETS[next(2)] ?? A;
    const book = books.get(symbol) ?? begin(next);
    const side = next(2) === 0 ? 'yes' : 'no';
    const level = 300 + 10 * next(15);
    const size = book[side].get(level) ?? 0;
    // Removed whole one time in three, so that sides run empty and fill again.
    change(symbol, side, level, size > 0 && next(3) === 0 ? -size : 1 + next(9_000));
    if (next(12) === 0) cross(symbol, book, change);
    if (next(3) === 0) {
      counts.trade += 1;
      const [at, lots] = [price(400 + next(200)), count(1 + next(500))];
      frames.push(
        trade(symbol, { seq: counts.trade, id: `t${counts.trade}`, price: at, count: lots.slice(1), ms }),
      );
    }
    if (next(6) === 0) frames.push(ticker(symbol, book, ms));
    if (next(25) === 0) picture(symbol);
    if (next(30) === 0) answer();
    if (next(30) === 0) frames.push(lifecycle(next(2) === 0 ? 'deactivated' : 'activated', symbol, {}, ms));
    if (next(30) === 0) frames.push(restBook(symbol, sides(book), ms, 'kalshi-1'));
  }
  return { frames, truth };
}

/** A bid that passes the dollar together with the best one of the other side, and its end. */
function cross(
  symbol: string,
  { yes }: Book,
  change: (symbol: string, side: 'yes' | 'no', at: number, by: number) => void,
): void {
  const best = Math.max(...yes.keys());
  if (!Number.isFinite(best)) return;
  change(symbol, 'no', 1_010 - best, 777);
  change(symbol, 'no', 1_010 - best, -777);
}

/** What a book of the session holds, both sides best first; the same text for what a reader shows. */
export function textOf({ yes, no }: Book): string {
  const ranked = (side: ReadonlyMap<number, number>) => [...side].sort(([a], [b]) => b - a);
  const bids = ranked(yes).map(([price, size]) => `${price / 1_000}x${size / 100}`);
  const asks = ranked(no).map(([price, size]) => `${(1_000 - price) / 1_000}x${size / 100}`);
  return `${bids.join(' ')} | ${asks.join(' ')}`;
}

function begin(next: (below: number) => number): Book {
  const side = (): Map<number, number> =>
    new Map(Array.from({ length: 4 }, (_, n) => [300 + 30 * n + 10 * next(3), 100 + next(5_000)]));
  return { yes: side(), no: side() };
}

function ticker(symbol: string, { yes, no }: Book, ms: number): Frame {
  const best = (side: ReadonlyMap<number, number>): number => Math.max(0, ...side.keys());
  const msg = {
    market_ticker: symbol,
    yes_bid_dollars: price(best(yes)),
    yes_ask_dollars: price(1_000 - best(no)),
    ts_ms: at(ms),
  };
  return message({ type: 'ticker', sid: 3, msg }, ms);
}

const sides = ({ yes, no }: Book): Required<Sides> => ({ yes: levels(yes), no: levels(no) });
const levels = (side: ReadonlyMap<number, number>) =>
  [...side].sort(([a], [b]) => a - b).map(([at, size]) => [price(at), count(size).slice(1)] as const);

const price = (tenths: number): string => (tenths / 1_000).toFixed(4);
/** With its sign. */
const count = (hundredths: number): string =>
  `${hundredths < 0 ? '-' : '+'}${(Math.abs(hundredths) / 100).toFixed(2)}`;

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
