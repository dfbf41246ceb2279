import { advancedStatus, advancedTime } from './coinbase-advanced-events.ts';
import { AdvancedMarket } from './coinbase-advanced-market.ts';
import { AdvancedRest } from './coinbase-advanced-rest.ts';
import { CoinbaseStreams } from './coinbase-streams.ts';
import { microTime } from './coinbase-text.ts';
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
import { COINBASE_ADVANCED_HOSTS } from './sim-hosts.ts';
import type { SimMarket } from './sim-market.ts';

/** Channels by the names under which they are subscribed, with the names in their messages. */
const NAMES = {
  heartbeats: 'heartbeats',
  candles: 'candles',
  status: 'status',
  ticker: 'ticker',
  ticker_batch: 'ticker_batch',
  level2: 'l2_data',
  market_trades: 'market_trades',
} as const;
type Channel = keyof typeof NAMES;
const isChannel = (name: unknown): name is Channel => typeof name === 'string' && Object.hasOwn(NAMES, name);

const LEVELS_EVERY_MS = 50;
const TRADES_EVERY_MS = 250;
const SECOND_MS = 1_000;
/** Heartbeats count seconds of the server's life; it is not a young one. */
const HEARTBEATS_BEFORE = 60_000;
/** A connection on which nothing is said for so long is closed. */
const QUIET_MS = 90_000;
const MESSAGES_PER_SECOND = 8;
const CONNECTS_PER_SECOND = 8;
const LEVEL2_PRODUCTS_MAX = 20;
const NORMAL = 1000;

/** Coinbase Advanced Trade: events in envelopes, numbered by connection over all channels. */
export class SimCoinbaseAdvanced implements SimDialect {
  readonly wire = 'coinbase-advanced';
  readonly hosts = COINBASE_ADVANCED_HOSTS;
  private readonly desk: VenueDesk;
  private readonly rest: AdvancedRest;
  private readonly streams: CoinbaseStreams;
  private readonly markets: ReadonlyMap<SimMarket, AdvancedMarket>;
  /** All clients share one address. */
  private readonly messages = new RateMeter(MESSAGES_PER_SECOND, SECOND_MS);
  private readonly connects = new RateMeter(CONNECTS_PER_SECOND, SECOND_MS);
  private seconds = HEARTBEATS_BEFORE;

  constructor(desk: VenueDesk) {
    this.desk = desk;
    this.rest = new AdvancedRest(desk);
    this.streams = new CoinbaseStreams(desk);
    this.markets = new Map(desk.floor.markets.map((market) => [market, new AdvancedMarket(market)]));
    desk.every(LEVELS_EVERY_MS, () => this.each((market) => this.flush(market)));
    desk.every(TRADES_EVERY_MS, () => this.each((market) => this.tellTrades(market)));
    desk.every(SECOND_MS, () => this.beat());
  }

  admit(_request: SimUpgrade): SimRefusal | null {
    return this.connects.take(this.desk.timers.now()) ? null : json('Too many connections', 429);
  }

  opened(connection: SimConnection): void {
    this.streams.opened(connection);
    let sent = -1;
    connection.every(QUIET_MS, () => {
      if (connection.sent === sent) connection.close(NORMAL, 'idle');
      sent = connection.sent;
    });
  }

  heard(connection: SimConnection, text: string): void {
    this.streams.heard(connection);
    const { type, channel, product_ids: ids } = objectIn(text) ?? {};
    const products = Array.isArray(ids) ? [...new Set(ids.map((id) => this.productOf(String(id))))] : [];
    if (!this.messages.take(this.desk.timers.now())) complain(connection, 'rate limit exceeded');
    else if (!isChannel(channel)) complain(connection, 'unsupported channel');
    else if (type === 'subscribe')
      connection.later(this.desk.faults.sumMs('late_ack'), () =>
        this.subscribe(connection, channel, products),
      );
    else if (type === 'unsubscribe') {
      this.streams.unsubscribe(connection, channel, products);
      this.acknowledge(connection);
    } else complain(connection, 'unsupported type');
  }

  closed(connection: SimConnection): void {
    this.streams.closed(connection);
  }

  moved(market: SimMarket): void {
    const one = this.markets.get(market);
    const now = this.desk.now();
    one?.moved(now);
    if (market.book.trades.length > 0)
      this.tell('ticker', market, 'touch', () => one?.ticker('update', now, true));
  }

  paused(market: SimMarket): void {
    this.tell('status', market, 'other', () => advancedStatus('update', market));
  }

  /** What counts is the connection's own number. */
  restartIds(): void {
    for (const connection of this.desk.connections()) connection.sequence = 0;
  }

  answer(request: SimRequest): SimAnswer {
    return this.rest.answer(request);
  }

  /** Several names may mean one book, which goes by its own. */
  private productOf(symbol: string): string {
    return this.desk.floor.showing(symbol)?.market.symbol ?? symbol;
  }

