import { expect, test } from 'vitest';
import { toListings } from '../../../adapters/venues/coinbase/catalogue.ts';
import { toCandles } from '../../../adapters/venues/coinbase/klines.ts';
import { MINUTE_MS, plusMs } from '../../../core/time.ts';
import { coinbaseAdvancedDialect } from '../../../local/venue-simulator/coinbase-advanced-dialect.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import { coinbaseListings } from '../../../local/venue-simulator/spot-listings.ts';
import { openVenue, type RawClient } from './raw-client.ts';
import { START } from './sim-world.ts';

const open = (faults: readonly Fault[] = [], count = 2) =>
  openVenue(coinbaseAdvancedDialect, coinbaseListings({ count }), faults);

interface Envelope {
  readonly channel: string;
  readonly sequence_num: number;
  readonly timestamp: string;
  readonly events: readonly Record<string, unknown>[];
}

const subscribe = (client: RawClient, channel: string, ...products: string[]): void =>
  client.say({ type: 'subscribe', channel, product_ids: products });
const on = (client: RawClient, channel: string): readonly Envelope[] =>
  (client.texts() as Envelope[]).filter((one) => one.channel === channel);

test('messages of a connection are numbered from 0 over all channels, acknowledgements included', () => {
  const { connect, until } = open();
  const [one, two] = [connect(), connect()];
  for (const client of [one, two]) {
    subscribe(client, 'heartbeats');
    subscribe(client, 'level2', 'BTC-USD', 'ETH-USD');
    subscribe(client, 'market_trades', 'BTC-USD');
    until(client === one ? 2_000 : 30_000);
  }
  for (const client of [one, two]) {
    const numbers = (client.texts() as Envelope[]).map((message) => message.sequence_num);
    expect(numbers.length).toBeGreaterThan(300);
    expect(numbers).toEqual(numbers.map((_, n) => n));
  }
});

test('an acknowledgement names all that is subscribed, after each change', () => {
  const { connect } = open();
  const client = connect();
  subscribe(client, 'heartbeats');
  subscribe(client, 'level2', 'BTC-USD', 'ETH-USD');
  client.say({ type: 'unsubscribe', channel: 'level2', product_ids: ['ETH-USD'] });
  client.say({ type: 'unsubscribe', channel: 'level2' });
  expect(on(client, 'subscriptions').map(({ events }) => events)).toEqual([
    [{ subscriptions: { heartbeats: ['heartbeats'] } }],
    [{ subscriptions: { heartbeats: ['heartbeats'], level2: ['BTC-USD', 'ETH-USD'] } }],
    [{ subscriptions: { heartbeats: ['heartbeats'], level2: ['BTC-USD'] } }],
    [{ subscriptions: { heartbeats: ['heartbeats'] } }],
  ]);
});

test('a pair in the venue coin shows the book of the dollar', () => {
  const { connect, until } = open();
  const client = connect();
  subscribe(client, 'level2', 'BTC-USDC');
  until(1_000);
  expect(on(client, 'subscriptions')[0]?.events).toEqual([{ subscriptions: { level2: ['BTC-USD'] } }]);
  expect(new Set(on(client, 'l2_data').map(({ events }) => events[0]?.['product_id']))).toEqual(
    new Set(['BTC-USD']),
  );
});

test('errors have no number, and leave things as they were', () => {
  const { connect } = open([], 2);
  const client = connect();
  subscribe(client, 'level2', 'BTC-USD', 'NOPE-USD');
  subscribe(client, 'nonsense', 'BTC-USD');
  expect(client.texts()).toEqual([
    { type: 'error', message: 'NOPE-USD is not a valid product' },
    { type: 'error', message: 'unsupported channel' },
  ]);
});

test('what a fault hides is missing from the acknowledgement, and that is all that is said', () => {
  const { connect, until } = open([{ kind: 'hidden_refusal', symbol: 'BTC-USD', atMs: 0, forMs: 60_000 }]);
  const client = connect();
  until(10);
  subscribe(client, 'level2', 'BTC-USD', 'ETH-USD');
  until(2_000);
  expect(on(client, 'subscriptions')[0]?.events).toEqual([{ subscriptions: { level2: ['ETH-USD'] } }]);
  expect(new Set(on(client, 'l2_data').map(({ events }) => events[0]?.['product_id']))).toEqual(
    new Set(['ETH-USD']),
  );
});

test('a book begins with a picture and goes on with changes; one who joins later gets a picture of its own', () => {
  const { connect, until } = open();
  const [early, late] = [connect(), connect()];
  subscribe(early, 'level2', 'BTC-USD');
  until(2_003);
  subscribe(late, 'level2', 'BTC-USD');
  until(5_000);
  for (const client of [early, late]) {
    const types = on(client, 'l2_data').map(({ events }) => events[0]?.['type']);
    expect(types.slice(0, 2)).toEqual(['snapshot', 'update']);
    expect(types.slice(1).every((type) => type === 'update')).toBe(true);
  }
  // From the picture of the late one on, both get the same.
  const [, ...shared] = on(late, 'l2_data').map(({ events }) => events);
  expect(
    on(early, 'l2_data')
      .map(({ events }) => events)
      .slice(-shared.length),
  ).toEqual(shared);
});

