import type { EpochMs } from '../../core/time.ts';
import { ChangedLevels } from './changed-levels.ts';
import { dayOf, microTime } from './coinbase-text.ts';
import type { MarketTrade, SimMarket } from './sim-market.ts';
import type { SimLevel } from './tick-sides.ts';

const FIVE_MINUTES_MS = 300_000;
/** Trades of the history that a new listener gets. */
const HISTORY = 50;

/** Writes the events of Advanced Trade about one product, and collects what its channels group. */
export class AdvancedMarket {
  readonly product: string;
  private readonly market: SimMarket;
  private readonly changed: ChangedLevels;
  private trades: MarketTrade[] = [];

  constructor(market: SimMarket) {
    this.market = market;
    this.product = market.symbol;
    this.changed = new ChangedLevels(market.book);
  }

  moved(now: EpochMs): void {
    this.changed.note();
    for (const trade of this.market.book.trades) this.trades.push({ ...trade, at: now });
  }

  /** The whole book as it is. */
  levels(now: number): string {
    const { book } = this.market;
    const updates = this.updates(
      microTime(now),
      book.levels('bids', Number.MAX_SAFE_INTEGER),
      book.levels('asks', Number.MAX_SAFE_INTEGER),
    );
    return `[{"type":"snapshot","product_id":"${this.product}","updates":[${updates}]}]`;
  }

  /** Levels that changed since they were last told; null when none did. */
  changes(now: number): string | null {
    const { changed } = this;
    if (changed.isEmpty) return null;
    const updates = this.updates(microTime(now), changed.take('bids'), changed.take('asks'));
    return `[{"type":"update","product_id":"${this.product}","updates":[${updates}]}]`;
  }

  /** The last trades, which a new listener gets first. */
  history(): string {
    const trades = this.market.trades(HISTORY).map((trade) => this.trade(trade));
    return `[{"type":"snapshot","trades":[${trades.reverse().join(',')}]}]`;
  }

  /** Trades since they were last told, newest first; null when there are none. */
  news(): string | null {
    if (this.trades.length === 0) return null;
    const trades = this.trades.map((trade) => this.trade(trade));
    this.trades = [];
    return `[{"type":"update","trades":[${trades.reverse().join(',')}]}]`;
  }

  /** Best prices stand in the ticker of each match only, not in those of every five seconds. */
  ticker(type: 'snapshot' | 'update', now: number, hasTouch: boolean): string {
    const { market } = this;
    const { book, prices, sizes, candles } = market;
    const day = dayOf(market, now);
    const touch = hasTouch
      ? `,"best_bid":"${prices.of(book.bestBid)}","best_bid_quantity":"${sizes.of(book.lotsAt('bids', book.bestBid))}","best_ask":"${prices.of(book.bestAsk)}","best_ask_quantity":"${sizes.of(book.lotsAt('asks', book.bestAsk))}"`
      : '';
    const facts = `"price":"${prices.of(candles.lastTicks)}","volume_24_h":"${day.volume}","low_24_h":"${day.low}","high_24_h":"${day.high}","low_52_w":"${day.low}","high_52_w":"${day.high}","price_percent_chg_24_h":"0.5"`;
    return `[{"type":"${type}","tickers":[{"type":"ticker","product_id":"${this.product}",${facts}${touch}}]}]`;
  }

  /** The bar of five minutes that is open; null while nothing was traded in it. */
  candle(type: 'snapshot' | 'update', now: number): string | null {
    const { candles, prices, sizes } = this.market;
    const bar = candles.bar(now - (now % FIVE_MINUTES_MS), FIVE_MINUTES_MS, now);
    if (bar === undefined) return null;
    const [open, high, low, close] = [bar.open, bar.high, bar.low, bar.close].map((tick) => prices.of(tick));
    return `[{"type":"${type}","candles":[{"start":"${bar.start / 1_000}","open":"${open}","high":"${high}","low":"${low}","close":"${close}","volume":"${sizes.of(bar.lots)}","product_id":"${this.product}"}]}]`;
  }

  private updates(time: string, bids: readonly SimLevel[], asks: readonly SimLevel[]): string {
    const { prices, sizes } = this.market;
    const row = (side: string, { tick, lots }: SimLevel) =>
      `{"side":"${side}","event_time":"${time}","price_level":"${prices.of(tick)}","new_quantity":"${sizes.of(lots)}"}`;
    return [...bids.map((level) => row('bid', level)), ...asks.map((level) => row('offer', level))].join(',');
  }

  /** Names the maker's side. */
  private trade({ id, tick, lots, aggressor, at }: MarketTrade): string {
    const { prices, sizes } = this.market;
    const side = aggressor === 'buy' ? 'SELL' : 'BUY';
    return `{"trade_id":"${id}","product_id":"${this.product}","price":"${prices.of(tick)}","size":"${sizes.of(lots)}","side":"${side}","time":"${microTime(at)}"}`;
  }
}
