import { type EpochMs, plusMs } from '../time.ts';
import type { UniverseRule } from './rules.ts';
import type { UniverseMember } from './universe.ts';

export interface RollWatch {
  readonly rules: readonly UniverseRule[];
  readonly members: readonly UniverseMember[];
  /** When the newest of them came or the last one went. */
  readonly changedAt: EpochMs;
  readonly now: EpochMs;
  /** To the next moment at which a look is possible. */
  readonly wakeMs: number;
  /** For so long after a change a series that has nothing left is looked for. */
  readonly patienceMs: number;
}

/**
 * Whether a series that rolls is out of markets before a look is possible again: the last one in the universe has ended, or ends
 * by then. Some venues list the next one only when it opens, which a list read an hour ago cannot know. One that lists nothing
 * any more is let go after a while, so that a venue is not asked for it at every chance for ever.
 */
export function hasRollDue({ rules, members, changedAt, now, wakeMs, patienceMs }: RollWatch): boolean {
  const until = plusMs(now, wakeMs);
  const isSought = now >= changedAt && now - changedAt < patienceMs;
  return rules
    .filter(({ rolling }) => rolling)
    .some((rule) =>
      rule.series.some((series) => {
        const own = members.filter(
          (one) => one.rule === rule.name && one.instrument.contract?.series === series,
        );
        if (own.length === 0) return isSought;
        return own.every(({ instrument }) => isOverBy(instrument.contract?.closesAt ?? null, until));
      }),
    );
}

const isOverBy = (closesAt: EpochMs | null, until: EpochMs): boolean =>
  closesAt !== null && closesAt <= until;
