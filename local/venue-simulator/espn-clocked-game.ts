import type { SeededRandom } from '../demo-market/random.ts';
import { type GameEngine, type GameMoment, type HomeAway, ScoreSheet } from './espn-engine.ts';

/** How a sport is played against the clock. Times are in seconds of the game. */
export interface ClockRules {
  readonly periods: number;
  readonly periodS: number;
  readonly overtimeS: number;
  readonly breakS: number;
  readonly halftimeS: number;
  /** Mean time between two scores, and what they are worth, each as likely. */
  readonly scoreEveryS: number;
  readonly points: readonly number[];
  /** Of the scores so many are taken back after a review. */
  readonly reviewed: number;
  /** What follows a tie: more of the same, one overtime and then a tie, or a goal that ends it and then a shootout. */
  readonly tie: 'again' | 'once' | 'shootout';
}

const REVIEW_S = 40;
const SHOOTOUT_S = 120;

/** Football, basketball or hockey. */
export class ClockedGame implements GameEngine {
  private readonly rules: ClockRules;
  private readonly random: SeededRandom;
  private readonly sheet = new ScoreSheet();
  private phase: GameMoment['phase'] = 'live';
  private period = 1;
  private clock: number;
  private extra: GameMoment['extra'] = 'none';
  private breakLeft = 0;
  /** A score under review, and when that ends. */
  private review: { readonly side: HomeAway; readonly points: number; left: number } | undefined;
  private possession: HomeAway = 'away';
  private plays = 0;
  private readonly situationOf: (game: SituationFacts) => Readonly<Record<string, unknown>> | null;

  constructor(
    rules: ClockRules,
    random: SeededRandom,
    situationOf: (game: SituationFacts) => Readonly<Record<string, unknown>> | null,
  ) {
    this.rules = rules;
    this.random = random;
    this.situationOf = situationOf;
    this.clock = rules.periodS;
    this.sheet.open();
  }

  get moment(): GameMoment {
    const { phase, period, clock, extra, possession, plays } = this;
    const { score, lines } = this.sheet;
    const situation = phase === 'live' ? this.situationOf({ possession, plays, score }) : null;
    return { phase, period, clock, score: { ...score }, lines, extra, half: null, situation };
  }

  correct(side: HomeAway, by: number): void {
    this.sheet.add(side, by);
  }

  second(): void {
    if (this.phase === 'over') return;
    this.endReview();
    if (this.phase === 'break') {
      this.breakLeft -= 1;
      if (this.breakLeft <= 0) this.begin();
      return;
    }
    this.clock = Math.max(0, this.clock - 1);
    if (this.random.chance(1 / 25)) this.play();
    if (this.extra !== 'shootout' && this.random.chance(1 / this.rules.scoreEveryS)) this.scorePoints();
    if (this.clock === 0 && this.phase === 'live') this.end();
  }

  private play(): void {
    this.plays += 1;
    if (this.random.chance(0.2)) this.possession = this.possession === 'home' ? 'away' : 'home';
  }

  private scorePoints(): void {
    const side = this.random.chance(0.5) ? 'home' : 'away';
    const points = this.random.pick(this.rules.points);
    this.sheet.add(side, points);
    this.play();
    const isSudden = this.extra === 'overtime' && this.rules.tie === 'shootout';
    if (isSudden) this.phase = 'over';
    else if (this.random.chance(this.rules.reviewed)) this.review = { side, points, left: REVIEW_S };
  }

  private endReview(): void {
    if (this.review === undefined) return;
    this.review.left -= 1;
    if (this.review.left > 0) return;
    this.sheet.add(this.review.side, -this.review.points);
    this.review = undefined;
  }

  /** A period is over. */
  private end(): void {
    const { periods, tie, breakS, halftimeS } = this.rules;
    // A result waits for its review.
    if (this.review !== undefined) return;
    if (this.extra === 'shootout') this.sheet.add(this.random.chance(0.5) ? 'home' : 'away', 1);
    const isDecided = this.period >= periods && !this.sheet.isTied;
    if (isDecided || (this.extra === 'overtime' && tie === 'once')) {
      this.phase = 'over';
      return;
    }
    this.phase = 'break';
    this.breakLeft = this.period === periods / 2 ? halftimeS : breakS;
  }

  private begin(): void {
    const { periods, periodS, overtimeS, tie } = this.rules;
    const isShootout = this.extra === 'overtime' && tie === 'shootout';
    this.phase = 'live';
    this.period += 1;
    if (isShootout) this.extra = 'shootout';
    else if (this.period > periods) this.extra = 'overtime';
    this.clock = isShootout ? SHOOTOUT_S : this.period > periods ? overtimeS : periodS;
    this.sheet.open();
  }
}

/** What a sport tells of the moment is made of this. */
export interface SituationFacts {
  readonly possession: HomeAway;
  /** How many plays there were. */
  readonly plays: number;
  readonly score: Readonly<Record<HomeAway, number>>;
}
