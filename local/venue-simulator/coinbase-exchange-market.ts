import { ChangedLevels } from './changed-levels.ts';
import { dayOf, microTime } from './coinbase-text.ts';
import type { SimTrade } from './sim-book.ts';
import type { SimMarket } from './sim-market.ts';
import type { SimLevel } from './tick-sides.ts';

/** Writes Exchange's messages about one product, and collects what its channels group. */
export class ExchangeMarket {
  readonly product: string;
  private readonly market: SimMarket;
  private readonly changed: ChangedLevels;

  constructor(market: SimMarket) {
    this.market = market;
    this.product = market.symbol;
    this.changed = new ChangedLevels(market.book);
  }

  moved(): void {
    this.changed.note();
  }

  /** The whole book as it is; it has neither a time nor a number. */
  snapshot(): string {
    const { book } = this.market;
    const rows = (levels: readonly SimLevel[]) => levels.map((level) => `[${this.pair(level)}]`).join(',');
    const bids = rows(book.levels('bids', Number.MAX_SAFE_INTEGER));
    const asks = rows(book.levels('asks', Number.MAX_SAFE_INTEGER));
    return `{"type":"snapshot","product_id":"${this.product}","bids":[${bids}],"asks":[${asks}]}`;
  }

  /** Levels that changed since they were last told; null when none did. */
  update(now: number): string | null {
    const { changed } = this;
    if (changed.isEmpty) return null;
    const rows = [
      ...changed.take('bids').map((level) => `["buy",${this.pair(level)}]`),
      ...changed.take('asks').map((level) => `["sell",${this.pair(level)}]`),
    ];
    return `{"type":"l2update","product_id":"${this.product}","time":"${microTime(now)}","changes":[${rows.join(',')}]}`;
  }

  /** Names the maker's side. */
  match(type: 'match' | 'last_match', trade: SimTrade, at: number): string {
    const { book, prices, sizes } = this.market;
    const side = trade.aggressor === 'buy' ? 'sell' : 'buy';
    const [maker, taker] = [orderId(trade.id, 'a'), orderId(trade.id, 'b')];
    return `{"type":"${type}","trade_id":${trade.id},"sequence":${book.updateId},"maker_order_id":"${maker}","taker_order_id":"${taker}","time":"${microTime(at)}","product_id":"${this.product}","size":"${sizes.of(trade.lots)}","price":"${prices.of(trade.tick)}","side":"${side}"}`;
  }

  heartbeat(now: number): string {
    const { updateId, tradeId } = this.market.book;
    return `{"type":"heartbeat","sequence":${updateId},"last_trade_id":${tradeId},"product_id":"${this.product}","time":"${microTime(now)}"}`;
  }

  /** Best prices stand in the ticker of each match only, not in those of every five seconds. */
  ticker(trade: SimTrade, now: number, hasTouch: boolean): string {
    const { market } = this;
    const { book, prices, sizes } = market;
    const day = dayOf(market, now);
    const touch = hasTouch
      ? `,"best_bid":"${prices.of(book.bestBid)}","best_bid_size":"${sizes.of(book.lotsAt('bids', book.bestBid))}","best_ask":"${prices.of(book.bestAsk)}","best_ask_size":"${sizes.of(book.lotsAt('asks', book.bestAsk))}"`
      : '';
    return `{"type":"ticker","sequence":${book.updateId},"product_id":"${this.product}","price":"${prices.of(trade.tick)}","open_24h":"${day.open}","volume_24h":"${day.volume}","low_24h":"${day.low}","high_24h":"${day.high}","volume_30d":"${day.volume}"${touch},"side":"${trade.aggressor}","time":"${microTime(now)}","trade_id":${trade.id},"last_size":"${sizes.of(trade.lots)}"}`;
  }

  private pair({ tick, lots }: SimLevel): string {
    const { prices, sizes } = this.market;
    return `"${prices.of(tick)}","${lots === 0 ? '0' : sizes.of(lots)}"`;
  }
}

/** Orders have no ids here; the venue's are of this form. */
const orderId = (trade: number, kind: 'a' | 'b'): string => {
  const digits = trade.toString(16).padStart(12, '0');
  return `${digits.slice(-8)}-53f${kind}-498f-9c13-${digits}`;
};
