import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { asPrice, ONE, type Price, parseUnits, price } from '../../core/amounts.ts';
import type { PriceKind } from '../../core/market/quality/price-check.ts';
import { type EpochMs, epochMs } from '../../core/time.ts';
import { RECORDINGS } from './recordings.ts';

/** A trade's price, or a best price that changed. */
export interface SeenPrice {
  readonly at: EpochMs;
  readonly price: Price;
  readonly kind: PriceKind;
}

/** By the venue's symbol, in receive order. */
export type SeenPrices = ReadonlyMap<string, readonly SeenPrice[]>;

/** One line of a recording of frames. */
export interface RecordedFrame {
  readonly at: EpochMs;
  readonly channel: string;
  readonly raw: string;
}

/** The lines of a gzipped recording. */
export const recordedLines = (path: string): string[] =>
  gunzipSync(readFileSync(join(RECORDINGS, path)))
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '');

/** Frames with a receive stamp; nanoseconds are cut as text, since they exceed 2^53. */
export function recordedFrames(path: string): RecordedFrame[] {
  return recordedLines(path).flatMap((line) => {
    const at = /"receivedAt": ?(\d{13})/.exec(line)?.[1];
    const { channel, raw } = JSON.parse(line);
    return at === undefined ? [] : [{ at: epochMs(Number(at)), channel, raw }];
  });
}

/** Gathers prices by symbol and leaves out best prices that did not change. */
class PriceTape {
  readonly seen = new Map<string, SeenPrice[]>();
  private readonly best = new Map<string, Price>();

  trade(symbol: string, at: EpochMs, traded: Price): void {
    this.add(symbol, { at, price: traded, kind: 'trade' });
  }

  /** An absent side is null. */
  touch(symbol: string, at: EpochMs, bid: Price | null, ask: Price | null): void {
    for (const [kind, best] of [
      ['bid', bid],
      ['ask', ask],
    ] as const) {
      if (best === null || this.best.get(`${symbol} ${kind}`) === best) continue;
      this.best.set(`${symbol} ${kind}`, best);
      this.add(symbol, { at, price: best, kind });
    }
  }

  private add(symbol: string, seen: SeenPrice): void {
    const list = this.seen.get(symbol);
    if (list === undefined) this.seen.set(symbol, [seen]);
    else list.push(seen);
  }
}

/** Binance's trades and best prices, of a recording or of the demo market. */
export function binancePrices(frames: Iterable<RecordedFrame>): SeenPrices {
  const tape = new PriceTape();
  for (const { at, channel, raw } of frames) {
    const [, stream] = channel.split('@');
    if (stream !== 'bookTicker' && stream !== 'trade' && stream !== 'aggTrade') continue;
    const { data } = JSON.parse(raw);
    if (stream === 'bookTicker') tape.touch(data.s, at, presentSide(data.b), presentSide(data.a));
    else tape.trade(data.s, at, price(data.p));
  }
  return tape.seen;
}

/** Coinbase's trades and the best prices of its level updates; the trades told as history are left out. */
export function coinbasePrices(path: string): SeenPrices {
  const tape = new PriceTape();
  const books = new Map<string, LevelBook>();
  for (const { at, channel, raw } of recordedFrames(path)) {
    if (channel !== 'l2_data' && channel !== 'market_trades') continue;
    for (const event of JSON.parse(raw).events) {
      if (channel === 'market_trades') {
        if (event.type === 'snapshot') continue;
        for (const trade of event.trades.toReversed()) tape.trade(trade.product_id, at, price(trade.price));
        continue;
      }
      const book = bookOf(books, event.product_id);
      for (const { side, price_level, new_quantity } of event.updates)
        book[side === 'bid' ? 'bids' : 'asks'].set(price(price_level), parseUnits(new_quantity) ?? 0n);
      tape.touch(event.product_id, at, book.bestBid(), book.bestAsk());
    }
  }
  return tape.seen;
}

