import type { Money, Price } from '../amounts.ts';
import { asMoney, max, notionalFloor, ratioBps, ZERO_MONEY } from '../amounts.ts';
import type { InstrumentId } from '../market/instrument.ts';
import type { AccountId, Lane } from '../paper/order.ts';
import type { EpochMs } from '../time.ts';
import { beatAt, dayStart } from '../time.ts';
import type { LaneAccount } from './lane-account.ts';
import type { Position } from './position.ts';

/** Marks are written at these beats of event time, and in between at once when a price moves past the threshold. */
export const MARK_BEAT_MS = 10_000;
/** A mid that moved this far since its last mark is marked at once: 25 basis points. */
export const MARK_MOVE_BPS = 25;
/** An older mark is `blind`: the price is unknown, not zero. */
export const MARK_AGE_MS_MAX = 60_000;

/** The mid of a live, clean book at a moment. */
export interface Mark {
  readonly instrumentId: InstrumentId;
  readonly price: Price;
  readonly at: EpochMs;
}

/** What an account is worth at its marks. */
export interface Valuation {
  readonly equity: Money;
  readonly unrealized: Money;
  /** Absolute value of all positions at their marks. */
  readonly exposure: Money;
  /** Held instruments whose mark is missing or older than {@link MARK_AGE_MS_MAX}: valued at cost, and said so. */
  readonly blind: readonly InstrumentId[];
}

/** cash + reserved cash + positions at their marks, rounded down. */
export function valuation(
  account: LaneAccount,
  positions: readonly Position[],
  marks: readonly Mark[],
  now: EpochMs,
): Valuation {
  let unrealized = 0n;
  let value = 0n;
  let exposure = 0n;
  const blind: InstrumentId[] = [];
  for (const position of positions) {
    if (position.quantity === 0n) continue;
    const mark = marks.find((one) => one.instrumentId === position.instrumentId);
    if (!mark || now - mark.at > MARK_AGE_MS_MAX) blind.push(position.instrumentId);
    const worth = mark ? notionalFloor(mark.price, position.quantity) : position.cost;
    value += worth;
    unrealized += worth - position.cost;
    exposure += worth < 0n ? -worth : worth;
  }
  return {
    equity: asMoney(account.cash + account.reserved + value),
    unrealized: asMoney(unrealized),
    exposure: asMoney(exposure),
    blind,
  };
}

/** Marked equity over time, one per account and lane. */
export interface EquityRecord {
  readonly accountId: AccountId;
  readonly lane: Lane;
  readonly at: EpochMs;
  readonly equity: Money;
  readonly unrealized: Money;
  readonly exposure: Money;
  /** Highest equity marked so far and the fall from it. */
  readonly peak: Money;
  readonly drawdown: Money;
  readonly drawdownBps: number;
  readonly drawdownMax: Money;
  /** 00:00 UTC of the current day and the equity it began with. */
  readonly day: EpochMs;
  readonly dayOpen: Money;
  /** The day before and the equity it began and ended with; null on the first day. */
  readonly lastDay: { readonly day: EpochMs; readonly open: Money; readonly close: Money } | null;
  readonly blind: readonly InstrumentId[];
  /**
   * The newest beat and the peak over beats alone. Risk reads these: they do not depend on which marks between beats
   * were written, so decisions do not either.
   */
  readonly beatAt: EpochMs;
  readonly beatPeak: Money;
}

export const openingEquity = (account: LaneAccount, at: EpochMs): EquityRecord => ({
  accountId: account.accountId,
  lane: account.lane,
  at,
  equity: account.cash,
  unrealized: ZERO_MONEY,
  exposure: ZERO_MONEY,
  peak: account.cash,
  drawdown: ZERO_MONEY,
  drawdownBps: 0,
  drawdownMax: ZERO_MONEY,
  day: dayStart(at),
  dayOpen: account.cash,
  lastDay: null,
  blind: [],
  beatAt: beatAt(at, MARK_BEAT_MS),
  beatPeak: account.cash,
});

/** The record after a valuation at `at`; a moment at or before the one recorded changes nothing. */
export function evolveEquity(before: EquityRecord, at: EpochMs, now: Valuation): EquityRecord {
  if (at <= before.at) return before;
  const isBeat = beatAt(at, MARK_BEAT_MS) > before.beatAt;
  const peak = max(before.peak, now.equity);
  const drawdown = asMoney(peak - now.equity);
  const newDay = dayStart(at) > before.day;
  return {
    ...before,
    at,
    equity: now.equity,
    unrealized: now.unrealized,
    exposure: now.exposure,
    peak,
    drawdown,
    drawdownBps: ratioBps(drawdown, peak),
    drawdownMax: max(before.drawdownMax, drawdown),
    day: newDay ? dayStart(at) : before.day,
    dayOpen: newDay ? now.equity : before.dayOpen,
    // The record of an account that was never marked has no day behind it.
    lastDay:
      newDay && before.at > 0
        ? { day: before.day, open: before.dayOpen, close: before.equity }
        : before.lastDay,
    blind: now.blind,
    beatAt: isBeat ? beatAt(at, MARK_BEAT_MS) : before.beatAt,
    beatPeak: isBeat ? max(before.beatPeak, now.equity) : before.beatPeak,
  };
}

/** The drawdown measured from the current equity from now on: what a person accepts who resumes after a drawdown halt. */
export const rebasePeak = (record: EquityRecord): EquityRecord => ({
  ...record,
  peak: record.equity,
  beatPeak: record.equity,
  drawdown: ZERO_MONEY,
  drawdownBps: 0,
});

/** True when a mid moved past the threshold since its mark, or had none. */
export const hasMoved = (mark: Mark | undefined, mid: Price): boolean =>
  mark === undefined ||
  ratioBps(mark.price > mid ? mark.price - mid : mid - mark.price, mark.price) >= MARK_MOVE_BPS;
