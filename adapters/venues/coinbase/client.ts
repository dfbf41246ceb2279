import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import type {
  ChannelRule,
  ConnectionScript,
  FrameRequest,
  SocketLimits,
  VenueProtocol,
} from '../session/protocol.ts';
import type { RestRequest } from '../session/transport.ts';
import { AdvancedScript } from './advanced-script.ts';
import { POLL_EVERY_MS } from './connection-books.ts';
import { ExchangeScript } from './exchange-script.ts';
import { listing } from './listed-products.ts';
import {
  advancedBookRequest,
  advancedProductsRequest,
  advancedTradesRequest,
  exchangeBookRequest,
  exchangeProductsRequest,
  exchangeTradesRequest,
  HOSTS,
  REST_LIMITS,
} from './requests.ts';
import { SharedBooks } from './shared-books.ts';

export interface CoinbaseOptions {
  readonly environment: 'live' | 'sandbox';
  /** Other hosts than the venue's own, with their scheme and without a path. */
  readonly hosts?: { readonly ws?: string | undefined; readonly rest?: string | undefined } | undefined;
  /** `batch`: products per question for rules, instead of the whole list; Exchange has no such question. */
  readonly rest?: { readonly batch?: number | undefined } | undefined;
}

/** 16 level2 products on one connection were seen to work and 32 to fail; nothing is documented. */
const PRODUCTS_PER_CONNECTION = 10;
const RULES_EVERY_MS = 10 * MINUTE_MS;
/** The smallest depth that shows where the market is going, and small enough to be asked for every few seconds. */
const POLLED_LEVELS = 250;
/** More trades than the busiest product prints between two polls. */
const POLLED_TRADES = 500;
/** Where nothing numbers the changes of a book, it is compared with a picture this often. */
const WITNESS_EVERY_MS = 5 * MINUTE_MS;

const LIMITS: SocketLimits = {
  // Eight messages a second without a key; the first one has to come within five seconds.
  sendsPerSecond: 4,
  sendBurst: 4,
  // None is documented; to reconnect as planned once a day costs nothing and is known to work.
  lifetimeMs: 23 * HOUR_MS,
  // With heartbeats each second.
  silenceMs: 15 * SECOND_MS,
  // The first picture of BTC-USD is five megabytes in one message, and grew over the years.
  messageBytesMax: 64 << 20,
  connectTimeoutMs: 4 * SECOND_MS,
  heartbeat: { everyMs: 30 * SECOND_MS, text: null },
  // Eight a second are allowed.
  connectsPerMinute: 60,
};

/** Every stream begins with a picture or a history; quiet markets then say nothing for a long time. */
const FIRST_DATA_MS = 30 * SECOND_MS;
const QUIET_MS = 5 * MINUTE_MS;

const ADVANCED_CHANNELS: readonly ChannelRule[] = [
  { name: 'level2', firstDataMs: FIRST_DATA_MS, suspectMs: QUIET_MS },
  { name: 'market_trades', firstDataMs: FIRST_DATA_MS, suspectMs: null },
  { name: 'ticker', firstDataMs: null, suspectMs: null },
];

const EXCHANGE_CHANNELS: readonly ChannelRule[] = [
  { name: 'level2_batch', firstDataMs: FIRST_DATA_MS, suspectMs: QUIET_MS },
  { name: 'heartbeat', firstDataMs: FIRST_DATA_MS, suspectMs: null },
  // A product that never traded has no last match, and its heartbeats say so.
  { name: 'matches', firstDataMs: null, suspectMs: null },
  { name: 'ticker', firstDataMs: null, suspectMs: null },
];

