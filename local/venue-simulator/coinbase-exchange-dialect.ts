import { ExchangeMarket } from './coinbase-exchange-market.ts';
import { ExchangeRest } from './coinbase-exchange-rest.ts';
import { CoinbaseStreams } from './coinbase-streams.ts';
import { exchangeProduct } from './coinbase-text.ts';
import { objectIn } from './object-in.ts';
import { RateMeter } from './rate-meter.ts';
import type { SimConnection } from './sim-connection.ts';
import {
  json,
  type SimAnswer,
  type SimDialect,
  type SimRefusal,
  type SimRequest,
  type SimUpgrade,
  type Topic,
  type VenueDesk,
} from './sim-dialect.ts';
import { COINBASE_EXCHANGE_HOSTS } from './sim-hosts.ts';
import type { SimMarket } from './sim-market.ts';

const CHANNELS = ['level2_batch', 'matches', 'heartbeat', 'ticker', 'ticker_batch', 'status'] as const;
type Channel = (typeof CHANNELS)[number];
const isChannel = (name: string): name is Channel => CHANNELS.some((one) => one === name);
/** These need a key, which nobody has here. */
const KEYED: ReadonlySet<string> = new Set(['level2', 'level3', 'full', 'user', 'rfq_matches']);

const LEVELS_EVERY_MS = 50;
const SECOND_MS = 1_000;
const MESSAGES_PER_SECOND = 100;
/** Requests to connect: eight a second, and twenty at once. */
const CONNECTS_MAX = 20;
const CONNECTS_SPAN_MS = 2_500;
const NORMAL = 1000;

/** What a message of the client asks for: channels, each with its products. */
interface Wish {
  readonly channel: string;
  readonly products: readonly string[];
}

/** Coinbase Exchange: flat messages, a book without numbers. */
export class SimCoinbaseExchange implements SimDialect {
  readonly wire = 'coinbase-exchange';
  readonly hosts = COINBASE_EXCHANGE_HOSTS;
  private readonly desk: VenueDesk;
  private readonly rest: ExchangeRest;
  private readonly streams: CoinbaseStreams;
  private readonly markets: ReadonlyMap<SimMarket, ExchangeMarket>;
  /** All clients share one address. */
  private readonly messages = new RateMeter(MESSAGES_PER_SECOND, SECOND_MS);
  private readonly connects = new RateMeter(CONNECTS_MAX, CONNECTS_SPAN_MS);
  private seconds = 0;

  constructor(desk: VenueDesk) {
    this.desk = desk;
    this.rest = new ExchangeRest(desk);
    this.streams = new CoinbaseStreams(desk);
    this.markets = new Map(desk.floor.markets.map((market) => [market, new ExchangeMarket(market)]));
    desk.every(LEVELS_EVERY_MS, () => {
      for (const market of desk.floor.markets) this.flush(market);
    });
    desk.every(SECOND_MS, () => this.beat());
  }

  admit(_request: SimUpgrade): SimRefusal | null {
    return this.connects.take(this.desk.timers.now()) ? null : json('Too many connections', 429);
  }

  opened(connection: SimConnection): void {
    this.streams.opened(connection);
  }

  heard(connection: SimConnection, text: string): void {
    this.streams.heard(connection);
    if (!this.messages.take(this.desk.timers.now())) {
      connection.close(NORMAL, 'rate limit exceeded');
      return;
    }
    const message = objectIn(text) ?? {};
    const wishes = wishesIn(message);
    if (message['type'] === 'subscribe')
      connection.later(this.desk.faults.sumMs('late_ack'), () => this.subscribe(connection, wishes));
    else if (message['type'] === 'unsubscribe') {
      for (const { channel, products } of wishes)
        if (products.length > 0) this.streams.unsubscribe(connection, channel, products);
      this.acknowledge(connection);
    } else complain(connection, 'Malformed JSON');
  }

  closed(connection: SimConnection): void {
    this.streams.closed(connection);
  }

  moved(market: SimMarket): void {
    const one = this.markets.get(market);
    one?.moved();
    const now = this.desk.now();
    for (const trade of market.book.trades) {
      this.tell('matches', market, 'trade', () => one?.match('match', trade, now));
      this.tell('ticker', market, 'touch', () => one?.ticker(trade, now, true));
    }
  }

  paused(market: SimMarket): void {
    this.tell('status', market, 'other', () => statusOf([market]));
  }

  answer(request: SimRequest): SimAnswer {
    return this.rest.answer(request);
  }

