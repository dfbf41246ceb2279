import { LEAGUES, type League } from '../../../core/market/game.ts';
import { type EpochMs, epochMs, SECOND_MS } from '../../../core/time.ts';
import type { Need } from '../frame-source.ts';
import type { Feeder, FeedSink, Following } from '../session/feeder.ts';
import { short } from '../session/http-words.ts';
import { NoteFilter } from '../session/note-filter.ts';
import { Pause } from '../session/rates.ts';
import type { SessionEvents, SessionStatus } from '../session/session-status.ts';
import type { Timers } from '../session/timers.ts';
import type { RestAnswer, RestRequest, Transport } from '../session/transport.ts';
import { judgeAnswer } from './answer.ts';
import { isLeague } from './channel.ts';
import { LeagueScores, type LeagueStatus } from './league-scores.ts';
import { toSessionStatus } from './session-words.ts';
import { StaleWatch } from './stale-watch.ts';

export interface ScoreOptions {
  /** Followed from the beginning. */
  readonly leagues: readonly League[];
  readonly transport: Transport;
  readonly timers: Timers;
  /** In [0, 1): spreads the polls. A seeded one makes them the same each time. */
  readonly random: () => number;
  /** Another host than ESPN's own: `http://127.0.0.1:8080`. */
  readonly host?: string;
  /** `disconnected` when the first league is out of date and has failed for a minute, `reconnected` when none is. */
  readonly events?: SessionEvents;
}

interface Question {
  readonly scores: LeagueScores;
  readonly request: RestRequest;
  cancel: () => void;
}

/** A host that says 429 means all of us, not one league. */
const QUIET_MS_MIN = 15 * SECOND_MS;

/**
 * Asks for the scores of leagues in turn: often while games are played, rarely between. One question at a time, since one
 * connection is what such a host expects. It goes past the venues' pacer, which tries again by itself and sooner than the
 * schedule here, and would hide the failures by which a league is found to be out of date.
 */
export class ScorePoller implements Feeder {
  readonly wire = 'espn';
  readonly name = 'ESPN scores';
  private readonly options: ScoreOptions;
  private readonly followed: Set<League>;
  private readonly leagues = new Map<League, LeagueScores>();
  private readonly notes = new NoteFilter();
  private readonly stale: StaleWatch;
  private readonly quiet = new Pause();
  private sink: FeedSink | undefined;
  private question: Question | undefined;
  private cancelAlarm: (() => void) | undefined;
  private cancelLook: (() => void) | undefined;
  private startedAt = epochMs(0);
  private connected: { is: boolean | null; since: EpochMs } = { is: false, since: epochMs(0) };

  constructor(options: ScoreOptions) {
    this.options = options;
    this.followed = new Set(options.leagues);
    this.stale = new StaleWatch(this.name, { ...options.events, note: (detail) => this.note(detail) });
  }

  start(sink: FeedSink): void {
    const now = this.options.timers.now();
    this.sink = sink;
    this.startedAt = now;
    this.connected = { is: this.followed.size === 0 ? null : false, since: now };
    this.leagues.clear();
    for (const league of this.followed) this.leagues.set(league, new LeagueScores(league, now));
    this.askNext();
  }

  stop(): void {
    this.sink = undefined;
    this.takeBack();
    this.cancelAlarm?.();
    this.cancelAlarm = undefined;
    this.cancelLook?.();
    this.cancelLook = undefined;
  }

  /** Nobody has to ask for scores: they come when they are due. */
  need(_need: Need): boolean {
    return false;
  }

