import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { Universe } from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';
import type { UniverseSelection } from '../../core/universe/select-universe.ts';
import type { UniverseMember } from '../../core/universe/universe.ts';

/**
 * The universe to store after a selection; undefined when nothing is new. `changes` grows with what is to be told: members
 * that came or went, and a universe that is empty from the beginning, once that is sure. A person who took all rules away
 * knows that nothing is left: that is stored, and not told.
 */
export function nextUniverse(
  { feed, universe: { rules } }: Pick<DeskConfig, 'feed' | 'universe'>,
  before: Universe | undefined,
  { members, added, removed }: UniverseSelection,
  now: EpochMs,
  isSure: boolean,
): Universe | undefined {
  const hasMoved = added.length + removed.length > 0;
  const isFirstEmpty = members.length === 0 && (before?.changes ?? 0) === 0;
  if (hasMoved || (isFirstEmpty && isSure)) {
    const changes = (before?.changes ?? 0) + (rules.length > 0 ? 1 : 0);
    return { feedId: feed.id, members, changedAt: now, changes, added, removed };
  }
  if (before === undefined || sameMembers(before.members, members)) return undefined;
  return { ...before, members };
}

/** The rules of an instrument may change while it stays. */
const sameMembers = (a: readonly UniverseMember[], b: readonly UniverseMember[]): boolean =>
  a.length === b.length && a.every((one, n) => textOf(one) === textOf(b[n]));

const textOf = (member: UniverseMember | undefined): string =>
  JSON.stringify(member, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
