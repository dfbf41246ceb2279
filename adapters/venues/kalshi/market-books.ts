import { type EpochMs, MINUTE_MS } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import { MarketBook } from './book.ts';
import { isOver, type MarketCalendar } from './calendar.ts';
import type { Scale } from './mapper.ts';
import type { AnswerHabit } from './sid-count.ts';

/** What a reader of this wire has to know beside the frames. */
export interface KalshiRules {
  /** A number missing from a subscription's count puts its books in doubt; off for recordings of which markets were left out. */
  readonly gapCheck: boolean;
  /** The books were subscribed with `use_yes_price`. */
  readonly usesYesPrice: boolean;
  /** A picture by REST, where there is no stream, is believed so long. */
  readonly polledMaxMs: number;
}

/** What all connections of a reader know together. */
export interface SharedKnowledge {
  readonly calendar: MarketCalendar;
  readonly habit: AnswerHabit;
  /** When a connection was last given up for a market's picture. */
  readonly gaveUpAt: WeakMap<FollowedInstrument, EpochMs>;
}

/** A market that gets no picture on any connection costs its neighbors one in this time. */
const GIVE_UP_EVERY_MS = 10 * MINUTE_MS;

/** A market's book on one connection, and how its prices are counted. */
export interface KeptBook {
  readonly book: MarketBook;
  readonly scale: Scale;
}

/** The books of one connection. */
export class MarketBooks {
  private readonly rules: KalshiRules;
  private readonly desk: ConnectionDesk;
  private readonly calendar: MarketCalendar;
  private readonly gaveUpAt: SharedKnowledge['gaveUpAt'];
  private readonly books = new Map<FollowedInstrument, KeptBook>();

  constructor(
    desk: ConnectionDesk,
    { calendar, gaveUpAt }: Pick<SharedKnowledge, 'calendar' | 'gaveUpAt'>,
    rules: KalshiRules,
  ) {
    this.desk = desk;
    this.calendar = calendar;
    this.gaveUpAt = gaveUpAt;
    this.rules = rules;
  }

  get(followed: FollowedInstrument): KeptBook | undefined {
    return this.books.get(followed);
  }

  /** The book of a market, an empty one from its first message on. */
  of(followed: FollowedInstrument): KeptBook {
    const known = this.books.get(followed);
    if (known !== undefined) return known;
    const { desk, calendar } = this;
    const { symbol } = followed.instrument;
    calendar.of(followed);
    const book = new MarketBook(followed.instrument, followed.counts, {
      changed: (occurredAt, isSnapshot) => desk.bookChanged(followed, book.book, occurredAt, isSnapshot),
      doubted: (doubt, detail) => desk.bookDoubted(followed, doubt, detail),
      isOver: (now) => isOver(calendar.of(followed), now),
      requestSnapshot: (why) => desk.needSnapshot(symbol, why),
      streamDied: (why) => desk.needReconnect(`${symbol}: ${why}`),
      gaveUp: (why, now) => {
        const before = this.gaveUpAt.get(followed);
        if (before !== undefined && now - before < GIVE_UP_EVERY_MS) return;
        this.gaveUpAt.set(followed, now);
        desk.needReconnect(`${symbol}: ${why}`);
      },
    });
    const { usesYesPrice } = this.rules;
    const kept = { book, scale: { grids: followed.grids, dollar: book.dollar, usesYesPrice } };
    this.books.set(followed, kept);
    return kept;
  }

  /** Subscriptions on whose counts books depend. */
  sids(): ReadonlySet<number> {
    return new Set([...this.books.values()].flatMap(({ book }) => book.sids));
  }

  forget(followed: FollowedInstrument): void {
    this.books.delete(followed);
  }

  tick(now: EpochMs): void {
    for (const { book } of this.books.values()) book.tick(now, this.rules.polledMaxMs);
  }

  /** Doubts the books of a subscription; of all, where it is not known which one. */
  loseAll(doubt: 'gap' | 'refused', detail: string, now: EpochMs, sid?: number): void {
    for (const [followed, { book }] of this.books) {
      if (sid !== undefined && !book.sids.includes(sid)) continue;
      if (doubt === 'gap' && book.isProven) followed.counts.bookGaps += 1;
      book.lose(doubt, detail, now);
    }
  }

  /**
   * A message of this book could not be used, though its form is right, so that its content is lost; `now` is null where
   * nothing of the book was in it.
   */
  refuse(followed: FollowedInstrument, detail: string, now: EpochMs | null): void {
    const words = this.noteRefusal(followed, detail);
    if (now !== null) this.of(followed).book.lose('refused', words, now);
  }

  refuseTrade(followed: FollowedInstrument, detail: string): void {
    this.desk.tradesLost(followed, 'refused', this.noteRefusal(followed, detail));
  }

  /** Trades of every market here may be among those that are missing. */
  loseTrades(flag: 'gap' | 'refused', detail: string): void {
    for (const followed of this.books.keys()) {
      if (flag === 'gap') followed.counts.tradeGaps += 1;
      this.desk.tradesLost(followed, flag, detail);
    }
  }

  private noteRefusal(followed: FollowedInstrument, detail: string): string {
    const words = `${followed.instrument.symbol} ${detail}`;
    followed.counts.refused += 1;
    this.desk.note({ kind: 'refused', detail: words });
    return words;
  }
}
