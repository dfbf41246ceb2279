import type { OrderBook, SideName } from '../../core/market/order-book.ts';
import type { EpochMs } from '../../core/time.ts';
import { BookDigest } from './book-digest.ts';
import type { SimFloor } from './sim-floor.ts';
import type { SimMarket } from './sim-market.ts';
import type { BookState } from './state-log.ts';

/** What is needed of somebody's book to judge it. */
export type JudgedBook = Pick<OrderBook, 'levels' | 'sequence'>;

export interface TruthOptions {
  /** The venue numbers its updates, and a book's `sequence` is such a number: the book must be that of this very update. */
  readonly numbersUpdates: boolean;
}

/** What is known of somebody's book. */
export interface Verdict {
  /** It is, level by level, what the venue's book was at some moment. */
  readonly isRight: boolean;
  /** When the venue's book was so for the last time, and at which update; null for a book that it never had. */
  readonly state: BookState | null;
  /** Why it is wrong, for people. */
  readonly why: string | null;
}

/** More levels than any simulated book has. */
const ALL = 1_000_000;

/**
 * Knows every state that a venue's books were in lately, and so whether somebody's book is one of them: a lost, doubled or
 * misread change gives a book that the venue never had.
 */
export class Truth {
  private readonly floor: SimFloor;
  private readonly options: TruthOptions;

  constructor(floor: SimFloor, options: TruthOptions = { numbersUpdates: false }) {
    this.floor = floor;
    this.options = options;
  }

  isRight(book: JudgedBook, symbol: string): boolean {
    return this.judge(book, symbol).isRight;
  }

  /** For how long the venue's book has not been as this one any more; 0 while it is, null for a book that it never had. */
  behindMs(book: JudgedBook, symbol: string, now: EpochMs): number | null {
    const { state } = this.judge(book, symbol);
    if (state === null) return null;
    return state.until === null ? 0 : now - state.until;
  }

  judge(book: JudgedBook, symbol: string): Verdict {
    const shown = this.floor.showing(symbol);
    if (shown === undefined) return wrong(`${symbol} is not listed`);
    const { market, isMirrored } = shown;
    const digest = digestOf(book, market, isMirrored);
    if (digest === null) return wrong(`${symbol}: a level between two steps of price or size`);
    const updateId = this.options.numbersUpdates ? book.sequence : null;
    const state = market.states.find(digest, updateId);
    if (state !== undefined) return { isRight: true, state, why: null };
    const elsewhere = market.states.find(digest, null);
    return wrong(
      elsewhere === undefined
        ? `${symbol}: the venue never had this book`
        : `${symbol}: the book of update ${elsewhere.updateId} under the number ${book.sequence}`,
    );
  }
}

const wrong = (why: string): Verdict => ({ isRight: false, state: null, why });

/** The digest of a book in the market's own ticks and lots; null when a level is between two of them. */
function digestOf(book: JudgedBook, market: SimMarket, isMirrored: boolean): number | null {
  const { tickSize, lotSize } = market.instrument;
  const digest = new BookDigest();
  for (const side of ['bids', 'asks'] as const) {
    for (const { price, quantity } of book.levels(side, ALL)) {
      if (price % tickSize !== 0n || quantity % lotSize !== 0n) return null;
      const ticks = Number(price / tickSize);
      const lots = Number(quantity / lotSize);
      if (isMirrored) digest.toggle(OTHER[side], market.mirrored(ticks), lots);
      else digest.toggle(side, ticks, lots);
    }
  }
  return digest.value;
}

const OTHER: Readonly<Record<SideName, SideName>> = { bids: 'asks', asks: 'bids' };
