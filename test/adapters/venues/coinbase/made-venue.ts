import type { Frame } from '../../../../adapters/venues/frame-source.ts';
import * as advanced from './advanced-frames.ts';
import * as exchange from './exchange-frames.ts';

export const PRODUCTS = ['BTC-USD', 'ETH-USD'] as const;
export type Product = (typeof PRODUCTS)[number];
type Side = Map<number, number>;
interface Sides {
  readonly bids: Side;
  readonly asks: Side;
}
/** A level as a change tells it: side, cents, hundredths. */
type Change = readonly ['bids' | 'asks', number, number];

/** Milliseconds from one message to the next. */
export const STEP_MS = 100;

/**
 * A made-up venue with a seeded walk of two books. It tells one message per step, subscribes anew when it is asked to, and
 * remembers what its books were after each message, so that a reader can be held against the truth.
 */
export class MadeVenue {
  private readonly wire: 'advanced' | 'exchange';
  private readonly next: (below: number) => number;
  private readonly books = new Map<Product, Sides>();
  /** Products whose picture is to be told next. */
  private readonly asked = new Set<Product>(PRODUCTS);
  private readonly past: ReadonlyMap<Product, string>[] = [];
  private readonly beatAt = new Map<Product, number>();
  private tradeId = 1_000;
  private count = 0;

  constructor(wire: 'advanced' | 'exchange', seed: number) {
    this.wire = wire;
    this.next = generator(seed);
    for (const product of PRODUCTS) {
      const sides: Sides = { bids: new Map(), asks: new Map() };
      for (let n = 1; n <= 12; n += 1) {
        sides.bids.set(10_000 - n, 100 + n);
        sides.asks.set(10_000 + n, 100 + n);
      }
      this.books.set(product, sides);
    }
  }

  /** The next message; its number is its place in the sequence. */
  tell(): Frame {
    const frame = this.wire === 'advanced' ? this.tellAdvanced() : this.tellExchange();
    this.past.push(new Map(PRODUCTS.map((product) => [product, this.picture(product)])));
    this.count += 1;
    return frame;
  }

  ask(product: Product): void {
    this.asked.add(product);
  }

  /** A book after message `number`, as {@link pictureOf} shows it. */
  truth(product: Product, number = this.count - 1): string | undefined {
    return this.past[number]?.get(product);
  }

  private tellAdvanced(): Frame {
    const { count, next } = this;
    const ms = count * STEP_MS;
    if (count === 0) return advanced.message('subscriptions', 0, [], 0);
    const [asked] = this.asked;
    if (asked !== undefined) {
      this.asked.delete(asked);
      const { bids, asks } = this.sidesOf(asked);
      return advanced.l2('snapshot', count, wire(bids, -1), wire(asks, 1), asked, ms);
    }
    const product = PRODUCTS[next(2)] ?? 'BTC-USD';
    const kind = next(10);
    if (kind === 0) return advanced.heartbeat(count, ms);
    if (kind === 1) {
      this.tradeId += 1;
      const trade = advanced.wireTrade({ id: this.tradeId, product, ms });
      return advanced.message('market_trades', count, [{ type: 'update', trades: [trade] }], ms);
    }
    const changes = this.change(product);
    const of = (side: 'bids' | 'asks') => changes.filter(([name]) => name === side).map(level);
    return advanced.l2('update', count, of('bids'), of('asks'), product, ms);
  }

  private tellExchange(): Frame {
    const { count, next } = this;
    const ms = count * STEP_MS;
    const [asked] = this.asked;
    if (asked !== undefined) {
      this.asked.delete(asked);
      const { bids, asks } = this.sidesOf(asked);
      return exchange.snapshot(ms, asked, wire(bids, -1), wire(asks, 1));
    }
    const due = PRODUCTS.find((one) => ms - (this.beatAt.get(one) ?? 0) >= 1_000);
    if (due !== undefined) {
      this.beatAt.set(due, ms);
      return exchange.heartbeat(this.tradeId, ms, due);
    }
    const product = PRODUCTS[next(2)] ?? 'BTC-USD';
    if (next(10) === 0) {
      this.tradeId += 1;
      return exchange.match(this.tradeId, ms, { product_id: product });
    }
    const changes = this.change(product).map(
      (one) => [one[0] === 'bids' ? 'buy' : 'sell', ...level(one)] as const,
    );
    return exchange.l2update(ms, changes, product);
  }

  /** Sets or removes a level on each side; bids stay below asks, and the last level of a side stays. */
  private change(product: Product): readonly Change[] {
    const { next } = this;
    const sides = this.sidesOf(product);
    return (['bids', 'asks'] as const).map((name): Change => {
      const at = name === 'bids' ? 9_999 - next(15) : 10_001 + next(15);
      const side = sides[name];
      const size = next(4) === 0 && side.size > 1 && side.has(at) ? 0 : 1 + next(500);
      if (size === 0) side.delete(at);
      else side.set(at, size);
      return [name, at, size];
    });
  }

  private sidesOf(product: Product): Sides {
    const sides = this.books.get(product);
    if (sides === undefined) throw new Error(`no book of ${product}`);
    return sides;
  }

  private picture(product: Product): string {
    const { bids, asks } = this.sidesOf(product);
    return pictureOf(wire(bids, -1), wire(asks, 1));
  }
}

/** Both sides in one text, best first, sizes as plain numbers. */
export const pictureOf = (
  bids: readonly (readonly [string, string])[],
  asks: readonly (readonly [string, string])[],
): string =>
  [bids, asks].map((side) => side.map(([price, size]) => `${size}@${price}`).join(' ')).join(' | ');

const cents = (count: number): string => (count / 100).toFixed(2);
const hundredths = (count: number): string => (count / 100).toFixed(2);
const level = ([, at, size]: Change): readonly [string, string] => [cents(at), hundredths(size)];
const wire = (side: Side, direction: 1 | -1): (readonly [string, string])[] =>
  [...side].sort(([a], [b]) => (a - b) * direction).map(([at, size]) => [cents(at), hundredths(size)]);

/** Marsaglia's xorshift: whole numbers below a bound. */
function generator(seed: number): (below: number) => number {
  let state = (seed + 1) * 2_654_435_761;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
