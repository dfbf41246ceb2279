const INITIAL_CAPACITY = 1_024;
/** Below this many elements a loop beats the call into `copyWithin`. */
const LOOP_MAX = 48;

/**
 * One side of a book: price levels as two parallel sorted arrays, worst first and best last, because most changes happen
 * near the touch and then few elements move. Prices are ticks; asks are kept negated so that both sides read alike.
 */
export class BookSide {
  private readonly sign: 1 | -1;
  private keys = new Float64Array(INITIAL_CAPACITY);
  private lots = new Float64Array(INITIAL_CAPACITY);
  private count = 0;

  constructor(side: 'bids' | 'asks') {
    this.sign = side === 'bids' ? 1 : -1;
  }

  get size(): number {
    return this.count;
  }

  /** Ticks of the best level, 0 when the side is empty (a price is never 0). */
  get best(): number {
    return this.count === 0 ? 0 : this.ticksAt(0);
  }

  /** Ticks of the level `rank` places behind the best one. */
  ticksAt(rank: number): number {
    return (this.keys[this.count - 1 - rank] ?? 0) * this.sign;
  }

  lotsAt(rank: number): number {
    return this.lots[this.count - 1 - rank] ?? 0;
  }

  /** Lots shown at a price, 0 when there is no such level. */
  lotsOf(ticks: number): number {
    const key = ticks * this.sign;
    const at = this.search(key);
    return at < this.count && this.keys[at] === key ? (this.lots[at] ?? 0) : 0;
  }

  /** Replaces the quantity at a price; zero removes the level, and removing what is not there is normal. */
  set(ticks: number, lots: number): void {
    const key = ticks * this.sign;
    const at = this.search(key);
    if (at < this.count && this.keys[at] === key) {
      if (lots === 0) this.remove(at);
      else this.lots[at] = lots;
    } else if (lots !== 0) this.insert(at, key, lots);
  }

  clear(): void {
    this.count = 0;
  }

  /** First index whose key is not below `key`. */
  private search(key: number): number {
    const keys = this.keys;
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((keys[middle] ?? 0) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  private insert(at: number, key: number, lots: number): void {
    if (this.count === this.keys.length) this.grow();
    const { keys, lots: sizes, count } = this;
    if (count - at > LOOP_MAX) {
      keys.copyWithin(at + 1, at, count);
      sizes.copyWithin(at + 1, at, count);
    } else {
      for (let i = count; i > at; i -= 1) {
        keys[i] = keys[i - 1] ?? 0;
        sizes[i] = sizes[i - 1] ?? 0;
      }
    }
    keys[at] = key;
    sizes[at] = lots;
    this.count = count + 1;
  }

  private remove(at: number): void {
    const { keys, lots: sizes } = this;
    const last = this.count - 1;
    if (last - at > LOOP_MAX) {
      keys.copyWithin(at, at + 1, this.count);
      sizes.copyWithin(at, at + 1, this.count);
    } else {
      for (let i = at; i < last; i += 1) {
        keys[i] = keys[i + 1] ?? 0;
        sizes[i] = sizes[i + 1] ?? 0;
      }
    }
    this.count = last;
  }

  private grow(): void {
    const keys = new Float64Array(this.keys.length * 2);
    const lots = new Float64Array(this.keys.length * 2);
    keys.set(this.keys);
    lots.set(this.lots);
    this.keys = keys;
    this.lots = lots;
  }
}
