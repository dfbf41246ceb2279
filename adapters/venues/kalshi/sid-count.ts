import type { EpochMs } from '../../../core/time.ts';

/**
 * `next` continues; `repeated` was seen before; `late` is older and was missing until now; `gap` leaves numbers out; `anew`
 * is an old number of something that happened after all that was told before, or the newest of several old numbers that
 * continue each other: the count has begun anew, and this is its newest number.
 */
export type Order = 'next' | 'repeated' | 'late' | 'gap' | 'anew';

/** What was found out about answers to commands, on any connection: the venue does not say it. */
export interface AnswerHabit {
  /** Answers bear the newest number of their subscription, or the next one, and take none of their own. */
  takeNone: boolean;
}

/** How a subscription's numbers are judged. */
export interface CountRule {
  /** Off for recordings of which markets were left out: there numbers only have to rise. */
  readonly checksGaps: boolean;
  readonly habit: AnswerHabit;
}

/** Holes remembered, to tell a late message from a repeated one. */
const HOLES_MAX = 16;
/** Messages come late or twice by ones; so many old numbers, each one more than the last, are a count of their own. */
const ANEW_MIN = 4;

/**
 * One subscription's count, which rises by one with each of its messages, whatever market they are about. Answers to
 * commands bear a number, too, and may have taken one of the count: as long as no answer shows that they take none, the
 * number of an answer may be missing among the messages.
 */
export class SidCount {
  /** Numbers left out by the newest `gap`. */
  missing = 0;
  private readonly rule: CountRule;
  private last = -1;
  /** Up to here answers bore the numbers after the last message. */
  private answeredTo = -1;
  private holes: { readonly from: number; readonly to: number }[] = [];
  /** The newest of the old numbers that came in a row, and how many of them continue each other. */
  private old = -1;
  private oldRun = 0;
  /** The newest moment of which it told. */
  private newestAt: EpochMs | null = null;

  constructor(rule: CountRule) {
    this.rule = rule;
  }

  /** `at`: when the message happened by the venue's clock; null where it does not say so. */
  take(seq: number, at: EpochMs | null = null): Order {
    const { last, rule } = this;
    const { newestAt } = this;
    const isNews = at !== null && newestAt !== null && at > newestAt;
    if (isNews || newestAt === null) this.newestAt = at;
    if (seq <= last) return this.beginsAnew(seq, isNews) ? this.beginAnew(seq) : this.judgeOld(seq);
    this.oldRun = 0;
    if (seq <= this.answeredTo) rule.habit.takeNone = true;
    const expectedTo = Math.max(last, this.answeredTo) + 1;
    this.last = seq;
    this.answeredTo = seq;
    if (last < 0 || seq <= expectedTo || !rule.checksGaps) return 'next';
    this.missing = seq - expectedTo;
    this.holes.push({ from: last + 1, to: seq - 1 });
    if (this.holes.length > HOLES_MAX) this.holes.shift();
    return 'gap';
  }

  /** An answer to a command bore this number. */
  sawAnswer(seq: number): void {
    const { last, rule } = this;
    if (last < 0) return;
    if (seq === last) rule.habit.takeNone = true;
    if (!rule.habit.takeNone && seq === Math.max(last, this.answeredTo) + 1) this.answeredTo = seq;
  }

  /** What comes twice, or late, happened before what was told meanwhile; pictures do not say when they were made. */
  private beginsAnew(seq: number, isNews: boolean): boolean {
    this.oldRun = this.oldRun > 0 && seq === this.old + 1 ? this.oldRun + 1 : 1;
    this.old = seq;
    if (!this.rule.checksGaps) return false;
    return this.oldRun >= ANEW_MIN || (isNews && !this.wasMissing(seq));
  }

  private beginAnew(seq: number): 'anew' {
    this.last = seq;
    this.answeredTo = seq;
    this.holes = [];
    this.oldRun = 0;
    return 'anew';
  }

  /** Among numbers of which many are left out, only the newest one is known to be repeated. */
  private judgeOld(seq: number): Order {
    const isLate = this.rule.checksGaps ? this.wasMissing(seq) : seq < this.last;
    return isLate ? 'late' : 'repeated';
  }

  private wasMissing(seq: number): boolean {
    return this.holes.some(({ from, to }) => seq >= from && seq <= to);
  }
}

/** More subscriptions than a connection ever has. */
const SIDS_MAX = 256;

/** Who uses the counts of subscriptions. */
export interface CountUsers {
  /** Subscriptions whose count has to go on, since something live depends on it. */
  inUse(): ReadonlySet<number>;
  /** The counts of all others were forgotten, so that what they lack from now on is not noticed. */
  forgotten(): void;
}

/** The counts of a connection's subscriptions of one kind. */
export class SidCounts {
  private readonly rule: CountRule;
  private readonly users: CountUsers;
  private readonly counts = new Map<number, SidCount>();

  constructor(rule: CountRule, users: CountUsers) {
    this.rule = rule;
    this.users = users;
  }

  get isEmpty(): boolean {
    return this.counts.size === 0;
  }

  of(sid: number): SidCount {
    const known = this.counts.get(sid);
    if (known !== undefined) return known;
    if (this.counts.size >= SIDS_MAX) this.makeRoom();
    const fresh = new SidCount(this.rule);
    this.counts.set(sid, fresh);
    return fresh;
  }

  /** See {@link SidCount.sawAnswer}; many answers bear neither number. */
  sawAnswer(sid: number | undefined, seq: number | undefined): void {
    if (sid !== undefined && seq !== undefined) this.counts.get(sid)?.sawAnswer(seq);
  }

  private makeRoom(): void {
    const used = this.users.inUse();
    for (const sid of this.counts.keys()) if (!used.has(sid)) this.counts.delete(sid);
    this.users.forgotten();
  }
}