/** Coinbase's `match` events as that recorder reduced them. */
export function coinbaseMatches(path: string): SeenPrices {
  const tape = new PriceTape();
  for (const line of recordedLines(path)) {
    const { symbol, local_recv_ns, price: traded } = JSON.parse(line);
    tape.trade(symbol, epochMs(Math.floor(local_recv_ns / 1e6)), price(String(traded)));
  }
  return tape.seen;
}

/** Kalshi's trades and the best prices of its folded books, as prices of "yes". */
export function kalshiPrices(path: string): SeenPrices {
  const tape = new PriceTape();
  const books = new Map<string, LevelBook>();
  for (const { at, channel, raw } of recordedFrames(path)) {
    const frame = JSON.parse(raw);
    const body = frame.payload_json ?? frame.msg;
    if (channel === 'trade') tape.trade(body.market_ticker, at, price(body.yes_price_dollars));
    if (channel !== 'orderbook_snapshot' && channel !== 'orderbook_delta') continue;
    const book = bookOf(books, body.market_ticker);
    if (channel === 'orderbook_delta') addDelta(book, body);
    else showSnapshot(book, body);
    tape.touch(body.market_ticker, at, book.bestBid(), book.bestAsk());
  }
  return tape.seen;
}

function addDelta(
  book: LevelBook,
  body: { readonly side: string; readonly price_dollars: string; readonly delta_fp: string },
): void {
  const [side, at] =
    body.side === 'yes' ? [book.bids, price(body.price_dollars)] : [book.asks, opposite(body.price_dollars)];
  side.set(at, (side.get(at) ?? 0n) + (parseUnits(body.delta_fp) ?? 0n));
}

function showSnapshot(
  book: LevelBook,
  body: { readonly yes_dollars_fp?: [string, string][]; readonly no_dollars_fp?: [string, string][] },
): void {
  book.bids.clear();
  book.asks.clear();
  for (const [at, size] of body.yes_dollars_fp ?? []) book.bids.set(price(at), parseUnits(size) ?? 0n);
  for (const [at, size] of body.no_dollars_fp ?? []) book.asks.set(opposite(at), parseUnits(size) ?? 0n);
}

/** A bid for "no" is an ask of "yes". */
const opposite = (at: string): Price => asPrice(ONE - price(at));

/** Best prices of Polymarket's 15-minute contracts, about one row per second, by the time at which each began. */
export function polymarketTouches(path: string): SeenPrices {
  const tape = new PriceTape();
  for (const row of recordedLines(path).slice(1)) {
    const [time = '', begins = '', , bid = '0', ask = '0'] = row.split(',');
    const at = epochMs(Date.parse(`${time.replace(' ', 'T')}Z`));
    tape.touch(begins, at, presentSide(bid), presentSide(ask));
  }
  return tape.seen;
}

/** Trades of two tennis contracts, newest first in the file. */
export function kalshiTrades(path: string): SeenPrices {
  const tape = new PriceTape();
  for (const row of recordedLines(path).slice(1).reverse()) {
    const [ticker = '', time = '', traded = ''] = row.split(',');
    tape.trade(ticker, epochMs(Date.parse(time)), price(traded));
  }
  return tape.seen;
}

/** Venues write 0 where a side of the book is empty. */
const presentSide = (text: string): Price | null => (Number(text) === 0 ? null : price(text));

function bookOf(books: Map<string, LevelBook>, symbol: string): LevelBook {
  const book = books.get(symbol) ?? new LevelBook();
  books.set(symbol, book);
  return book;
}

class LevelBook {
  readonly bids = new Map<Price, bigint>();
  readonly asks = new Map<Price, bigint>();

  bestBid(): Price | null {
    return bestOf(this.bids, (a, b) => a > b);
  }

  bestAsk(): Price | null {
    return bestOf(this.asks, (a, b) => a < b);
  }
}

function bestOf(levels: Map<Price, bigint>, isBetter: (a: Price, b: Price) => boolean): Price | null {
  let best: Price | null = null;
  for (const [at, size] of levels) {
    if (size <= 0n) levels.delete(at);
    else if (best === null || isBetter(at, best)) best = at;
  }
  return best;
}
