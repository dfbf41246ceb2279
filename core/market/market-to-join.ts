import type { EpochMs } from '../time.ts';
import type { League } from './game.ts';

export type GameVenue = 'kalshi' | 'polymarket';

/** A team as a venue writes it; what the venue does not say is null. */
export interface TeamLabel {
  /** Kalshi: the suffix of that team's market, never a piece cut from the event's ticker. Polymarket: the feed's code. */
  readonly code: string | null;
  readonly name: string | null;
}

/** A market on which team wins a game. */
export interface MarketToJoin {
  readonly venue: GameVenue;
  readonly marketId: string;
  /** Markets of one venue on one game share it: Kalshi lists one market per team. */
  readonly eventId: string;
  readonly league: League;
  /** In the order of the market's outcomes; on Kalshi the first is the team whose win pays YES. */
  readonly teams: readonly [TeamLabel, TeamLabel];
  /** Kalshi: the Eastern date in the ticker, `YYYY-MM-DD`. Polymarket: of no use, it survives postponement. */
  readonly date: string | null;
  /** Kalshi: the ticker's clock time where it has one. Polymarket: `gameStartTime`. */
  readonly startsAt: EpochMs | null;
}

export type Side = 'home' | 'away';

export interface JoinedMarket {
  readonly market: MarketToJoin;
  readonly gameId: string;
  /** Which team of the game each of the market's teams is. */
  readonly sides: readonly [Side, Side];
}

export type UnmatchedReason =
  | 'unknown_team'
  | 'teams_disagree'
  | 'same_team'
  | 'no_time'
  | 'no_game'
  | 'other_date'
  | 'other_start';

/** `several_games`: a double-header that the start does not tell apart. `several_events`: two events claim one game. */
export type AmbiguousReason = 'several_games' | 'several_events';

/** A market that was not joined, why, and what would help. */
export interface LeftMarket<R extends UnmatchedReason | AmbiguousReason> {
  readonly market: MarketToJoin;
  readonly reason: R;
  readonly detail: string;
}
