import { ChangedLevels } from './changed-levels.ts';
import { MexcFrames } from './mexc-frames.ts';
import type { Topic, VenueDesk } from './sim-dialect.ts';
import type { MarketTrade, SimMarket } from './sim-market.ts';
import type { StreamRegistry } from './stream-registry.ts';
import type { SimLevel } from './tick-sides.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Intervals of bars as the stream calls them. */
const KLINES = {
  Min1: MINUTE_MS,
  Min5: 5 * MINUTE_MS,
  Min15: 15 * MINUTE_MS,
  Min30: 30 * MINUTE_MS,
  Min60: HOUR_MS,
  Hour4: 4 * HOUR_MS,
  Hour8: 8 * HOUR_MS,
  Day1: DAY_MS,
} as const;
const PICTURE_LEVELS = [5, 10, 20] as const;

/** The names of all channels of a symbol that the venue carries. */
export const mexcChannels = (symbol: string): readonly string[] => [
  ...(['10ms', '100ms'] as const).flatMap((speed) =>
    ['depth', 'deals', 'bookTicker'].map((kind) => `spot@public.aggre.${kind}.v3.api.pb@${speed}@${symbol}`),
  ),
  ...PICTURE_LEVELS.map((levels) => `spot@public.limit.depth.v3.api.pb@${symbol}@${levels}`),
  ...Object.keys(KLINES).map((interval) => `spot@public.kline.v3.api.pb@${symbol}@${interval}`),
  `spot@public.miniTicker.v3.api.pb@${symbol}@24H`,
];

/** What is collected for channels of one speed. */
interface Collected {
  readonly depth: string;
  readonly deals: string;
  readonly bookTicker: string;
  readonly changed: ChangedLevels;
  toldId: number;
  trades: MarketTrade[];
  bid: SimLevel;
  ask: SimLevel;
}

const NO_LEVEL: SimLevel = { tick: 0, lots: 0 };

/** One symbol's channels at MEXC. */
export class MexcMarket {
  private readonly market: SimMarket;
  private readonly desk: VenueDesk;
  private readonly registry: StreamRegistry;
  private readonly frames: MexcFrames;
  private readonly collected: Readonly<Record<10 | 100, Collected>>;
  private picturedId = 0;

  constructor(market: SimMarket, desk: VenueDesk, registry: StreamRegistry) {
    this.market = market;
    this.desk = desk;
    this.registry = registry;
    this.frames = new MexcFrames(market);
    this.collected = { 10: collect(market, 10), 100: collect(market, 100) };
  }

  moved(): void {
    const now = this.desk.now();
    for (const speed of [10, 100] as const) {
      const collected = this.collected[speed];
      collected.changed.note();
      for (const trade of this.market.book.trades) collected.trades.push({ ...trade, at: now });
      // Nobody may listen for hours.
      if (collected.trades.length > 1_000) collected.trades = [];
    }
  }

  /** Tells what was collected for channels of a speed. */
  beat(speed: 10 | 100): void {
    const collected = this.collected[speed];
    this.tellDeals(collected);
    this.tellDiff(collected);
    this.tellTouch(collected);
    if (speed === 100) this.tellPictures();
  }

  beatSecond(isThird: boolean): void {
    const { symbol, candles } = this.market;
    const now = this.desk.now();
    for (const [interval, ms] of Object.entries(KLINES)) {
      const channel = `spot@public.kline.v3.api.pb@${symbol}@${interval}`;
      const bar = this.registry.has(channel) ? candles.bar(now - (now % ms), ms, now) : undefined;
      if (bar !== undefined) this.tell(channel, this.frames.kline(channel, now, interval, ms, bar), 'other');
    }
    const channel = `spot@public.miniTicker.v3.api.pb@${symbol}@24H`;
    if (!isThird || !this.registry.has(channel)) return;
    const bar = candles.lastDay(now);
    if (bar !== undefined) this.tell(channel, this.frames.miniTicker(channel, now, bar), 'other');
  }

  /** The venue counts anew. */
  restart(): void {
    const { updateId } = this.market.book;
    this.collected[10].toldId = updateId;
    this.collected[100].toldId = updateId;
  }

  private tellDeals(collected: Collected): void {
    const { trades, deals } = collected;
    if (trades.length === 0) return;
    collected.trades = [];
    if (this.registry.has(deals))
      this.tell(deals, this.frames.deals(deals, this.desk.now(), trades), 'trade');
  }

  private tellDiff(collected: Collected): void {
    const { changed, depth, toldId } = collected;
    if (changed.isEmpty) return;
    const { updateId } = this.market.book;
    const [bids, asks] = [changed.take('bids'), changed.take('asks')];
    collected.toldId = updateId;
    if (!this.registry.has(depth)) return;
    const versions = { from: toldId + 1, to: updateId };
    this.tell(depth, this.frames.diff(depth, this.desk.now(), versions, bids, asks), 'book');
  }

  private tellTouch(collected: Collected): void {
    const { bookTicker } = collected;
    if (!this.registry.has(bookTicker)) return;
    const { book } = this.market;
    const bid = { tick: book.bestBid, lots: book.lotsAt('bids', book.bestBid) };
    const ask = { tick: book.bestAsk, lots: book.lotsAt('asks', book.bestAsk) };
    if (isSame(bid, collected.bid) && isSame(ask, collected.ask)) return;
    collected.bid = bid;
    collected.ask = ask;
    this.tell(bookTicker, this.frames.touch(bookTicker, this.desk.now(), book.updateId, bid, ask), 'touch');
  }

  private tellPictures(): void {
    const { symbol, book } = this.market;
    if (this.picturedId === book.updateId) return;
    this.picturedId = book.updateId;
    for (const count of PICTURE_LEVELS) {
      const channel = `spot@public.limit.depth.v3.api.pb@${symbol}@${count}`;
      if (!this.registry.has(channel)) continue;
      const [bids, asks] = [book.levels('bids', count), book.levels('asks', count)];
      this.tell(channel, this.frames.picture(channel, this.desk.now(), book.updateId, bids, asks), 'book');
    }
  }

  private tell(channel: string, data: Uint8Array, topic: Topic): void {
    const { symbol } = this.market;
    if (this.desk.faults.isMute(symbol)) return;
    for (const connection of this.registry.of(channel)) connection.send(data, topic, symbol);
  }
}

const collect = (market: SimMarket, speed: 10 | 100): Collected => ({
  depth: `spot@public.aggre.depth.v3.api.pb@${speed}ms@${market.symbol}`,
  deals: `spot@public.aggre.deals.v3.api.pb@${speed}ms@${market.symbol}`,
  bookTicker: `spot@public.aggre.bookTicker.v3.api.pb@${speed}ms@${market.symbol}`,
  changed: new ChangedLevels(market.book),
  toldId: market.book.updateId,
  trades: [],
  bid: NO_LEVEL,
  ask: NO_LEVEL,
});

const isSame = (a: SimLevel, b: SimLevel): boolean => a.tick === b.tick && a.lots === b.lots;
