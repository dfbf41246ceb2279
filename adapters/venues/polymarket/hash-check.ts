import { bookHash } from './book-hash.ts';
import type { FoldedBook } from './folded-book.ts';
import { complementOf, type LastPrices, spellings } from './last-prices.ts';
import type { BookMark } from './mapper.ts';

/** What a token's books are hashed with beside their levels, as texts of the venue; undefined is not known. */
export interface HashFacts {
  minOrderSize: string | undefined;
  tickSize: string | undefined;
  negRisk: boolean | undefined;
}

export type HashVerdict = 'agrees' | 'differs' | 'unknown';

/** What every live market has; tried where nothing says it. */
const MIN_ORDER_SIZE = '5';
/** A market whose hash never agreed is not tried for ever. */
const TRIES_MAX = 20;
/** Of markets whose hash agreed: differing so often without many agreements between means that the recipe is not known. */
const STRIKES_MAX = 5;
const AGREEMENTS_PER_STRIKE = 100;
/** A market without any print. */
const NO_PRINT = ['', '0'];

/**
 * Compares a token's folded book with the venue's hash of it. The hash covers the newest print of the market, and how soon
 * that follows a print is not known, so that several prices are tried; only one can fit.
 */
export class HashCheck {
  /** It agreed before, so that a difference proves something. */
  isTrusted = false;
  private readonly asset: string;
  private readonly facts: HashFacts;
  private tries = 0;
  private strikes = 0;
  private agreements = 0;
  private lastPrice: string | undefined;

  constructor(asset: string, facts: HashFacts) {
    this.asset = asset;
    this.facts = facts;
  }

  /** `hints`: prices that the newest print may have had, most likely first. `isWhole`: it comes with all levels. */
  check(
    folded: FoldedBook,
    mark: BookMark,
    prices: LastPrices,
    { hints, isWhole }: { readonly hints: readonly string[]; readonly isWhole: boolean },
  ): HashVerdict {
    const { minOrderSize, tickSize, negRisk } = this.facts;
    if (mark.hash === '' || tickSize === undefined || this.isHopeless(isWhole)) return 'unknown';
    const parts = {
      market: mark.market,
      asset: this.asset,
      stamp: mark.stamp,
      bids: folded.sideText('bids'),
      asks: folded.sideText('asks'),
      minOrderSize: minOrderSize ?? MIN_ORDER_SIZE,
      tickSize,
    };
    for (const isNegRisk of negRisk === undefined ? [false, true] : [negRisk])
      for (const lastPrice of this.pricesToTry(prices, hints))
        if (bookHash({ ...parts, negRisk: isNegRisk, lastPrice }) === mark.hash) {
          this.agreed(lastPrice, parts.minOrderSize, isNegRisk);
          return 'agrees';
        }
    this.differed();
    return negRisk === undefined || minOrderSize === undefined ? 'unknown' : 'differs';
  }

  /** Whole pictures differ, too: what was known of the hash holds no longer, and it is learned anew. */
  forget(): void {
    this.isTrusted = false;
    this.tries = 0;
    this.strikes = 0;
  }

  private isHopeless(isWhole: boolean): boolean {
    return this.isTrusted ? this.strikes >= STRIKES_MAX : this.tries >= TRIES_MAX && !isWhole;
  }

  private *pricesToTry(prices: LastPrices, hints: readonly string[]): Iterable<string> {
    if (this.lastPrice !== undefined) yield this.lastPrice;
    const { newest, previous } = prices;
    const known = [newest, previous, ...hints].filter((one) => one !== undefined);
    const tried = new Set([this.lastPrice]);
    for (const text of [...known, ...known.map(complementOf), ...NO_PRINT])
      for (const spelling of spellings(text)) {
        if (tried.has(spelling)) continue;
        tried.add(spelling);
        yield spelling;
      }
  }

  private agreed(lastPrice: string, minOrderSize: string, negRisk: boolean): void {
    this.isTrusted = true;
    this.lastPrice = lastPrice;
    this.facts.minOrderSize = minOrderSize;
    this.facts.negRisk = negRisk;
    this.agreements += 1;
    if (this.agreements % AGREEMENTS_PER_STRIKE === 0) this.strikes = 0;
  }

  private differed(): void {
    this.tries += 1;
    if (this.isTrusted) this.strikes += 1;
    this.agreements = 0;
  }
}
