import { short } from '../json-fields.ts';
import type { Outgoing, Reaction } from '../session/protocol.ts';
import type { SharedBooks } from './shared-books.ts';

/** What was refused may be carried later: a limit of products per connection, a pause. */
const RETRY_MS = 1_000;
/** Words after which trying again is of no use before the next product list. */
const HOPELESS = /not a valid|invalid|delisted|not found/i;

/** A control message that was not answered yet. */
interface Pending {
  readonly products: readonly string[];
  /** It subscribes streams without which a symbol is not carried. */
  readonly isNeeded: boolean;
  /** The same for other products. */
  again(products: readonly string[]): readonly Outgoing[];
}

/**
 * What one connection carries, and the control messages under way. The venue answers each one in order, with an error or with
 * the full set that is subscribed then; an error names no request.
 */
export class Subscriptions {
  private readonly shared: SharedBooks;
  private readonly carried: Set<string>;
  private readonly pending: Pending[] = [];

  constructor(shared: SharedBooks, symbols: readonly string[]) {
    this.shared = shared;
    this.carried = new Set(symbols);
  }

  get symbols(): readonly string[] {
    return [...this.carried];
  }

  /** Products to subscribe for symbols: the venue's messages name these. */
  productsOf(symbols: readonly string[]): readonly string[] {
    return [...new Set(symbols.map((symbol) => this.shared.bookOf(symbol)))];
  }

  /** The carried symbols whose book a product shows. */
  symbolsOf(product: string): readonly string[] {
    return this.shared.symbolsOf(product).filter((symbol) => this.carried.has(symbol));
  }

  /** Products that have to be subscribed for these symbols now, and those that are already, for another symbol. */
  add(symbols: readonly string[]): { readonly fresh: readonly string[]; readonly shared: readonly string[] } {
    const known = new Set(this.productsOf(this.symbols));
    for (const symbol of symbols) this.carried.add(symbol);
    const products = this.productsOf(symbols);
    return {
      fresh: products.filter((product) => !known.has(product)),
      shared: products.filter((product) => known.has(product)),
    };
  }

  /** Products that nobody needs any more. */
  remove(symbols: readonly string[]): readonly string[] {
    const before = this.productsOf(symbols.filter((symbol) => this.carried.has(symbol)));
    for (const symbol of symbols) this.carried.delete(symbol);
    const left = new Set(this.productsOf(this.symbols));
    return before.filter((product) => !left.has(product));
  }

  sent(message: Pending): void {
    this.pending.push(message);
  }

  /**
   * The full set of a needed stream that is subscribed now. What is missing when nothing is under way any more was refused
   * without a word.
   */
  acknowledged(streams: readonly ReadonlySet<string>[]): readonly Reaction[] {
    this.pending.shift();
    if (this.pending.length > 0) return NONE;
    const isListed = (symbol: string) =>
      streams.every((set) => this.shared.symbolsOf(symbol).some((product) => set.has(product)));
    return this.refuse(
      this.symbols.filter((symbol) => !isListed(symbol)),
      'the venue did not acknowledge it',
      RETRY_MS,
    );
  }

  /**
   * An error: about the products it names, else about all of the oldest message without an answer. Nothing of that message
   * was done, so that its other products are subscribed again.
   */
  failed(text: string): readonly Reaction[] {
    const head = this.pending.shift();
    const asked = new Set([...(head?.products ?? []), ...this.productsOf(this.symbols)]);
    const named = new Set([...asked].filter((product) => isNamed(text, product)));
    if (named.size === 0) {
      if (head === undefined || !head.isNeeded) return NONE;
      return this.refuse(this.symbolsFor(head.products), text, RETRY_MS);
    }
    const others = head?.products.filter((product) => !named.has(product)) ?? [];
    const again = others.length === head?.products.length ? [] : (head?.again(others) ?? []);
    return [
      ...this.refuse(this.symbolsFor(named), text, HOPELESS.test(text) ? null : RETRY_MS),
      ...(again.length === 0 ? [] : [{ kind: 'send', outgoing: again } as const]),
    ];
  }

  private symbolsFor(products: Iterable<string>): readonly string[] {
    return [...products].flatMap((product) => this.symbolsOf(product));
  }

  private refuse(symbols: readonly string[], why: string, retryMs: number | null): readonly Reaction[] {
    if (symbols.length === 0) return NONE;
    for (const symbol of symbols) this.carried.delete(symbol);
    return [{ kind: 'refused', symbols, why: short(why), retryMs }];
  }
}

export const NONE: readonly Reaction[] = [];

/** A product stands in a text as a word of its own: `ETH-USD` is not in `ETH-USDT`. */
function isNamed(text: string, product: string): boolean {
  const at = text.indexOf(product);
  return (
    at >= 0 && !/[A-Z0-9-]/.test(text.charAt(at - 1)) && !/[A-Z0-9-]/.test(text.charAt(at + product.length))
  );
}
