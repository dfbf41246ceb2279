import type { GameState, League } from '../market/game.ts';
import { LEAGUES } from '../market/game.ts';
import { type JoinCounts, joinGames } from '../market/game-join.ts';
import type { InstrumentId } from '../market/instrument.ts';
import type { Listing } from '../market/listing.ts';
import type { AmbiguousReason, MarketToJoin, Side, UnmatchedReason } from '../market/market-to-join.ts';

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

/** Games joined to contracts. The counts are of all; of each list only the first are kept, by league, then name. */
export interface UniverseGames {
  readonly counts: Readonly<Record<League, JoinCounts>>;
  readonly matched: readonly MatchedContract[];
  readonly unmatched: readonly LeftContract[];
  readonly ambiguous: readonly LeftContract[];
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

const inOrder = (a: Placed, b: Placed): number =>
  LEAGUES.indexOf(a.league) - LEAGUES.indexOf(b.league) || (a.instrumentId < b.instrumentId ? -1 : 1);
