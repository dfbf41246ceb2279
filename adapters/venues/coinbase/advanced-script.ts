import { isObject, parseJson, short, wordOf } from '../json-fields.ts';
import type { ConnectionScript, FrameRequest, Outgoing, TakenMessage } from '../session/protocol.ts';
import type { SharedBooks } from './shared-books.ts';
import { Subscriptions } from './subscriptions.ts';
import { productsIn, TakenMessages, withReactions } from './taken-messages.ts';

/** Streams of each product, by the names under which they are subscribed; a symbol without the first two is not carried. */
const STREAMS = ['level2', 'market_trades', 'ticker', 'status'] as const;
const isNeeded = (stream: string): boolean => stream === 'level2' || stream === 'market_trades';
/** Channels by the names in their messages, where they prove a product's stream. */
const RULE_OF: ReadonlyMap<string, string> = new Map([
  ['l2_data', 'level2'],
  ['market_trades', 'market_trades'],
  ['ticker', 'ticker'],
]);
const HEAD = '{"channel":"';

/** One connection to Advanced Trade: one control message per stream, with all its products. */
export class AdvancedScript implements ConnectionScript {
  private readonly url: string;
  private readonly subscriptions: Subscriptions;
  private readonly messages: TakenMessages;
  private readonly products: string[] = [];

  constructor(url: string, shared: SharedBooks, symbols: readonly string[]) {
    this.url = url;
    this.subscriptions = new Subscriptions(shared, symbols);
    this.messages = new TakenMessages((product) => this.subscriptions.symbolsOf(product));
  }

  get symbols(): readonly string[] {
    return this.subscriptions.symbols;
  }

  open(): { readonly url: string; readonly headers: Readonly<Record<string, string>> } {
    return { url: this.url, headers: {} };
  }

  /** Heartbeats first: without them the venue closes quiet connections, and the end of a gap would wait for news. */
  subscribe(): readonly Outgoing[] {
    this.subscriptions.sent({ products: [], isNeeded: false, again: () => [] });
    const heartbeats = { text: JSON.stringify({ type: 'subscribe', channel: 'heartbeats' }) };
    const products = this.subscriptions.productsOf(this.symbols);
    return [heartbeats, ...this.send('subscribe', STREAMS, products)];
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

  /** REST pictures have no number in common with the stream: only subscribing anew brings one that it continues. */
  snapshot(symbols: readonly string[]): {
    readonly outgoing: readonly Outgoing[];
    readonly requests: readonly FrameRequest[];
  } {
    return { outgoing: this.renew(this.subscriptions.productsOf(symbols)), requests: [] };
  }

  /** All messages are for the reader, heartbeats too: the sequence runs over all of them. */
  take(raw: string, isBinary: boolean): TakenMessage {
    if (isBinary || !raw.startsWith(HEAD)) return this.takeOther(raw, isBinary);
    const channel = raw.slice(HEAD.length, raw.indexOf('"', HEAD.length));
    const rule = RULE_OF.get(channel);
    if (rule !== undefined) return this.messages.of(channel, rule, this.productsOf(channel, raw));
    if (channel === 'subscriptions') return this.takeAcknowledgement(raw);
    return this.messages.of(short(channel), '', []);
  }

  /** The history of products without a trade names none, and is all that such a stream ever says. */
  private productsOf(channel: string, raw: string): readonly string[] {
    const products = productsIn(raw, this.products);
    const isEmptyHistory = channel === 'market_trades' && products.length === 0 && raw.includes('"snapshot"');
    return isEmptyHistory ? this.subscriptions.productsOf(this.symbols) : products;
  }

  /** Messages in another layout than the usual one, and errors, which have no channel. */
  private takeOther(raw: string, isBinary: boolean): TakenMessage {
    const value = isBinary ? undefined : parseJson(raw);
    if (!isObject(value)) return this.messages.of('unreadable', '', []);
    const { channel, type, message } = value;
    if (typeof channel === 'string') {
      if (channel === 'subscriptions') return this.takeAcknowledgement(raw);
      const rule = RULE_OF.get(channel);
      return this.messages.of(
        short(channel),
        rule ?? '',
        rule === undefined ? [] : this.productsOf(channel, raw),
      );
    }
    if (type !== 'error') return this.messages.of('unknown', '', []);
    this.messages.forget();
    return withReactions('error', this.subscriptions.failed(wordOf(message)));
  }

  private takeAcknowledgement(raw: string): TakenMessage {
    this.messages.forget();
    const set = subscribedIn(parseJson(raw));
    const streams = STREAMS.filter(isNeeded).map((stream) => set(stream));
    return withReactions('subscriptions', this.subscriptions.acknowledged(streams));
  }

  private renew(products: readonly string[]): readonly Outgoing[] {
    return [
      ...this.send('unsubscribe', ['level2'], products),
      ...this.send('subscribe', ['level2'], products),
    ];
  }

  private send(
    type: 'subscribe' | 'unsubscribe',
    streams: readonly string[],
    products: readonly string[],
  ): readonly Outgoing[] {
    if (products.length === 0) return [];
    return streams.map((channel) => {
      this.subscriptions.sent({
        products,
        isNeeded: type === 'subscribe' && isNeeded(channel),
        again: (others) => this.send(type, [channel], others),
      });
      return { text: JSON.stringify({ type, channel, product_ids: products }) };
    });
  }
}

/** Products by stream in an acknowledgement, `{"events":[{"subscriptions":{"level2":["BTC-USD"]}}]}`. */
function subscribedIn(value: unknown): (stream: string) => ReadonlySet<string> {
  const events = isObject(value) && Array.isArray(value['events']) ? value['events'] : [];
  return (stream) => {
    const found = new Set<string>();
    for (const event of events) {
      const all = isObject(event) ? event['subscriptions'] : undefined;
      const products = isObject(all) ? all[stream] : undefined;
      if (Array.isArray(products)) for (const product of products) found.add(wordOf(product));
    }
    return found;
  };
}
