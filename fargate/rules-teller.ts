import { StoreError } from '../adapters/store/item-store.ts';
import type { Instrument } from '../core/market/instrument.ts';
import type { FeedId } from '../core/market/window.ts';
import type { Log } from '../core/metrics.ts';
import type { FeedStore } from '../core/ports.ts';

export interface RulesTellerOptions {
  readonly feeds: Pick<FeedStore, 'rules' | 'putRules'>;
  readonly feedId: FeedId;
  readonly log: Log;
}

/** Rules of one instrument are less than a kilobyte, and all of them are one item. */
const KEPT_MAX = 300;

/**
 * Stores the rules of instruments, before the first window that rests on them: for the functions, and for whoever replays
 * the windows later, when contracts of today are over. Of those that are no longer followed the newest are kept.
 */
export class RulesTeller {
  readonly #options: RulesTellerOptions;
  #told: readonly Instrument[] = [];
  #kept: readonly Instrument[] | undefined;

  constructor(options: RulesTellerOptions) {
    this.#options = options;
  }

  /** What the store does not take now is told again with the next window; before the first one it must. */
  async tell(rules: readonly Instrument[]): Promise<void> {
    if (rules.length === 0 || isSame(rules, this.#told)) return;
    const { feeds, feedId, log } = this.#options;
    try {
      this.#kept ??= await feeds.rules(feedId);
      const ids = new Set(rules.map((one) => one.id));
      const kept = [...rules, ...this.#kept.filter((one) => !ids.has(one.id))];
      kept.length = Math.min(kept.length, Math.max(KEPT_MAX, rules.length));
      await feeds.putRules(feedId, kept);
      this.#kept = kept;
      this.#told = rules;
    } catch (error) {
      if (!(error instanceof StoreError) || this.#told.length === 0) throw error;
      log.warn('rules not stored', { why: error.message });
    }
  }
}

/** The reader makes a new instrument only when the venue announces its rules. */
const isSame = (a: readonly Instrument[], b: readonly Instrument[]): boolean =>
  a.length === b.length && a.every((one, n) => one === b[n]);
