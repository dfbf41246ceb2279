import type { Money, Price, Quantity } from '../amounts.ts';
import { ZERO_QUANTITY } from '../amounts.ts';
import type { InstrumentId } from '../market/instrument.ts';
import type { FeedId, Side } from '../market/window.ts';
import type { Sha256 } from '../ports.ts';
import type { EpochMs } from '../time.ts';

export type AccountId = string & { readonly brand: 'AccountId' };
export type StrategyId = string & { readonly brand: 'StrategyId' };
/** `<strategy>/<instrument>/<window>/<n>`. */
export type SignalId = string & { readonly brand: 'SignalId' };
/** Sixteen hex digits derived from signal, leg, role and attempt. */
export type OrderId = string & { readonly brand: 'OrderId' };
/** `<order>.<lane>.<window>`; its executions by price are numbered lines. */
export type FillId = string & { readonly brand: 'FillId' };

/**
 * The fill rules every order runs under at once, widest first: each lane's filled quantity is capped by the one before.
 * `base` is the account of record, the others are shadow ledgers that bracket it (docs/adr/0006).
 */
export const LANES = ['optimistic', 'base', 'pessimistic'] as const;
export type Lane = (typeof LANES)[number];

/** One value per lane. */
export const perLane = <T>(of: (lane: Lane) => T): Record<Lane, T> => ({
  optimistic: of('optimistic'),
  base: of('base'),
  pessimistic: of('pessimistic'),
});

export type OrderType = 'market' | 'limit';
/** `GTC` rests until filled, canceled or expired; `IOC` takes what is there and cancels the rest. */
export type TimeInForce = 'GTC' | 'IOC';
export type LaneStatus = 'accepted' | 'working' | 'filled' | 'canceled' | 'expired' | 'rejected';

export type EndReason =
  | 'filled'
  | 'unfilled_remainder'
  | 'opposite_signal'
  | 'halted'
  | 'reducing'
  | 'expired'
  | 'post_only_would_cross'
  | 'self_trade'
  | 'venue_rules';

/** Why the trading mode ends an order: `halted` ends all, `reducing` those that would grow a position. */
export type ModeStop = Extract<EndReason, 'halted' | 'reducing'>;

/** An order's life in one lane. */
export interface LaneOrder {
  readonly status: LaneStatus;
  /** When it reaches the paper venue: decision plus latency. Its first window is the first that closes at or after it. */
  readonly effectiveAt: EpochMs;
  readonly filled: Quantity;
  /** Displayed quantity still ahead of us at our price; null while it is unknown (not joined, or deeper than the book shown). */
  readonly queueAhead: Quantity | null;
  readonly joinedAt: EpochMs | null;
  readonly queueAtJoin: Quantity | null;
  /** True while the instrument's book is not live and clean: nothing fills, and the queue is joined anew afterwards. */
  readonly waiting: boolean;
  /** Cash set aside for the quantity that may still be bought; zero for sells. */
  readonly reserved: Money;
  /** The window that changed this lane last; a repeat of it changes nothing. */
  readonly steppedAt: EpochMs | null;
  readonly endedAt: EpochMs | null;
  readonly endReason: EndReason | null;
}

/** A lane of an order that has not reached the venue yet. */
export const acceptedLane = (effectiveAt: EpochMs, reserved: Money): LaneOrder => ({
  status: 'accepted',
  effectiveAt,
  filled: ZERO_QUANTITY,
  queueAhead: null,
  joinedAt: null,
  queueAtJoin: null,
  waiting: false,
  reserved,
  steppedAt: null,
  endedAt: null,
  endReason: null,
});

export interface Order {
  readonly id: OrderId;
  readonly accountId: AccountId;
  readonly strategyId: StrategyId;
  readonly signalId: SignalId;
  readonly feedId: FeedId;
  readonly instrumentId: InstrumentId;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly postOnly: boolean;
  /** The limit, or for a market order its collar: no execution is worse than this. */
  readonly limitPrice: Price;
  readonly quantity: Quantity;
  /** The window it was decided on, and the newest window the account had seen by then. */
  readonly decidedAt: EpochMs;
  readonly seenThrough: EpochMs;
  readonly latencyMs: Readonly<Record<Lane, number>>;
  readonly expiresAt: EpochMs | null;
  /** When a requested cancel reaches the venue. */
  readonly cancelAt: EpochMs | null;
  readonly lanes: Readonly<Record<Lane, LaneOrder>>;
}

export function orderId(
  sha256: Sha256,
  signal: SignalId,
  leg: number,
  role: 'entry' | 'exit',
  attempt: number,
): OrderId {
  return sha256(`${signal}|${leg}|${role}|${attempt}`).slice(0, 16) as OrderId;
}

export const fillId = (order: OrderId, lane: Lane, closedAt: EpochMs): FillId =>
  `${order}.${lane}.${closedAt}` as FillId;

const FILL_ID = /^([0-9a-f]{16})\.(optimistic|base|pessimistic)\.(\d{1,16})$/;

/** The parts of a fill id, or undefined when the text is none. */
export function parseFillId(
  text: string,
): { readonly order: OrderId; readonly lane: Lane; readonly closedAt: EpochMs } | undefined {
  const match = FILL_ID.exec(text);
  if (!match) return undefined;
  return { order: match[1] as OrderId, lane: match[2] as Lane, closedAt: Number(match[3]) as EpochMs };
}

export const hasEnded = (lane: LaneOrder): boolean => lane.endedAt !== null;
/** True while any lane can still fill: the order keeps its pointer and moves the account's cursor. */
export const isWorking = (order: Order): boolean => LANES.some((lane) => !hasEnded(order.lanes[lane]));
export const remaining = (order: Order, lane: Lane): Quantity =>
  (order.quantity - order.lanes[lane].filled) as Quantity;
