/** Products in USDC that have a book of their own, as the venue's documentation and product list say. */
const OWN_USDC_BOOK: ReadonlySet<string> = new Set([
  'USDT-USDC',
  'EURC-USDC',
  'XSGD-USDC',
  'TGBP-USDC',
  'AUDD-USDC',
]);
/** Far more products than the venue has; beyond it nothing is kept of what it names. */
const GROUPS_MAX = 8_192;

/**
 * Which products show one book: almost every `X-USDC` trades in the book of `X-USD`, and the venue's messages about both
 * name `X-USD`. The product list says so for each product; before it is read, the rule above stands.
 */
export class SharedBooks {
  private readonly learned = new Map<string, string>();
  private readonly groups = new Map<string, readonly string[]>();

  /** Takes a product's `alias` from the product list; empty where it has a book of its own. */
  learn(symbol: string, alias: string): void {
    const book = alias === '' ? symbol : alias;
    if (this.bookOf(symbol) === book || this.learned.size >= GROUPS_MAX) return;
    this.learned.set(symbol, book);
    this.groups.clear();
  }

  /** The product that messages about a symbol name, and that is subscribed for it. */
  bookOf(symbol: string): string {
    const learned = this.learned.get(symbol);
    if (learned !== undefined) return learned;
    return symbol.endsWith('-USDC') && !OWN_USDC_BOOK.has(symbol) ? symbol.slice(0, -1) : symbol;
  }

  /** All symbols whose book a message about a product shows, itself included. */
  symbolsOf(product: string): readonly string[] {
    const known = this.groups.get(product);
    if (known !== undefined) return known;
    const book = this.bookOf(product);
    const sharing = [...this.learned].filter(([, shown]) => shown === book).map(([symbol]) => symbol);
    const usdc = `${book}C`;
    if (book.endsWith('-USD') && this.bookOf(usdc) === book) sharing.unshift(usdc);
    const group = [...new Set([book, ...sharing, product])];
    if (this.groups.size < GROUPS_MAX) this.groups.set(product, group);
    return group;
  }
}
