import type { SeededRandom } from '../demo-market/random.ts';
import { type GameEngine, type GameMoment, type HomeAway, ScoreSheet } from './espn-engine.ts';

const INNINGS = 9;
const PITCH_EVERY_S = 20;
const BREAK_S = 100;
/** Chances of a pitch: a ball, a strike, else the batter hits it. */
const BALL = 0.38;
const STRIKE = 0.84;
/** Of those who hit it, so many reach a base, and so many of these hit a home run. */
const REACHES = 0.31;
const HOME_RUN = 0.12;

/** Baseball: innings of two halves with three outs each, and no clock. */
export class InningsGame implements GameEngine {
  private readonly random: SeededRandom;
  private readonly sheet = new ScoreSheet();
  private phase: GameMoment['phase'] = 'live';
  private inning = 1;
  private half: 'Top' | 'Mid' | 'Bot' | 'End' = 'Top';
  private breakLeft = 0;
  private left = PITCH_EVERY_S;
  private balls = 0;
  private strikes = 0;
  private outs = 0;
  private bases = [false, false, false];

  constructor(random: SeededRandom) {
    this.random = random;
    this.sheet.open();
  }

  get moment(): GameMoment {
    const { phase, inning, half, balls, strikes, outs, bases } = this;
    const { score, lines } = this.sheet;
    const [onFirst, onSecond, onThird] = bases;
    return {
      phase,
      period: inning,
      clock: 0,
      score: { ...score },
      lines,
      extra: inning > INNINGS ? 'overtime' : 'none',
      half,
      situation: phase === 'live' ? { balls, strikes, outs, onFirst, onSecond, onThird } : null,
    };
  }

  correct(side: HomeAway, by: number): void {
    this.sheet.add(side, by);
  }

  second(): void {
    if (this.phase === 'over') return;
    if (this.phase === 'break') {
      this.breakLeft -= 1;
      if (this.breakLeft <= 0) this.begin();
      return;
    }
    this.left -= 1;
    if (this.left > 0) return;
    this.left = PITCH_EVERY_S;
    this.pitch();
  }

  private pitch(): void {
    const chance = this.random.next();
    if (chance < BALL) this.ball();
    else if (chance < STRIKE) this.strike();
    else if (this.random.chance(REACHES)) this.hit(this.random.chance(HOME_RUN));
    else this.out();
  }

  private ball(): void {
    this.balls += 1;
    if (this.balls === 4) this.hit(false);
  }

  private strike(): void {
    this.strikes += 1;
    if (this.strikes === 3) this.out();
  }

  /** Runners move up by one; a home run brings all of them in. */
  private hit(isHomeRun: boolean): void {
    const runs = isHomeRun ? 1 + this.bases.filter(Boolean).length : this.bases[2] === true ? 1 : 0;
    this.bases = isHomeRun ? [false, false, false] : [true, this.bases[0] ?? false, this.bases[1] ?? false];
    this.sheet.add(this.batting, runs);
    this.nextBatter();
    const { home, away } = this.sheet.score;
    // The home team needs no more once it leads in the last half.
    if (this.half === 'Bot' && this.inning >= INNINGS && home > away) this.finish();
  }

  private out(): void {
    this.outs += 1;
    this.nextBatter();
    if (this.outs === 3) this.end();
  }

  private nextBatter(): void {
    this.balls = 0;
    this.strikes = 0;
  }

  private get batting(): HomeAway {
    return this.half === 'Top' ? 'away' : 'home';
  }

  /** A half is over. */
  private end(): void {
    const { home, away } = this.sheet.score;
    const isLast = this.inning >= INNINGS;
    if (isLast && ((this.half === 'Top' && home > away) || (this.half === 'Bot' && home !== away))) {
      this.finish();
      return;
    }
    this.phase = 'break';
    this.half = this.half === 'Top' ? 'Mid' : 'End';
    this.breakLeft = BREAK_S;
  }

  private finish(): void {
    this.phase = 'over';
    this.half = this.half === 'Top' ? 'Mid' : 'End';
  }

  private begin(): void {
    if (this.half === 'End') {
      this.inning += 1;
      this.sheet.open();
    }
    this.half = this.half === 'Mid' ? 'Bot' : 'Top';
    this.phase = 'live';
    this.outs = 0;
    // Extra innings begin with a runner on second base.
    this.bases = [false, this.inning > INNINGS, false];
    this.nextBatter();
  }
}
