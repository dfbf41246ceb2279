import { type EpochMs, epochMs } from '../time.ts';
import type { ListingFacts } from './listing-facts.ts';

/** Listings of one series that close together, and when they are what trades: once those before them have closed. */
export interface RollingGroup {
  readonly closesAt: EpochMs | null;
  readonly turnAt: EpochMs;
  readonly facts: readonly ListingFacts[];
}

/**
 * What a recurring series (every 15 minutes, every hour) trades now, and what comes next, until `through`. The market of
 * an hour may be listed a day ahead: its turn comes when the one before it closes, not when it opens. Listings without a
 * closing time are always there. Those that have ended are left out before.
 */
export function groupsThrough(facts: readonly ListingFacts[], through: EpochMs): readonly RollingGroup[] {
  const bySeries = Map.groupBy(facts, ({ listing }) => listing.instrument.contract?.series ?? '');
  return [...bySeries.values()].flatMap((series) => inTurn(series).filter(({ turnAt }) => turnAt <= through));
}

/** Of one series, in the order in which they close. */
function inTurn(facts: readonly ListingFacts[]): readonly RollingGroup[] {
  const byClose = Map.groupBy(facts, ({ closesAt }) => closesAt);
  const closes = [...byClose.keys()].filter((at) => at !== null).sort((a, b) => a - b);
  const endless = byClose.get(null) ?? [];
  const groups = closes.map((closesAt, n): RollingGroup => {
    const group = byClose.get(closesAt) ?? [];
    return { closesAt, turnAt: later(closes[n - 1], opening(group)), facts: group };
  });
  return endless.length === 0 ? groups : [{ closesAt: null, turnAt: epochMs(0), facts: endless }, ...groups];
}

/** When the first of them opens; who does not say so is open. */
const opening = (group: readonly ListingFacts[]): EpochMs =>
  epochMs(Math.min(...group.map(({ opensAt }) => opensAt ?? 0)));

const later = (a: EpochMs | undefined, b: EpochMs): EpochMs => (a === undefined || b > a ? b : a);
