import type { SideName } from '../../../core/market/order-book.ts';
import type { Side } from '../../../core/market/window.ts';
import type { EpochMs } from '../../../core/time.ts';
import { stepsOf } from '../decimal-steps.ts';
import { type Grids, LevelList } from '../levels.ts';
import { RefusedMessage, refused } from '../refused-message.ts';
import type { TradeFacts } from '../trade-tape.ts';
import { timeOfText } from '../wire-times.ts';
import type { WireAdvancedTrade, WireLevelEvent, WireProductBook } from './advanced-schema.ts';
import type { WireExchangeTrade, WireL2Update } from './exchange-schema.ts';

/** Whose side a public trade of Advanced Trade names; the venue does not say, see {@link toAdvancedTrade}. */
export type TradeSide = 'maker' | 'taker';

/** The levels of one message, kept for the next one: a busy book allocates nothing. Zero lots remove. */
export class LevelMessage {
  readonly bids = new LevelList();
  readonly asks = new LevelList();
  /** Of a picture: whether it holds every level of a side. False when one was left out as too far away to be counted. */
  readonly isWhole = { bids: true, asks: true };

  clear(): void {
    this.bids.length = 0;
    this.asks.length = 0;
    this.isWhole.bids = true;
    this.isWhole.asks = true;
  }
}

export function fillFromEvent(
  into: LevelMessage,
  event: WireLevelEvent,
  grids: Grids,
): RefusedMessage | null {
  into.clear();
  for (const { side, price_level: price, new_quantity: size } of event.updates) {
    const fault = takeLevel(into, side === 'bid' ? 'bids' : 'asks', price, size, grids);
    if (fault !== null) return fault;
  }
  return null;
}

export function fillFromUpdate(
  into: LevelMessage,
  update: WireL2Update,
  grids: Grids,
): RefusedMessage | null {
  into.clear();
  for (const [side, price, size] of update.changes) {
    const fault = takeLevel(into, side === 'buy' ? 'bids' : 'asks', price, size, grids);
    if (fault !== null) return fault;
  }
  return null;
}

type WirePairs = readonly (readonly [string, string, ...unknown[]])[];

export function fillFromSides(
  into: LevelMessage,
  wire: { readonly bids: WirePairs; readonly asks: WirePairs },
  grids: Grids,
): RefusedMessage | null {
  into.clear();
  for (const side of ['bids', 'asks'] as const) {
    for (const [price, size] of wire[side]) {
      const fault = takeLevel(into, side, price, size, grids);
      if (fault !== null) return fault;
    }
  }
  return null;
}

/** `limit`: the levels per side that were asked for; 0 where that is not known. A side shorter than it is whole. */
export interface LimitedBook extends WireProductBook {
  readonly limit: number;
}

export function fillFromProductBook(
  into: LevelMessage,
  { pricebook, limit }: LimitedBook,
  grids: Grids,
): RefusedMessage | null {
  into.clear();
  for (const side of ['bids', 'asks'] as const) {
    for (const { price, size } of pricebook[side]) {
      const fault = takeLevel(into, side, price, size, grids);
      if (fault !== null) return fault;
    }
    if (pricebook[side].length >= limit) into.isWhole[side] = false;
  }
  return null;
}

/**
 * `side` is read as the maker's, so the taker stands on the other one. The venue's page is silent; other readers were
 * corrected to this, and in a recording all 71 trades that printed at a best price or beyond it fit.
 */
export const toAdvancedTrade = (
  wire: WireAdvancedTrade,
  side: TradeSide,
  fallback: EpochMs,
  grids: Grids,
): TradeFacts | RefusedMessage => {
  const id = /^\d{1,16}$/.test(wire.trade_id) ? Number(wire.trade_id) : Number.NaN;
  if (!Number.isSafeInteger(id))
    return new RefusedMessage(`trade_id: must be a number below 2^53, '${wire.trade_id.slice(0, 40)}'`);
  const named: Side = wire.side === 'BUY' ? 'buy' : 'sell';
  return toTrade(wire, id, side === 'maker' ? OTHER[named] : named, fallback, grids);
};

/** Oldest first: the venue collects trades and lists the newest first. */
export const byId = (
  a: { readonly trade_id: number | string },
  b: { readonly trade_id: number | string },
): number => Number(a.trade_id) - Number(b.trade_id);

/** `side` is the maker's, as documented: `sell` means that the taker bought. */
export const toExchangeTrade = (
  wire: WireExchangeTrade,
  fallback: EpochMs,
  grids: Grids,
): TradeFacts | RefusedMessage => toTrade(wire, wire.trade_id, OTHER[wire.side], fallback, grids);

/** Steps of a best price; 0 where the venue shows none, undefined where it cannot be counted. */
export function toTouchTicks(text: string, grids: Grids): number | undefined {
  if (text === '') return 0;
  const ticks = stepsOf(text, grids.ticks);
  return typeof ticks === 'number' ? ticks : undefined;
}

const OTHER: Readonly<Record<Side, Side>> = { buy: 'sell', sell: 'buy' };

function toTrade(
  wire: { readonly price: string; readonly size: string; readonly time: string },
  id: number,
  aggressor: Side,
  fallback: EpochMs,
  grids: Grids,
): TradeFacts | RefusedMessage {
  const ticks = stepsOf(wire.price, grids.ticks);
  if (typeof ticks === 'string') return refused('price', wire.price, ticks);
  const lots = stepsOf(wire.size, grids.lots);
  if (typeof lots === 'string') return refused('size', wire.size, lots);
  if (ticks === 0 || lots === 0)
    return new RefusedMessage(`${ticks === 0 ? 'price' : 'size'}: must be above zero`);
  return {
    occurredAt: timeOfText(wire.time) ?? fallback,
    firstTradeId: id,
    lastTradeId: id,
    trades: 1,
    ticks,
    lots,
    aggressor,
    isAggregate: false,
  };
}

/**
 * Orders rest at prices that nobody will ever pay, in coins worth a millionth of a dollar even beyond 2^53 steps: such a
 * level is left out. A size beyond 2^53 steps is more than any order can take and is shown as that many.
 */
export function takeLevel(
  message: LevelMessage,
  side: SideName,
  price: string,
  size: string,
  grids: Grids,
): RefusedMessage | null {
  const ticks = stepsOf(price, grids.ticks);
  const lots = stepsOf(size, grids.lots);
  if (typeof lots === 'string' && lots !== 'too_large')
    return refused(`size at ${price.slice(0, 40)}`, size, lots);
  if (ticks === 'too_large') message.isWhole[side] = false;
  else if (typeof ticks === 'string') return refused('price', price, ticks);
  else if (ticks === 0) return new RefusedMessage('price: must be above zero');
  else message[side].push(ticks, typeof lots === 'number' ? lots : Number.MAX_SAFE_INTEGER);
  return null;
}
