import type { GameState, League } from './game.ts';
import { findGame, type GamesByPair, pairKey } from './game-finder.ts';
import type {
  AmbiguousReason,
  JoinedMarket,
  LeftMarket,
  MarketToJoin,
  UnmatchedReason,
} from './market-to-join.ts';

export interface JoinCounts {
  readonly matched: number;
  readonly unmatched: number;
  readonly ambiguous: number;
}

export interface GameJoin {
  readonly matched: readonly JoinedMarket[];
  readonly unmatched: readonly LeftMarket<UnmatchedReason>[];
  readonly ambiguous: readonly LeftMarket<AmbiguousReason>[];
  readonly counts: Readonly<Record<League, JoinCounts>>;
}

/**
 * Joins markets to games by league, both teams and time. Each market lands in exactly one of the three lists: whatever
 * leaves a doubt is left out with its reason, never guessed.
 */
export function joinGames(games: readonly GameState[], markets: readonly MarketToJoin[]): GameJoin {
  const gamesByPair = groupByPair(games);
  const found = markets.map((market) => findGame(market, gamesByPair));
  const claimed = found.flatMap((one) => (one.kind === 'matched' ? [one.joined] : []));
  const claims = Map.groupBy(claimed, claimKey);
  const matched = claimed.filter((one) => eventsOf(claims, one).length === 1);
  const unmatched = found.flatMap((one) => (one.kind === 'unmatched' ? [one.left] : []));
  const ambiguous = [
    ...found.flatMap((one) => (one.kind === 'ambiguous' ? [one.left] : [])),
    ...claimed
      .filter((one) => eventsOf(claims, one).length > 1)
      .map((one) => contested(one, eventsOf(claims, one))),
  ];
  return {
    matched,
    unmatched,
    ambiguous,
    counts: {
      nfl: countOf('nfl', matched, unmatched, ambiguous),
      nba: countOf('nba', matched, unmatched, ambiguous),
      nhl: countOf('nhl', matched, unmatched, ambiguous),
      mlb: countOf('mlb', matched, unmatched, ambiguous),
    },
  };
}

/** A game given twice counts once, as last given. */
function groupByPair(games: readonly GameState[]): GamesByPair {
  const unique = new Map(games.map((game) => [`${game.league}|${game.gameId}`, game]));
  return Map.groupBy(unique.values(), ({ league, home, away }) => pairKey(league, home.code, away.code));
}

const claimKey = ({ market, gameId }: JoinedMarket): string =>
  [market.venue, market.league, gameId].join('|');

/** The events of one venue that claim the game of a market. */
const eventsOf = (
  claims: ReadonlyMap<string, readonly JoinedMarket[]>,
  one: JoinedMarket,
): readonly string[] => [...new Set(claims.get(claimKey(one))?.map(({ market }) => market.eventId))];

/** When one game of a double-header is moved, an outdated start may point at the other one: then two events do. */
function contested({ market, gameId }: JoinedMarket, events: readonly string[]): LeftMarket<AmbiguousReason> {
  const detail = `eventId: ${events.join(' and ')} all point at game ${gameId}`;
  return { market, reason: 'several_events', detail };
}

interface Placed {
  readonly market: MarketToJoin;
}

function countOf(
  league: League,
  matched: readonly Placed[],
  unmatched: readonly Placed[],
  ambiguous: readonly Placed[],
): JoinCounts {
  const of = (placed: readonly Placed[]): number =>
    placed.filter(({ market }) => market.league === league).length;
  return { matched: of(matched), unmatched: of(unmatched), ambiguous: of(ambiguous) };
}
