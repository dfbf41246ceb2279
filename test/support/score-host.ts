import { hash } from 'node:crypto';
import { isLeague } from '../../adapters/venues/espn/channel.ts';
import type { Timers } from '../../adapters/venues/session/timers.ts';
import type { RestAnswer, RestRequest, Socket, Transport } from '../../adapters/venues/session/transport.ts';
import type { League } from '../../core/market/game.ts';
import type { EpochMs } from '../../core/time.ts';

/** What a host answers; `hang`: nothing at all. */
export type ScoreReply = Partial<RestAnswer> | Error | 'hang';

export interface ScoreQuestion {
  readonly at: EpochMs;
  readonly league: League;
  readonly request: RestRequest;
}

/** A host of scoreboards in this process: answers with tags, knows what it was asked, and misbehaves as told. */
export class ScoreHost implements Transport {
  readonly questions: ScoreQuestion[] = [];
  /** Scoreboards; a league without one has no games. */
  readonly boards = new Map<League, string>();
  /** Sent with every good answer. */
  headers: Record<string, string> = {};
  hasTags = true;
  latencyMs = 40;
  /** Undefined: as a host in order answers. `n` counts the league's questions from 1. */
  answer: (league: League, n: number, at: EpochMs) => ScoreReply | undefined = () => undefined;
  /** Questions without an answer, now and at most. */
  underWay = 0;
  underWayMost = 0;
  private readonly timers: Timers;
  private readonly counts = new Map<League, number>();

  constructor(timers: Timers) {
    this.timers = timers;
  }

  of(league: League): readonly ScoreQuestion[] {
    return this.questions.filter((one) => one.league === league);
  }

  connect(): Socket {
    throw new Error('scores come without sockets');
  }

  fetch(request: RestRequest, done: (answer: RestAnswer | Error) => void): () => void {
    const league = new URL(request.url).pathname.split('/').at(-2) ?? '';
    if (!isLeague(league)) throw new Error(`no league: ${request.url}`);
    const at = this.timers.now();
    this.questions.push({ at, league, request });
    this.underWay += 1;
    this.underWayMost = Math.max(this.underWayMost, this.underWay);
    const n = (this.counts.get(league) ?? 0) + 1;
    this.counts.set(league, n);
    const reply = this.answer(league, n, at) ?? this.board(league, request);
    const isHung = reply === 'hang';
    const cancel = this.timers.after(isHung ? request.timeoutMs : this.latencyMs, () => {
      this.underWay -= 1;
      if (isHung) done(new Error(`no answer within ${request.timeoutMs} ms`));
      else done(reply instanceof Error ? reply : { status: 200, headers: {}, body: '', ...reply });
    });
    return () => {
      this.underWay -= 1;
      cancel();
    };
  }

  private board(league: League, { headers = {} }: RestRequest): ScoreReply {
    const body = this.boards.get(league) ?? '{"events":[]}';
    if (!this.hasTags) return { headers: this.headers, body };
    const etag = `W/"${hash('sha1', body, 'base64url')}"`;
    return headers['if-none-match'] === etag
      ? { status: 304, headers: { ...this.headers, etag } }
      : { headers: { ...this.headers, etag }, body };
  }
}