test('a slow picture comes later, with nothing of its product before it', () => {
  const { connect, until } = open([{ kind: 'slow_snapshot', byMs: 3_000, atMs: 0, forMs: 60_000 }]);
  const client = connect();
  until(10);
  subscribe(client, 'level2', 'BTC-USD');
  until(3_009);
  expect(on(client, 'l2_data')).toEqual([]);
  until(3_010);
  expect(on(client, 'l2_data')[0]?.events[0]?.['type']).toBe('snapshot');
});

test('trades begin with a history and come newest first, in strings, with the side of the maker', () => {
  const { connect, until, venue } = openVenue(
    coinbaseAdvancedDialect,
    coinbaseListings({ count: 1, stepMs: 10 }),
  );
  until(10_000);
  const client = connect();
  subscribe(client, 'market_trades', 'BTC-USD');
  until(20_000);
  const [history, ...news] = on(client, 'market_trades').map(({ events }) => events[0]);
  expect(history?.['type']).toBe('snapshot');
  expect(history?.['trades']).toHaveLength(50);
  const batches = news.map((event) => (event?.['trades'] as { trade_id: string; side: string }[]) ?? []);
  expect(batches.some((trades) => trades.length > 2)).toBe(true);
  const oldestFirst = batches.flatMap((trades) => trades.toReversed());
  const known = venue.floor.market('BTC-USD')?.trades(1_000) ?? [];
  const byId = new Map(known.map(({ id, aggressor }) => [`${id}`, aggressor]));
  for (const [n, { trade_id: id, side }] of oldestFirst.entries()) {
    if (n > 0) expect(Number(id)).toBe(Number(oldestFirst[n - 1]?.trade_id) + 1);
    expect(side).toBe(byId.get(id) === 'buy' ? 'SELL' : 'BUY');
  }
});

test('heartbeats count seconds, whatever the products do', () => {
  const { connect, until } = open([{ kind: 'paused', atMs: 0, forMs: 60_000 }]);
  const client = connect();
  subscribe(client, 'heartbeats');
  until(10_500);
  const counts = on(client, 'heartbeats').map(({ events }) => Number(events[0]?.['heartbeat_counter']));
  expect(counts.length).toBe(10);
  expect(counts).toEqual(counts.map((_, n) => (counts[0] ?? 0) + n));
});

test('who asks for nothing in 5 s is sent away, who hears nothing for long as well', () => {
  const { connect, until } = open([{ kind: 'paused', atMs: 0, forMs: 600_000 }]);
  const [mute, quiet] = [connect(), connect()];
  until(4_000);
  subscribe(quiet, 'level2', 'BTC-USD');
  until(5_000);
  expect([mute.got.at(-1), quiet.got.length]).toEqual(['<end 1000 no subscription>', 2]);
  until(89_000);
  expect(quiet.got.length).toBe(2);
  until(181_000);
  expect(quiet.got.at(-1)).toBe('<end 1000 idle>');
});

test('more than eight messages a second are not obeyed, more than twenty books refused, more than eight attempts refused', () => {
  const { connect, until } = open();
  const client = connect();
  for (let n = 0; n < 9; n += 1) subscribe(client, 'level2', 'BTC-USD');
  expect(client.texts().at(-1)).toEqual({ type: 'error', message: 'rate limit exceeded' });
  until(2_000);
  for (let n = 0; n < 8; n += 1) connect();
  expect(() => connect()).toThrow('429');
});

test('a mute product is silent while the other flows, loses nothing, and uses up no number', () => {
  const { connect, until, venue } = open([{ kind: 'mute', symbol: 'BTC-USD', atMs: 10_000, forMs: 10_000 }]);
  const client = connect();
  for (const channel of ['level2', 'market_trades', 'ticker'])
    subscribe(client, channel, 'BTC-USD', 'ETH-USD');
  until(10_000);
  const count = (product: string) => client.got.filter((one) => String(one).includes(`"${product}"`)).length;
  const before = [count('BTC-USD'), count('ETH-USD')];
  until(19_999);
  expect(count('BTC-USD')).toBe(before[0]);
  expect(count('ETH-USD')).toBeGreaterThan((before[1] ?? 0) + 50);
  until(30_000);
  const numbers = (client.texts() as Envelope[]).map(({ sequence_num: n }) => n);
  expect(numbers).toEqual(numbers.map((_, n) => n));
  const trades = on(client, 'market_trades').flatMap(({ events }) =>
    ((events[0]?.['trades'] ?? []) as { product_id: string; trade_id: string }[]).toReversed(),
  );
  const ids = trades
    .filter(({ product_id: product }) => product === 'BTC-USD')
    .map(({ trade_id: id }) => Number(id));
  const known =
    venue.floor
      .market('BTC-USD')
      ?.trades(1_000)
      .map(({ id }) => id) ?? [];
  expect(ids).toEqual(known.slice(0, ids.length));
  expect(known.length - ids.length).toBeLessThan(10);
});

