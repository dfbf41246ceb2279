import { formatRounded, ONE, parseUnits } from '../amounts.ts';
import type { Listing } from '../market/listing.ts';
import { DAY_MS, type EpochMs } from '../time.ts';

/** What rules judge of a listing: amounts in units of 10^-8, null where the venue does not say. */
export interface ListingFacts {
  readonly listing: Listing;
  readonly volume24h: bigint | null;
  readonly spread: bigint | null;
  /** Basis points of the middle, in units of 10^-8 too. */
  readonly spreadBps: bigint | null;
  readonly depth: bigint | null;
  readonly opensAt: EpochMs | null;
  readonly closesAt: EpochMs | null;
  /** What is left of its life ends then: at its close, or when the outcome is expected, whichever is sooner. */
  readonly expiresAt: EpochMs | null;
}

export function factsOf(listing: Listing): ListingFacts {
  const { contract } = listing.instrument;
  const closesAt = contract?.closesAt ?? null;
  return {
    listing,
    volume24h: unitsOf(listing.volume24h),
    ...spreadOf(unitsOf(listing.bestBid), unitsOf(listing.bestAsk)),
    depth: unitsOf(listing.depth),
    opensAt: contract?.opensAt ?? null,
    closesAt,
    expiresAt: sooner(closesAt, listing.expectedAt ?? null),
  };
}

/** Trading has ended, by what was announced. */
export const isExpired = ({ closesAt }: Pick<ListingFacts, 'closesAt'>, now: EpochMs): boolean =>
  closesAt !== null && closesAt <= now;

/** Fractions included, below zero where the outcome is overdue; null for what does not end, or whose end is not known. */
export const daysToExpiry = ({ expiresAt }: ListingFacts, now: EpochMs): number | null =>
  expiresAt === null ? null : (expiresAt - now) / DAY_MS;

export const sooner = (a: EpochMs | null, b: EpochMs | null): EpochMs | null =>
  a === null || (b !== null && b < a) ? b : a;

/** The best by volume first; equal ones by name, so that the order is always the same. */
export const byVolume = (a: ListingFacts, b: ListingFacts): number =>
  descending(a.volume24h ?? -1n, b.volume24h ?? -1n) || byId(a, b);

export const byId = (a: ListingFacts, b: ListingFacts): number =>
  a.listing.instrument.id < b.listing.instrument.id ? -1 : 1;

export const descending = (a: bigint, b: bigint): number => (a === b ? 0 : a > b ? -1 : 1);

/** What is known of a listing, for people: `24 h volume 1200.5, spread 1.2 bps, depth 300`. */
export function factWords({ volume24h, spreadBps, depth }: ListingFacts): string {
  const words = [
    volume24h === null ? '' : `24 h volume ${formatRounded(volume24h, 2)}`,
    spreadBps === null ? '' : `spread ${formatRounded(spreadBps, 2)} bps`,
    depth === null ? '' : `depth ${formatRounded(depth, 2)}`,
  ].filter(Boolean);
  return words.length === 0 ? 'the venue says nothing of its volume and prices' : words.join(', ');
}

function spreadOf(
  bid: bigint | null,
  ask: bigint | null,
): { readonly spread: bigint | null; readonly spreadBps: bigint | null } {
  if (bid === null || ask === null || bid + ask <= 0n) return { spread: null, spreadBps: null };
  const spread = ask - bid;
  return { spread, spreadBps: (spread * 20_000n * ONE) / (bid + ask) };
}

const unitsOf = (text: string | null): bigint | null => (text === null ? null : (parseUnits(text) ?? null));
