import type { GameStatus, League } from './game.ts';

/** Regulation periods, their length and that of an overtime, in seconds. */
interface PlayingTime {
  readonly periods: number;
  readonly periodSeconds: number;
  readonly overtimeSeconds: number;
  readonly playoffOvertimeSeconds: number;
}

/** Baseball has no clock. */
const PLAYING_TIME: Readonly<Record<League, PlayingTime | null>> = {
  nfl: { periods: 4, periodSeconds: 900, overtimeSeconds: 600, playoffOvertimeSeconds: 900 },
  nba: { periods: 4, periodSeconds: 720, overtimeSeconds: 300, playoffOvertimeSeconds: 300 },
  nhl: { periods: 3, periodSeconds: 1_200, overtimeSeconds: 300, playoffOvertimeSeconds: 1_200 },
  mlb: null,
};

/** Whether a league's games are played against a clock. */
export const hasClock = (league: League): boolean => PLAYING_TIME[league] !== null;

export interface ClockReading {
  readonly league: League;
  readonly status: GameStatus;
  readonly period: number;
  /** Seconds left in the period. */
  readonly clockSeconds: number | null;
  readonly isPlayoff: boolean;
}

/**
 * Share of regulation still to play, from 1 to 0. In overtime it is the share of that overtime, so a reader must look at
 * the period as well. Null where it cannot be known: no clock, or a game without a result.
 */
export function fractionRemaining(reading: ClockReading): number | null {
  const time = PLAYING_TIME[reading.league];
  if (time === null || reading.status === 'void') return null;
  if (reading.status === 'final') return 0;
  if (reading.status === 'pre' || reading.period === 0) return 1;
  if (reading.clockSeconds === null) return null;
  const overtime = reading.isPlayoff ? time.playoffOvertimeSeconds : time.overtimeSeconds;
  const left = time.periods - reading.period;
  const share =
    left < 0
      ? reading.clockSeconds / overtime
      : (left * time.periodSeconds + reading.clockSeconds) / (time.periods * time.periodSeconds);
  return Math.min(1, Math.max(0, share));
}
