import type { Money, Quantity } from '../amounts.ts';
import { formatUnits } from '../amounts.ts';
import type { InstrumentId } from '../market/instrument.ts';
import type { FeedId, Side } from '../market/window.ts';
import type { Sha256 } from '../ports.ts';
import type { EpochMs } from '../time.ts';
import type { Fee, FeeSchedule, FillLine, LiquiditySide } from './fees.ts';
import { feeFor, lineTotals } from './fees.ts';
import type { AccountId, FillId, Lane, OrderId, StrategyId } from './order.ts';
import type { MakerEvidence } from './queue.ts';
import { drainQueue } from './queue.ts';
import type { TakerEvidence } from './taker.ts';
import { walkBook } from './taker.ts';

/** Version of the fill rules; a change of any rule in this folder that could change a fill raises it. */
export const FILL_MODEL = 'paper-1';

/** Everything a fill rests on: enough to compute its price, quantity and fee again, and nothing of the result. */
export interface FillEvidence {
  readonly model: string;
  readonly feedId: FeedId;
  readonly closedAt: EpochMs;
  readonly instrumentId: InstrumentId;
  readonly decidedAt: EpochMs;
  readonly latencyMs: number;
  readonly effectiveAt: EpochMs;
  readonly joinedAt: EpochMs | null;
  readonly market: TakerEvidence | MakerEvidence;
  readonly fees: FeeSchedule;
}

/** All executions of one order in one lane and window. Immutable. */
export interface Fill {
  readonly id: FillId;
  readonly orderId: OrderId;
  readonly accountId: AccountId;
  readonly strategyId: StrategyId;
  readonly lane: Lane;
  readonly instrumentId: InstrumentId;
  readonly side: Side;
  readonly closedAt: EpochMs;
  readonly liquidity: LiquiditySide;
  readonly lines: readonly FillLine[];
  readonly quantity: Quantity;
  readonly notional: Money;
  readonly fee: Fee;
  readonly realized: Money;
  readonly evidence: FillEvidence;
  readonly evidenceHash: string;
  /** Number of the journal entry that books it. */
  readonly entry: number;
}

/** A fill computed from its evidence alone. */
export interface RecomputedFill {
  readonly liquidity: LiquiditySide;
  readonly side: Side;
  readonly lines: readonly FillLine[];
  readonly quantity: Quantity;
  readonly notional: Money;
  readonly fee: Fee;
}

/** Applies the fill rules to the evidence. The stored result is not an input. */
export function recomputeFill(evidence: FillEvidence): RecomputedFill {
  const { market, fees } = evidence;
  const { side } = market;
  const lines = recomputeLines(market);
  const liquidity = market.kind;
  return { liquidity, side, lines, ...lineTotals(side, lines), fee: feeFor(side, lines, liquidity, fees) };
}

function recomputeLines(market: FillEvidence['market']): readonly FillLine[] {
  switch (market.kind) {
    case 'taker':
      return walkBook(market);
    case 'maker': {
      const { filled } = drainQueue(market);
      return filled > 0n ? [{ price: market.price, quantity: filled }] : [];
    }
  }
}

/** SHA-256 of the evidence; the journal's chain covers it. */
export const hashEvidence = (sha256: Sha256, evidence: FillEvidence): string => sha256(canonical(evidence));

/** JSON with sorted keys and amounts as decimal text: one text for one value. */
function canonical(value: unknown): string {
  if (typeof value === 'bigint') return JSON.stringify(formatUnits(value));
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([name, one]) => `${JSON.stringify(name)}:${canonical(one)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
