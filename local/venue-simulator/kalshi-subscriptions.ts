import type { SimConnection } from './sim-connection.ts';
import type { Topic } from './sim-dialect.ts';

export const CHANNELS = ['orderbook_delta', 'ticker', 'trade', 'market_lifecycle_v2'] as const;
export type KalshiChannel = (typeof CHANNELS)[number];

/** One channel of one connection with a number and a count of its own, over all of its markets. */
export interface Subscription {
  readonly connection: SimConnection;
  readonly sid: number;
  readonly channel: KalshiChannel;
  /** Null: of every market. */
  readonly tickers: Set<string> | null;
  /** The no side is told in yes prices. */
  readonly usesYesPrice: boolean;
  /** Of its newest message. */
  seq: number;
}

/** All subscriptions, found by connection and by what they are about. */
export class Subscriptions {
  private readonly byConnection = new Map<SimConnection, Map<number, Subscription>>();
  private readonly listeners = new Map<string, Set<Subscription>>();
  private readonly lastSids = new WeakMap<SimConnection, number>();

  add(
    connection: SimConnection,
    channel: KalshiChannel,
    isWhole: boolean,
    usesYesPrice: boolean,
  ): Subscription {
    const sid = (this.lastSids.get(connection) ?? 0) + 1;
    this.lastSids.set(connection, sid);
    const tickers = isWhole ? null : new Set<string>();
    const subscription: Subscription = { connection, sid, channel, tickers, usesYesPrice, seq: 0 };
    const own = this.byConnection.get(connection) ?? new Map<number, Subscription>();
    own.set(sid, subscription);
    this.byConnection.set(connection, own);
    if (isWhole) this.listen(subscription, EVERY);
    return subscription;
  }

  find(connection: SimConnection, sid: number): Subscription | undefined {
    return this.byConnection.get(connection)?.get(sid);
  }

  of(connection: SimConnection): readonly Subscription[] {
    return [...(this.byConnection.get(connection)?.values() ?? [])];
  }

  remove({ connection, sid, ...subscription }: Subscription): void {
    const known = this.find(connection, sid);
    if (known === undefined) return;
    this.byConnection.get(connection)?.delete(sid);
    for (const ticker of subscription.tickers ?? [EVERY]) this.deafen(known, ticker);
  }

  /** The connection is over. */
  leave(connection: SimConnection): void {
    for (const subscription of this.of(connection)) this.remove(subscription);
    this.byConnection.delete(connection);
  }

  /** What is said of a market goes to it from now on. */
  listen(subscription: Subscription, ticker: string): void {
    const key = keyOf(subscription.channel, ticker);
    const some = this.listeners.get(key);
    if (some === undefined) this.listeners.set(key, new Set([subscription]));
    else some.add(subscription);
  }

  deafen(subscription: Subscription, ticker: string): void {
    const key = keyOf(subscription.channel, ticker);
    const some = this.listeners.get(key);
    if (some?.delete(subscription) === true && some.size === 0) this.listeners.delete(key);
  }

  /** Who hears of a market. */
  *about(channel: KalshiChannel, ticker: string): Iterable<Subscription> {
    yield* this.listeners.get(keyOf(channel, ticker)) ?? NOBODY;
    yield* this.listeners.get(keyOf(channel, EVERY)) ?? NOBODY;
  }

  *all(): Iterable<Subscription> {
    for (const own of this.byConnection.values()) yield* own.values();
  }
}

/** No market has this name. */
const EVERY = '*';
const NOBODY: ReadonlySet<Subscription> = new Set();
const keyOf = (channel: KalshiChannel, ticker: string): string => `${channel} ${ticker}`;

/** Says something with the next number of a subscription; where the venue does not number, it says none. */
export function tell(
  subscription: Subscription,
  type: string,
  body: string,
  { topic, symbol }: { readonly topic: Topic; readonly symbol: string },
): void {
  const { sid, connection, channel } = subscription;
  const isNumbered = channel === 'orderbook_delta' || channel === 'trade';
  if (isNumbered) subscription.seq += 1;
  const seq = isNumbered ? `,"seq":${subscription.seq}` : '';
  connection.send(`{"type":"${type}","sid":${sid}${seq},"msg":${body}}`, topic, symbol);
}
