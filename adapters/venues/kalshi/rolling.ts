import type { Listing } from '../../../core/market/listing.ts';
import type { EpochMs } from '../../../core/time.ts';

/** Markets of a recurring series around a moment; each list holds those that close together, one or many. */
export interface Rolling {
  /** What is open and closes first; empty between two markets. */
  readonly current: readonly Listing[];
  /** What closes after it, open already or not. */
  readonly next: readonly Listing[];
}

/** Which markets of a series (every 15 minutes, every hour) trade at a moment, and which come after them. */
export function rollingAt(listings: Iterable<Listing>, series: string, now: EpochMs): Rolling {
  const ahead = [...listings].filter(({ instrument: { contract } }) =>
    contract?.series === series ? (contract.closesAt ?? now) > now : false,
  );
  const byClose = Map.groupBy(ahead, ({ instrument }) => instrument.contract?.closesAt ?? 0);
  const groups = [...byClose].sort(([a], [b]) => a - b).map(([, group]) => group.toSorted(bySymbol));
  const n = groups.findIndex((group) => group.some((one) => isOpen(one, now)));
  if (n >= 0) return { current: groups[n] ?? [], next: groups[n + 1] ?? [] };
  return { current: [], next: groups[0] ?? [] };
}

const isOpen = ({ instrument: { contract } }: Listing, now: EpochMs): boolean =>
  (contract?.opensAt ?? 0) <= now;

const bySymbol = (a: Listing, b: Listing): number => (a.instrument.symbol < b.instrument.symbol ? -1 : 1);
