import type { BookDoubt } from '../../../core/market/market-update.ts';
import type { QualityCounts } from '../../../core/market/quality.ts';
import { short } from '../json-fields.ts';
import type { BookChange } from './book-change.ts';
import type { FoldedBook } from './folded-book.ts';
import type { HashCheck, HashVerdict } from './hash-check.ts';
import type { LastPrices } from './last-prices.ts';
import type { Best, BookMark, Picture } from './mapper.ts';

/** Why a folded book cannot be what the venue has. */
export interface Disproof {
  readonly doubt: BookDoubt;
  readonly detail: string;
}

/** Compares a folded book with what a message says of the state after it, and counts what was compared. */
export class BookProof {
  private readonly folded: FoldedBook;
  private readonly hash: HashCheck;
  private readonly prices: LastPrices;
  private readonly counts: QualityCounts;
  private badPictures = 0;

  constructor(folded: FoldedBook, hash: HashCheck, prices: LastPrices, counts: QualityCounts) {
    this.folded = folded;
    this.hash = hash;
    this.prices = prices;
    this.counts = counts;
  }

  /**
   * Of a book to which a change was applied: undefined while nothing is wrong with it. The venue's own best prices come with
   * every change, so that this is the comparison that says how a book fares: every one has to agree. A change without them,
   * and without a hash that agrees, leaves a book that nothing proves.
   */
  ofChange({ mark, best, hints }: BookChange): Disproof | undefined {
    if (!this.agreesWith(best)) {
      this.counts.bookGaps += 1;
      return { doubt: 'gap', detail: `the best prices are not those of the venue at ${short(mark.stamp)}` };
    }
    const verdict = this.judgeHash(mark, hints, false);
    if (verdict === 'differs')
      return { doubt: 'hash', detail: `the book does not have the venue's hash at ${short(mark.stamp)}` };
    if (verdict === 'unknown' && saysNothing(best)) {
      this.counts.bookGaps += 1;
      return { doubt: 'gap', detail: `nothing proves the book at ${short(mark.stamp)}` };
    }
    return this.ofSides(mark);
  }

  /** Of a book that was loaded from a picture. */
  ofPicture({ mark, lastPrice }: Picture): Disproof | undefined {
    if (this.judgeHash(mark, lastPrice === undefined ? [] : [lastPrice], true) !== 'differs')
      this.badPictures = 0;
    else {
      this.badPictures += 1;
      if (this.badPictures === 1)
        return { doubt: 'hash', detail: `a picture does not have its own hash at ${short(mark.stamp)}` };
      // Nobody cuts pictures twice: what has changed is how the venue makes its hash.
      this.hash.forget();
    }
    return this.ofSides(mark);
  }

  /** Bids and asks leave a space between them after a complete message. */
  private ofSides(mark: BookMark): Disproof | undefined {
    const { book } = this.folded;
    if (book.isCrossed) this.counts.bookCrossed += 1;
    else if (book.isLocked) this.counts.bookLocked += 1;
    else return undefined;
    return { doubt: 'crossed', detail: `the best bid is not below the best ask at ${short(mark.stamp)}` };
  }

  private agreesWith(best: Best): boolean {
    if (saysNothing(best)) return true;
    const { bid, ask } = best;
    const { bestBid, bestAsk } = this.folded.book;
    this.counts.touchChecks += 1;
    if ((bid ?? bestBid) !== bestBid || (ask ?? bestAsk) !== bestAsk) return false;
    this.counts.touchAgreed += 1;
    return true;
  }

  /**
   * What the hash proves: a difference proves nothing in a market whose hash never agreed, which is proven by its best prices
   * alone.
   */
  private judgeHash(mark: BookMark, hints: readonly string[], isWhole: boolean): HashVerdict {
    const wasTrusted = this.hash.isTrusted;
    const verdict = this.hash.check(this.folded, mark, this.prices, { hints, isWhole });
    if (verdict !== 'unknown') this.counts.hashChecks += 1;
    if (verdict === 'agrees') this.counts.hashAgreed += 1;
    return verdict === 'differs' && !wasTrusted ? 'unknown' : verdict;
  }
}

const saysNothing = ({ bid, ask }: Best): boolean => bid === undefined && ask === undefined;
