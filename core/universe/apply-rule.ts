import type { InstrumentId } from '../market/instrument.ts';
import { type EpochMs, isoTime, plusMs } from '../time.ts';
import {
  type Denial,
  isInScope,
  judgeExpiry,
  judgeMarket,
  judgePresence,
  judgeStatus,
} from './judge-listing.ts';
import { byId, byVolume, descending, factWords, type ListingFacts } from './listing-facts.ts';
import { groupsThrough } from './rolling-groups.ts';
import type { UniverseRule } from './rules.ts';

/** What one rule makes of a venue's list. */
export interface RuleOutcome {
  /** Listings that it is about. */
  readonly listed: number;
  /** By rank; `reason` says what speaks for it. */
  readonly admitted: readonly Admitted[];
  readonly denied: readonly Denied[];
}

export interface Admitted {
  readonly facts: ListingFacts;
  readonly reason: string;
}

export interface Denied {
  readonly facts: ListingFacts;
  readonly denial: Denial;
}

export interface Round {
  readonly now: EpochMs;
  /** Time to the next look: what takes over before it has to be there already. */
  readonly refreshMs: number;
  /** Who is in the universe by this rule so far. */
  readonly isMember: (id: InstrumentId) => boolean;
}

/** Judges every listing in the scope of a rule; the order of the listings does not matter. */
export function applyRule(rule: UniverseRule, all: readonly ListingFacts[], round: Round): RuleOutcome {
  const inScope = all.filter((facts) => isInScope(rule, facts)).sort(byId);
  const { kept, denied } = split(inScope, (facts) => judgePresence(rule, facts, round.now));
  const groups = rule.rolling ? rollingGroups(rule, kept, round) : [{ facts: kept, turn: null }];
  const inTurn = new Set(groups.flatMap(({ facts }) => facts));
  const notCurrent = kept.filter((facts) => !inTurn.has(facts)).map(notYet);
  const outcomes = groups.map((group) => applyToGroup(rule, group, round));
  return {
    listed: inScope.length,
    admitted: outcomes.flatMap(({ admitted }) => admitted),
    denied: [...denied, ...notCurrent, ...outcomes.flatMap((one) => one.denied)],
  };
}

/** Listings that share one limit. `turn`: when they take over, in a rolling series; null where nothing rolls. */
interface Group {
  readonly facts: readonly ListingFacts[];
  readonly turn: EpochMs | null;
}

const rollingGroups = (rule: UniverseRule, facts: readonly ListingFacts[], round: Round): readonly Group[] =>
  groupsThrough(facts, plusMs(round.now, rule.leadMs + round.refreshMs)).map(({ facts: group, turnAt }) => ({
    facts: group,
    turn: turnAt,
  }));

function applyToGroup(rule: UniverseRule, { facts, turn }: Group, round: Round): Omit<RuleOutcome, 'listed'> {
  const { now, isMember } = round;
  const isAhead = turn !== null && turn > now;
  const { kept, denied } = split(facts, (one) => {
    const member = isMember(one.listing.instrument.id);
    return (
      judgeStatus(one, now, rule.rolling) ??
      judgeExpiry(rule, one, now, member) ??
      // Nobody trades yet what comes next: its volume and its prices say nothing.
      (isAhead ? undefined : judgeMarket(rule, one, member))
    );
  });
  const ranked = kept.toSorted(byRank(isMember));
  const words = isAhead ? () => `next, from ${isoTime(turn)}` : currentWords(turn !== null);
  return {
    admitted: ranked
      .slice(0, rule.limit)
      .map((one) => ({ facts: one, reason: `${rule.name}: ${words(one)}` })),
    denied: [
      ...denied,
      ...ranked.slice(rule.limit).map((one, n): Denied => {
        const rank = rule.limit + n + 1;
        const detail = `it ranks ${rank} by 24 h volume; the limit is ${rule.limit}`;
        return { facts: one, denial: { reason: 'limit', detail } };
      }),
    ],
  };
}

const currentWords =
  (isRolling: boolean) =>
  (facts: ListingFacts): string => {
    const { closesAt } = facts;
    const until = isRolling && closesAt !== null ? `current, until ${isoTime(closesAt)}, ` : '';
    return `${until}${factWords(facts)}`;
  };

const notYet = (facts: ListingFacts): Denied => {
  const close = facts.closesAt === null ? 'open' : isoTime(facts.closesAt);
  return {
    facts,
    denial: { reason: 'not_current', detail: `others of its series trade first; it closes at ${close}` },
  };
};

/** By volume, where whoever is in the universe counts a tenth more: two of about the same rank do not take turns. */
const byRank =
  (isMember: Round['isMember']) =>
  (a: ListingFacts, b: ListingFacts): number => {
    const weight = ({ listing, volume24h }: ListingFacts): bigint =>
      (volume24h ?? -1n) * (isMember(listing.instrument.id) ? 11n : 10n);
    return descending(weight(a), weight(b)) || byVolume(a, b);
  };

function split(
  all: readonly ListingFacts[],
  judge: (facts: ListingFacts) => Denial | undefined,
): { readonly kept: readonly ListingFacts[]; readonly denied: readonly Denied[] } {
  const kept: ListingFacts[] = [];
  const denied: Denied[] = [];
  for (const facts of all) {
    const denial = judge(facts);
    if (denial === undefined) kept.push(facts);
    else denied.push({ facts, denial });
  }
  return { kept, denied };
}
