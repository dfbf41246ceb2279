/** Both teams of a game. */
export type HomeAway = 'home' | 'away';

/** Where a game in play stands. */
export interface GameMoment {
  /** `live`: the clock runs. `break`: between periods. `over`: there is a result. */
  readonly phase: 'live' | 'break' | 'over';
  /** Quarter, period or inning, from 1. */
  readonly period: number;
  /** Seconds left in the period; 0 where there is no clock. */
  readonly clock: number;
  readonly score: Readonly<Record<HomeAway, number>>;
  /** Points of each period. */
  readonly lines: Readonly<Record<HomeAway, readonly number[]>>;
  /** Whether it was decided by other means than play against the clock: `overtime`, `shootout`. */
  readonly extra: 'none' | 'overtime' | 'shootout';
  /** The part of an inning. */
  readonly half: 'Top' | 'Mid' | 'Bot' | 'End' | null;
  /** What is particular to the sport, under the source's names; none between plays. */
  readonly situation: Readonly<Record<string, unknown>> | null;
}

/** Plays a game second by second. */
export interface GameEngine {
  readonly moment: GameMoment;
  /** Plays one more second of it. */
  second(): void;
  /** A review changes what was scored; never below nothing. */
  correct(side: HomeAway, by: number): void;
}

/** Keeps the score of a game. */
export class ScoreSheet {
  readonly score = { home: 0, away: 0 };
  readonly lines: Readonly<Record<HomeAway, number[]>> = { home: [], away: [] };

  /** A period begins. */
  open(): void {
    this.lines.home.push(0);
    this.lines.away.push(0);
  }

  add(side: HomeAway, points: number): void {
    const added = Math.max(-this.score[side], points);
    const last = this.lines[side].length - 1;
    this.score[side] += added;
    if (last >= 0) this.lines[side][last] = (this.lines[side][last] ?? 0) + added;
  }

  get isTied(): boolean {
    return this.score.home === this.score.away;
  }
}
