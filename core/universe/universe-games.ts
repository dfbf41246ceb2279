import type { GameState, League } from '../market/game.ts';
import { isInPlay, LEAGUES } from '../market/game.ts';
import { type JoinCounts, joinGames } from '../market/game-join.ts';
import type { InstrumentId } from '../market/instrument.ts';
import type { Listing } from '../market/listing.ts';
import type {
  AmbiguousReason,
  JoinedMarket,
  MarketToJoin,
  Side,
  UnmatchedReason,
} from '../market/market-to-join.ts';
import type { EpochMs } from '../time.ts';

/** A contract on which team wins, and the game that it is about. */
export interface MatchedContract {
  readonly instrumentId: InstrumentId;
  readonly league: League;
  readonly gameId: string;
  /** Whose win pays by its first and by its second outcome. */
  readonly sides: readonly [Side, Side];
}

/** One that no game was found for, or more than one: left as it is, never guessed. */
export interface LeftContract {
  readonly instrumentId: InstrumentId;
  readonly league: League;
  readonly reason: UnmatchedReason | AmbiguousReason;
  readonly detail: string;
}

/** A game to come or in play that no contract was joined to: none is listed, or it cannot be told which. */
export interface BareGame {
  readonly league: League;
  readonly gameId: string;
  readonly away: string;
  readonly home: string;
  readonly startsAt: EpochMs;
}

/** Games joined to contracts. The counts are of all; of each list only the first are kept, by league, then name. */
export interface UniverseGames {
  readonly counts: Readonly<Record<League, JoinCounts>>;
  readonly matched: readonly MatchedContract[];
  readonly unmatched: readonly LeftContract[];
  readonly ambiguous: readonly LeftContract[];
  /** Games without a contract, by league. */
  readonly bareCounts: Readonly<Record<League, number>>;
  /** By league, then start. */
  readonly bare: readonly BareGame[];
}

/** As many as a desk can trade, and as many as a person reads. */
const MATCHED_MAX = 300;
const LEFT_MAX = 50;

/** Joins the games of some leagues to what venues list on them, by league, Eastern date and team. */
export function joinListedGames(
  leagues: readonly League[],
  games: readonly GameState[],
  listings: readonly Listing[],
): UniverseGames {
  const markets = listings.flatMap((listing) => toMarket(listing) ?? []);
  const wanted = markets.filter(({ league }) => leagues.includes(league));
  const { matched, unmatched, ambiguous, counts } = joinGames(games, wanted);
  const left = (all: typeof unmatched | typeof ambiguous): readonly LeftContract[] =>
    all
      .map(({ market, reason, detail }) => ({
        instrumentId: idOf(market),
        league: market.league,
        reason,
        detail,
      }))
      .sort(inOrder)
      .slice(0, LEFT_MAX);
  return {
    counts,
    matched: matched
      .map(({ market, gameId, sides }) => ({
        instrumentId: idOf(market),
        league: market.league,
        gameId,
        sides,
      }))
      .sort(inOrder)
      .slice(0, MATCHED_MAX),
    unmatched: left(unmatched),
    ambiguous: left(ambiguous),
    ...bareOf(leagues, games, matched),
  };
}

/** A game that is over has no contracts any more: that says nothing. */
function bareOf(
  leagues: readonly League[],
  games: readonly GameState[],
  matched: readonly JoinedMarket[],
): Pick<UniverseGames, 'bareCounts' | 'bare'> {
  const joined = new Set(matched.map(({ market, gameId }) => `${market.league} ${gameId}`));
  const bare = games.filter(
    ({ league, gameId, status }) =>
      leagues.includes(league) &&
      (status === 'pre' || isInPlay(status)) &&
      !joined.has(`${league} ${gameId}`),
  );
  const countOf = (league: League): number => bare.filter((one) => one.league === league).length;
  return {
    bareCounts: { nfl: countOf('nfl'), nba: countOf('nba'), nhl: countOf('nhl'), mlb: countOf('mlb') },
    bare: bare
      .map(({ league, gameId, away, home, startsAt }) => ({
        league,
        gameId,
        away: away.code,
        home: home.code,
        startsAt,
      }))
      .sort(byStart)
      .slice(0, LEFT_MAX),
  };
}

function toMarket({ instrument, game }: Listing): MarketToJoin | undefined {
  const { venue, id } = instrument;
  if (game === null || (venue !== 'kalshi' && venue !== 'polymarket')) return undefined;
  return { venue, marketId: id, ...game };
}

/** The market of a join is named by its instrument, so that it can be found again. */
const idOf = ({ marketId }: MarketToJoin): InstrumentId => marketId as InstrumentId;

interface Placed {
  readonly league: League;
  readonly instrumentId: InstrumentId;
}

const byStart = (a: BareGame, b: BareGame): number =>
  LEAGUES.indexOf(a.league) - LEAGUES.indexOf(b.league) ||
  a.startsAt - b.startsAt ||
  (a.gameId < b.gameId ? -1 : 1);

const inOrder = (a: Placed, b: Placed): number =>
  LEAGUES.indexOf(a.league) - LEAGUES.indexOf(b.league) || (a.instrumentId < b.instrumentId ? -1 : 1);
