import type { SimConnection } from './sim-connection.ts';
import type { VenueDesk } from './sim-dialect.ts';
import type { SimMarket } from './sim-market.ts';
import { StreamRegistry } from './stream-registry.ts';

/** Both interfaces send whoever asked for nothing in this time away. */
const SUBSCRIBE_WITHIN_MS = 5_000;
const NORMAL = 1000;

/**
 * Who gets which channel of which product, for both of Coinbase's interfaces: a product is subscribed from the moment it was
 * acknowledged, but what is slow begins later, with a picture of how things are.
 */
export class CoinbaseStreams {
  private readonly desk: VenueDesk;
  private readonly registry = new StreamRegistry();
  /** Those that asked for something, be it carried or not. */
  private readonly asked = new WeakSet<SimConnection>();

  constructor(desk: VenueDesk) {
    this.desk = desk;
  }

  opened(connection: SimConnection): void {
    connection.later(SUBSCRIBE_WITHIN_MS, () => {
      if (!this.asked.has(connection)) connection.close(NORMAL, 'no subscription');
    });
  }

  /** The client said something. */
  heard(connection: SimConnection): void {
    this.asked.add(connection);
  }

  closed(connection: SimConnection): void {
    this.registry.leave(connection);
  }

  /** Notes these as subscribed, but for what a fault hides; gives those that are new. */
  subscribe(connection: SimConnection, channel: string, products: readonly string[]): readonly string[] {
    const carried = products.filter((product) => this.carries(connection, product));
    const fresh = carried.filter((product) => !connection.streams.has(nameOf(channel, product)));
    for (const product of carried) connection.streams.add(nameOf(channel, product));
    return fresh;
  }

  /** Begins after a delay, unless it was left by then: `first` is what the listener gets before anything else. */
  begin(
    connection: SimConnection,
    channel: string,
    product: string,
    delayMs: number,
    first: (market: SimMarket) => void,
  ): void {
    connection.later(delayMs, () => {
      const market = this.desk.floor.market(product);
      if (market === undefined || !connection.streams.has(nameOf(channel, product))) return;
      first(market);
      this.registry.add(connection, nameOf(channel, product));
    });
  }

  /** Without products, the whole channel. */
  unsubscribe(connection: SimConnection, channel: string, products: readonly string[]): void {
    const left = [...connection.streams].filter((stream) =>
      products.length === 0
        ? stream.startsWith(nameOf(channel, ''))
        : products.some((product) => stream === nameOf(channel, product)),
    );
    for (const stream of left) this.registry.remove(connection, stream);
  }

  /** The full set of what a connection is subscribed to: products by channel. */
  setOf(connection: SimConnection): ReadonlyMap<string, readonly string[]> {
    const set = new Map<string, string[]>();
    for (const stream of connection.streams) {
      const [channel = '', product = ''] = stream.split(':');
      set.set(channel, [...(set.get(channel) ?? []), product]);
    }
    return set;
  }

  /** Listeners of a channel of a product, of which nothing may be said while a fault mutes it. */
  listeners(channel: string, product: string): ReadonlySet<SimConnection> {
    return this.desk.faults.isMute(product) ? NOBODY : this.registry.of(nameOf(channel, product));
  }

  private carries(connection: SimConnection, product: string): boolean {
    const { faults } = this.desk;
    const hidden = faults.find('hidden_refusal', product, connection.n);
    if (hidden !== undefined) faults.strike(hidden, connection.n, product);
    return hidden === undefined;
  }
}

const NOBODY: ReadonlySet<SimConnection> = new Set();

const nameOf = (channel: string, product: string): string => `${channel}:${product}`;
