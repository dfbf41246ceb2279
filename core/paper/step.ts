import type { EntryFacts } from '../ledger/journal.ts';
import { fillBooking, releaseFacts } from '../ledger/order-facts.ts';
import type { Position } from '../ledger/position.ts';
import { flat } from '../ledger/position.ts';
import type { Instrument } from '../market/instrument.ts';
import type { InstrumentWindow } from '../market/window.ts';
import type { Sha256 } from '../ports.ts';
import type { EpochMs } from '../time.ts';
import type { Consumption } from './consumption.ts';
import { NO_CONSUMPTION } from './consumption.ts';
import type { FeeSchedule } from './fees.ts';
import type { Fill, FillEvidence } from './fill.ts';
import { FILL_MODEL, hashEvidence } from './fill.ts';
import type { Execution } from './match.ts';
import { matchLane } from './match.ts';
import type { Lane, LaneOrder, ModeStop, Order } from './order.ts';
import { fillId, LANES } from './order.ts';

/** A holding and what its account and lane used up of the displayed liquidity. */
export interface Holding {
  readonly position: Position;
  readonly consumption: Consumption;
  /** The window whose picture changed the taken levels; absent after an execution, and where none ever did. */
  readonly revisedAt?: EpochMs | undefined;
}

export const emptyHolding = (instrument: Instrument): Holding => ({
  position: flat(instrument.id),
  consumption: NO_CONSUMPTION,
});

/** What a window means for one order in all lanes. */
export interface StepContext {
  readonly closedAt: EpochMs;
  readonly market: InstrumentWindow | undefined;
  readonly instrument: Instrument;
  readonly fees: FeeSchedule;
  readonly holdings: Readonly<Record<Lane, Holding>>;
  /** The account's other working orders. */
  readonly others: readonly Order[];
  readonly afterHole: boolean;
  readonly stop: ModeStop | null;
}

/** What one lane's part of a step writes besides the order. */
export interface LaneWrite {
  readonly lane: Lane;
  /** Null when no money moves (a queue that shrank, a sell that ended). */
  readonly facts: EntryFacts | null;
  /** Without its journal number, which the ledger gives. */
  readonly fill: Omit<Fill, 'entry'> | null;
  /** Null when unchanged. */
  readonly holding: Holding | null;
}

export interface OrderStep {
  readonly before: Order;
  readonly after: Order;
  readonly closedAt: EpochMs;
  readonly lanes: readonly LaneWrite[];
}

/** One order against one window in all lanes, widest first; null when the window changes nothing about it. */
export function stepOrder(order: Order, context: StepContext, sha256: Sha256): OrderStep | null {
  let after = order;
  let wider: LaneOrder | null = null;
  const writes: LaneWrite[] = [];
  for (const lane of LANES) {
    const holding = context.holdings[lane];
    const step = matchLane(after, lane, {
      closedAt: context.closedAt,
      market: context.market,
      instrument: context.instrument,
      fees: context.fees,
      consumption: holding.consumption,
      wider,
      ownOpposite: context.others,
      afterHole: context.afterHole,
      stop: context.stop,
    });
    if (step) {
      after = { ...after, lanes: { ...after.lanes, [lane]: step.order } };
      writes.push(laneWrite(order, after, lane, step.execution, step.consumption, context, sha256));
    }
    wider = after.lanes[lane];
  }
  return writes.length === 0 ? null : { before: order, after, closedAt: context.closedAt, lanes: writes };
}

function laneWrite(
  before: Order,
  after: Order,
  lane: Lane,
  execution: Execution | null,
  consumption: Consumption,
  context: StepContext,
  sha256: Sha256,
): LaneWrite {
  const { instrument, fees, closedAt } = context;
  const held = context.holdings[lane];
  if (!execution) {
    const holding = consumption === held.consumption ? null : { ...held, consumption };
    return { lane, facts: releaseFacts(before, after, lane, instrument, closedAt), fill: null, holding };
  }
  const booking = fillBooking(before, after, lane, execution, held.position, instrument, fees, closedAt);
  const evidence = evidenceOf(before, lane, execution, context);
  return {
    lane,
    facts: booking.facts,
    holding: { position: booking.position, consumption },
    fill: {
      id: fillId(before.id, lane, closedAt),
      orderId: before.id,
      accountId: before.accountId,
      strategyId: before.strategyId,
      lane,
      instrumentId: before.instrumentId,
      side: before.side,
      closedAt,
      liquidity: execution.liquidity,
      lines: execution.lines,
      quantity: booking.quantity,
      notional: booking.notional,
      fee: booking.fee,
      realized: booking.realized,
      evidence,
      evidenceHash: hashEvidence(sha256, evidence),
    },
  };
}

const evidenceOf = (order: Order, lane: Lane, execution: Execution, context: StepContext): FillEvidence => ({
  model: FILL_MODEL,
  feedId: order.feedId,
  closedAt: context.closedAt,
  instrumentId: order.instrumentId,
  decidedAt: order.decidedAt,
  latencyMs: order.latencyMs[lane],
  effectiveAt: order.lanes[lane].effectiveAt,
  joinedAt: order.lanes[lane].joinedAt,
  market: execution.evidence,
  fees: context.fees,
});
