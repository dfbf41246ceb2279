import fc from 'fast-check';
import { asMoney, asPrice, asQuantity, type Rate } from '../../../core/amounts.ts';
import type { DeckleEvent, EventType } from '../../../core/events.ts';
import { feedId } from '../../../core/market/window.ts';
import type { Fill } from '../../../core/paper/fill.ts';
import type {
  AccountId,
  FillId,
  LaneOrder,
  Order,
  OrderId,
  SignalId,
  StrategyId,
} from '../../../core/paper/order.ts';
import { LANES } from '../../../core/paper/order.ts';
import type { Decision } from '../../../core/risk/assess.ts';
import { RISK_RULES } from '../../../core/risk/guards.ts';
import type { ModeState } from '../../../core/risk/trading-mode.ts';
import type { Signal } from '../../../core/strategy/strategy.ts';
import { epochMs } from '../../../core/time.ts';
import { anyGame, anyWindow } from '../../core/market/any-window.ts';
import { COIN, GEM } from '../../support/values.ts';

const anyUnits = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
const anyMoney = anyUnits.map(asMoney);
const anyPrice = fc.bigInt({ min: 0n, max: 10n ** 20n }).map(asPrice);
const anyQuantity = fc.bigInt({ min: 0n, max: 10n ** 20n }).map(asQuantity);
const anyRate = anyUnits.map((units) => units as Rate);
const anyTime = fc.integer({ min: 0, max: 4e12 }).map(epochMs);
const anySide = fc.constantFrom('buy' as const, 'sell' as const);
const anyInstrument = fc.constantFrom(COIN.id, GEM.id);
const anyFeed = fc.constantFrom('main', '币安').map(feedId);
const named = <T extends string>(): fc.Arbitrary<T> =>
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }).map((text) => text as T);
const orNull = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null });
const perLane = <T>(of: fc.Arbitrary<T>) => fc.record({ optimistic: of, base: of, pessimistic: of });

const anySignal: fc.Arbitrary<Signal> = fc.record({
  id: named<SignalId>(),
  strategyId: named<StrategyId>(),
  closedAt: anyTime,
  n: fc.integer({ min: 1, max: 9 }),
  instrumentId: anyInstrument,
  side: anySide,
  confidence: fc.integer({ min: 0, max: 100 }).map((percent) => percent / 100),
  edgeBps: orNull(fc.integer({ min: -500, max: 500 })),
  reason: fc.string(),
});

const anyLaneOrder: fc.Arbitrary<LaneOrder> = fc.record({
  status: fc.constantFrom('accepted', 'working', 'filled', 'canceled', 'expired', 'rejected'),
  effectiveAt: anyTime,
  filled: anyQuantity,
  queueAhead: orNull(anyQuantity),
  joinedAt: orNull(anyTime),
  queueAtJoin: orNull(anyQuantity),
  waiting: fc.boolean(),
  reserved: anyMoney,
  steppedAt: orNull(anyTime),
  endedAt: orNull(anyTime),
  endReason: orNull(fc.constantFrom('filled', 'opposite_signal', 'halted', 'expired', 'venue_rules')),
});

const anyOrder: fc.Arbitrary<Order> = fc.record({
  id: named<OrderId>(),
  accountId: named<AccountId>(),
  strategyId: named<StrategyId>(),
  signalId: named<SignalId>(),
  feedId: anyFeed,
  instrumentId: anyInstrument,
  side: anySide,
  type: fc.constantFrom('market', 'limit'),
  timeInForce: fc.constantFrom('GTC', 'IOC'),
  postOnly: fc.boolean(),
  limitPrice: anyPrice,
  quantity: anyQuantity,
  decidedAt: anyTime,
  seenThrough: anyTime,
  latencyMs: perLane(fc.nat()),
  expiresAt: orNull(anyTime),
  cancelAt: orNull(anyTime),
  lanes: perLane(anyLaneOrder),
});

const anyDecision: fc.Arbitrary<Decision> = fc.record({
  signal: anySignal,
  accountId: named<AccountId>(),
  outcome: fc.constantFrom('accepted', 'denied'),
  rule: orNull(fc.constantFrom(...RISK_RULES)),
  detail: fc.string(),
  guards: fc.array(
    fc.record({
      rule: fc.constantFrom(...RISK_RULES),
      outcome: fc.constantFrom('allow' as const, 'deny' as const, 'unjudged' as const),
      detail: fc.string(),
    }),
    { maxLength: 3 },
  ),
  orderId: orNull(named<OrderId>()),
  cancels: fc.array(fc.record({ orderId: named<OrderId>(), cancelAt: anyTime }), { maxLength: 2 }),
  modeVersion: fc.nat(),
  seenThrough: anyTime,
  made: fc.nat(),
  late: fc.boolean(),
});

const anyPrint = fc.record({
  price: anyPrice,
  quantity: anyQuantity,
  aggressor: anySide,
  trades: fc.integer({ min: 1, max: 99 }),
  firstTradeId: fc.nat().map(String),
  lastTradeId: fc.nat().map(String),
});

const anyMarket: fc.Arbitrary<Fill['evidence']['market']> = fc.oneof(
  fc.record({
    kind: fc.constant('taker' as const),
    side: anySide,
    limitPrice: anyPrice,
    wanted: anyQuantity,
    cap: orNull(anyQuantity),
    levels: fc.array(fc.record({ price: anyPrice, shown: anyQuantity, taken: anyQuantity }), {
      maxLength: 3,
    }),
  }),
  fc.record({
    kind: fc.constant('maker' as const),
    lane: fc.constantFrom(...LANES),
    side: anySide,
    price: anyPrice,
    wanted: anyQuantity,
    cap: orNull(anyQuantity),
    queueAtJoin: orNull(anyQuantity),
    queueBefore: orNull(anyQuantity),
    prints: fc.array(anyPrint, { maxLength: 3 }),
    usedByOthers: anyQuantity,
    touch: orNull(anyPrice),
  }),
);

