import { money, price, quantity, rateFromBps } from '../../core/amounts.ts';
import type { Instrument, InstrumentId } from '../../core/market/instrument.ts';
import { instrumentId } from '../../core/market/instrument.ts';
import { verdictOf } from '../../core/market/quality/verdict.ts';
import type {
  InstrumentWindow,
  Level,
  MarketWindow,
  Print,
  QualityFlag,
  Side,
} from '../../core/market/window.ts';
import { feedId } from '../../core/market/window.ts';
import type { FeeSchedule } from '../../core/paper/fees.ts';
import { reservationFor } from '../../core/paper/fees.ts';
import type { AccountId, Order, OrderId, SignalId, StrategyId } from '../../core/paper/order.ts';
import { acceptedLane } from '../../core/paper/order.ts';
import type { EpochMs } from '../../core/time.ts';
import { epochMs, plusMs } from '../../core/time.ts';

/** A round moment to count windows from: 2023-11-14T22:13:20Z, a multiple of ten seconds. */
export const T0 = epochMs(1_700_000_000_000);
/** The close of the n-th one-second window. */
export const at = (n: number): EpochMs => plusMs(T0, n * 1_000);

/** A coin with a tick of 0.01 and a lot of 0.001, so that arithmetic fits into a comment. */
export const COIN: Instrument = {
  id: instrumentId('binance', 'COINUSDT'),
  venue: 'binance',
  symbol: 'COINUSDT',
  baseAsset: 'COIN',
  quoteAsset: 'USDT',
  tickSize: price('0.01'),
  lotSize: quantity('0.001'),
  quantityMin: quantity('0.001'),
  quantityMax: quantity('1000'),
  notionalMin: money('1'),
  priceMin: price('0.01'),
  priceMax: price('100000'),
};

export const GEM: Instrument = {
  ...COIN,
  id: instrumentId('binance', 'GEMUSDT'),
  symbol: 'GEMUSDT',
  baseAsset: 'GEM',
};

/** 10 bps from what is received, as Binance charges by default. */
export const FEES: FeeSchedule = {
  version: 'test-1',
  makerRate: rateFromBps('10'),
  takerRate: rateFromBps('10'),
  charge: 'received',
};
export const QUOTE_FEES: FeeSchedule = {
  ...FEES,
  makerRate: rateFromBps('2'),
  takerRate: rateFromBps('5'),
  charge: 'quote',
};

/** `['100.01', '2']`: a level as price and quantity. */
export type LevelText = readonly [price: string, quantity: string];
/** `['100', '2', 'sell']`: a print as price, quantity and aggressor. */
export type PrintText = readonly [price: string, quantity: string, aggressor: Side];

export const levels = (texts: readonly LevelText[]): Level[] =>
  texts.map(([at, of]) => ({ price: price(at), quantity: quantity(of) }));

export const prints = (texts: readonly PrintText[]): Print[] =>
  texts.map(([at, of, aggressor]) => ({
    price: price(at),
    quantity: quantity(of),
    aggressor,
    trades: 1,
    firstTradeId: '1',
    lastTradeId: '1',
  }));

export interface MarketText {
  readonly id?: InstrumentId;
  readonly bids?: readonly LevelText[];
  readonly asks?: readonly LevelText[];
  readonly prints?: readonly PrintText[];
  readonly status?: InstrumentWindow['status'];
  readonly quality?: readonly QualityFlag[];
  readonly complete?: boolean;
  readonly lowestAsk?: string | null;
  readonly highestBid?: string | null;
  readonly receivedAt?: EpochMs | null;
}

/** One instrument in a window: bid 99.99 x 5 and ask 100.01 x 5 unless told otherwise. */
export function market(text: MarketText = {}): InstrumentWindow {
  const bids = levels(text.bids ?? [['99.99', '5']]);
  const asks = levels(text.asks ?? [['100.01', '5']]);
  const extreme = (given: string | null | undefined, best: Level | undefined) =>
    given === undefined ? (best?.price ?? null) : given === null ? null : price(given);
  return {
    instrumentId: text.id ?? COIN.id,
    status: text.status ?? 'live',
    bids,
    asks,
    bidsComplete: text.complete ?? false,
    asksComplete: text.complete ?? false,
    highestBid: extreme(text.highestBid, bids[0]),
    lowestAsk: extreme(text.lowestAsk, asks[0]),
    prints: prints(text.prints ?? []),
    lastPrice: null,
    venueSequence: '1',
    occurredAt: T0,
    receivedAt: text.receivedAt === undefined ? T0 : text.receivedAt,
    quality: text.quality ?? [],
    verdict: verdictOf(text.status ?? 'live', text.quality ?? []),
    candles: [],
  };
}

/** The n-th window of a feed, following the one before unless it is the first. */
export const windowOf = (n: number, instruments: readonly InstrumentWindow[]): MarketWindow => ({
  feedId: feedId('main'),
  closedAt: at(n),
  previousClosedAt: n === 1 ? null : at(n - 1),
  seq: n,
  epoch: 1,
  configHash: 'test',
  clockOffsets: {},
  settlements: [],
  games: [],
  closes: [],
  instruments,
});

export type OrderText = Partial<Omit<Order, 'limitPrice' | 'quantity'>> & {
  readonly limit?: string;
  readonly size?: string;
  readonly fees?: FeeSchedule;
  /** When it reaches the venue in every lane; half a second after the decision at {@link T0} unless told otherwise. */
  readonly effectiveAt?: EpochMs;
};

/** A buy of 1 at 100, good till canceled, decided at {@link T0}; `text` changes what matters to the test. */
export function anOrder(text: OrderText = {}): Order {
  const { limit = '100', size = '1', fees = FEES, effectiveAt = plusMs(T0, 500), ...rest } = text;
  const side = rest.side ?? 'buy';
  const lane = acceptedLane(effectiveAt, reservationFor(side, price(limit), quantity(size), fees));
  return {
    id: '00000000000000aa' as OrderId,
    accountId: 'main' as AccountId,
    strategyId: 'sma' as StrategyId,
    signalId: 'sma/binance:COINUSDT/1700000000000/1' as SignalId,
    feedId: feedId('main'),
    instrumentId: COIN.id,
    side,
    type: 'limit',
    timeInForce: 'GTC',
    postOnly: false,
    limitPrice: price(limit),
    quantity: quantity(size),
    decidedAt: T0,
    seenThrough: T0,
    latencyMs: { optimistic: 500, base: 500, pessimistic: 500 },
    expiresAt: null,
    cancelAt: null,
    lanes: { optimistic: lane, base: lane, pessimistic: lane },
    ...rest,
  };
}
