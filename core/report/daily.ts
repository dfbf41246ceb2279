import type { Money } from '../amounts.ts';
import { asMoney } from '../amounts.ts';
import type { AccountConfig } from '../config/desk-config.ts';
import type { EquityRecord } from '../ledger/equity.ts';
import type { Fill } from '../paper/fill.ts';
import type { AccountId, Lane, Order } from '../paper/order.ts';
import { hasEnded, LANES, perLane } from '../paper/order.ts';
import type { Decision } from '../risk/assess.ts';
import type { TradingMode } from '../risk/trading-mode.ts';
import type { EpochMs } from '../time.ts';
import { DAY_MS, dayStart, isoDay } from '../time.ts';

/** One lane's day in the account's currency. Amounts that rest on a mark that is missing or old are null: unknown. */
export interface LaneDay {
  readonly equity: Money | null;
  readonly pnlDay: Money | null;
  readonly pnlCumulative: Money | null;
  readonly unrealized: Money | null;
  readonly realizedDay: Money;
  readonly feesDay: Money;
  readonly feesCumulative: Money;
  readonly fills: number;
  readonly makerFills: number;
  readonly drawdownBps: number;
  readonly drawdownMax: Money;
}

export interface DailyReport {
  readonly accountId: AccountId;
  /** The day reported, `2026-11-21`, UTC; `asOf` is the newest mark it rests on. */
  readonly day: string;
  readonly asOf: EpochMs;
  readonly currency: string;
  readonly openingEquity: Money;
  readonly mode: TradingMode;
  readonly lanes: Readonly<Record<Lane, LaneDay>>;
  readonly signals: number;
  readonly accepted: number;
  readonly denied: number;
  readonly late: number;
  /** Denials by the rule that decided, most frequent first. */
  readonly denials: readonly { readonly rule: string; readonly count: number }[];
  readonly rejected: number;
  readonly expired: number;
  readonly canceled: number;
  readonly openOrders: number;
  /** Held instruments whose mark was missing or older than 60 s. */
  readonly blind: readonly string[];
}

/** What a report is made from: one account's day as stored. */
export interface ReportInput {
  readonly account: AccountConfig;
  readonly dayAt: EpochMs;
  readonly mode: TradingMode;
  readonly equity: Readonly<Record<Lane, EquityRecord>>;
  readonly fills: Readonly<Record<Lane, readonly Fill[]>>;
  readonly decisions: readonly Decision[];
  readonly orders: readonly Order[];
}

/** The report of the UTC day that holds `dayAt`. */
export function dailyReport(input: ReportInput): DailyReport {
  const { account, dayAt, equity } = input;
  const from = dayStart(dayAt);
  const inDay = (at: EpochMs): boolean => at >= from && at < from + DAY_MS;
  const decisions = input.decisions.filter((one) => inDay(one.signal.closedAt));
  const ended = input.orders.filter(
    (one) => one.lanes.base.endedAt !== null && inDay(one.lanes.base.endedAt),
  );
  const counted = new Map<string, number>();
  for (const { rule } of decisions) if (rule !== null) counted.set(rule, (counted.get(rule) ?? 0) + 1);
  const count = (status: string): number => ended.filter((one) => one.lanes.base.status === status).length;
  const lane = (of: Lane): LaneDay => laneDay(equity[of], input.fills[of], account.openingEquity, from);
  return {
    accountId: account.id,
    day: isoDay(from),
    asOf: equity.base.at,
    currency: account.currency,
    openingEquity: account.openingEquity,
    mode: input.mode,
    lanes: perLane(lane),
    signals: decisions.length,
    accepted: decisions.filter((one) => one.outcome === 'accepted').length,
    denied: decisions.filter((one) => one.outcome === 'denied').length,
    late: decisions.filter((one) => one.late).length,
    denials: [...counted]
      .map(([rule, n]) => ({ rule, count: n }))
      .sort((a, b) => b.count - a.count || (a.rule < b.rule ? -1 : 1)),
    rejected: count('rejected'),
    expired: count('expired'),
    canceled: count('canceled'),
    openOrders: input.orders.filter((one) => !hasEnded(one.lanes.base)).length,
    blind: [...new Set(LANES.flatMap((of) => equity[of].blind))].sort(),
  };
}

function laneDay(record: EquityRecord, all: readonly Fill[], opening: Money, from: EpochMs): LaneDay {
  const fills = all.filter((one) => one.closedAt >= from && one.closedAt < from + DAY_MS);
  const sum = (of: (fill: Fill) => bigint, over: readonly Fill[]): Money =>
    asMoney(over.reduce((total, fill) => total + of(fill), 0n));
  // The record knows its own day and the one before; what it no longer knows is unknown, not zero.
  const known =
    record.day === from
      ? { open: record.dayOpen, close: record.equity }
      : record.lastDay?.day === from
        ? record.lastDay
        : null;
  const blind = record.blind.length > 0;
  const unlessBlind = (amount: Money): Money | null => (blind ? null : amount);
  return {
    equity: known && unlessBlind(known.close),
    pnlDay: known && unlessBlind(asMoney(known.close - known.open)),
    pnlCumulative: known && unlessBlind(asMoney(known.close - opening)),
    unrealized: record.day === from ? unlessBlind(record.unrealized) : null,
    realizedDay: sum((fill) => fill.realized, fills),
    feesDay: sum((fill) => fill.fee.inQuote, fills),
    feesCumulative: sum((fill) => fill.fee.inQuote, all),
    fills: fills.length,
    makerFills: fills.filter((one) => one.liquidity === 'maker').length,
    drawdownBps: record.drawdownBps,
    drawdownMax: record.drawdownMax,
  };
}
