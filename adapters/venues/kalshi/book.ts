import { ONE } from '../../../core/amounts.ts';
import { invariant } from '../../../core/invariant.ts';
import { stepsToUnits } from '../../../core/market/grid.ts';
import type { Instrument } from '../../../core/market/instrument.ts';
import type { BookDoubt } from '../../../core/market/market-update.ts';
import { OrderBook } from '../../../core/market/order-book.ts';
import type { QualityCounts } from '../../../core/market/quality.ts';
import { type EpochMs, SECOND_MS } from '../../../core/time.ts';
import { setLevels, tooManyLevels } from '../levels.ts';
import { type Picture, RestWitness } from './rest-witness.ts';

/**
 * Yes and no bids that together reach a dollar trade with each other, so that they are gone with the next messages; the
 * longest seen were over after 9 milliseconds. What lasts is a wrong book, or the no side told in the other convention.
 */
const CROSSED_MAX_MS = SECOND_MS;
/** A picture that was asked for comes within a second; after this it is asked for again. */
const ANSWER_MS = 5 * SECOND_MS;
/** After so many questions in vain another connection has to bring the picture, as each does at its beginning. */
const ASKED_MAX = 4;
/** Subscriptions of one book that are remembered: there is one, and a second one after a mistake. */
const SIDS_MAX = 4;
const SILENT = 'the best levels differ from those by REST, and the stream is silent';

export interface BookPorts {
  /** The book was changed by a complete message, or has just been proven by a picture. */
  changed(occurredAt: EpochMs | null, isSnapshot: boolean): void;
  /** The book was cleared, since it is not proven any more. */
  doubted(doubt: BookDoubt, detail: string): void;
  /** Nothing is asked for when the market is over. */
  isOver(now: EpochMs): boolean;
  requestSnapshot(why: string): void;
  /** The subscription does not bring what the venue has. */
  streamDied(why: string): void;
  /** Its picture was asked for in vain. */
  gaveUp(why: string, now: EpochMs): void;
}

/** A change of one level's size, in steps, from the yes side. */
export interface Change {
  readonly side: 'bids' | 'asks';
  readonly ticks: number;
  /** Below zero where the level shrinks. */
  readonly lots: number;
  readonly seq: number;
  readonly occurredAt: EpochMs | null;
}

/**
 * One market's book from pictures and signed changes. Whether a message of its subscription is missing is found out where
 * the count of the subscription is kept; here is what a single market can tell.
 */
export class MarketBook {
  readonly book: OrderBook;
  /** Ticks of one dollar. */
  readonly dollar: number;
  /**
   * The subscription whose changes it follows, and before it those that it followed earlier and that may go on: a picture
   * under a number of its own may have taken the book away from the true one.
   */
  sids: readonly number[] = [];
  /** A picture proved it, and nothing since has put it in doubt. */
  isProven = false;
  private readonly counts: QualityCounts;
  private readonly ports: BookPorts;
  /** It is proven, but nobody was told yet: it was crossed from the beginning. */
  private isNews = false;
  private crossedAt: EpochMs | undefined;
  private askedAt: EpochMs | undefined;
  private why = '';
  /** Questions since it was doubted. */
  private asked = 0;
  /** Newest picture by REST where there is no stream. */
  private polledAt: EpochMs | undefined;
  private readonly witness = new RestWitness();

  constructor(instrument: Instrument, counts: QualityCounts, ports: BookPorts) {
    this.book = new OrderBook(instrument);
    const { step } = this.book.ticks;
    invariant(
      ONE % step === 0n,
      `${instrument.id}: its tick does not divide 1 dollar, so that no bids are no asks`,
    );
    this.dollar = Number(ONE / step);
    this.counts = counts;
    this.ports = ports;
  }

  /** A picture in the stream: changes after it continue it. */
  onSnapshot(picture: Picture, sid: number, seq: number, now: EpochMs): void {
    if (sid !== this.sids[0]) this.sids = [sid, ...this.sids.filter((one) => one !== sid)].slice(0, SIDS_MAX);
    this.polledAt = undefined;
    this.witness.streamSpoke(now);
    this.load(picture, null, seq, now);
  }

  /** A change that continues its subscription. */
  onDelta(change: Change, sid: number, now: EpochMs): void {
    if (!this.isProven) {
      this.counts.bookBeforeSnapshot += 1;
      this.askIfDue('a change came before any picture', now);
      return;
    }
    if (sid !== this.sids[0]) {
      this.onForeign(sid, now);
      return;
    }
    this.witness.streamSpoke(now);
    const side = this.book[change.side];
    const lots = side.lotsOf(change.ticks) + change.lots;
    if (lots < 0 || !Number.isSafeInteger(lots)) {
      this.counts.refused += 1;
      const at = stepsToUnits(change.ticks, this.book.ticks);
      this.lose('refused', `a level of the ${change.side} would shrink below nothing (${at} x 10^-8)`, now);
      return;
    }
    side.set(change.ticks, lots);
    const tooMany = tooManyLevels(side.size);
    if (tooMany !== undefined) {
      this.counts.refused += 1;
      this.lose('refused', `${change.side}: ${tooMany}`, now);
      return;
    }
    this.book.sequence = change.seq;
    this.counts.bookUpdates += 1;
    this.prove(change.occurredAt, now);
  }

