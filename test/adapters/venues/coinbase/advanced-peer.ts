import type { Timers } from '../../../../adapters/venues/session/timers.ts';
import type {
  RestAnswer,
  RestRequest,
  Socket,
  SocketHandlers,
  SocketRequest,
  Transport,
} from '../../../../adapters/venues/session/transport.ts';
import { ASKS, BIDS, l2, message, trades } from './advanced-frames.ts';
import { START } from './listen.ts';
import { ADVANCED_PRODUCT } from './samples.ts';

const LATENCY_MS = 20;

/** Advanced Trade at the other end of one process: product list, acknowledgements, pictures, changes, heartbeats. */
export class AdvancedPeer implements Transport {
  readonly attempts: string[] = [];
  readonly asked: string[] = [];
  /** All that was sent to it over sockets. */
  readonly received: { readonly type: string; readonly channel: string; readonly product_ids?: string[] }[] =
    [];
  /** Refused with an error instead of an acknowledgement. */
  readonly refused = new Set<string>();
  private readonly timers: Timers;
  private readonly subscribed = new Map<string, Set<string>>();
  private handlers: SocketHandlers | undefined;
  private sequence = 0;
  private changes = 0;

  constructor(timers: Timers) {
    this.timers = timers;
  }

  connect({ url }: SocketRequest, handlers: SocketHandlers): Socket {
    this.attempts.push(url);
    this.subscribed.clear();
    this.sequence = 0;
    this.timers.after(LATENCY_MS, () => {
      this.handlers = handlers;
      handlers.opened();
      this.beat(handlers);
    });
    return {
      buffered: 0,
      received: 0,
      send: (text) => void this.timers.after(LATENCY_MS, () => this.take(JSON.parse(text))),
      ping: () => undefined,
      close: () => this.cut(1_000),
    };
  }

  fetch({ url }: RestRequest, done: (answer: RestAnswer | Error) => void): () => void {
    this.asked.push(url);
    const products = ['BTC-USD', 'BTC-USDC', 'ETH-USD'].map((product_id) => ({
      ...ADVANCED_PRODUCT,
      product_id,
      alias: product_id === 'BTC-USDC' ? 'BTC-USD' : '',
    }));
    const body = JSON.stringify({ products });
    return this.timers.after(2 * LATENCY_MS, () => done({ status: 200, headers: {}, body }));
  }

  /** Messages that are numbered and never arrive. */
  lose(count: number): void {
    this.sequence += count;
  }

  cut(code: number): void {
    const { handlers } = this;
    this.handlers = undefined;
    handlers?.closed({ code, reason: '' });
  }

  private take(control: (typeof this.received)[number]): void {
    this.received.push(control);
    const { type, channel, product_ids: products = ['heartbeats'] } = control;
    const refused = products.find((product) => this.refused.has(product));
    if (refused !== undefined) {
      this.say({ raw: JSON.stringify({ type: 'error', message: `${refused} is not a valid product` }) });
      return;
    }
    const set = this.subscribed.get(channel) ?? new Set();
    this.subscribed.set(channel, set);
    for (const product of products) {
      if (type === 'unsubscribe') set.delete(product);
      else set.add(product);
      if (type === 'subscribe') this.begin(channel, product);
    }
    const all = Object.fromEntries([...this.subscribed].map(([name, of]) => [name, [...of]]));
    this.say(message('subscriptions', this.sequence++, [{ subscriptions: all }], this.ms));
  }

  private begin(channel: string, product: string): void {
    if (channel === 'level2') this.say(l2('snapshot', this.sequence++, BIDS, ASKS, product, this.ms));
    if (channel === 'market_trades') this.say(trades('snapshot', this.sequence++, [{ id: 1, product }]));
  }

  private beat(handlers: SocketHandlers): void {
    if (handlers !== this.handlers) return;
    this.say(message('heartbeats', this.sequence++, [], this.ms));
    this.changes += 1;
    for (const product of this.subscribed.get('level2') ?? [])
      this.say(l2('update', this.sequence++, [['99.00', String(this.changes)]], [], product, this.ms));
    this.timers.after(1_000, () => this.beat(handlers));
  }

  private get ms(): number {
    return this.timers.now() - START;
  }

  private say({ raw }: { readonly raw: string }): void {
    this.handlers?.message(raw);
  }
}
