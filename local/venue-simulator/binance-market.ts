import { BinanceDialect, type Touch } from '../demo-market/binance-frames.ts';
import { amountText } from './amount-text.ts';
import { ChangedLevels } from './changed-levels.ts';
import type { SimConnection } from './sim-connection.ts';
import type { Topic, VenueDesk } from './sim-dialect.ts';
import type { SimMarket } from './sim-market.ts';
import type { StreamRegistry } from './stream-registry.ts';

const PARTIAL_LEVELS = [5, 10, 20] as const;
export const KLINE_MS: ReadonlyMap<string, number> = new Map([
  ['1m', 60_000],
  ['3m', 180_000],
  ['5m', 300_000],
  ['15m', 900_000],
  ['30m', 1_800_000],
  ['1h', 3_600_000],
  ['2h', 7_200_000],
  ['4h', 14_400_000],
  ['6h', 21_600_000],
  ['8h', 28_800_000],
  ['12h', 43_200_000],
  ['1d', 86_400_000],
]);

/** Who has asked for messages without their stream's name. */
export type IsRaw = (connection: SimConnection) => boolean;

/** One symbol's streams at Binance. */
export class BinanceMarket {
  readonly frames: BinanceDialect;
  private readonly market: SimMarket;
  private readonly desk: VenueDesk;
  private readonly registry: StreamRegistry;
  private readonly isRaw: IsRaw;
  private readonly stream: string;
  private readonly fast: DiffStream;
  private readonly slow: DiffStream;
  private touch: Touch = { bid: null, ask: null };

  constructor(market: SimMarket, desk: VenueDesk, registry: StreamRegistry, isRaw: IsRaw) {
    this.market = market;
    this.desk = desk;
    this.registry = registry;
    this.isRaw = isRaw;
    this.frames = new BinanceDialect(market.instrument);
    this.stream = market.symbol.toLowerCase();
    this.fast = new DiffStream(market, `${this.stream}@depth@100ms`);
    this.slow = new DiffStream(market, `${this.stream}@depth`);
  }

  /** The book made a step. */
  moved(): void {
    this.fast.changed.note();
    this.slow.changed.note();
    this.tellTrades();
    this.tellTouch();
  }

  /** A tenth of a second passed. */
  beat(isSecond: boolean): void {
    this.tellDiff(this.fast);
    this.tellPictures('@100ms');
    if (!isSecond) return;
    this.tellDiff(this.slow);
    this.tellPictures('');
    this.tellTicker();
  }

  tellKlines(): void {
    for (const [interval, ms] of KLINE_MS) {
      const stream = `${this.stream}@kline_${interval}`;
      if (this.registry.has(stream)) this.tellKline(stream, interval, ms);
    }
  }

  /** The venue counts anew. */
  restart(): void {
    this.fast.restart();
    this.slow.restart();
  }

  private tellTrades(): void {
    const { trades } = this.market.book;
    if (trades.length === 0) return;
    const { frames, stream } = this;
    const now = this.desk.now();
    for (const trade of trades) {
      const facts = { ...trade, tradedAt: now, eventAt: now };
      if (this.registry.has(frames.tradeChannel))
        this.tell(frames.tradeChannel, frames.trade(facts), 'trade');
      if (this.registry.has(`${stream}@aggTrade`))
        this.tell(`${stream}@aggTrade`, aggregated(frames.trade(facts), trade.id), 'trade');
    }
  }

  private tellTouch(): void {
    const { book } = this.market;
    const { frames } = this;
    const bid = { tick: book.bestBid, lots: book.lotsAt('bids', book.bestBid) };
    const ask = { tick: book.bestAsk, lots: book.lotsAt('asks', book.bestAsk) };
    if (isSame(this.touch.bid, bid) && isSame(this.touch.ask, ask)) return;
    this.touch = { bid, ask };
    if (this.registry.has(frames.tickerChannel))
      this.tell(frames.tickerChannel, frames.bookTicker(book.updateId, this.touch), 'touch');
  }

