import { type GameState, isInPlay, type League } from '../../../core/market/game.ts';
import { GameWatch } from '../../../core/market/game-watch.ts';
import { type EpochMs, epochMs, plusMs, SECOND_MS } from '../../../core/time.ts';
import type { RestRequest } from '../session/transport.ts';
import type { ScoreAnswer } from './answer.ts';
import { isLeagueStale, nextPollAt } from './polling.ts';
import { scoreboardRequest, type Tag } from './request.ts';

/** How one league's scores are: for health. */
export interface LeagueStatus {
  readonly league: League;
  /** Games of the last good answer, and those of them in play; null before there is one. */
  readonly games: number | null;
  readonly inPlay: number | null;
  /** When the last good answer came. */
  readonly answeredAt: EpochMs | null;
  /** How old that answer was when it came, in milliseconds; null where it did not say. */
  readonly answerAgeMs: number | null;
  /** Three polls or more failed in a row: nothing may be concluded from what is known of the games. */
  readonly stale: boolean;
  /** In a row, and why the newest one did; 0 and null while all is well. */
  readonly failures: number;
  readonly failedBecause: string | null;
  /** When it is due; that is past while it is asked for. */
  readonly nextPollAt: EpochMs;
  /** Since the beginning: questions, good answers, those of them that nothing had changed, and failures. */
  readonly polls: number;
  readonly answers: number;
  readonly answersUnchanged: number;
  readonly pollsFailed: number;
}

/** What was lost is asked for anew so long after the last question, not at once: a feed in trouble must not make a flood. */
const ANEW_MS = 10 * SECOND_MS;

/** One league: what is known of its games, and when it is asked again. */
export class LeagueScores {
  readonly league: League;
  nextAt: EpochMs;
  answeredAt: EpochMs | null = null;
  failedBecause: string | null = null;
  private failures = 0;
  private readonly watch: GameWatch;
  private games: readonly GameState[] | null = null;
  private tag: Tag | null = null;
  private ageMs: number | null = null;
  private askedAt: EpochMs | null = null;
  /** The server does not want to be asked before. */
  private notBefore: EpochMs;
  private readonly counts = { polls: 0, answers: 0, answersUnchanged: 0, pollsFailed: 0 };

  constructor(league: League, now: EpochMs) {
    this.league = league;
    this.watch = new GameWatch(league);
    this.nextAt = now;
    this.notBefore = now;
  }

  get isStale(): boolean {
    return isLeagueStale(this.failures);
  }

  request(now: EpochMs, host: string | undefined): RestRequest {
    this.askedAt = now;
    this.counts.polls += 1;
    return scoreboardRequest(this.league, now, this.tag, host);
  }

  /** Takes what came of a request and decides when to ask again; `random` in [0, 1) spreads that. */
  take(answer: ScoreAnswer, { url }: RestRequest, now: EpochMs, random: number): void {
    if (answer.kind === 'answered') this.succeed(answer, url);
    else this.fail(answer.why);
    const waitMsMin = answer.kind === 'answered' ? answer.restingMs : answer.quietMs;
    const { games, failures } = this;
    this.notBefore = plusMs(now, waitMsMin);
    this.nextAt = nextPollAt(
      { games, failures, waitMsMin, unconfirmed: this.watch.unconfirmed },
      now,
      random,
    );
  }

  /** Answers may be lost, one under way included: the next one has to be whole, and comes as soon as is decent. */
  askAnew(now: EpochMs): void {
    this.tag = null;
    const decent = this.askedAt === null ? now : this.askedAt + ANEW_MS;
    const earliest = epochMs(Math.max(now, this.notBefore, decent));
    const isSooner = this.failures === 0 && earliest < this.nextAt;
    if (this.nextAt <= now || isSooner) this.nextAt = earliest;
  }

  status(): LeagueStatus {
    const { league, games, answeredAt, ageMs, isStale, failures, failedBecause, nextAt, counts } = this;
    return {
      league,
      games: games?.length ?? null,
      inPlay: games?.filter(({ status }) => isInPlay(status)).length ?? null,
      answeredAt,
      answerAgeMs: ageMs,
      stale: isStale,
      failures,
      failedBecause,
      nextPollAt: nextAt,
      ...counts,
    };
  }

  private succeed({ games, etag, ageMs, frame }: ScoreAnswer & { kind: 'answered' }, url: string): void {
    this.counts.answers += 1;
    if (games === null) this.counts.answersUnchanged += 1;
    else {
      this.games = games;
      this.tag = etag === null ? null : { url, etag };
    }
    // Only for its count of results that wait to be seen again.
    this.watch.observe(this.games ?? [], frame.receivedAt);
    this.failures = 0;
    this.failedBecause = null;
    this.answeredAt = frame.receivedAt;
    this.ageMs = ageMs;
  }

  private fail(why: string): void {
    this.failures += 1;
    this.failedBecause = why;
    this.counts.pollsFailed += 1;
  }
}
