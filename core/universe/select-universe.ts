import type { InstrumentId } from '../market/instrument.ts';
import type { Listing } from '../market/listing.ts';
import type { EpochMs } from '../time.ts';
import { type Admitted, applyRule, type Round } from './apply-rule.ts';
import type { Denial } from './judge-listing.ts';
import { factsOf } from './listing-facts.ts';
import { UNIVERSE_MAX, type UniverseRule } from './rules.ts';
import type { LeftOut, RuleFinding, UniverseChange, UniverseMember } from './universe.ts';
import { type CrowdedOut, countDenied, hasEnded, type Judged, removal } from './why-out.ts';

export interface UniverseInput {
  readonly rules: readonly UniverseRule[];
  /** What the venues list, each instrument once; listings that no rule is about are not looked at. */
  readonly listings: readonly Listing[];
  /** Names of rules whose list could not be read: what they brought stays until it ends, and they bring nothing new. */
  readonly unread: ReadonlySet<string>;
  readonly before: readonly UniverseMember[];
  readonly now: EpochMs;
  /** Time to the next look. */
  readonly refreshMs: number;
}

export interface UniverseSelection {
  /** By id. It is `before` with what was added and without what was removed. */
  readonly members: readonly UniverseMember[];
  readonly added: readonly UniverseChange[];
  readonly removed: readonly UniverseChange[];
  readonly found: readonly RuleFinding[];
  /** By rule, then by reason in the order in which they are judged. */
  readonly leftOut: readonly LeftOut[];
}

/**
 * The universe by its rules. The same input gives the same universe, in whatever order listings come. An instrument in the
 * scope of several rules belongs to the first one that admits it.
 */
export function selectUniverse(input: UniverseInput): UniverseSelection {
  const { rules, now, refreshMs, before, unread } = input;
  const beforeById = new Map(before.map((member) => [member.instrument.id, member]));
  const facts = uniqueById(input.listings).map(factsOf);
  const judged = rules.map((rule): Judged => {
    // Of this rule only: who is there by another one meets this one's bounds as anybody else.
    const isMember: Round['isMember'] = (id) => beforeById.get(id)?.rule === rule.name;
    const outcome = unread.has(rule.name) ? undefined : applyRule(rule, facts, { now, refreshMs, isMember });
    return { rule, outcome, kept: outcome ? [] : stillThere(before, rule, now) };
  });
  const { members, crowdedOut } = fill(judged, beforeById, now);
  const byInstrument = new Map(members.map((member) => [member.instrument.id, member]));
  return {
    members: members.toSorted(byMemberId),
    added: members
      .filter(({ instrument }) => !beforeById.has(instrument.id))
      .map(({ instrument, reason }) => ({ instrumentId: instrument.id, reason }))
      .sort(byChangeId),
    removed: before
      .filter(({ instrument }) => !byInstrument.has(instrument.id))
      .map((member) => removal(member, judged, crowdedOut, now))
      .sort(byChangeId),
    found: judged.map(({ rule, outcome }) => ({
      rule: rule.name,
      listed: outcome?.listed ?? null,
      members: members.filter((member) => member.rule === rule.name).length,
    })),
    leftOut: judged.flatMap(({ rule, outcome }) => [
      ...(outcome ? countDenied(rule.name, outcome.denied) : []),
      ...countDenied(
        rule.name,
        crowdedOut.filter((one) => one.rule === rule.name),
      ),
    ]),
  };
}

const stillThere = (
  before: readonly UniverseMember[],
  rule: UniverseRule,
  now: EpochMs,
): readonly UniverseMember[] =>
  before.filter((member) => member.rule === rule.name && !hasEnded(member, now));

/** What stays without a list first, since the universe before held it; then rule by rule, each by rank, until it is full. */
function fill(
  judged: readonly Judged[],
  beforeById: ReadonlyMap<InstrumentId, UniverseMember>,
  now: EpochMs,
): { readonly members: readonly UniverseMember[]; readonly crowdedOut: readonly CrowdedOut[] } {
  const kept = judged.flatMap((one) => one.kept);
  const members = new Map(kept.map((member) => [member.instrument.id, member]));
  const crowdedOut: CrowdedOut[] = [];
  for (const { rule, outcome } of judged)
    for (const one of outcome?.admitted ?? []) {
      const { id } = one.facts.listing.instrument;
      if (members.has(id)) continue;
      if (members.size < UNIVERSE_MAX) members.set(id, toMember(rule, one, beforeById.get(id), now));
      else crowdedOut.push({ rule: rule.name, facts: one.facts, denial: FULL });
    }
  return { members: [...members.values()], crowdedOut };
}

const FULL: Denial = { reason: 'full', detail: `the universe holds ${UNIVERSE_MAX} instruments already` };

/** Who stays by its rule keeps what once spoke for it. */
const toMember = (
  { name }: UniverseRule,
  { facts, reason }: Admitted,
  before: UniverseMember | undefined,
  now: EpochMs,
): UniverseMember => ({
  instrument: facts.listing.instrument,
  rule: name,
  reason: before?.rule === name ? before.reason : reason,
  since: before?.since ?? now,
});

const uniqueById = (listings: readonly Listing[]): readonly Listing[] => [
  ...new Map(listings.map((one) => [one.instrument.id, one])).values(),
];

const byMemberId = (a: UniverseMember, b: UniverseMember): number =>
  a.instrument.id < b.instrument.id ? -1 : 1;
const byChangeId = (a: UniverseChange, b: UniverseChange): number =>
  a.instrumentId < b.instrumentId ? -1 : 1;
