import { SECOND_MS } from '../../../core/time.ts';
import type { DiffRule } from '../diff-book.ts';
import { BookWitness } from './book-witness.ts';

/**
 * The venue's rule: each diff's `U` is at most the `u` of the one before + 1. Best prices count the same updates. Snapshots
 * that are too old again and again mean that REST lags, and each one costs.
 */
export const BINANCE_RULE: DiffRule = {
  isStrict: false,
  doTouchesProve: true,
  retryMs: [0, SECOND_MS],
  witness: (book, ask) => new BookWitness(book, ask),
};
