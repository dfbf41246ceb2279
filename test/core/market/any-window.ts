import fc from 'fast-check';
import { asPrice, asQuantity } from '../../../core/amounts.ts';
import { CANDLE_INTERVALS, type Candle } from '../../../core/market/candle.ts';
import { type GameState, type GameTeam, LEAGUES } from '../../../core/market/game.ts';
import { instrumentId } from '../../../core/market/instrument.ts';
import { QUALITY_FLAGS } from '../../../core/market/quality.ts';
import {
  feedId,
  type InstrumentWindow,
  type Level,
  type MarketWindow,
  type Print,
  type Settlement,
} from '../../../core/market/window.ts';
import { epochMs } from '../../../core/time.ts';

const anyPrice = fc.bigInt({ min: 0n, max: 10n ** 20n }).map(asPrice);
const anyQuantity = fc.bigInt({ min: 0n, max: 10n ** 20n }).map(asQuantity);
const anyTime = fc.integer({ min: 0, max: 4e12 }).map(epochMs);
const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });

const anyLevel: fc.Arbitrary<Level> = fc.record({ price: anyPrice, quantity: anyQuantity });
const anyPrint: fc.Arbitrary<Print> = fc.record({
  price: anyPrice,
  quantity: anyQuantity,
  aggressor: fc.constantFrom('buy' as const, 'sell' as const),
  trades: fc.nat(),
  firstTradeId: fc.nat().map(String),
  lastTradeId: fc.nat().map(String),
});
const anyCandle: fc.Arbitrary<Candle> = fc.record({
  interval: fc.constantFrom(...CANDLE_INTERVALS),
  start: anyTime,
  open: anyPrice,
  high: anyPrice,
  low: anyPrice,
  close: anyPrice,
  volume: anyQuantity,
  trades: fc.nat(),
  complete: fc.boolean(),
});

const anyInstrument: fc.Arbitrary<InstrumentWindow> = fc.record({
  instrumentId: fc
    .constantFrom('OAKUSDT', 'ELMUSDT', '币安USDT')
    .map((symbol) => instrumentId('binance', symbol)),
  status: fc.constantFrom('live' as const, 'stale' as const, 'halted' as const, 'closed' as const),
  bids: fc.array(anyLevel, { maxLength: 4 }),
  asks: fc.array(anyLevel, { maxLength: 4 }),
  bidsComplete: fc.boolean(),
  asksComplete: fc.boolean(),
  highestBid: orNull(anyPrice),
  lowestAsk: orNull(anyPrice),
  prints: fc.array(anyPrint, { maxLength: 4 }),
  lastPrice: orNull(anyPrice),
  venueSequence: fc.oneof(fc.constant(''), fc.nat().map(String)),
  occurredAt: orNull(anyTime),
  receivedAt: orNull(anyTime),
  quality: fc.subarray([...QUALITY_FLAGS]),
  verdict: fc.constantFrom('clean' as const, 'degraded' as const, 'blind' as const),
  candles: fc.array(anyCandle, { maxLength: 4 }),
});

const anySettlement: fc.Arbitrary<Settlement> = fc.record({
  instrumentId: fc.constant(instrumentId('kalshi', 'KXOAK-26')),
  payout: anyPrice,
  isFinal: fc.boolean(),
  occurredAt: orNull(anyTime),
});

const anyTeam: fc.Arbitrary<GameTeam> = fc.record({
  code: fc.constantFrom('OAK', 'ELM'),
  name: fc.string(),
  score: fc.nat(200),
});
export const anyGame: fc.Arbitrary<GameState> = fc.record({
  league: fc.constantFrom(...LEAGUES),
  gameId: fc.constantFrom('1', '2'),
  startsAt: anyTime,
  easternDate: fc.constant('2026-10-04'),
  home: anyTeam,
  away: anyTeam,
  status: fc.constantFrom('pre', 'live', 'break', 'delayed', 'final', 'void'),
  period: fc.nat(20),
  clockSeconds: orNull(fc.nat(1_200)),
  fractionRemaining: orNull(fc.constantFrom(0, 0.25, 1)),
  situation: orNull(fc.constant({ outs: 2, onFirst: true, text: 'two out' })),
  neutralSite: fc.boolean(),
  detail: fc.string(),
  source: fc.constant('espn' as const),
});

/** Windows of every shape, sensible or not: a codec must not care. */
export const anyWindow: fc.Arbitrary<MarketWindow> = fc.record({
  feedId: fc.constantFrom('demo', 'live').map(feedId),
  closedAt: anyTime,
  previousClosedAt: orNull(anyTime),
  seq: fc.nat(),
  epoch: fc.nat(),
  configHash: fc.string(),
  clockOffsets: fc.dictionary(fc.constantFrom('binance', 'kalshi'), fc.integer({ min: -1e6, max: 1e6 }), {
    noNullPrototype: true,
  }),
  settlements: fc.array(anySettlement, { maxLength: 2 }),
  games: fc.array(anyGame, { maxLength: 2 }),
  closes: fc.subarray([...CANDLE_INTERVALS]),
  instruments: fc.array(anyInstrument, { maxLength: 3 }),
});
