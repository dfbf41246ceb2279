import { asMoney, asPrice, asQuantity, ONE, parseUnits } from '../../../core/amounts.ts';
import { type Grid, parseSteps, type StepFault } from '../../../core/market/grid.ts';
import { type Instrument, instrumentId } from '../../../core/market/instrument.ts';
import { epochMs } from '../../../core/time.ts';
import { type Grids, LevelList } from '../levels.ts';
import type { TradeFacts } from '../trade-tape.ts';
import type { DepthEvent, SnapshotEvent, TouchEvent } from './events.ts';
import { isSane } from './scanner.ts';
import {
  exchangeSymbol,
  type WireAggTrade,
  type WireBookTicker,
  type WireDepthSnapshot,
  type WireDepthUpdate,
  type WireTrade,
} from './schema.ts';

/** Well-formed, but not possible under the instrument's rules: the field and why. */
export class RefusedMessage {
  readonly detail: string;
  constructor(detail: string) {
    this.detail = detail;
  }
}

export function toTrade(wire: WireTrade, grids: Grids): TradeFacts | RefusedMessage {
  return withPriceAndSize(wire, grids, wire.t, wire.t);
}

export function toAggregateTrade(wire: WireAggTrade, grids: Grids): TradeFacts | RefusedMessage {
  return withPriceAndSize(wire, grids, wire.f, wire.l);
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
  return { lastId: wire.lastUpdateId, limit, bids, asks };
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

/** The rules of one symbol and whether it trades now; a text names the wrong field. A size or bound of 0 is switched off. */
export function toInstrument(wire: unknown): { instrument: Instrument; tradable: boolean } | string {
  const result = exchangeSymbol.safeParse(wire);
  if (!result.success) {
    const issue = result.error.issues[0];
    return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`;
  }
  const { symbol, status, baseAsset, quoteAsset, filters } = result.data;
  const filter = (type: string) => filters.find((one) => one.filterType === type);
  const price = filter('PRICE_FILTER');
  const lot = filter('LOT_SIZE');
  // A symbol has the one or the older other.
  const notional = filter('NOTIONAL') ?? filter('MIN_NOTIONAL');
  const texts = {
    tickSize: price?.tickSize,
    lotSize: lot?.stepSize,
    quantityMin: lot?.minQty,
    quantityMax: lot?.maxQty,
    notionalMin: notional?.minNotional,
    priceMin: price?.minPrice,
    priceMax: price?.maxPrice,
  };
  const units = new Map<string, bigint>();
  for (const [field, text] of Object.entries(texts)) {
    const value = text === undefined ? 0n : parseUnits(text);
    if (value === undefined || value < 0n)
      return `${field}: not an unsigned decimal of at most 8 places, '${text}'`;
    units.set(field, value);
  }
  const of = (field: keyof typeof texts, ifOff: bigint): bigint => units.get(field) || ifOff;
  return {
    // Unknown words are future states; whatever is not plainly trading is not tradable.
    tradable: status === 'TRADING',
    instrument: {
      id: instrumentId('binance', symbol),
      venue: 'binance',
      symbol,
      baseAsset,
      quoteAsset,
      tickSize: asPrice(of('tickSize', SMALLEST)),
      lotSize: asQuantity(of('lotSize', SMALLEST)),
      quantityMin: asQuantity(of('quantityMin', SMALLEST)),
      quantityMax: asQuantity(of('quantityMax', UNBOUNDED)),
      notionalMin: asMoney(of('notionalMin', 0n)),
      priceMin: asPrice(of('priceMin', SMALLEST)),
      priceMax: asPrice(of('priceMax', UNBOUNDED)),
    },
  };
}

const SMALLEST = 1n;
/** Stands for "no bound": a thousand times what any listed instrument has. */
const UNBOUNDED = 10n ** 15n * ONE;

const WHY: Readonly<Record<StepFault, string>> = {
  not_decimal: 'not an unsigned decimal',
  off_grid: 'not a multiple of the step',
  too_large: 'too large to count exactly',
};

const refused = (field: string, text: string, fault: StepFault): RefusedMessage =>
  new RefusedMessage(`${field}: ${WHY[fault]}, '${text.slice(0, 40)}'`);

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
