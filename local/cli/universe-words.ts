import { LEAGUES, type League } from '../../core/market/game.ts';
import type { CatalogueFinding, Universe, UniverseFindings } from '../../core/ports.ts';
import { epochMs, isoTime } from '../../core/time.ts';
import type { UniverseGames } from '../../core/universe/universe-games.ts';

/** What the newest look found, as one JSON object; times in UTC. */
export const universeJson = (
  universe: Universe | undefined,
  { catalogues, games, at, ...findings }: UniverseFindings,
): Readonly<Record<string, unknown>> => ({
  at: isoTime(at),
  ...findings,
  games: games && {
    ...games,
    bare: games.bare.map((one) => ({ ...one, startsAt: isoTime(one.startsAt) })),
  },
  catalogues: catalogues.map(({ readAt, failingSince, storedAt: _, ...one }) => ({
    ...one,
    readAt: readAt === null ? null : isoTime(readAt),
    failingSince: failingSince === null ? null : isoTime(failingSince),
  })),
  members: (universe?.members ?? []).map(({ instrument, rule, reason, since }) => ({
    instrumentId: instrument.id,
    rule,
    reason,
    since: isoTime(since),
  })),
  lastChange: universe && {
    at: isoTime(universe.changedAt),
    added: universe.added,
    removed: universe.removed,
  },
});

/** The same for people: rule by rule. */
export function universeLines(
  what: string,
  universe: Universe | undefined,
  findings: UniverseFindings,
): readonly string[] {
  const { at, size, rules, catalogues, games } = findings;
  return [
    `${what}: ${size} instruments, as of ${isoTime(at)}`,
    ...rules.flatMap(({ rule }) => ruleLines(rule, universe, findings)),
    '',
    'venue lists',
    ...catalogues.map(catalogueLine),
    ...changeLines(universe),
    ...(games === null ? [] : gameLines(games)),
  ];
}

function ruleLines(
  name: string,
  universe: Universe | undefined,
  { rules, leftOut }: UniverseFindings,
): readonly string[] {
  const finding = rules.find(({ rule }) => rule === name);
  const members = universe?.members.filter(({ rule }) => rule === name) ?? [];
  const listed = finding?.listed ?? null;
  return [
    '',
    `rule ${name}: ${finding?.words ?? ''}`,
    listed === null
      ? `  its list could not be read: ${members.length} instruments of before stay`
      : `  ${listed} in its scope, ${members.length} in the universe`,
    ...members.map(({ instrument, reason }) => `  + ${instrument.id}  ${reason}`),
    ...leftOut
      .filter(({ rule }) => rule === name)
      .flatMap(({ reason, count, examples }) => [
        `  - ${count} left out: ${reason.replaceAll('_', ' ')}`,
        ...examples.map(({ instrumentId, detail }) => `      ${instrumentId}: ${detail}`),
      ]),
  ];
}

function catalogueLine({
  venue,
  query,
  state,
  listings,
  readAt,
  failingSince,
  trouble,
}: CatalogueFinding): string {
  const read = readAt === null ? '' : ` of ${isoTime(readAt)}`;
  const how = {
    read: `${listings} instruments`,
    kept: `could not be read since ${isoTime(failingSince ?? readAt ?? ZERO)}; the list${read} serves with ${listings} instruments`,
    missing: `could not be read since ${isoTime(failingSince ?? ZERO)}, and none is kept`,
  }[state];
  return `  ${venue} ${query}: ${how}${trouble === null ? '' : ` (${trouble})`}`;
}

function changeLines(universe: Universe | undefined): readonly string[] {
  if (universe === undefined || universe.added.length + universe.removed.length === 0) return [];
  return [
    '',
    `last change, at ${isoTime(universe.changedAt)}`,
    ...universe.added.map(({ instrumentId, reason }) => `  + ${instrumentId}  ${reason}`),
    ...universe.removed.map(({ instrumentId, reason }) => `  - ${instrumentId}  ${reason}`),
  ];
}

const ZERO = epochMs(0);

const gameLines = (games: UniverseGames): readonly string[] => [
  '',
  'games joined to contracts',
  ...LEAGUES.flatMap((league) => leagueLine(league, games)),
  ...[...games.unmatched, ...games.ambiguous].map(
    ({ instrumentId, reason, detail }) => `      ${instrumentId}: ${reason.replaceAll('_', ' ')}, ${detail}`,
  ),
  ...games.bare.map(
    ({ league, away, home, startsAt }) =>
      `      ${league} ${away} at ${home}, ${isoTime(startsAt)}: no contract`,
  ),
];

function leagueLine(league: League, { counts, bareCounts }: UniverseGames): readonly string[] {
  const { matched, unmatched, ambiguous } = counts[league];
  const bare = bareCounts[league];
  if (matched + unmatched + ambiguous + bare === 0) return [];
  return [
    `  ${league}: ${matched} matched, ${unmatched} without a game, ${ambiguous} that fit several; ${bare} games without a contract`,
  ];
}
