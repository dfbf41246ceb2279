import { type EpochMs, plusMs, SECOND_MS } from '../../core/time.ts';
import { SeededRandom } from '../demo-market/random.ts';
import type { GameEngine, GameMoment, HomeAway } from './espn-engine.ts';
import { engineOf } from './espn-sports.ts';
import type { SimFixture } from './sim-fixtures.ts';

/** Something particular that becomes of a game, by script, at a moment after the start of the source. */
export type EspnTwist = { readonly gameId: string; readonly atMs: number } & (
  | { readonly kind: 'postponed' | 'canceled' | 'suspended' }
  /** Rain, or a light that went out. */
  | { readonly kind: 'delayed'; readonly forMs: number }
  /** A score is another one, also when the game is over. */
  | { readonly kind: 'corrected'; readonly side: HomeAway; readonly by: number }
);

/** The source's words for where a game stands. */
export type StatusName =
  | 'STATUS_SCHEDULED'
  | 'STATUS_IN_PROGRESS'
  | 'STATUS_END_PERIOD'
  | 'STATUS_HALFTIME'
  | 'STATUS_OVERTIME'
  | 'STATUS_SHOOTOUT'
  | 'STATUS_RAIN_DELAY'
  | 'STATUS_DELAYED'
  | 'STATUS_FINAL'
  | 'STATUS_FINAL_OT'
  | 'STATUS_POSTPONED'
  | 'STATUS_CANCELED'
  | 'STATUS_SUSPENDED';

export interface GameOptions {
  readonly fixture: SimFixture;
  readonly seed: number;
  /** When the source began, from which twists are counted. */
  readonly startedAt: EpochMs;
  /** Seconds of the game that pass in one. */
  readonly pace: number;
  readonly twists: readonly EspnTwist[];
}

/** One game from before its start to after its end; the same whoever looks at it and when. */
export class SimGame {
  readonly fixture: SimFixture;
  private readonly options: GameOptions;
  private readonly engine: GameEngine;
  private readonly twists: EspnTwist[];
  /** Everything up to this second has happened. */
  private at: EpochMs;
  private ended: 'STATUS_POSTPONED' | 'STATUS_CANCELED' | 'STATUS_SUSPENDED' | undefined;
  private delayedUntil = 0;

  constructor(options: GameOptions) {
    const { fixture, seed, startedAt, twists } = options;
    this.options = options;
    this.fixture = fixture;
    this.engine = engineOf(fixture, new SeededRandom(seed, `${fixture.gameId}/game`));
    this.twists = twists
      .filter(({ gameId }) => gameId === fixture.gameId)
      .toSorted((a, b) => a.atMs - b.atMs);
    // A game that began before the source did has been played so far.
    this.at = fixture.startsAt < startedAt ? fixture.startsAt : startedAt;
  }

  get moment(): GameMoment {
    return this.engine.moment;
  }

  get hasBegun(): boolean {
    return this.at > this.fixture.startsAt;
  }

  get status(): StatusName {
    if (this.ended !== undefined) return this.ended;
    const { phase, extra, period } = this.engine.moment;
    const { league } = this.fixture;
    if (this.at < this.delayedUntil) return league === 'mlb' ? 'STATUS_RAIN_DELAY' : 'STATUS_DELAYED';
    if (!this.hasBegun) return 'STATUS_SCHEDULED';
    if (phase === 'over') return extra === 'none' ? 'STATUS_FINAL' : 'STATUS_FINAL_OT';
    if (phase === 'break' && league !== 'mlb')
      return period === 2 && league !== 'nhl' ? 'STATUS_HALFTIME' : 'STATUS_END_PERIOD';
    if (extra === 'shootout') return 'STATUS_SHOOTOUT';
    return extra === 'overtime' && league !== 'mlb' ? 'STATUS_OVERTIME' : 'STATUS_IN_PROGRESS';
  }

  /** Lets happen what happens up to a moment. */
  advance(now: EpochMs): void {
    for (; this.at + SECOND_MS <= now; this.at = plusMs(this.at, SECOND_MS)) {
      this.twist();
      const isPlaying = this.at >= this.fixture.startsAt && this.at >= this.delayedUntil;
      if (!isPlaying || this.ended !== undefined) continue;
      for (let n = 0; n < this.options.pace; n += 1) this.engine.second();
    }
  }

  private twist(): void {
    const { startedAt } = this.options;
    for (let [twist] = this.twists; twist !== undefined; [twist] = this.twists) {
      if (startedAt + twist.atMs > this.at) return;
      this.twists.shift();
      this.apply(twist);
    }
  }

  private apply(twist: EspnTwist): void {
    switch (twist.kind) {
      case 'postponed':
        this.ended = 'STATUS_POSTPONED';
        return;
      case 'canceled':
        this.ended = 'STATUS_CANCELED';
        return;
      case 'suspended':
        this.ended = 'STATUS_SUSPENDED';
        return;
      case 'delayed':
        this.delayedUntil = this.at + twist.forMs;
        return;
      case 'corrected':
        this.engine.correct(twist.side, twist.by);
        return;
    }
  }
}