  follow({ follow, unfollow, detail }: Following): void {
    const removed = this.leaguesOf(unfollow).filter((league) => this.followed.delete(league));
    const added = this.leaguesOf(follow).filter((league) => !this.followed.has(league));
    for (const league of added) this.followed.add(league);
    if (this.sink === undefined || added.length + removed.length === 0) return;
    const receivedAt = this.sink.stamp();
    this.sink.take({ wire: this.wire, receivedAt, follow: added, unfollow: removed, detail });
    for (const league of removed) this.leagues.delete(league);
    if (this.question && !this.leagues.has(this.question.scores.league)) this.takeBack();
    for (const league of added) this.leagues.set(league, new LeagueScores(league, this.options.timers.now()));
    this.judge();
    this.askNext();
  }

  interrupt(): void {
    this.takeBack();
    const now = this.options.timers.now();
    for (const scores of this.leagues.values()) scores.askAnew(now);
    this.askNext();
  }

  /** Each league's scores, in the order in which they are followed. */
  scores(): readonly LeagueStatus[] {
    return [...this.leagues.values()].map((one) => one.status());
  }

  /** The same in the words of venues' sessions. */
  status(): SessionStatus {
    return toSessionStatus(this.name, this.connected, this.scores());
  }

  /** Asks for what is due, or sets the alarm for what is due next. */
  private askNext(): void {
    this.cancelAlarm?.();
    this.cancelAlarm = undefined;
    if (this.sink === undefined || this.question !== undefined) return;
    const next = this.next();
    if (next === undefined) return;
    const { timers } = this.options;
    const now = timers.now();
    const waitMs = Math.max(next.nextAt - now, this.quiet.waitMs(now));
    if (waitMs > 0) this.cancelAlarm = timers.after(waitMs, () => this.askNext());
    else this.ask(next, now);
  }

  private next(): LeagueScores | undefined {
    let next: LeagueScores | undefined;
    for (const one of this.leagues.values()) if (next === undefined || one.nextAt < next.nextAt) next = one;
    return next;
  }

  private ask(scores: LeagueScores, now: EpochMs): void {
    const { transport, host } = this.options;
    const request = scores.request(now, host);
    const question: Question = { scores, request, cancel: () => undefined };
    this.question = question;
    question.cancel = transport.fetch(request, (answer) => this.take(question, answer));
  }

  private take(question: Question, answer: RestAnswer | Error): void {
    const { sink } = this;
    if (sink === undefined) return;
    const at = sink.stamp();
    // Looking at the clock may have shown that time was lost: then all is asked anew.
    if (this.question !== question) return;
    this.question = undefined;
    const { scores, request } = question;
    const { timers, random } = this.options;
    const now = timers.now();
    const judged = judgeAnswer({ league: scores.league, request, answer, at, now });
    scores.take(judged, request, now, random());
    if (judged.kind === 'failed') {
      if (!scores.isStale) this.note(`${scores.league}: poll failed: ${judged.why}`);
      if (!(answer instanceof Error) && answer.status === 429)
        this.quiet.hold(now, Math.max(QUIET_MS_MIN, judged.quietMs));
    }
    this.judge();
    if (judged.frame !== null) sink.take(judged.frame);
    this.askNext();
  }

  private leaguesOf(symbols: readonly string[]): readonly League[] {
    for (const symbol of symbols)
      if (!isLeague(symbol))
        this.note(`there are no scores of '${short(symbol)}', only of ${LEAGUES.join(', ')}`);
    return [...new Set(symbols.filter(isLeague))];
  }

  private takeBack(): void {
    this.question?.cancel();
    this.question = undefined;
  }

  private judge(): void {
    const all = [...this.leagues.values()];
    const is =
      all.length === 0 ? null : all.every(({ isStale, answeredAt }) => !isStale && answeredAt !== null);
    const { timers } = this.options;
    const now = timers.now();
    if (is !== this.connected.is) this.connected = { is, since: now };
    this.cancelLook?.();
    const waitMs = this.stale.look(all, this.startedAt, now);
    this.cancelLook = waitMs === undefined ? undefined : timers.after(waitMs, () => this.judge());
  }

  private note(detail: string): void {
    if (this.notes.isNews(detail, this.options.timers.now())) this.options.events?.note?.(detail);
  }
}
