const INITIAL_CAPACITY = 1_024;
/** Below this many elements a loop beats the call into `copyWithin`. */
const LOOP_MAX = 48;
/** A load of more levels than these is merged at once. */
const LOAD_MAX = 64;
/** So many elements may have to move for levels set one by one, some milliseconds' work; more are merged in one pass. */
const MOVES_MAX = 2 ** 24;
/** Levels of a side: the deepest books that venues show have some tens of thousands. */
export const LEVELS_MAX = 200_000;
/** Room for more than a full side is not kept. */
const CAPACITY_KEPT = 2 * LEVELS_MAX;

/** Levels in the order of their keys; of a key that is said twice, the last said is last. */
interface Sorted {
  readonly keys: Float64Array;
  readonly lots: Float64Array;
}

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

  /** Sets the first `length` levels of two parallel lists, as {@link set} would one after the other. */
  setAll(ticks: Float64Array, lots: Float64Array, length: number): void {
    const { count } = this;
    const isMany = count === 0 ? length > LOAD_MAX : length * (count + length) > MOVES_MAX;
    if (isMany) this.merge(sorted(ticks, lots, length, this.sign));
    else for (let n = 0; n < length; n += 1) this.set(ticks[n] ?? 0, lots[n] ?? 0);
  }

  clear(): void {
    this.count = 0;
    if (this.keys.length <= CAPACITY_KEPT) return;
    this.keys = new Float64Array(INITIAL_CAPACITY);
    this.lots = new Float64Array(INITIAL_CAPACITY);
  }

  /** Merges from the best level on into the free end of the arrays, then closes what was left free at the beginning. */
  private merge(added: Sorted): void {
    let mine = this.count - 1;
    let theirs = added.keys.length - 1;
    const end = this.count + added.keys.length;
    while (this.keys.length < end) this.grow();
    const { keys, lots } = this;
    let into = end;
    while (theirs >= 0) {
      const key = added.keys[theirs] ?? 0;
      const size = added.lots[theirs] ?? 0;
      while (mine >= 0 && (keys[mine] ?? 0) > key) {
        into -= 1;
        keys[into] = keys[mine] ?? 0;
        lots[into] = lots[mine] ?? 0;
        mine -= 1;
      }
      if (mine >= 0 && keys[mine] === key) mine -= 1;
      while (theirs >= 0 && added.keys[theirs] === key) theirs -= 1;
      if (size === 0) continue;
      into -= 1;
      keys[into] = key;
      lots[into] = size;
    }
    // What is worse than all of them stands where it stood.
    keys.copyWithin(mine + 1, into, end);
    lots.copyWithin(mine + 1, into, end);
    this.count = mine + 1 + end - into;
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

/** Venues list levels best first or worst first; only what is listed otherwise has to be sorted. */
function sorted(ticks: Float64Array, lots: Float64Array, length: number, sign: 1 | -1): Sorted {
  const keys = ticks.slice(0, length);
  const sizes = lots.slice(0, length);
  if (sign < 0) for (let n = 0; n < length; n += 1) keys[n] = -(keys[n] ?? 0);
  if ((keys[0] ?? 0) > (keys[length - 1] ?? 0) && doesFall(keys)) {
    keys.reverse();
    sizes.reverse();
  }
  if (doesRise(keys)) return { keys, lots: sizes };
  const order = Uint32Array.from(keys, (_, n) => n);
  order.sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
  return {
    keys: Float64Array.from(order, (n) => keys[n] ?? 0),
    lots: Float64Array.from(order, (n) => sizes[n] ?? 0),
  };
}

/** Equal keys may stand beside each other: they are in the order in which they were said. */
function doesRise(keys: Float64Array): boolean {
  for (let n = 1; n < keys.length; n += 1) if ((keys[n] ?? 0) < (keys[n - 1] ?? 0)) return false;
  return true;
}

/** Without equal keys, whose order must not be turned. */
function doesFall(keys: Float64Array): boolean {
  for (let n = 1; n < keys.length; n += 1) if ((keys[n] ?? 0) >= (keys[n - 1] ?? 0)) return false;
  return true;
}
