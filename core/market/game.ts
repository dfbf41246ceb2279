import type { EpochMs } from '../time.ts';

export const LEAGUES = ['nfl', 'nba', 'nhl', 'mlb'] as const;
export type League = (typeof LEAGUES)[number];

/**
 * `pre`: not begun. `live`: the clock may run. `break`: between periods. `delayed`: suspended or not understood, nothing may
 * be concluded from it. `final`: the league's feed says it is over with a result, which is not a venue's settlement. `void`:
 * over without one (postponed, canceled, forfeited).
 */
export type GameStatus = 'pre' | 'live' | 'break' | 'delayed' | 'final' | 'void';

export interface GameTeam {
  /** The league's own code, as in the team table: what joins a game to markets. */
  readonly code: string;
  readonly name: string;
  /** Points, goals or runs; 0 before the start. May go down when a play is reviewed. */
  readonly score: number;
}

/** What one source says of one game at one moment. */
export interface GameState {
  readonly league: League;
  /** The source's id: stable over the life of the game, unique within its league. */
  readonly gameId: string;
  /** Scheduled start. */
  readonly startsAt: EpochMs;
  /** `YYYY-MM-DD` of the scheduled start on the US East coast, the day by which leagues and venues call the game. */
  readonly easternDate: string;
  readonly home: GameTeam;
  readonly away: GameTeam;
  readonly status: GameStatus;
  /** Quarter, period or inning; 0 before the start. May go back. */
  readonly period: number;
  /** Seconds left in the period; null where there is no clock (baseball, before the start). */
  readonly clockSeconds: number | null;
  /** Share of regulation still to play, 1 to 0; in overtime the share of the overtime. Null without a clock. */
  readonly fractionRemaining: number | null;
  /** What is particular to the sport (down and distance, outs and bases), only while the game is in play. */
  readonly situation: Readonly<Record<string, string | number | boolean>> | null;
  /** Played on foreign ground: there is no home advantage. */
  readonly neutralSite: boolean;
  /** The source's own words for the moment, for people. */
  readonly detail: string;
  readonly source: 'espn';
}

/** Begun and not over, whether or not the clock runs. */
export const isInPlay = (status: GameStatus): boolean =>
  status === 'live' || status === 'break' || status === 'delayed';

/** Whether two pictures show the same moment of the same game: texts and what follows from other fields do not count. */
export function sameGame(a: GameState, b: GameState): boolean {
  return (
    a.league === b.league &&
    a.gameId === b.gameId &&
    a.startsAt === b.startsAt &&
    a.status === b.status &&
    a.period === b.period &&
    a.clockSeconds === b.clockSeconds &&
    a.neutralSite === b.neutralSite &&
    sameTeam(a.home, b.home) &&
    sameTeam(a.away, b.away) &&
    sameSituation(a.situation, b.situation)
  );
}

const sameTeam = (a: GameTeam, b: GameTeam): boolean => a.code === b.code && a.score === b.score;

function sameSituation(a: GameState['situation'], b: GameState['situation']): boolean {
  if (a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
