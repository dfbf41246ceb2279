import { type EpochMs, epochMs, MINUTE_MS, SECOND_MS } from '../../../core/time.ts';

/** A market on whether a coin rises within a stretch of time; another one follows it without a gap. */
export interface RollingMarket {
  /** The last part of its address: `btc-updown-5m-1773307200`. */
  readonly slug: string;
  /** `btc-updown-5m`. */
  readonly series: string;
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
}

const SERIES = /^(?:btc|eth)-updown-(5m|15m)$/;
const SLUG = /^(.+)-(\d{10})$/;
const LENGTH_MS: ReadonlyMap<string | undefined, number> = new Map([
  ['5m', 5 * MINUTE_MS],
  ['15m', 15 * MINUTE_MS],
]);

/** The market of a series that runs at a moment, and the one after it; undefined for a series of another kind. */
export function rollingMarkets(
  series: string,
  now: EpochMs,
): readonly [current: RollingMarket, next: RollingMarket] | undefined {
  const lengthMs = lengthOf(series);
  if (lengthMs === undefined) return undefined;
  const current = now - (now % lengthMs);
  return [marketAt(series, current, lengthMs), marketAt(series, current + lengthMs, lengthMs)];
}

/** The series and the stretch of time that a slug names; undefined for markets of other kinds. */
export function parseRollingSlug(slug: string): RollingMarket | undefined {
  const [, series = '', seconds] = SLUG.exec(slug) ?? [];
  const lengthMs = lengthOf(series);
  const startMs = Number(seconds) * SECOND_MS;
  if (lengthMs === undefined || startMs % lengthMs !== 0) return undefined;
  return marketAt(series, startMs, lengthMs);
}

const lengthOf = (series: string): number | undefined => LENGTH_MS.get(SERIES.exec(series)?.[1]);

const marketAt = (series: string, startMs: number, lengthMs: number): RollingMarket => ({
  slug: `${series}-${startMs / SECOND_MS}`,
  series,
  startsAt: epochMs(startMs),
  endsAt: epochMs(startMs + lengthMs),
});