  /** One product that is not listed, or a channel that needs a key, spoils the whole request. */
  private subscribe(connection: SimConnection, wishes: readonly Wish[]): void {
    const reason = this.objection(wishes);
    if (reason !== null) {
      complain(connection, 'Failed to subscribe', reason);
      return;
    }
    const fresh = wishes.flatMap(({ channel, products }) =>
      this.streams.subscribe(connection, channel, products).map((product) => ({ channel, product })),
    );
    this.acknowledge(connection);
    for (const { channel, product } of fresh)
      if (isChannel(channel)) this.begin(connection, channel, product);
  }

  private objection(wishes: readonly Wish[]): string | null {
    for (const { channel, products } of wishes) {
      if (KEYED.has(channel)) return `${channel} subscriptions require authentication`;
      if (!isChannel(channel)) return `${channel} is not a valid channel`;
      const unknown = products.find((product) => this.desk.floor.market(product) === undefined);
      if (unknown !== undefined) return `${unknown} is not a valid product`;
    }
    return null;
  }

  /** The first thing that a listener gets is how things are; only then come changes. */
  private begin(connection: SimConnection, channel: Channel, product: string): void {
    const isBook = channel === 'level2_batch';
    const delayMs = isBook ? this.desk.faults.sumMs('slow_snapshot', product) : 0;
    this.streams.begin(connection, channel, product, delayMs, (market) => {
      const first = this.first(channel, market);
      if (first !== null) connection.send(first, isBook ? 'picture' : 'other', product);
    });
  }

  private first(channel: Channel, market: SimMarket): string | null {
    const one = this.markets.get(market);
    if (one === undefined) return null;
    const [last] = market.trades(1);
    switch (channel) {
      case 'level2_batch':
        return one.snapshot();
      case 'matches':
        return last === undefined ? null : one.match('last_match', last, last.at);
      case 'ticker':
        return last === undefined ? null : one.ticker(last, this.desk.now(), true);
      case 'status':
        return statusOf([market]);
      case 'heartbeat':
      case 'ticker_batch':
        return null;
    }
  }

  /** The full set, after each change. */
  private acknowledge(connection: SimConnection): void {
    const channels = [...this.streams.setOf(connection)].map(([name, product_ids]) => ({
      name,
      product_ids,
    }));
    connection.send(JSON.stringify({ type: 'subscriptions', channels }), 'ack');
  }

  /** What changes while nothing may be said comes with the first thing that is said again. */
  private flush(market: SimMarket): void {
    if (this.desk.faults.isMute(market.symbol)) return;
    const update = this.markets.get(market)?.update(this.desk.now());
    this.tell('level2_batch', market, 'book', () => update);
  }

  private beat(): void {
    this.seconds += 1;
    const now = this.desk.now();
    for (const market of this.desk.floor.markets) {
      const one = this.markets.get(market);
      this.tell('heartbeat', market, 'beat', () => one?.heartbeat(now));
      const [last] = this.seconds % 5 === 0 ? market.trades(1) : [];
      if (last !== undefined) this.tell('ticker_batch', market, 'other', () => one?.ticker(last, now, false));
    }
  }

  /** Writes only when somebody listens. */
  private tell(
    channel: Channel,
    market: SimMarket,
    topic: Topic,
    write: () => string | null | undefined,
  ): void {
    const listeners = this.streams.listeners(channel, market.symbol);
    const text = listeners.size === 0 ? null : write();
    if (text === null || text === undefined) return;
    for (const connection of listeners) connection.send(text, topic, market.symbol);
  }
}

export const coinbaseExchangeDialect = (desk: VenueDesk): SimCoinbaseExchange =>
  new SimCoinbaseExchange(desk);

/** Channels are named alone, for the products of the message, or with products of their own. */
function wishesIn({ channels, product_ids: ids }: Readonly<Record<string, unknown>>): readonly Wish[] {
  if (!Array.isArray(channels)) return [];
  const products = textsIn(ids);
  return channels.map((channel: unknown) => {
    if (typeof channel !== 'object' || channel === null) return { channel: String(channel), products };
    const { name, product_ids: own } = channel as Readonly<Record<string, unknown>>;
    return { channel: String(name), products: own === undefined ? products : textsIn(own) };
  });
}

const textsIn = (list: unknown): readonly string[] => (Array.isArray(list) ? list.map(String) : []);

const statusOf = (markets: readonly SimMarket[]): string =>
  JSON.stringify({ type: 'status', products: markets.map(exchangeProduct), currencies: [] });

const complain = (connection: SimConnection, message: string, reason?: string): void =>
  connection.send(JSON.stringify({ type: 'error', message, reason }), 'ack');
