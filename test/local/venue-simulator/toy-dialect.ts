import type { SimConnection } from '../../../local/venue-simulator/sim-connection.ts';
import {
  json,
  type SimAnswer,
  type SimDialect,
  type SimRefusal,
  type SimRequest,
  type SimUpgrade,
  type VenueDesk,
} from '../../../local/venue-simulator/sim-dialect.ts';
import type { SimMarket } from '../../../local/venue-simulator/sim-market.ts';

/** A dialect that does what it is told: answers `say x` with x, and writes down what it is told of. */
export class ToyDialect implements SimDialect {
  readonly wire = 'kalshi';
  readonly hosts = ['toy.example', 'rest.toy.example'];
  readonly told: string[] = [];
  readonly desk: VenueDesk;
  /** What the next request to open a socket gets. */
  refusal: SimRefusal | null = null;
  answering: SimAnswer = json('{}');

  constructor(desk: VenueDesk) {
    this.desk = desk;
  }

  admit({ url, headers }: SimUpgrade): SimRefusal | null {
    this.told.push(`knock ${url.pathname} ${headers['x-key'] ?? 'without a key'}`);
    return this.refusal;
  }

  opened({ n }: SimConnection): void {
    this.told.push(`opened ${n}`);
  }

  heard(connection: SimConnection, text: string): void {
    this.told.push(`heard ${text}`);
    const [verb, ...rest] = text.split(' ');
    if (verb === 'say') connection.send(rest.join(' '), 'other');
    if (verb === 'many') for (let n = 0; n < Number(rest[0]); n += 1) connection.send(`${n}`, 'book', 'OAK');
    if (verb === 'large') connection.send('x'.repeat(Number(rest[0])), 'other');
    if (verb === 'ping') connection.ping();
    if (verb === 'bye') connection.close(4_001, 'bye');
    if (verb === 'cut') connection.cut();
  }

  pinged(connection: SimConnection): void {
    this.told.push(`pinged by ${connection.n}`);
  }

  ponged(connection: SimConnection): void {
    this.told.push(`ponged by ${connection.n}`);
  }

  closed({ n }: SimConnection): void {
    this.told.push(`closed ${n}`);
  }

  moved(_market: SimMarket): void {}

  paused({ symbol, isOpen }: SimMarket): void {
    this.told.push(`${symbol} ${isOpen ? 'trades' : 'is paused'}`);
  }

  restartIds(markets: readonly SimMarket[]): void {
    this.told.push(`restart ${markets.map(({ symbol }) => symbol).join(' ')}`);
  }

  announceShutdown(connection: SimConnection): void {
    connection.send('going down', 'other');
  }

  answer(request: SimRequest): SimAnswer {
    this.told.push(
      `${request.method} ${request.url.pathname}${request.url.search} ${request.body}`.trimEnd(),
    );
    return this.answering;
  }
}