  private subscribe(connection: SimConnection, channel: Channel, products: readonly string[]): void {
    const objection = this.objection(connection, channel, products);
    if (objection !== null) {
      complain(connection, objection);
      return;
    }
    // Heartbeats are about no product.
    const names = channel === 'heartbeats' ? [''] : products;
    const fresh = this.streams.subscribe(connection, channel, names);
    this.acknowledge(connection);
    for (const product of fresh) {
      const delayMs = channel === 'level2' ? this.desk.faults.sumMs('slow_snapshot', product) : 0;
      this.streams.begin(connection, channel, product, delayMs, (market) =>
        this.say(connection, channel, this.first(channel, market), FIRST_TOPIC[channel], product),
      );
    }
  }

  private objection(connection: SimConnection, channel: Channel, products: readonly string[]): string | null {
    const unknown = products.find((product) => this.desk.floor.market(product) === undefined);
    if (unknown !== undefined) return `${unknown} is not a valid product`;
    const held = this.streams.setOf(connection).get('level2')?.length ?? 0;
    return channel === 'level2' && held + products.length > LEVEL2_PRODUCTS_MAX
      ? `too many L2 streams requested, the limit is ${LEVEL2_PRODUCTS_MAX}`
      : null;
  }

  /** How things are when somebody begins to listen. */
  private first(channel: Channel, market: SimMarket): string | null | undefined {
    const one = this.markets.get(market);
    const now = this.desk.now();
    switch (channel) {
      case 'level2':
        return one?.levels(now);
      case 'market_trades':
        return one?.history();
      case 'ticker':
      case 'ticker_batch':
        return one?.ticker('snapshot', now, channel === 'ticker');
      case 'candles':
        return one?.candle('snapshot', now);
      case 'status':
        return advancedStatus('snapshot', market);
      case 'heartbeats':
        return null;
    }
  }

  /** The full set, after each change. */
  private acknowledge(connection: SimConnection): void {
    const set = [...this.streams.setOf(connection)].map(
      ([channel, products]) => [channel, channel === 'heartbeats' ? [channel] : products] as const,
    );
    const events = JSON.stringify([{ subscriptions: Object.fromEntries(set) }]);
    this.say(connection, 'subscriptions', events, 'ack', '');
  }

  private each(run: (market: SimMarket) => void): void {
    for (const market of this.desk.floor.markets) run(market);
  }

  /** What changes while nothing may be said comes with the first thing that is said again: the venue loses nothing. */
  private flush(market: SimMarket): void {
    if (this.desk.faults.isMute(market.symbol)) return;
    const changes = this.markets.get(market)?.changes(this.desk.now());
    this.tell('level2', market, 'book', () => changes);
  }

  private tellTrades(market: SimMarket): void {
    if (this.desk.faults.isMute(market.symbol)) return;
    const news = this.markets.get(market)?.news();
    this.tell('market_trades', market, 'trade', () => news);
  }

  private beat(): void {
    this.seconds += 1;
    const now = this.desk.now();
    const beat = `[{"current_time":"${advancedTime(now, this.seconds)}","heartbeat_counter":${this.seconds}}]`;
    for (const connection of this.desk.connections())
      if (connection.streams.has('heartbeats:')) this.say(connection, 'heartbeats', beat, 'beat', '');
    this.each((market) => {
      const one = this.markets.get(market);
      this.tell('candles', market, 'other', () => one?.candle('update', now));
      if (this.seconds % 5 === 0)
        this.tell('ticker_batch', market, 'other', () => one?.ticker('update', now, false));
    });
  }

  /** Writes only when somebody listens. */
  private tell(
    channel: Channel,
    market: SimMarket,
    topic: Topic,
    write: () => string | null | undefined,
  ): void {
    const listeners = this.streams.listeners(channel, market.symbol);
    if (listeners.size === 0) return;
    const events = write();
    for (const connection of listeners) this.say(connection, channel, events, topic, market.symbol);
  }

  /** Says events under the connection's next number; nothing where there are none. */
  private say(
    connection: SimConnection,
    channel: Channel | 'subscriptions',
    events: string | null | undefined,
    topic: Topic,
    symbol: string,
  ): void {
    if (events === null || events === undefined) return;
    const name = channel === 'subscriptions' ? channel : NAMES[channel];
    const head = `{"channel":"${name}","client_id":"","timestamp":"${microTime(this.desk.now())}"`;
    connection.send(`${head},"sequence_num":${connection.sequence},"events":${events}}`, topic, symbol);
    connection.sequence += 1;
  }
}

export const coinbaseAdvancedDialect = (desk: VenueDesk): SimCoinbaseAdvanced =>
  new SimCoinbaseAdvanced(desk);

const FIRST_TOPIC: Readonly<Record<Channel, Topic>> = {
  heartbeats: 'beat',
  candles: 'other',
  status: 'other',
  ticker: 'touch',
  ticker_batch: 'other',
  level2: 'picture',
  market_trades: 'trade',
};

/** Errors have neither a number nor the name of a request. */
const complain = (connection: SimConnection, message: string): void =>
  connection.send(JSON.stringify({ type: 'error', message }), 'ack');
