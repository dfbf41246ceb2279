import { type EpochMs, HOUR_MS, isoTime, MINUTE_MS } from '../time.ts';
import type { GameState, League } from './game.ts';
import type {
  AmbiguousReason,
  JoinedMarket,
  LeftMarket,
  MarketToJoin,
  Side,
  UnmatchedReason,
} from './market-to-join.ts';
import { type Team, teamByCode, teamByName } from './team-aliases.ts';

/** A market's start may be so far from the game's: venues round it, and games are moved within the day. */
const START_TOLERANCE_MS = 3 * HOUR_MS;
/** Of two games within the tolerance, only one that starts at the market's own time is meant. */
const SAME_START_MS = 15 * MINUTE_MS;

export type Found =
  | { readonly kind: 'matched'; readonly joined: JoinedMarket }
  | { readonly kind: 'unmatched'; readonly left: LeftMarket<UnmatchedReason> }
  | { readonly kind: 'ambiguous'; readonly left: LeftMarket<AmbiguousReason> };

/** Games of two teams in a league, by {@link pairKey}. */
export type GamesByPair = ReadonlyMap<string, readonly GameState[]>;

/** Sorted, so that it does not matter whom a venue calls the home team. */
export const pairKey = (league: League, a: string, b: string): string => [league, ...[a, b].sort()].join('|');

/** The one game that a market is about, looked at by itself. */
export function findGame(market: MarketToJoin, gamesByPair: GamesByPair): Found {
  const first = resolveTeam(market, 0);
  const second = resolveTeam(market, 1);
  if ('reason' in first) return { kind: 'unmatched', left: first };
  if ('reason' in second) return { kind: 'unmatched', left: second };
  if (first.code === second.code)
    return unmatched(market, 'same_team', `teams: both are ${first.name}; give the two teams of the game`);
  const candidates = gamesByPair.get(pairKey(market.league, first.code, second.code)) ?? [];
  if (candidates.length === 0)
    return unmatched(
      market,
      'no_game',
      `no ${market.league} game of ${first.name} and ${second.name} is known`,
    );
  const game = placeInTime(market, candidates);
  if ('kind' in game) return game;
  const sides: readonly [Side, Side] = game.home.code === first.code ? ['home', 'away'] : ['away', 'home'];
  return { kind: 'matched', joined: { market, gameId: game.gameId, sides } };
}

/** A venue's deciding label must be in the table; where the other label is as well, it must mean the same team. */
function resolveTeam(market: MarketToJoin, index: 0 | 1): Team | LeftMarket<UnmatchedReason> {
  const { league, venue } = market;
  const { code, name } = market.teams[index];
  const byCode = code === null ? undefined : teamByCode(league, venue, code);
  const byName = name === null ? undefined : teamByName(league, name);
  const isByCode = venue === 'kalshi';
  const [label, team, other] = isByCode ? [code, byCode, byName] : [name, byName, byCode];
  const field = `teams.${index}.${isByCode ? 'code' : 'name'}`;
  const left = (reason: UnmatchedReason, detail: string) => ({ market, reason, detail });
  if (label === null)
    return left('unknown_team', `${field}: is missing, and it decides on ${venue}; take it from the market`);
  if (team === undefined)
    return left(
      'unknown_team',
      `${field}: no ${league} team in the table has '${label}' on ${venue}; add it`,
    );
  if (team === 'several')
    return left('unknown_team', `${field}: several ${league} teams share '${label}'; give the full name`);
  if (typeof other === 'object' && other.code !== team.code)
    return left('teams_disagree', `teams.${index}: code '${code}' and name '${name}' mean two teams`);
  return team;
}

function placeInTime(market: MarketToJoin, candidates: readonly GameState[]): GameState | Found {
  const { venue, date, startsAt } = market;
  if (venue === 'polymarket') {
    if (startsAt === null)
      return unmatched(market, 'no_time', 'startsAt: is missing; the date of a slug survives postponement');
    return nearest(market, startsAt, candidates);
  }
  if (date === null)
    return unmatched(market, 'no_time', 'date: is missing; give the Eastern date of the ticker');
  const onDate = candidates.filter((game) => game.easternDate === date);
  if (onDate.length === 0)
    return unmatched(market, 'other_date', `date: they do not play on ${date} but on ${datesOf(candidates)}`);
  return startsAt === null ? only(market, onDate) : nearest(market, startsAt, onDate);
}

function nearest(
  market: MarketToJoin,
  startsAt: EpochMs,
  candidates: readonly GameState[],
): GameState | Found {
  const within = (ms: number) => candidates.filter((game) => Math.abs(game.startsAt - startsAt) <= ms);
  const near = within(START_TOLERANCE_MS);
  if (near.length === 0) {
    const start = isoTime(startsAt);
    return unmatched(
      market,
      'other_start',
      `startsAt: ${start} is over 3 hours from ${startsOf(candidates)}`,
    );
  }
  const same = within(SAME_START_MS);
  return only(market, same.length === 1 ? same : near);
}

function only(market: MarketToJoin, candidates: readonly GameState[]): GameState | Found {
  const [game, ...others] = candidates;
  if (game !== undefined && others.length === 0) return game;
  const detail = `startsAt: does not tell apart the games at ${startsOf(candidates)}`;
  return { kind: 'ambiguous', left: { market, reason: 'several_games', detail } };
}

const unmatched = (market: MarketToJoin, reason: UnmatchedReason, detail: string): Found => ({
  kind: 'unmatched',
  left: { market, reason, detail },
});

const startsOf = (games: readonly GameState[]): string =>
  games.map((game) => isoTime(game.startsAt)).join(', ');
const datesOf = (games: readonly GameState[]): string => games.map((game) => game.easternDate).join(', ');
