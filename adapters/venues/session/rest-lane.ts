import { type EpochMs, MINUTE_MS, plusMs, SECOND_MS } from '../../../core/time.ts';
import { isRefusal, placeOf, refusalWords, retryAfterMs, short } from './http-words.ts';
import type { RestLimits } from './protocol.ts';
import { Pause, SpanLimit, TokenBucket } from './rates.ts';
import type { Timers } from './timers.ts';
import { AnswerTooLarge, type RestAnswer, type RestRequest, type Transport } from './transport.ts';

/** What goes first: a book waits for a snapshot, nothing waits for a listing. */
export const PRIORITIES = ['snapshot', 'poll', 'discovery'] as const;
export type Priority = (typeof PRIORITIES)[number];

/** Why a request got no answer to read. */
export class RestFailure extends Error {
  override readonly name = 'RestFailure';
  /** `gave_up`: after all tries. `crowded`: too many were waiting. `too_large`: the request or its answer is beyond its limit. */
  readonly reason: 'refused' | 'gave_up' | 'crowded' | 'too_large';
  /** The HTTP status, where there was one. */
  readonly status: number | null;

  constructor(reason: RestFailure['reason'], message: string, status: number | null = null) {
    super(message);
    this.reason = reason;
    this.status = status;
  }
}

export type RestResult = RestAnswer | RestFailure;

/** What one host saw of us, and how it is now. */
export interface HostStats {
  readonly host: string;
  /** Waiting for their turn, or for their next try. */
  readonly queued: number;
  readonly underWay: number;
  readonly sent: number;
  readonly answered: number;
  readonly failed: number;
  /** Answers 429. */
  readonly refused429: number;
  /** Answers 418: a ban. */
  readonly banned418: number;
  /** Nothing is sent before this moment, since the host asked for it; null when it did not, or that is over. */
  readonly bannedUntil: EpochMs | null;
  /** The newest refusal that another try does not change, in words. */
  readonly refusedBecause: string | null;
}

export interface LanePorts {
  readonly transport: Pick<Transport, 'fetch'>;
  readonly timers: Timers;
  /** In [0, 1). */
  readonly random: () => number;
}

const TRIES_MAX = 5;
/** Before the second try, doubled before each that follows: where the host asks for less, and where it is only unwell. */
const LIMITED_RETRY_MS = 4 * SECOND_MS;
const UNWELL_RETRY_MS = SECOND_MS / 2;
/** Waits grow by up to a tenth, never shrink: they are what the host asks for. */
const JITTER = 0.1;
/** The shortest ban that venues speak of. */
const BAN_MS = 2 * MINUTE_MS;
const QUEUED_MAX = 500;
/** A host that answers slowly is not asked more and more at once. */
const UNDER_WAY_MAX = 8;

type Done = (result: RestResult) => void;

interface Job {
  readonly key: string;
  readonly request: RestRequest;
  readonly weight: number;
  priority: Priority;
  state: 'queued' | 'sent' | 'waiting';
  tries: number;
  sentAt: EpochMs;
  /** Takes it back: the request under way, or the alarm of the next try. */
  cancel: (() => void) | undefined;
  readonly waiters: Set<Done>;
}

/** Requests to one host, one after the other within its limits, each tried again as far as that can help. */
export class RestLane {
  readonly host: string;
  private readonly ports: LanePorts;
  private readonly bucket: TokenBucket;
  private readonly budget: SpanLimit;
  private readonly jobs = new Map<string, Job>();
  private readonly queues: Record<Priority, Job[]> = { snapshot: [], poll: [], discovery: [] };
  private wake: (() => void) | undefined;
  private readonly ban = new Pause();
  private refusedBecause: string | null = null;
  private readonly counts = { underWay: 0, sent: 0, answered: 0, failed: 0, refused429: 0, banned418: 0 };

  constructor(host: string, limits: RestLimits, ports: LanePorts) {
    this.host = host;
    this.ports = ports;
    this.bucket = new TokenBucket(limits.spacingMs, limits.burst);
    this.budget = new SpanLimit(limits.weightPerMinute, MINUTE_MS);
  }

  /** Calls back once, never before this returns, unless the returned function took it back. Equal requests share one answer. */
  ask(request: RestRequest, priority: Priority, weight: number, done: Done): () => void {
    const key = `${request.method} ${request.url} ${request.body ?? ''}`;
    const job = this.jobs.get(key) ?? this.add({ key, request, priority, weight });
    if (job instanceof RestFailure) return this.ports.timers.after(0, () => done(job));
    job.waiters.add(done);
    this.raise(job, priority);
    this.pumpSoon();
    return () => {
      if (job.waiters.delete(done) && job.waiters.size === 0) this.drop(job);
    };
  }

  stats(): HostStats {
    const { host, counts, refusedBecause } = this;
    const now = this.ports.timers.now();
    const banMs = this.ban.waitMs(now);
    return {
      host,
      ...counts,
      queued: this.jobs.size - counts.underWay,
      bannedUntil: banMs > 0 ? plusMs(now, banMs) : null,
      refusedBecause,
    };
  }

  private add(one: Pick<Job, 'key' | 'request' | 'priority' | 'weight'>): Job | RestFailure {
    const { host } = this;
    if (!this.budget.admits(one.weight))
      return this.failure('too_large', `${host}: a request of weight ${one.weight} never fits its limits`);
    if (this.jobs.size - this.counts.underWay >= QUEUED_MAX && !this.makeRoom(one.priority))
      return this.failure('crowded', `${host}: ${QUEUED_MAX} requests are waiting for it already`);
    const sentAt = this.ports.timers.now();
    const job: Job = { ...one, state: 'queued', tries: 0, sentAt, cancel: undefined, waiters: new Set() };
    this.jobs.set(job.key, job);
    this.queues[job.priority].push(job);
    return job;
  }