test('ids that go back are the numbers of the connection', () => {
  const { connect, until } = open([{ kind: 'ids_back', atMs: 10_000, forMs: 1 }]);
  const client = connect();
  subscribe(client, 'heartbeats');
  until(20_500);
  expect((client.texts() as Envelope[]).map(({ sequence_num: n }) => n)).toEqual([
    ...Array.from({ length: 10 }, (_, n) => n),
    ...Array.from({ length: 11 }, (_, n) => n),
  ]);
});

test('a pause is told on the status channel and in the rules', () => {
  const { connect, until, ask } = open([{ kind: 'paused', symbol: 'BTC-USD', atMs: 5_000, forMs: 5_000 }]);
  const client = connect();
  subscribe(client, 'status', 'BTC-USD');
  const words = () =>
    on(client, 'status').map(
      ({ events }) => (events[0]?.['products'] as { status: string }[] | undefined)?.[0]?.status,
    );
  until(7_000);
  expect(words()).toEqual(['online', 'offline']);
  expect(toListings(ask('/api/v3/brokerage/market/products').body).listings[0]).toMatchObject({
    status: 'offline',
    tradable: false,
  });
  until(12_000);
  expect(words()).toEqual(['online', 'offline', 'online']);
});

test('its list is read by the catalogue, pairs in the venue coin included', () => {
  const { ask } = open();
  const { listings, problems, next } = toListings(
    ask('/api/v3/brokerage/market/products?product_type=SPOT').body,
  );
  expect([problems, next]).toEqual([[], null]);
  expect(
    listings.map(({ instrument, tradable }) => [instrument.symbol, instrument.quoteAsset, tradable]),
  ).toEqual([
    ['BTC-USD', 'USD', true],
    ['BTC-USDC', 'USDC', true],
    ['ETH-USD', 'USD', true],
    ['ETH-USDC', 'USDC', true],
  ]);
  expect(listings[0]?.instrument.tickSize).toBe(coinbaseListings()[0]?.instrument.tickSize);
  expect(Number(listings[0]?.volume24h)).toBeGreaterThan(0);
});

test('its bars are read as candles, at most 350 of them', () => {
  const { ask, until } = open();
  until(5 * MINUTE_MS);
  const now = plusMs(START, 5 * MINUTE_MS);
  const bars = (start: number, end: number, granularity: string) =>
    ask(
      `/api/v3/brokerage/market/products/BTC-USD/candles?start=${start / 1_000}&end=${end / 1_000}&granularity=${granularity}`,
    );
  const from = START - 20_000 - 60 * MINUTE_MS;
  const { candles, problems } = toCandles(bars(from, from + 64 * MINUTE_MS, 'ONE_MINUTE').body, '1m', now);
  expect([problems, candles.length]).toEqual([[], 65]);
  expect(bars(from, from + 351 * MINUTE_MS, 'ONE_MINUTE').status).toBe(200); // nothing is known of the future
  expect(bars(from - 400 * MINUTE_MS, from, 'ONE_MINUTE').status).toBe(400);
  expect(bars(from, now, 'ONE_FORTNIGHT').status).toBe(400);
});

test('answers are kept for a second, and ten a second are answered', () => {
  const { ask, until } = open();
  const book = '/api/v3/brokerage/market/product_book?product_id=BTC-USD&limit=5';
  until(1_000);
  const first = ask(book);
  expect((first.value as { pricebook: { bids: unknown[] } }).pricebook.bids).toHaveLength(5);
  until(1_999);
  expect(ask(book).body).toBe(first.body);
  until(2_900);
  expect(ask(book).body).not.toBe(first.body);
  const statuses = Array.from({ length: 11 }, () => ask('/api/v3/brokerage/time').status);
  // One of the last second was asked for before.
  expect(statuses.filter((status) => status === 429).length).toBe(3);
});

test.each([
  { path: '/api/v3/brokerage/time', status: 200 },
  { path: '/api/v3/brokerage/market/products/BTC-USDC', status: 200 },
  { path: '/api/v3/brokerage/market/products/BTC-USD/ticker?limit=3', status: 200 },
  { path: '/api/v3/brokerage/market/products/BTC-USD/ticker', status: 400 },
  { path: '/api/v3/brokerage/market/products/NOPE-USD', status: 404 },
  { path: '/api/v3/brokerage/orders', status: 404 },
])('$path is answered with $status', ({ path, status }) => {
  expect(open().ask(path).status).toBe(status);
});
