import { sha256 } from '../../adapters/sha256.ts';
import { easternDate } from '../../core/market/eastern-time.ts';
import { LEAGUES, type League } from '../../core/market/game.ts';
import { type EpochMs, SECOND_MS } from '../../core/time.ts';
import { AnswerCache } from './answer-cache.ts';
import { type EspnTwist, SimGame } from './espn-game.ts';
import { scoreboardObject } from './espn-objects.ts';
import { PATHS } from './espn-sports.ts';
import {
  type DialectOf,
  json,
  type SimAnswer,
  type SimDialect,
  type SimRefusal,
  type SimRequest,
  type VenueDesk,
} from './sim-dialect.ts';
import type { SimFixture } from './sim-fixtures.ts';

/** Answers that are none, for a span after the start. */
export interface EspnMisanswer {
  readonly atMs: number;
  readonly forMs: number;
  /** All leagues unless told. */
  readonly league?: League;
  /**
   * `html`: a page for people with status 200. `blocked`: the same with 403. `shape`: JSON without a list of games. `empty`:
   * games without teams. `cut`: half an answer. `stranger`: a team that nobody knows, in one game of them.
   */
  readonly as: 'html' | 'blocked' | 'shape' | 'empty' | 'cut' | 'stranger';
}

export interface EspnOptions {
  readonly fixtures: readonly SimFixture[];
  /** Seconds of a game that pass in one; 1 unless told. */
  readonly pace?: number;
  readonly twists?: readonly EspnTwist[];
  readonly misanswers?: readonly EspnMisanswer[];
  /** For so long answers are kept at the edge of the network; 5 s unless told. */
  readonly maxAgeS?: number;
}

export const ESPN_HOSTS = ['site.api.espn.com'] as const;

const PATH = /^\/apis\/site\/v2\/sports\/([a-z]+\/[a-z]+)\/scoreboard$/;
const MAX_AGE_S = 5;
const PAGE =
  '<!DOCTYPE html><html><head><title>Access Denied</title></head><body>Access Denied</body></html>';

/** ESPN's scoreboards: games of four leagues, kept for a moment at the edge of the network and named by a tag. */
export class SimEspn implements SimDialect {
  readonly wire = 'espn';
  readonly hosts = ESPN_HOSTS;
  readonly games: readonly SimGame[];
  private readonly desk: VenueDesk;
  private readonly misanswers: readonly EspnMisanswer[];
  private readonly startedAt: EpochMs;
  private readonly maxAgeS: number;
  private readonly cache: AnswerCache;

  constructor(desk: VenueDesk, options: EspnOptions) {
    const { fixtures, pace = 1, twists = [], misanswers = [], maxAgeS = MAX_AGE_S } = options;
    const seed = desk.random.integer(0, 999_999_999);
    this.desk = desk;
    this.startedAt = desk.timers.now();
    this.misanswers = misanswers;
    this.maxAgeS = maxAgeS;
    this.cache = new AnswerCache(maxAgeS * SECOND_MS);
    this.games = fixtures.map(
      (fixture) => new SimGame({ fixture, seed, startedAt: this.startedAt, pace, twists }),
    );
  }

  /** It has no sockets. */
  admit(): SimRefusal | null {
    return json('{"code":404,"message":"Not Found"}', 404);
  }

  opened(): void {}

  heard(): void {}

  closed(): void {}

  moved(): void {}

  answer({ url, headers }: SimRequest): SimAnswer {
    const path = PATH.exec(url.pathname)?.[1];
    const league = LEAGUES.find((one) => PATHS[one] === path);
    if (league === undefined) return json('{"code":404,"message":"Not Found"}', 404);
    const now = this.desk.timers.now();
    const wrong = this.misanswers.find(
      ({ atMs, forMs, ...one }) =>
        now >= this.startedAt + atMs &&
        now < this.startedAt + atMs + forMs &&
        (one.league === undefined || one.league === league),
    );
    if (wrong !== undefined) return this.misanswer(wrong, this.board(league, url.searchParams));
    const answer = this.cache.get(url.href, now, () => this.make(league, url.searchParams));
    return headers['if-none-match'] === answer.headers['etag']
      ? { ...answer, status: 304, body: '' }
      : answer;
  }

  private make(league: League, asked: URLSearchParams): SimAnswer {
    const body = this.board(league, asked);
    return json(body, 200, {
      etag: `W/"${sha256(body).slice(0, 32)}"`,
      'cache-control': `max-age=${this.maxAgeS}`,
      date: new Date(this.desk.now()).toUTCString(),
    });
  }

  /** Games of the Eastern days asked for; of today, where none is named. */
  private board(league: League, asked: URLSearchParams): string {
    const now = this.desk.timers.now();
    const today = easternDate(now).replaceAll('-', '');
    const [from = '', to = from] = (asked.get('dates') ?? today).split('-');
    const limit = Math.max(1, Number(asked.get('limit') ?? 100));
    const games = this.games.filter(({ fixture }) => {
      const day = easternDate(fixture.startsAt).replaceAll('-', '');
      return fixture.league === league && day >= from && day <= to;
    });
    for (const game of games) game.advance(now);
    return JSON.stringify(scoreboardObject(league, games.slice(0, limit)));
  }

  private misanswer({ as }: EspnMisanswer, body: string): SimAnswer {
    switch (as) {
      case 'html':
      case 'blocked': {
        const status = as === 'html' ? 200 : 403;
        return { status, headers: { 'content-type': 'text/html' }, body: PAGE, afterMs: 0 };
      }
      case 'shape':
        return json('{"leagues":[],"items":[]}');
      case 'empty':
        return json(body.replaceAll('"competitors":[', '"competitors":[],"teams":['));
      case 'cut':
        return json(body.slice(0, body.length / 2));
      case 'stranger':
        return json(
          body.replace(/"abbreviation":"[A-Z]{2,4}","displayName"/, '"abbreviation":"XYZ","displayName"'),
        );
    }
  }
}

/** The source's side of ESPN's scoreboards, for these games. */
export const espnDialect =
  (options: EspnOptions): DialectOf =>
  (desk) =>
    new SimEspn(desk, options);