  private tellDiff(diff: DiffStream): void {
    const { changed, stream, toldId } = diff;
    if (changed.isEmpty) return;
    const { updateId } = this.market.book;
    const [bids, asks] = [changed.take('bids'), changed.take('asks')];
    diff.toldId = updateId;
    if (!this.registry.has(stream)) return;
    const raw = this.frames.depthUpdate(this.desk.now(), toldId + 1, updateId, bids, asks);
    this.tell(stream, diff === this.fast ? raw : raw.replace('@depth@100ms"', '@depth"'), 'book');
  }

  private tellPictures(suffix: string): void {
    for (const count of PARTIAL_LEVELS) {
      const stream = `${this.stream}@depth${count}${suffix}`;
      if (!this.registry.has(stream)) continue;
      this.tell(stream, `{"stream":"${stream}","data":${this.picture(count)}}`, 'picture');
    }
  }

  /** The best levels with the book's update id, as REST tells them. */
  picture(count: number): string {
    const { book } = this.market;
    return this.frames.snapshot(book.updateId, book.levels('bids', count), book.levels('asks', count));
  }

  private tellTicker(): void {
    const stream = `${this.stream}@miniTicker`;
    if (!this.registry.has(stream)) return;
    const { market } = this;
    const now = this.desk.now();
    const bar = market.candles.lastDay(now);
    if (bar === undefined) return;
    const [o, h, l, c] = [bar.open, bar.high, bar.low, bar.close].map((tick) => market.prices.of(tick));
    const data = `{"e":"24hrMiniTicker","E":${now},"s":"${market.symbol}","c":"${c}","o":"${o}","h":"${h}","l":"${l}","v":"${market.sizes.of(bar.lots)}","q":"${amountText(bar.turnover, market)}"}`;
    this.tell(stream, `{"stream":"${stream}","data":${data}}`, 'other');
  }

  private tellKline(stream: string, interval: string, ms: number): void {
    const { market } = this;
    const now = this.desk.now();
    const start = now - (now % ms);
    const bar = market.candles.bar(start, ms, now);
    if (bar === undefined) return;
    const { tradeId } = market.book;
    const [o, c, h, l] = [bar.open, bar.close, bar.high, bar.low].map((tick) => market.prices.of(tick));
    const volume = market.sizes.of(bar.lots);
    const turnover = amountText(bar.turnover, market);
    const k = `{"t":${start},"T":${start + ms - 1},"s":"${market.symbol}","i":"${interval}","f":${tradeId - bar.trades + 1},"L":${tradeId},"o":"${o}","c":"${c}","h":"${h}","l":"${l}","v":"${volume}","n":${bar.trades},"x":false,"q":"${turnover}","V":"0","Q":"0","B":"0"}`;
    const data = `{"e":"kline","E":${now},"s":"${market.symbol}","k":${k}}`;
    this.tell(stream, `{"stream":"${stream}","data":${data}}`, 'other');
  }

  private tell(stream: string, text: string, topic: Topic): void {
    const { symbol } = this.market;
    if (this.desk.faults.isMute(symbol)) return;
    for (const connection of this.registry.of(stream))
      connection.send(
        this.isRaw(connection) ? text.slice(`{"stream":"${stream}","data":`.length, -1) : text,
        topic,
        symbol,
      );
  }
}

/** A stream of diffs: what changed since its last message. */
class DiffStream {
  readonly stream: string;
  readonly changed: ChangedLevels;
  /** Newest update id that was told. */
  toldId: number;
  private readonly market: SimMarket;

  constructor(market: SimMarket, stream: string) {
    this.market = market;
    this.stream = stream;
    this.changed = new ChangedLevels(market.book);
    this.toldId = market.book.updateId;
  }

  restart(): void {
    this.toldId = this.market.book.updateId;
  }
}

/** The same facts under other names: of one trade only, since each trade here is an order's. */
const aggregated = (trade: string, id: number): string =>
  trade
    .replace('@trade"', '@aggTrade"')
    .replace('"e":"trade"', '"e":"aggTrade"')
    .replace(`"t":${id}`, `"a":${id}`)
    .replace(',"T":', `,"f":${id},"l":${id},"T":`);

type Level = { readonly tick: number; readonly lots: number };
const isSame = (a: Level | null, b: Level): boolean => a?.tick === b.tick && a.lots === b.lots;
