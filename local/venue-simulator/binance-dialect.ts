import { BinanceMarket } from './binance-market.ts';
import { BinanceRest } from './binance-rest.ts';
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
  type VenueDesk,
} from './sim-dialect.ts';
import { BINANCE_HOSTS } from './sim-hosts.ts';
import type { SimMarket } from './sim-market.ts';
import { StreamRegistry } from './stream-registry.ts';

const BEAT_MS = 100;
const KLINES_EVERY_MS = 2_000;
const PING_EVERY_MS = 20_000;
const PONG_WITHIN_MS = 60_000;
const LIFETIME_MS = 24 * 3_600_000;
/** Messages of a client a second, its ping and pong frames included. */
const MESSAGES_PER_SECOND = 5;
const STREAMS_MAX = 1_024;
/** A larger message was seen to be ignored without a word. */
const MESSAGE_BYTES_MAX = 4_096;
const CONNECTS_MAX = 300;
const CONNECTS_SPAN_MS = 300_000;
const POLICY = 1008;
/** How far ids go back at a reset. */
const ID_STEP_BACK = 500_000_000;

interface Client {
  readonly meter: RateMeter;
  /** Messages go out bare, without their stream's name. */
  isRaw: boolean;
  pongAt: number;
}

/** Binance Spot: combined and raw streams, requests on the socket, market data by REST. */
export class SimBinance implements SimDialect {
  readonly wire = 'binance-spot';
  readonly hosts = BINANCE_HOSTS;
  private readonly desk: VenueDesk;
  private readonly rest: BinanceRest;
  private readonly registry = new StreamRegistry();
  private readonly clients = new WeakMap<SimConnection, Client>();
  private readonly connects = new RateMeter(CONNECTS_MAX, CONNECTS_SPAN_MS);
  private readonly markets = new Map<SimMarket, BinanceMarket>();
  private beats = 0;

  constructor(desk: VenueDesk) {
    this.desk = desk;
    const isRaw = (connection: SimConnection): boolean => this.clients.get(connection)?.isRaw ?? false;
    for (const market of desk.floor.markets)
      this.markets.set(market, new BinanceMarket(market, desk, this.registry, isRaw));
    this.rest = new BinanceRest(desk, this.markets);
    desk.every(BEAT_MS, () => this.beat());
    desk.every(KLINES_EVERY_MS, () => {
      for (const market of this.markets.values()) market.tellKlines();
    });
  }

  admit(_request: SimUpgrade): SimRefusal | null {
    return this.connects.take(this.desk.timers.now())
      ? null
      : json('{"code":-1003,"msg":"Too many connection attempts."}', 429, { 'retry-after': '60' });
  }

  opened(connection: SimConnection): void {
    const { pathname, searchParams } = connection.request.url;
    const named = pathname.startsWith('/ws') ? pathname.split('/')[2] : searchParams.get('streams');
    this.clients.set(connection, {
      meter: new RateMeter(MESSAGES_PER_SECOND, 1_000),
      isRaw: pathname.startsWith('/ws'),
      pongAt: this.desk.timers.now(),
    });
    this.subscribe(connection, named ? decodeURIComponent(named).split('/') : []);
    connection.every(PING_EVERY_MS, () => this.ping(connection));
    connection.later(LIFETIME_MS, () => connection.cut());
  }

  heard(connection: SimConnection, text: string): void {
    if (!this.admits(connection) || Buffer.byteLength(text) > MESSAGE_BYTES_MAX) return;
    const { id, reply, error } = this.obey(connection, text);
    const delayMs = this.desk.faults.sumMs('late_ack');
    // The shape that is seen on the wire, not the documented one.
    const answer = error
      ? `{"error":${JSON.stringify(error)},"id":${JSON.stringify(id)}}`
      : `{"result":${JSON.stringify(reply)},"id":${JSON.stringify(id)}}`;
    connection.later(delayMs, () => connection.send(answer, 'ack'));
  }

  pinged(connection: SimConnection): void {
    this.admits(connection);
  }

  ponged(connection: SimConnection): void {
    const client = this.clients.get(connection);
    if (client !== undefined) client.pongAt = this.desk.timers.now();
    this.admits(connection);
  }