  /**
   * Another subscription brings the same market: one of the two is enough, once a picture that was asked for has shown
   * which. Each is asked about once, so that two that both go on are no storm of questions.
   */
  private onForeign(sid: number, now: EpochMs): void {
    if (!this.sids.includes(sid)) {
      this.counts.bookRepeated += 1;
      return;
    }
    const [own] = this.sids;
    this.sids = this.sids.filter((one) => one !== sid);
    this.counts.bookGaps += 1;
    this.lose('gap', `subscription ${own} took the book over from ${sid}, which goes on`, now);
  }

  /** A whole picture by REST, where no stream is: true at once, and until the next one is overdue. */
  onPolled(picture: Picture, now: EpochMs): void {
    this.polledAt = now;
    this.load(picture, null, 0, now);
  }

  /** A picture by REST beside the stream. It has no place in the stream's count, so that it can only bear witness. */
  onWitness(picture: Picture, now: EpochMs): void {
    if (!this.isProven) return;
    this.counts.snapshotsUnneeded += 1;
    switch (this.witness.hear(this.book, picture, now)) {
      case 'agrees':
        return;
      case 'differs':
        this.ask(SILENT, now);
        return;
      case 'differs_again':
        this.lose('gap', SILENT, now);
        this.ports.streamDied(SILENT);
        return;
    }
  }

  /**
   * The venue's own best prices against the folded ones, where both sides have one. They are told a moment before or after
   * the book's changes, so that a difference proves nothing: it is only counted.
   */
  onTicker(bidTicks: number, askTicks: number): void {
    const { bids, asks } = this.book;
    if (!this.isProven || bids.size === 0 || asks.size === 0) return;
    this.counts.touchChecks += 1;
    if (bids.best === bidTicks && asks.best === askTicks) this.counts.touchAgreed += 1;
  }

  /** What it holds is not proven any more. */
  lose(doubt: BookDoubt, detail: string, now: EpochMs): void {
    if (!this.isProven) {
      this.askIfDue(detail, now);
      return;
    }
    this.isProven = false;
    this.isNews = false;
    this.crossedAt = undefined;
    this.polledAt = undefined;
    this.asked = 0;
    this.book.clear('stale');
    this.ports.doubted(doubt, detail);
    // Where a picture by REST is overdue, the next one is under way or cannot be had.
    if (doubt !== 'disconnected') this.ask(detail, now);
  }

  /** Asks anew for the picture that it waits for; and doubts what lasted too long. */
  tick(now: EpochMs, polledMaxMs: number): void {
    if (this.crossedAt !== undefined) this.judgeCross(this.crossedAt, now);
    if (this.polledAt !== undefined && now - this.polledAt > polledMaxMs)
      this.lose('disconnected', 'the next picture by REST is overdue', now);
    if (!this.isProven && this.askedAt !== undefined) this.askIfDue(this.why, now);
  }

  /** Asks for a picture in the stream. */
  ask(why: string, now: EpochMs): void {
    if (this.ports.isOver(now)) return;
    this.askedAt = now;
    this.asked += 1;
    this.why = why;
    this.ports.requestSnapshot(why);
  }

  private askIfDue(why: string, now: EpochMs): void {
    if (this.askedAt !== undefined && now - this.askedAt < ANSWER_MS) return;
    if (this.asked >= ASKED_MAX && !this.ports.isOver(now)) {
      this.asked = 0;
      this.ports.gaveUp(`${ASKED_MAX} pictures were asked for in vain: ${this.why}`, now);
    }
    this.ask(why, now);
  }

  private load({ bids, asks }: Picture, occurredAt: EpochMs | null, seq: number, now: EpochMs): void {
    const { book } = this;
    book.clear('syncing');
    setLevels(book, 'bids', bids);
    setLevels(book, 'asks', asks);
    book.sawAll(true, true);
    book.sequence = seq;
    this.counts.snapshots += 1;
    this.isProven = true;
    this.isNews = true;
    this.askedAt = undefined;
    this.asked = 0;
    this.prove(occurredAt, now);
  }

  /** Shows the book as it is after a complete message; while it is crossed, nobody is shown anything. */
  private prove(occurredAt: EpochMs | null, now: EpochMs): void {
    const { book } = this;
    if (book.isCrossed || book.isLocked) this.crossedAt ??= now;
    else this.crossedAt = undefined;
    if (book.isLocked) this.counts.bookLocked += 1;
    if (book.isCrossed) {
      this.counts.bookCrossed += 1;
      book.status = 'stale';
    }
    if (this.crossedAt !== undefined && this.judgeCross(this.crossedAt, now)) return;
    if (book.isCrossed) return;
    book.status = 'live';
    this.ports.changed(occurredAt, this.isNews);
    this.isNews = false;
  }

  /** True when bids of both sides have reached a dollar together for too long. */
  private judgeCross(since: EpochMs, now: EpochMs): boolean {
    if (now - since <= CROSSED_MAX_MS) return false;
    const why = `yes and no bids reach 1 dollar together for ${now - since} ms: a wrong book, or use_yes_price is not what was asked for`;
    this.lose('crossed', why, now);
    return true;
  }
}