const anyFill: fc.Arbitrary<Fill> = fc.record({
  id: named<FillId>(),
  orderId: named<OrderId>(),
  accountId: named<AccountId>(),
  strategyId: named<StrategyId>(),
  lane: fc.constantFrom(...LANES),
  instrumentId: anyInstrument,
  side: anySide,
  closedAt: anyTime,
  liquidity: fc.constantFrom('maker', 'taker'),
  lines: fc.array(fc.record({ price: anyPrice, quantity: anyQuantity }), { maxLength: 3 }),
  quantity: anyQuantity,
  notional: anyMoney,
  fee: fc.record({
    asset: fc.constantFrom('base' as const, 'quote' as const),
    amount: anyMoney,
    inQuote: anyMoney,
  }),
  realized: anyMoney,
  evidence: fc.record({
    model: fc.string(),
    feedId: anyFeed,
    closedAt: anyTime,
    instrumentId: anyInstrument,
    decidedAt: anyTime,
    latencyMs: fc.nat(),
    effectiveAt: anyTime,
    joinedAt: orNull(anyTime),
    market: anyMarket,
    fees: fc.record({
      version: fc.string(),
      makerRate: anyRate,
      takerRate: anyRate,
      charge: fc.constantFrom('received' as const, 'quote' as const),
    }),
  }),
  evidenceHash: fc.string(),
  entry: fc.integer({ min: 1, max: 9_999 }),
});

const anyMode: fc.Arbitrary<ModeState> = fc.record({
  mode: fc.constantFrom('active', 'reducing', 'halted'),
  version: fc.nat(),
  cause: fc.constantFrom(
    'start',
    'person',
    'drawdown',
    'daily_loss',
    'reconciliation',
    'marks_old',
    'feed_silence',
  ),
  reason: fc.string(),
  author: fc.string(),
  changedAt: anyTime,
  until: orNull(anyTime),
});

const envelope = <T extends EventType>(type: T) => ({
  type: fc.constant(type),
  version: fc.constant(1 as const),
  id: named<string>(),
  at: anyTime,
});
const venueNews = { feedId: fc.string(), venue: fc.string(), detail: fc.string() };
const breakerNews = { feedId: fc.string(), instrumentId: fc.string(), detail: fc.string() };
const universeEntry = fc.record({ instrumentId: fc.string(), reason: fc.string() });
const silence = { feedId: fc.string(), instrumentId: orNull(fc.string()), detail: fc.string() };

/** Events of every type, sensible or not: a codec must not care. A type added to the catalogue is missed here by the compiler. */
export const ANY_EVENT: { readonly [T in EventType]: fc.Arbitrary<Extract<DeckleEvent, { type: T }>> } = {
  'market.window': fc.record({
    ...envelope('market.window'),
    feedId: named<string>(),
    epoch: fc.nat(),
    closes: fc.array(fc.string(), { maxLength: 3 }),
    windows: fc.array(anyWindow, { minLength: 1, maxLength: 3 }),
  }),
  'signals.raised': fc.record({
    ...envelope('signals.raised'),
    feedId: named<string>(),
    epoch: fc.nat(),
    signals: fc.array(anySignal, { minLength: 1, maxLength: 3 }),
    window: anyWindow,
  }),
  'order.accepted': fc.record({ ...envelope('order.accepted'), order: anyOrder }),
  'order.denied': fc.record({ ...envelope('order.denied'), decision: anyDecision }),
  'order.closed': fc.record({ ...envelope('order.closed'), order: anyOrder }),
  'fill.recorded': fc.record({ ...envelope('fill.recorded'), fill: anyFill }),
  'mode.changed': fc.record({ ...envelope('mode.changed'), mode: anyMode, was: fc.string() }),
  'feed.silenced': fc.record({ ...envelope('feed.silenced'), ...silence }),
  'feed.resumed': fc.record({ ...envelope('feed.resumed'), ...silence }),
  'venue.disconnected': fc.record({ ...envelope('venue.disconnected'), ...venueNews }),
  'venue.connected': fc.record({ ...envelope('venue.connected'), ...venueNews }),
  'breaker.opened': fc.record({ ...envelope('breaker.opened'), ...breakerNews }),
  'breaker.closed': fc.record({ ...envelope('breaker.closed'), ...breakerNews }),
  'game.updated': fc.record({
    ...envelope('game.updated'),
    feedId: fc.string(),
    kind: fc.constantFrom('new', 'changed', 'score_corrected', 'final', 'void', 'heartbeat'),
    changedAt: anyTime,
    game: anyGame,
    was: orNull(anyGame),
  }),
  'universe.changed': fc.record({
    ...envelope('universe.changed'),
    feedId: fc.string(),
    added: fc.array(universeEntry, { maxLength: 2 }),
    removed: fc.array(universeEntry, { maxLength: 2 }),
    size: fc.nat(),
  }),
  'reconciliation.finished': fc.record({
    ...envelope('reconciliation.finished'),
    accountId: fc.string(),
    discrepancies: fc.array(fc.record({ kind: fc.string(), detail: fc.string() }), { maxLength: 3 }),
  }),
  'report.ready': fc.record({
    ...envelope('report.ready'),
    accountId: fc.string(),
    day: fc.string(),
    summary: fc.string(),
  }),
};

export const EVENT_TYPES = Object.keys(ANY_EVENT) as readonly EventType[];