  closed(connection: SimConnection): void {
    this.registry.leave(connection);
  }

  moved(market: SimMarket): void {
    this.markets.get(market)?.moved();
  }

  restartIds(markets: readonly SimMarket[]): void {
    for (const market of markets) {
      const { updateId, tradeId } = market.book;
      const now = this.desk.timers.now();
      market.restartIds(Math.max(1, updateId - ID_STEP_BACK), Math.max(1, tradeId - ID_STEP_BACK), now);
      this.markets.get(market)?.restart();
    }
  }

  announceShutdown(connection: SimConnection): void {
    const data = `{"e":"serverShutdown","E":${this.desk.now()}}`;
    const isRaw = this.clients.get(connection)?.isRaw ?? false;
    connection.send(isRaw ? data : `{"stream":"!serverShutdown","data":${data}}`, 'other');
  }

  answer(request: SimRequest): SimAnswer {
    return this.rest.answer(request);
  }

  private beat(): void {
    this.beats += 1;
    for (const market of this.markets.values()) market.beat(this.beats % 10 === 0);
  }

  private ping(connection: SimConnection): void {
    const { pongAt = 0 } = this.clients.get(connection) ?? {};
    if (this.desk.timers.now() - pongAt > PONG_WITHIN_MS) connection.cut();
    else connection.ping();
  }

  /** False when the client says too much; then its connection ends. */
  private admits(connection: SimConnection): boolean {
    const isWithin = this.clients.get(connection)?.meter.take(this.desk.timers.now()) ?? false;
    if (!isWithin) connection.close(POLICY, 'Too many requests');
    return isWithin;
  }

  private obey(connection: SimConnection, text: string): Reply {
    const request = objectIn(text);
    if (request === undefined) return wrong(null, 3, 'Invalid JSON: expected value at line 1 column 1');
    const { method, params, id = null } = request;
    const streams = Array.isArray(params) ? params.map(String) : [];
    switch (method) {
      case 'SUBSCRIBE':
        if (connection.streams.size + streams.length > STREAMS_MAX)
          return wrong(id, 4, 'Too many subscriptions');
        connection.later(this.desk.faults.sumMs('late_ack'), () => this.subscribe(connection, streams));
        return { id, reply: null };
      case 'UNSUBSCRIBE':
        for (const stream of streams) this.registry.remove(connection, stream);
        return { id, reply: null };
      case 'LIST_SUBSCRIPTIONS':
        return { id, reply: [...connection.streams] };
      case 'SET_PROPERTY':
        return this.setCombined(connection, id, params);
      case 'GET_PROPERTY':
        return { id, reply: !(this.clients.get(connection)?.isRaw ?? false) };
      default:
        return method === undefined
          ? wrong(id, 2, 'Invalid request: missing field `method` at line 1 column 73')
          : wrong(id, 2, 'Invalid request: unknown variant');
    }
  }

  private setCombined(connection: SimConnection, id: unknown, params: unknown): Reply {
    const client = this.clients.get(connection);
    const [name, value] = Array.isArray(params) ? params : [];
    if (name !== 'combined') return wrong(id, 0, 'Unknown property');
    if (typeof value !== 'boolean') return wrong(id, 1, 'Invalid value type: expected Boolean');
    if (client !== undefined) client.isRaw = !value;
    return { id, reply: null };
  }

  /** A stream that does not exist is acknowledged like any other, and stays silent; so is one that a fault hides. */
  private subscribe(connection: SimConnection, streams: readonly string[]): void {
    const { faults } = this.desk;
    for (const stream of streams) {
      const symbol = (stream.split('@')[0] ?? '').toUpperCase();
      const hidden = faults.find('hidden_refusal', symbol, connection.n);
      if (hidden === undefined) this.registry.add(connection, stream);
      else faults.strike(hidden, connection.n, symbol);
    }
  }
}

export const binanceDialect = (desk: VenueDesk): SimBinance => new SimBinance(desk);

interface Reply {
  readonly id: unknown;
  readonly reply?: unknown;
  readonly error?: { readonly code: number; readonly msg: string };
}

const wrong = (id: unknown, code: number, msg: string): Reply => ({ id, error: { code, msg } });