/** Advanced Trade over its public socket, which proves by its sequence that nothing is missing. */
export function coinbaseAdvancedProtocol({
  environment,
  hosts = {},
  rest = {},
}: CoinbaseOptions): VenueProtocol {
  if (environment === 'sandbox')
    throw new RangeError(
      "environment: the sandbox of Coinbase Advanced Trade has no market data; use 'live', or the interface 'exchange'",
    );
  const { ws = HOSTS.advanced.ws, rest: host = HOSTS.advanced.rest } = hosts;
  const shared = new SharedBooks();
  const asked = askerOf(shared);
  return {
    wire: 'coinbase-advanced',
    name: 'Coinbase Advanced Trade, live',
    hasSocket: true,
    limits: LIMITS,
    channels: ADVANCED_CHANNELS,
    symbolsPerConnection: PRODUCTS_PER_CONNECTION,
    discovery: {
      ...listing(shared, RULES_EVERY_MS),
      requests: (symbols) =>
        batches(symbols, rest.batch).map((batch) => ({
          request: advancedProductsRequest(rest.batch === undefined ? [] : batch, null, host),
          channel: 'rest:products',
          symbols: batch,
          weight: 1,
        })),
    },
    script: (_connection, symbols) => new AdvancedScript(ws, shared, symbols),
    restLimits: REST_LIMITS,
    poll: (symbols) => [
      ...asked(symbols, 'rest:product_book', (product) => advancedBookRequest(product, POLLED_LEVELS, host)),
      ...asked(symbols, 'rest:ticker', (product) => advancedTradesRequest(product, POLLED_TRADES, host)),
    ],
    pollEveryMs: POLL_EVERY_MS,
    closedBecause: () => null,
    exchangeStatus: null,
  };
}

/** What Exchange offers beyond other protocols: pictures to compare books with that nothing proves to be whole. */
export interface ExchangeProtocol extends VenueProtocol {
  readonly witnessEveryMs: number;
  script(
    connection: string,
    symbols: readonly string[],
  ): ConnectionScript & { witness(symbols: readonly string[]): readonly FrameRequest[] };
}

/** Exchange over its public socket; nothing in `level2_batch` proves that no message is missing. */
export function coinbaseExchangeProtocol({ environment, hosts = {} }: CoinbaseOptions): ExchangeProtocol {
  const own = environment === 'sandbox' ? HOSTS.exchangeSandbox : HOSTS.exchange;
  const { ws = own.ws, rest: host = own.rest } = hosts;
  const shared = new SharedBooks();
  const asked = askerOf(shared);
  return {
    wire: 'coinbase-exchange',
    name: `Coinbase Exchange, ${environment}`,
    hasSocket: true,
    limits: LIMITS,
    channels: EXCHANGE_CHANNELS,
    symbolsPerConnection: PRODUCTS_PER_CONNECTION,
    discovery: {
      ...listing(shared, RULES_EVERY_MS),
      requests: (symbols) => [
        { request: exchangeProductsRequest(host), channel: 'rest:products', symbols, weight: 1 },
      ],
    },
    script: (_connection, symbols) =>
      new ExchangeScript({
        url: ws,
        shared,
        symbols,
        book: (product, of) => askFor('rest:book', product, of, exchangeBookRequest(product, host)),
      }),
    restLimits: REST_LIMITS,
    poll: (symbols) => [
      ...asked(symbols, 'rest:book', (product) => exchangeBookRequest(product, host)),
      ...asked(symbols, 'rest:trades', (product) => exchangeTradesRequest(product, POLLED_TRADES, host)),
    ],
    pollEveryMs: POLL_EVERY_MS,
    witnessEveryMs: WITNESS_EVERY_MS,
    closedBecause: () => null,
    exchangeStatus: null,
  };
}

/** Questions about symbols, one for each product that shows them. */
const askerOf =
  (shared: SharedBooks) =>
  (
    symbols: readonly string[],
    channel: string,
    request: (product: string) => RestRequest,
  ): readonly FrameRequest[] =>
    [...Map.groupBy(symbols, (symbol) => shared.bookOf(symbol))].map(([product, of]) =>
      askFor(channel, product, of, request(product)),
    );

const askFor = (
  channel: string,
  product: string,
  symbols: readonly string[],
  request: RestRequest,
): FrameRequest => ({ request, channel: `${channel}:${product}`, symbols, weight: 1 });

function batches(symbols: readonly string[], size = symbols.length): readonly (readonly string[])[] {
  const all: (readonly string[])[] = [];
  for (let from = 0; from < symbols.length; from += size) all.push(symbols.slice(from, from + size));
  return all;
}
