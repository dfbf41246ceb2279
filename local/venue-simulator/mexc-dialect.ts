import { MexcMarket, mexcChannels } from './mexc-market.ts';
import { MexcRest } from './mexc-rest.ts';
import { objectIn } from './object-in.ts';
import { RateMeter } from './rate-meter.ts';
import type { SimConnection } from './sim-connection.ts';
import type { SimAnswer, SimDialect, SimRefusal, SimRequest, SimUpgrade, VenueDesk } from './sim-dialect.ts';
import { MEXC_HOSTS } from './sim-hosts.ts';
import type { SimMarket } from './sim-market.ts';
import { StreamRegistry } from './stream-registry.ts';

const LIFETIME_MS = 24 * 3_600_000;
/** More subscriptions than this do not take effect, though they are acknowledged. */
const CHANNELS_MAX = 30;
const MESSAGES_PER_SECOND = 100;
const MESSAGE_BYTES_MAX = 1_024;
const WITHOUT_CHANNEL_MS = 30_000;
/** Without data of ours and pings of theirs. */
const SILENT_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
const POLICY = 1008;
const NORMAL = 1000;
const ID_STEP_BACK = 500_000_000;

interface Client {
  readonly meter: RateMeter;
  pingAt: number;
  sent: number;
  sentAt: number;
}

/** MEXC Spot V3: requests and answers in JSON, market data in protobuf. */
export class SimMexc implements SimDialect {
  readonly wire = 'mexc-spot';
  readonly hosts = MEXC_HOSTS;
  private readonly desk: VenueDesk;
  private readonly rest: MexcRest;
  private readonly registry = new StreamRegistry();
  private readonly clients = new Map<SimConnection, Client>();
  private readonly markets = new Map<SimMarket, MexcMarket>();
  /** Symbols by the channels that are carried of them. */
  private readonly channels: ReadonlyMap<string, string>;
  private isFast = false;
  private seconds = 0;

  constructor(desk: VenueDesk) {
    this.desk = desk;
    this.rest = new MexcRest(desk);
    for (const market of desk.floor.markets)
      this.markets.set(market, new MexcMarket(market, desk, this.registry));
    this.channels = new Map(
      desk.floor.markets.flatMap(({ symbol }) =>
        mexcChannels(symbol).map((channel) => [channel, symbol] as const),
      ),
    );
    desk.every(100, () => this.beat(100));
    desk.every(1_000, () => this.beatSecond());
  }

  admit(_request: SimUpgrade): SimRefusal | null {
    return null;
  }

  opened(connection: SimConnection): void {
    const now = this.desk.timers.now();
    const meter = new RateMeter(MESSAGES_PER_SECOND, 1_000);
    this.clients.set(connection, { meter, pingAt: now, sent: 0, sentAt: now });
    connection.every(LOOK_EVERY_MS, () => this.look(connection));
    connection.later(LIFETIME_MS, () => connection.close(NORMAL, ''));
  }

  heard(connection: SimConnection, text: string): void {
    const client = this.clients.get(connection);
    if (client === undefined) return;
    if (!client.meter.take(this.desk.timers.now())) {
      connection.close(POLICY, 'too many messages');
      return;
    }
    if (text.length > MESSAGE_BYTES_MAX) return;
    const { method, params, id } = objectIn(text) ?? {};
    const number = typeof id === 'number' ? id : 0;
    const channels = Array.isArray(params) ? params.map(String) : [];
    switch (method) {
      case 'PING':
        client.pingAt = this.desk.timers.now();
        connection.send('{"id":0,"code":0,"msg":"PONG"}', 'beat');
        return;
      case 'SUBSCRIPTION':
        connection.later(this.desk.faults.sumMs('late_ack'), () =>
          this.acknowledge(connection, number, this.subscribe(connection, channels)),
        );
        return;
      case 'UNSUBSCRIPTION':
        for (const channel of channels) this.registry.remove(connection, channel);
        this.acknowledge(connection, number, channels.join(','));
        return;
      default:
        this.acknowledge(connection, number, 'msg format invalid');
    }
  }

  closed(connection: SimConnection): void {
    this.registry.leave(connection);
    this.clients.delete(connection);
  }

  moved(market: SimMarket): void {
    this.markets.get(market)?.moved();
  }

  restartIds(markets: readonly SimMarket[]): void {
    this.rest.restart();
    for (const market of markets) {
      const { updateId, tradeId } = market.book;
      market.restartIds(Math.max(1, updateId - ID_STEP_BACK), tradeId, this.desk.timers.now());
      this.markets.get(market)?.restart();
    }
  }

  answer(request: SimRequest): SimAnswer {
    return this.rest.answer(request);
  }

  /** Subscribes what it carries; what it says of the request, whose failures only the text tells. */
  private subscribe(connection: SimConnection, channels: readonly string[]): string {
    const blocked = channels.filter((channel) => this.isBlocked(connection, channel));
    const good = channels.filter((channel) => !blocked.includes(channel));
    for (const channel of good) {
      if (connection.streams.size >= CHANNELS_MAX) break;
      this.registry.add(connection, channel);
      if (channel.includes('@10ms@')) this.beFast();
    }
    if (blocked.length === 0) return good.join(',');
    const failure = `Not Subscribed successfully! [${blocked.join(',')}].  Reason\uFF1A Blocked! `;
    return good.length === 0 ? failure : `Subscribed successful! [${good.join(',')}]. ${failure}`;
  }

  private isBlocked(connection: SimConnection, channel: string): boolean {
    const symbol = this.channels.get(channel);
    if (symbol === undefined) return true;
    const { faults } = this.desk;
    const hidden = faults.find('hidden_refusal', symbol, connection.n);
    if (hidden !== undefined) faults.strike(hidden, connection.n, symbol);
    return hidden !== undefined;
  }

  private acknowledge(connection: SimConnection, id: number, msg: string): void {
    connection.send(JSON.stringify({ id, code: 0, msg }), 'ack');
  }

  /** Channels of 10 ms are rare, so that their beat begins with the first of them. */
  private beFast(): void {
    if (this.isFast) return;
    this.isFast = true;
    this.desk.every(10, () => this.beat(10));
  }

  private beat(speed: 10 | 100): void {
    for (const market of this.markets.values()) market.beat(speed);
  }

  private beatSecond(): void {
    this.seconds += 1;
    for (const market of this.markets.values()) market.beatSecond(this.seconds % 3 === 0);
  }

  private look(connection: SimConnection): void {
    const client = this.clients.get(connection);
    if (client === undefined) return;
    const now = this.desk.timers.now();
    if (client.sent !== connection.sent) {
      client.sent = connection.sent;
      client.sentAt = now;
    }
    const isIdle = connection.streams.size === 0 && now - connection.openedAt >= WITHOUT_CHANNEL_MS;
    if (isIdle || now - Math.max(client.pingAt, client.sentAt) >= SILENT_MS) connection.close(NORMAL, '');
  }
}

export const mexcDialect = (desk: VenueDesk): SimMexc => new SimMexc(desk);