  /** The newest of the least urgent gives way to what is more urgent than it. */
  private makeRoom(priority: Priority): boolean {
    for (const lower of ['discovery', 'poll'] as const) {
      if (lower === priority) return false;
      const last = this.queues[lower].at(-1);
      if (last === undefined) continue;
      this.settle(last, this.failure('crowded', `${this.host}: gave way to more urgent requests`));
      return true;
    }
    return false;
  }

  private raise(job: Job, priority: Priority): void {
    if (PRIORITIES.indexOf(priority) >= PRIORITIES.indexOf(job.priority)) return;
    const isQueued = job.state === 'queued';
    if (isQueued) this.unqueue(job);
    job.priority = priority;
    if (isQueued) this.queues[priority].push(job);
  }

  private unqueue(job: Job): void {
    const queue = this.queues[job.priority];
    const place = queue.indexOf(job);
    if (place >= 0) queue.splice(place, 1);
  }

  private drop(job: Job): void {
    if (this.jobs.get(job.key) !== job) return;
    this.leave(job);
    this.pumpSoon();
  }

  /** It neither waits nor is under way any more. */
  private leave(job: Job): void {
    this.jobs.delete(job.key);
    if (job.state === 'queued') this.unqueue(job);
    if (job.state === 'sent') this.counts.underWay -= 1;
    job.cancel?.();
    job.cancel = undefined;
  }

  private settle(job: Job, result: RestResult): void {
    this.leave(job);
    for (const done of job.waiters) done(result);
  }

  private failure(reason: RestFailure['reason'], message: string, status: number | null = null): RestFailure {
    this.counts.failed += 1;
    return new RestFailure(reason, message, status);
  }

  /** Whoever asks for several things at once has asked for all of them before the first goes. */
  private pumpSoon(): void {
    this.wake?.();
    this.wake = this.ports.timers.after(0, () => this.pump());
  }

  private pump(): void {
    this.wake = undefined;
    const now = this.ports.timers.now();
    for (let job = this.first(); job && this.counts.underWay < UNDER_WAY_MAX; job = this.first()) {
      const waitMs = Math.max(
        this.ban.waitMs(now),
        this.bucket.waitMs(now),
        this.budget.waitMs(now, job.weight),
      );
      if (waitMs > 0) {
        this.wake = this.ports.timers.after(waitMs, () => this.pump());
        return;
      }
      this.send(job, now);
    }
  }

  private first(): Job | undefined {
    const { snapshot, poll, discovery } = this.queues;
    return snapshot[0] ?? poll[0] ?? discovery[0];
  }

  private send(job: Job, now: EpochMs): void {
    this.unqueue(job);
    this.bucket.take(now);
    this.budget.take(now, job.weight);
    this.counts.sent += 1;
    this.counts.underWay += 1;
    job.tries += 1;
    job.state = 'sent';
    job.sentAt = now;
    job.cancel = this.ports.transport.fetch(job.request, (answer) => this.answered(job, answer));
  }

  private answered(job: Job, answer: RestAnswer | Error): void {
    job.cancel = undefined;
    const place = placeOf(job.request.url);
    if (answer instanceof AnswerTooLarge)
      this.settle(job, this.failure('too_large', `${place}: ${answer.message}`));
    else if (answer instanceof Error)
      this.retry(job, this.unwellMs(job), `${place}: ${short(answer.message)}`);
    else this.judge(job, answer);
    this.pumpSoon();
  }

  private judge(job: Job, { status, headers, body }: RestAnswer): void {
    const { url } = job.request;
    if (isRefusal(status)) {
      this.refusedBecause = refusalWords(status, placeOf(url), body);
      this.settle(job, this.failure('refused', this.refusedBecause, status));
    } else if (status === 429 || status === 418 || status >= 500) {
      const asked = retryAfterMs(headers['retry-after'], this.ports.timers.now());
      const ownMs = status < 500 ? this.retryMs(job, LIMITED_RETRY_MS) : this.unwellMs(job);
      const waitMs = Math.max(ownMs, asked ?? (status === 418 ? BAN_MS : 0));
      if (status < 500) this.keepQuiet(status, waitMs);
      this.retry(job, waitMs, `${placeOf(url)}: HTTP ${status} ${short(body)}`.trimEnd(), status);
    } else {
      this.refusedBecause = null;
      this.counts.answered += 1;
      this.settle(job, { status, headers, body });
    }
  }

  /** Going on would make a ban of it, or a longer one; so nobody asks this host until then. */
  private keepQuiet(status: number, waitMs: number): void {
    if (status === 429) this.counts.refused429 += 1;
    else this.counts.banned418 += 1;
    this.ban.hold(this.ports.timers.now(), waitMs);
  }

  private retryMs(job: Job, firstMs: number): number {
    return Math.ceil(firstMs * 2 ** (job.tries - 1) * (1 + JITTER * this.ports.random()));
  }

  /** A try that was answered late, or never, was a wait already. */
  private unwellMs(job: Job): number {
    const spentMs = this.ports.timers.now() - job.sentAt;
    return Math.max(UNWELL_RETRY_MS, this.retryMs(job, UNWELL_RETRY_MS) - spentMs);
  }

  private retry(job: Job, waitMs: number, why: string, status: number | null = null): void {
    if (job.tries >= TRIES_MAX) {
      this.settle(job, this.failure('gave_up', `${why}, after ${TRIES_MAX} tries`, status));
      return;
    }
    this.counts.underWay -= 1;
    job.state = 'waiting';
    job.cancel = this.ports.timers.after(waitMs, () => {
      job.cancel = undefined;
      job.state = 'queued';
      this.queues[job.priority].unshift(job);
      this.pumpSoon();
    });
  }
}
