import { formatRounded, formatUnits, ONE } from '../amounts.ts';
import { type EpochMs, isoTime, MINUTE_MS } from '../time.ts';
import { matchesAny } from './glob.ts';
import { daysToExpiry, isExpired, type ListingFacts } from './listing-facts.ts';
import { namesSymbols, type UniverseRule } from './rules.ts';

/**
 * Why an instrument in the scope of a rule is not in the universe. `not_current`: of a rolling series, too far ahead.
 * `..._unknown`: the venue does not say what a bound is about. `full`: the universe holds no more. And of one that was in
 * it: `not_listed`, the lists that its rule asks for do not have it any more; `no_rule`, its rule is gone.
 */
export const DENIALS = [
  'expired',
  'excluded',
  'not_current',
  'not_tradable',
  'expiry_unknown',
  'expiry_near',
  'expiry_far',
  'volume_unknown',
  'volume_low',
  'spread_unknown',
  'spread_wide',
  'depth_unknown',
  'depth_low',
  'limit',
  'full',
  'not_listed',
  'no_rule',
] as const;
export type DenialReason = (typeof DENIALS)[number];

/** A reason with its numbers, for people. */
export interface Denial {
  readonly reason: DenialReason;
  readonly detail: string;
}

/** Whether a rule is about a listing at all; what it is not about is not counted as left out. */
export function isInScope(rule: UniverseRule, { listing: { instrument } }: ListingFacts): boolean {
  const { series, symbols } = rule;
  if (instrument.venue !== rule.venue) return false;
  if (series.length > 0 && !series.includes(instrument.contract?.series ?? '')) return false;
  if (symbols.length === 0) return true;
  return namesSymbols(rule) ? symbols.includes(instrument.symbol) : matchesAny(symbols, instrument.symbol);
}

/** What rules a listing out for good: it has ended, or is not wanted. */
export function judgePresence(rule: UniverseRule, facts: ListingFacts, now: EpochMs): Denial | undefined {
  if (isExpired(facts, now)) return expired(facts.closesAt ?? now);
  const pattern = rule.exclude.find((one) => matchesAny([one], facts.listing.instrument.symbol));
  return pattern === undefined
    ? undefined
    : { reason: 'excluded', detail: `${pattern} is under 'exclude' of rule ${rule.name}` };
}

export const expired = (closesAt: EpochMs): Denial => ({
  reason: 'expired',
  detail: `trading ended at ${isoTime(closesAt)}`,
});

/** Lists are some seconds old, and a venue may open a market late. */
const OPENING_MS = 5 * MINUTE_MS;

/** Whether it trades; what a rolling series has announced for later, or is about to open, need not trade yet. */
export function judgeStatus(facts: ListingFacts, now: EpochMs, isRolling: boolean): Denial | undefined {
  const { listing, opensAt } = facts;
  if (listing.tradable || (isRolling && opensAt !== null && opensAt + OPENING_MS > now)) return undefined;
  return { reason: 'not_tradable', detail: `the venue's status is '${listing.status}'` };
}

/** The bound on the time that is left. */
export function judgeExpiry(
  rule: UniverseRule,
  facts: ListingFacts,
  now: EpochMs,
  isMember: boolean,
): Denial | undefined {
  const { daysToExpiryMin: min, daysToExpiryMax: max } = rule;
  if (min === null && max === null) return undefined;
  const days = daysToExpiry(facts, now);
  if (days === null)
    return isMember ? undefined : { reason: 'expiry_unknown', detail: 'the venue does not say when it ends' };
  const left = `it ends in ${days.toFixed(2)} days`;
  const slack = isMember ? 0.1 : 0;
  if (min !== null && days < min * (1 - slack))
    return { reason: 'expiry_near', detail: `${left}; ${boundWords(String(min), 'at least', isMember)}` };
  if (max !== null && days > max * (1 + slack))
    return { reason: 'expiry_far', detail: `${left}; ${boundWords(String(max), 'at most', isMember)}` };
  return undefined;
}

/** The bounds on volume, spread and depth. */
export function judgeMarket(
  rule: UniverseRule,
  { volume24h, spread, spreadBps, depth }: ListingFacts,
  isMember: boolean,
): Denial | undefined {
  const bpsMax = rule.spreadBpsMax === null ? null : BigInt(rule.spreadBpsMax) * ONE;
  return (
    atLeast('24 h volume', volume24h, rule.volume24hMin, isMember, 'volume_unknown', 'volume_low') ??
    atMost('spread', spread, rule.spreadMax, isMember) ??
    atMost('spread in bps', spreadBps, bpsMax, isMember) ??
    atLeast('depth', depth, rule.depthMin, isMember, 'depth_unknown', 'depth_low')
  );
}

/**
 * Whoever is in the universe stays until it misses a bound by a tenth, so that one at the edge does not come and go; what
 * its venue does not say for a while is no miss. Whoever is not in it has to meet the bound itself.
 */
function atLeast(
  what: string,
  value: bigint | null,
  min: bigint | null,
  isMember: boolean,
  unknown: DenialReason,
  low: DenialReason,
): Denial | undefined {
  if (min === null) return undefined;
  if (value === null) return isMember ? undefined : { reason: unknown, detail: unknownWords(what) };
  if (value * 10n >= min * (isMember ? 9n : 10n)) return undefined;
  const bound = boundWords(formatUnits(min), 'at least', isMember);
  return { reason: low, detail: `${what} ${formatRounded(value, 4)}; ${bound}` };
}

function atMost(
  what: string,
  value: bigint | null,
  max: bigint | null,
  isMember: boolean,
): Denial | undefined {
  if (max === null) return undefined;
  if (value === null) return isMember ? undefined : { reason: 'spread_unknown', detail: unknownWords(what) };
  if (value * 10n <= max * (isMember ? 11n : 10n)) return undefined;
  const bound = boundWords(formatUnits(max), 'at most', isMember);
  return { reason: 'spread_wide', detail: `${what} ${formatRounded(value, 4)}; ${bound}` };
}

const unknownWords = (what: string): string => `the venue does not say its ${what}`;

const boundWords = (bound: string, which: 'at least' | 'at most', isMember: boolean): string =>
  `${which} ${bound}${isMember ? ', a tenth of which is forgiven,' : ''} is wanted`;
