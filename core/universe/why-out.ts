import type { EpochMs } from '../time.ts';
import type { Denied, RuleOutcome } from './apply-rule.ts';
import { DENIALS, type Denial, expired } from './judge-listing.ts';
import { byVolume, isExpired } from './listing-facts.ts';
import type { UniverseRule } from './rules.ts';
import type { LeftOut, UniverseChange, UniverseMember } from './universe.ts';

/** A rule with what it made of its list. */
export interface Judged {
  readonly rule: UniverseRule;
  /** Undefined when its list could not be read. */
  readonly outcome: RuleOutcome | undefined;
  /** What it brought before, as far as it goes on without a list. */
  readonly kept: readonly UniverseMember[];
}

/** What a rule admits and the universe has no room for. */
export interface CrowdedOut extends Denied {
  readonly rule: string;
}

/** Why it went: what its own rule holds against it, or that there is nothing to hold any more. */
export function removal(
  member: UniverseMember,
  judged: readonly Judged[],
  crowdedOut: readonly CrowdedOut[],
  now: EpochMs,
): UniverseChange {
  const { instrument, rule } = member;
  const own = judged.find((one) => one.rule.name === rule);
  const denied = [...(own?.outcome?.denied ?? []), ...crowdedOut];
  const denial = denied.find(({ facts }) => facts.listing.instrument.id === instrument.id)?.denial;
  const { reason, detail } = denial ?? unseen(member, own, now);
  return { instrumentId: instrument.id, reason: `${rule}: ${reason}, ${detail}` };
}

function unseen(member: UniverseMember, own: Judged | undefined, now: EpochMs): Denial {
  const { closesAt } = member.instrument.contract ?? {};
  if (closesAt !== undefined && closesAt !== null && hasEnded(member, now)) return expired(closesAt);
  if (own === undefined)
    return { reason: 'no_rule', detail: "there is no rule of this name under 'universe' any more" };
  return { reason: 'not_listed', detail: 'its venue does not list it any more, or the rule is not about it' };
}

const EXAMPLES = 3;

/** What a rule left out, by reason. */
export function countDenied(rule: string, denied: readonly Denied[]): readonly LeftOut[] {
  const byReason = Map.groupBy(denied, ({ denial }) => denial.reason);
  return DENIALS.flatMap((reason): LeftOut[] => {
    const all = byReason.get(reason);
    if (all === undefined) return [];
    const examples = all
      .toSorted((a, b) => byVolume(a.facts, b.facts))
      .slice(0, EXAMPLES)
      .map(({ facts, denial }) => ({ instrumentId: facts.listing.instrument.id, detail: denial.detail }));
    return [{ rule, reason, count: all.length, examples }];
  });
}

export const hasEnded = ({ instrument }: UniverseMember, now: EpochMs): boolean =>
  isExpired({ closesAt: instrument.contract?.closesAt ?? null }, now);
