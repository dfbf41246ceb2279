import type { SessionStatus } from '../../adapters/venues/session/session-status.ts';

/** What keeps venues from sending, a line each; nothing while all is well. `notes`: the newest word of each about itself. */
export const troubleWords = (
  venues: readonly SessionStatus[],
  notes: ReadonlyMap<string, string>,
): readonly string[] =>
  venues.flatMap(({ name, trouble, closedBecause, idleBecause, connected, refused }) => [
    ...(idleBecause !== null ? [`${name}: ${idleBecause}`] : []),
    ...(closedBecause !== null ? [`${name}: closed: ${closedBecause}`] : []),
    ...(trouble !== null ? [`${name}: ${trouble}`] : []),
    ...(trouble === null && closedBecause === null && connected === false
      ? [`${name}: ${notes.get(name) ?? 'it has not answered yet'}`]
      : []),
    ...refused.map(({ symbol, why }) => `${name}: ${symbol}: ${why}`),
  ]);
