import { isObject, parseJson, short, wordOf } from '../json-fields.ts';
import type { ConnectionScript, FrameRequest, Outgoing, TakenMessage } from '../session/protocol.ts';
import type { SharedBooks } from './shared-books.ts';
import { Subscriptions } from './subscriptions.ts';
import { productsIn, TakenMessages, withReactions } from './taken-messages.ts';

/** Streams of each product; a symbol without the first two is not carried. */
const STREAMS = ['level2_batch', 'matches', 'heartbeat', 'ticker'] as const;
const NEEDED = ['level2_batch', 'matches'] as const;
/** Kinds of messages, where they prove a product's stream. */
const RULE_OF: ReadonlyMap<string, string> = new Map([
  ['l2update', 'level2_batch'],
  ['snapshot', 'level2_batch'],
  ['match', 'matches'],
  ['last_match', 'matches'],
  ['heartbeat', 'heartbeat'],
  ['ticker', 'ticker'],
]);
const HEAD = '{"type":"';

export interface ExchangeScriptOptions {
  readonly url: string;
  readonly shared: SharedBooks;
  readonly symbols: readonly string[];
  /** Asks for a product's whole book by REST. */
  readonly book: (product: string, symbols: readonly string[]) => FrameRequest;
}

/** One connection to Exchange: one control message for all streams. */
export class ExchangeScript implements ConnectionScript {
  private readonly options: ExchangeScriptOptions;
  private readonly subscriptions: Subscriptions;
  private readonly messages: TakenMessages;
  private readonly products: string[] = [];

  constructor(options: ExchangeScriptOptions) {
    this.options = options;
    this.subscriptions = new Subscriptions(options.shared, options.symbols);
    this.messages = new TakenMessages((product) => this.subscriptions.symbolsOf(product));
  }

  get symbols(): readonly string[] {
    return this.subscriptions.symbols;
  }

  open(): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
    return { url: this.options.url, headers: {} };
  }

  subscribe(): readonly Outgoing[] {
    return this.send('subscribe', STREAMS, this.subscriptions.productsOf(this.symbols));
  }

  /** A product that is carried for another symbol shows its book to the new one with a new picture. */
  add(symbols: readonly string[]): readonly Outgoing[] {
    this.messages.forget();
    const { fresh, shared } = this.subscriptions.add(symbols);
    return [...this.send('subscribe', STREAMS, fresh), ...this.renew(shared)];
  }

  remove(symbols: readonly string[]): readonly Outgoing[] {
    this.messages.forget();
    return this.send('unsubscribe', STREAMS, this.subscriptions.remove(symbols));
  }

  /** A picture by REST has no number in common with the stream: only subscribing anew brings one that it continues. */
  snapshot(symbols: readonly string[]): {
    readonly outgoing: readonly Outgoing[];
    readonly requests: readonly FrameRequest[];
  } {
    return { outgoing: this.renew(this.subscriptions.productsOf(symbols)), requests: [] };
  }

  /** Whole books by REST, to compare those with that are not in doubt. */
  witness(symbols: readonly string[]): readonly FrameRequest[] {
    return this.subscriptions
      .productsOf(symbols)
      .map((product) => this.options.book(product, this.subscriptions.symbolsOf(product)));
  }

  take(raw: string, isBinary: boolean): TakenMessage {
    if (isBinary || !raw.startsWith(HEAD)) return this.takeOther(raw, isBinary);
    const kind = raw.slice(HEAD.length, raw.indexOf('"', HEAD.length));
    return this.takeKind(kind, raw);
  }

  private takeKind(kind: string, raw: string): TakenMessage {
    const rule = RULE_OF.get(kind);
    if (rule !== undefined) return this.messages.of(kind, rule, productsIn(raw, this.products));
    if (kind === 'subscriptions') return this.takeAcknowledgement(parseJson(raw));
    if (kind === 'error') return this.takeError(parseJson(raw));
    return this.messages.of(short(kind), '', []);
  }

  /** Messages in another layout than the usual one. */
  private takeOther(raw: string, isBinary: boolean): TakenMessage {
    const value = isBinary ? undefined : parseJson(raw);
    if (!isObject(value)) return this.messages.of('unreadable', '', []);
    const { type } = value;
    return typeof type === 'string' ? this.takeKind(type, raw) : this.messages.of('unknown', '', []);
  }

  private takeAcknowledgement(value: unknown): TakenMessage {
    this.messages.forget();
    const streams = NEEDED.map((stream) => subscribedTo(value, stream));
    return withReactions('subscriptions', this.subscriptions.acknowledged(streams));
  }

  private takeError(value: unknown): TakenMessage {
    this.messages.forget();
    const parts = isObject(value) ? [value['message'], value['reason']] : [];
    const text = parts.filter((part) => typeof part === 'string').join(': ');
    return withReactions('error', this.subscriptions.failed(text));
  }

  private renew(products: readonly string[]): readonly Outgoing[] {
    return [
      ...this.send('unsubscribe', ['level2_batch'], products),
      ...this.send('subscribe', ['level2_batch'], products),
    ];
  }

  private send(
    type: 'subscribe' | 'unsubscribe',
    channels: readonly string[],
    products: readonly string[],
  ): readonly Outgoing[] {
    if (products.length === 0) return [];
    this.subscriptions.sent({
      products,
      isNeeded: type === 'subscribe',
      again: (others) => this.send(type, channels, others),
    });
    return [{ text: JSON.stringify({ type, product_ids: products, channels }) }];
  }
}

/** Products of a stream in an acknowledgement, `{"channels":[{"name":"level2_batch","product_ids":["BTC-USD"]}]}`. */
function subscribedTo(value: unknown, stream: string): ReadonlySet<string> {
  const channels = isObject(value) && Array.isArray(value['channels']) ? value['channels'] : [];
  const found = new Set<string>();
  for (const channel of channels) {
    if (!isObject(channel) || channel['name'] !== stream) continue;
    const products = channel['product_ids'];
    if (Array.isArray(products)) for (const product of products) found.add(wordOf(product));
  }
  return found;
}
