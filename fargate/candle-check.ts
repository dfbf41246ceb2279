import type { Candle } from '../core/market/candle.ts';
import { compareCandles } from '../core/market/candle-compare.ts';
import { type InstrumentId, type VenueId, venueOf } from '../core/market/instrument.ts';
import type { MarketUpdate } from '../core/market/market-update.ts';
import { beatAt, type EpochMs, epochMs, HOUR_MS, MINUTE_MS, plusMs } from '../core/time.ts';
import type { Stretch } from './wanted-bars.ts';

/** `missing`: the venue or we have no such minute. `unjudged`: ours says by itself that it may miss prints. */
export const CHECK_OUTCOMES = ['agrees', 'differs', 'missing', 'unjudged'] as const;
export type CheckOutcome = (typeof CHECK_OUTCOMES)[number];
export type CheckCounts = Readonly<Record<CheckOutcome, number>>;

/** One hour of minutes of one instrument against the venue's own. */
export interface HourCheck extends CheckCounts {
  readonly instrumentId: InstrumentId;
  readonly hour: EpochMs;
  /**
   * Our volume less the venue's over the minutes that both have, in basis points of the venue's. Prints at the edges of
   * minutes cancel out in it, lost ones do not. Null when the venue told none.
   */
  readonly volumeOffBps: number | null;
}

/** How long after an hour its minutes are asked for. */
const CHECK_AFTER_MS = 2 * MINUTE_MS;

interface Checked {
  /** Our minutes of this hour and the one before. */
  readonly minutes: Map<EpochMs, Candle>;
  /** The first minute that we saw the whole of. */
  since: EpochMs | undefined;
  /** The hour whose minutes are asked for. */
  hour: EpochMs | undefined;
}

/** Holds each hour's minutes against what the venue tells of them afterwards. */
export class CandleCheck {
  private readonly instruments = new Map<InstrumentId, Checked>();
  private readonly counts = new Map<VenueId, Record<CheckOutcome, number>>();
  private readonly newest = new Map<InstrumentId, HourCheck>();

  /** One of our own bars closed. */
  took(id: InstrumentId, candle: Candle): void {
    if (candle.interval !== '1m') return;
    const one = this.instruments.get(id) ?? { minutes: new Map(), since: undefined, hour: undefined };
    this.instruments.set(id, one);
    one.minutes.set(candle.start, candle);
    if (candle.complete) one.since ??= candle.start;
    const oldest = plusMs(beatAt(candle.start, HOUR_MS), -HOUR_MS);
    for (const start of one.minutes.keys()) if (start < oldest) one.minutes.delete(start);
  }

  /** Minutes that are to be asked for, of each instrument whose hour was over between these moments. */
  due(previous: EpochMs, now: EpochMs): readonly (readonly [InstrumentId, Stretch])[] {
    const hour = plusMs(beatAt(plusMs(now, -CHECK_AFTER_MS), HOUR_MS), -HOUR_MS);
    if (plusMs(hour, HOUR_MS + CHECK_AFTER_MS) <= previous) return [];
    return [...this.instruments].flatMap(([id, one]) => {
      const isSeen = one.since !== undefined && one.since < hour + HOUR_MS;
      one.hour = isSeen ? hour : undefined;
      return isSeen ? [[id, { from: firstOf(one, hour), through: lastMinute(hour) }] as const] : [];
    });
  }

  told(update: Extract<MarketUpdate, { kind: 'candles' }>): void {
    const one = this.instruments.get(update.instrumentId);
    const { interval, from, through, candles } = update;
    if (one?.hour === undefined || interval !== '1m') return;
    const { hour } = one;
    const first = firstOf(one, hour);
    if (from > first || through < lastMinute(hour)) return;
    one.hour = undefined;
    const isIn = ({ start }: Candle): boolean => start >= first && start <= lastMinute(hour);
    this.judge(update.instrumentId, hour, [...one.minutes.values()].filter(isIn), candles.filter(isIn));
  }

  forget(id: InstrumentId): void {
    this.instruments.delete(id);
    this.newest.delete(id);
  }

  /** Minutes compared since the feed began. */
  compared(): ReadonlyMap<VenueId, CheckCounts> {
    return this.counts;
  }

  /** The newest check of each instrument. */
  hours(): readonly HourCheck[] {
    return [...this.newest.values()];
  }

  private judge(id: InstrumentId, hour: EpochMs, ours: readonly Candle[], venues: readonly Candle[]): void {
    const counts = noCounts();
    for (const { kind } of compareCandles(ours, venues)) counts[kind] += 1;
    this.newest.set(id, { instrumentId: id, hour, ...counts, volumeOffBps: volumeOffBps(ours, venues) });
    const venue = venueOf(id);
    if (venue === undefined) return;
    const total = this.counts.get(venue) ?? noCounts();
    this.counts.set(venue, total);
    for (const outcome of CHECK_OUTCOMES) total[outcome] += counts[outcome];
  }
}

/** The first minute of the hour that we saw the whole of. */
const firstOf = ({ since }: Checked, hour: EpochMs): EpochMs => epochMs(Math.max(since ?? hour, hour));
const lastMinute = (hour: EpochMs): EpochMs => plusMs(hour, HOUR_MS - MINUTE_MS);

export const noCounts = (): Record<CheckOutcome, number> => ({
  agrees: 0,
  differs: 0,
  missing: 0,
  unjudged: 0,
});

function volumeOffBps(ours: readonly Candle[], venues: readonly Candle[]): number | null {
  const told = new Map(venues.map((one) => [one.start, one.volume]));
  let off = 0n;
  let whole = 0n;
  for (const { start, volume, complete } of ours) {
    const theirs = told.get(start);
    if (!complete || theirs === undefined) continue;
    off += volume - theirs;
    whole += theirs;
  }
  return whole === 0n ? null : Number((off * 1_000_000n) / whole) / 100;
}
