import { type Grid, parseSteps } from '../../../core/market/grid.ts';
import { epochMs } from '../../../core/time.ts';
import type { DepthEvent, SnapshotEvent } from '../depth-events.ts';
import { type Grids, LevelList } from '../levels.ts';
import { RefusedMessage, refused } from '../refused-message.ts';
import { isSane, type TouchEvent } from '../touch-memory.ts';
import type { TradeFacts } from '../trade-tape.ts';
import type {
  WireAggTrade,
  WireAnsweredTrade,
  WireBookTicker,
  WireDepthSnapshot,
  WireDepthUpdate,
  WireTrade,
} from './schema.ts';

/** A trade whose id is a number. */
export type PolledTrade = TradeFacts & { readonly firstTradeId: number; readonly lastTradeId: number };

export function toTrade(wire: WireTrade, grids: Grids): TradeFacts | RefusedMessage {
  return withPriceAndSize(wire, grids, wire.t, wire.t);
}

export function toAggregateTrade(wire: WireAggTrade, grids: Grids): TradeFacts | RefusedMessage {
  return withPriceAndSize(wire, grids, wire.f, wire.l);
}

/** Trades of a REST answer, oldest first. */
export function toAnsweredTrades(
  wire: readonly WireAnsweredTrade[],
  grids: Grids,
): readonly PolledTrade[] | RefusedMessage {
  const trades: PolledTrade[] = [];
  for (const [n, { id, price, qty, time, isBuyerMaker }] of wire.entries()) {
    const ticks = parsePositive(`${n}.price`, price, grids.ticks);
    if (ticks instanceof RefusedMessage) return ticks;
    const lots = parsePositive(`${n}.qty`, qty, grids.lots);
    if (lots instanceof RefusedMessage) return lots;
    trades.push({
      occurredAt: epochMs(time),
      firstTradeId: id,
      lastTradeId: id,
      trades: 1,
      ticks,
      lots,
      aggressor: isBuyerMaker ? 'sell' : 'buy',
      isAggregate: false,
    });
  }
  return trades.sort((a, b) => a.lastTradeId - b.lastTradeId);
}

export function toDepth(wire: WireDepthUpdate, grids: Grids): DepthEvent | RefusedMessage {
  const bids = toLevels('b', wire.b, grids);
  if (bids instanceof RefusedMessage) return bids;
  const asks = toLevels('a', wire.a, grids);
  if (asks instanceof RefusedMessage) return asks;
  return { occurredAt: epochMs(wire.E), firstId: wire.U, lastId: wire.u, bids, asks };
}

export function toSnapshot(
  wire: WireDepthSnapshot,
  limit: number | undefined,
  grids: Grids,
): SnapshotEvent | RefusedMessage {
  const bids = toLevels('bids', wire.bids, grids);
  if (bids instanceof RefusedMessage) return bids;
  const asks = toLevels('asks', wire.asks, grids);
  if (asks instanceof RefusedMessage) return asks;
  // -1 says of a new symbol that nothing has happened yet.
  return { lastId: Math.max(0, wire.lastUpdateId), limit, bids, asks };
}

export function toTouch(wire: WireBookTicker, grids: Grids): TouchEvent | RefusedMessage {
  const bidTicks = parseSteps(wire.b, grids.ticks);
  const bidLots = parseSteps(wire.B, grids.lots);
  const askTicks = parseSteps(wire.a, grids.ticks);
  const askLots = parseSteps(wire.A, grids.lots);
  if (typeof bidTicks === 'string') return refused('b', wire.b, bidTicks);
  if (typeof bidLots === 'string') return refused('B', wire.B, bidLots);
  if (typeof askTicks === 'string') return refused('a', wire.a, askTicks);
  if (typeof askLots === 'string') return refused('A', wire.A, askLots);
  const touch = { updateId: wire.u, bidTicks, bidLots, askTicks, askLots };
  return isSane(touch)
    ? touch
    : new RefusedMessage('b: the best bid is above the best ask, or a size has no price');
}

function withPriceAndSize(
  wire: WireTrade | WireAggTrade,
  grids: Grids,
  firstTradeId: number,
  lastTradeId: number,
): TradeFacts | RefusedMessage {
  const ticks = parsePositive('p', wire.p, grids.ticks);
  if (ticks instanceof RefusedMessage) return ticks;
  const lots = parsePositive('q', wire.q, grids.lots);
  if (lots instanceof RefusedMessage) return lots;
  return {
    occurredAt: epochMs(wire.T),
    firstTradeId,
    lastTradeId,
    trades: lastTradeId - firstTradeId + 1,
    ticks,
    lots,
    aggressor: wire.m ? 'sell' : 'buy',
    isAggregate: wire.e === 'aggTrade',
  };
}

function parsePositive(field: string, text: string, grid: Grid): number | RefusedMessage {
  const steps = parseSteps(text, grid);
  if (typeof steps === 'string') return refused(field, text, steps);
  return steps > 0 ? steps : new RefusedMessage(`${field}: must be above zero, '${text.slice(0, 40)}'`);
}

function toLevels(
  field: string,
  wire: readonly (readonly [string, string, ...unknown[]])[],
  grids: Grids,
): LevelList | RefusedMessage {
  const levels = new LevelList();
  for (const [n, [price, size]] of wire.entries()) {
    const ticks = parsePositive(`${field}.${n}.0`, price, grids.ticks);
    if (ticks instanceof RefusedMessage) return ticks;
    const lots = parseSteps(size, grids.lots);
    if (typeof lots === 'string') return refused(`${field}.${n}.1`, size, lots);
    levels.push(ticks, lots);
  }
  return levels;
}
