import type { Deal } from './deals.ts';

/**
 * At least so many trades of an instrument are remembered, and at most twice as many: what the venue repeats is at most one
 * answer of 500 trades.
 */
const REMEMBERED = 1_024;

/** Prints that look the same: of one time, price, quantity and aggressor. */
interface Lookalikes {
  ids: readonly string[];
  /** The most that one message without ids has shown at once. */
  unnamed: number;
}

/**
 * Tells which trades of one instrument are new, over all its connections and REST answers. Some messages name a trade by
 * an opaque id, others not at all, and identical prints in one millisecond are legal; so of prints that look the same
 * there are as many as the larger of the different ids seen and the most that one message without ids showed.
 */
export class TradeIdentity {
  /** Two generations, so that the oldest are forgotten together: deleting them one by one costs more than all the rest. */
  private young = new Map<string, Lookalikes>();
  private old = new Map<string, Lookalikes>();
  private size = 0;

  /** An id for each trade of one message, in order; null for those seen before. */
  idsOf(deals: readonly Deal[]): readonly (string | null)[] {
    const shown = new Map<string, number>();
    return deals.map((deal) => {
      // Joined, it is one string; a template would keep each of its pieces for as long as the trade is remembered.
      const key = [deal.occurredAt, deal.ticks, deal.lots, deal.aggressor].join(':');
      if (deal.id !== null) return this.sawNamed(key, deal.id) ? deal.id : null;
      const count = (shown.get(key) ?? 0) + 1;
      shown.set(key, count);
      return this.sawUnnamed(key, count) ? `${key}#${count}` : null;
    });
  }

  private sawNamed(key: string, id: string): boolean {
    const alike = this.alike(key);
    if (alike.ids.includes(id)) return false;
    // Nearly always the only one, for which pushing would make room for many.
    alike.ids = [...alike.ids, id];
    this.grow();
    return alike.ids.length > alike.unnamed;
  }

  private sawUnnamed(key: string, count: number): boolean {
    const alike = this.alike(key);
    if (count <= alike.unnamed) return false;
    alike.unnamed = count;
    this.grow();
    return count > alike.ids.length;
  }

  private alike(key: string): Lookalikes {
    const known = this.young.get(key) ?? this.old.get(key);
    if (known !== undefined) return known;
    const alike: Lookalikes = { ids: [], unnamed: 0 };
    this.young.set(key, alike);
    return alike;
  }

  private grow(): void {
    this.size += 1;
    if (this.size < REMEMBERED) return;
    this.old = this.young;
    this.young = new Map();
    this.size = 0;
  }
}
