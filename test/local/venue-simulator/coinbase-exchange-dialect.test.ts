import { expect, test } from 'vitest';
import { toListings } from '../../../adapters/venues/coinbase/catalogue.ts';
import { toCandles } from '../../../adapters/venues/coinbase/klines.ts';
import { epochMs, isoTime, MINUTE_MS, plusMs } from '../../../core/time.ts';
import { coinbaseExchangeDialect } from '../../../local/venue-simulator/coinbase-exchange-dialect.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import { coinbaseListings } from '../../../local/venue-simulator/spot-listings.ts';
import { openVenue, type RawClient } from './raw-client.ts';
import { START } from './sim-world.ts';

const open = (faults: readonly Fault[] = []) =>
  openVenue(coinbaseExchangeDialect, coinbaseListings({ count: 2 }), faults);

type Message = Readonly<Record<string, unknown>>;
const of = (client: RawClient, type: string): readonly Message[] =>
  (client.texts() as Message[]).filter((one) => one['type'] === type);

test('channels are named alone, or with products of their own; the answer names all of them', () => {
  const { connect } = open();
  const client = connect();
  client.say({
    type: 'subscribe',
    product_ids: ['BTC-USD'],
    channels: ['level2_batch', { name: 'ticker', product_ids: ['ETH-USD'] }],
  });
  client.say({ type: 'unsubscribe', product_ids: ['BTC-USD'], channels: ['level2_batch'] });
  expect(of(client, 'subscriptions')).toEqual([
    {
      type: 'subscriptions',
      channels: [
        { name: 'level2_batch', product_ids: ['BTC-USD'] },
        { name: 'ticker', product_ids: ['ETH-USD'] },
      ],
    },
    { type: 'subscriptions', channels: [{ name: 'ticker', product_ids: ['ETH-USD'] }] },
  ]);
});

test.each([
  { channels: ['level2'], products: ['BTC-USD'], reason: 'level2 subscriptions require authentication' },
  { channels: ['nonsense'], products: ['BTC-USD'], reason: 'nonsense is not a valid channel' },
  { channels: ['matches'], products: ['BTC-USD', 'NOPE-USD'], reason: 'NOPE-USD is not a valid product' },
])('$reason, and the whole request is refused', ({ channels, products, reason }) => {
  const { connect, until } = open();
  const client = connect();
  client.say({ type: 'subscribe', product_ids: products, channels });
  until(3_000);
  expect(client.texts()).toEqual([{ type: 'error', message: 'Failed to subscribe', reason }]);
});

test('a book begins with a picture; changes are absolute, 0 for what is gone, and have no numbers', () => {
  const { connect, until, venue } = open();
  const client = connect();
  client.say({ type: 'subscribe', product_ids: ['BTC-USD'], channels: ['level2_batch'] });
  // A tenth beyond a beat of 50 ms, so that all was told.
  until(30_000);
  const [picture, ...updates] = client.texts().slice(1) as Message[];
  expect(Object.keys(picture ?? {})).toEqual(['type', 'product_id', 'bids', 'asks']);
  expect(new Set(updates.map((one) => Object.keys(one).join()))).toEqual(
    new Set(['type,product_id,time,changes']),
  );
  const sides = { buy: new Map<string, string>(), sell: new Map<string, string>() };
  for (const [price, size] of (picture?.['bids'] ?? []) as [string, string][]) sides.buy.set(price, size);
  for (const [price, size] of (picture?.['asks'] ?? []) as [string, string][]) sides.sell.set(price, size);
  for (const { changes } of updates)
    for (const [side, price, size] of changes as ['buy' | 'sell', string, string][])
      if (size === '0') sides[side].delete(price);
      else sides[side].set(price, size);
  const market = venue.floor.market('BTC-USD');
  const shown = (side: 'bids' | 'asks') =>
    new Map(
      market?.book
        .levels(side, 1_000)
        .map(({ tick, lots }) => [market.prices.of(tick), market.sizes.of(lots)]),
    );
  expect([sides.buy, sides.sell]).toEqual([shown('bids'), shown('asks')]);
});

test('matches name the maker, in numbers without a hole, after the last one of before', () => {
  const { connect, until, venue } = open();
  until(10_000);
  const client = connect();
  client.say({ type: 'subscribe', product_ids: ['BTC-USD'], channels: ['matches', 'heartbeat'] });
  until(30_000);
  const [last, ...others] = of(client, 'last_match');
  const matches = of(client, 'match');
  expect(others).toEqual([]);
  expect(Object.keys(matches[0] ?? {})).toEqual([
    'type',
    'trade_id',
    'sequence',
    'maker_order_id',
    'taker_order_id',
    'time',
    'product_id',
    'size',
    'price',
    'side',
  ]);
  const known = new Map(
    venue.floor
      .market('BTC-USD')
      ?.trades(1_000)
      .map(({ id, aggressor }) => [id, aggressor]),
  );
  for (const [n, { trade_id: id, side }] of matches.entries()) {
    expect(id).toBe(Number((n === 0 ? last : matches[n - 1])?.['trade_id']) + 1);
    expect(side).toBe(known.get(Number(id)) === 'buy' ? 'sell' : 'buy');
  }
  const beats = of(client, 'heartbeat');
  expect(beats.length).toBe(20);
  expect(beats.at(-1)?.['last_trade_id']).toBe(matches.at(-1)?.['trade_id']);
});

test('a pause is told to those who follow the status', () => {
  const { connect, until, ask } = open([{ kind: 'paused', symbol: 'BTC-USD', atMs: 1_000, forMs: 60_000 }]);
  const client = connect();
  client.say({ type: 'subscribe', product_ids: ['BTC-USD'], channels: ['status'] });
  until(2_000);
  expect(
    of(client, 'status').map(({ products }) => (products as Message[])[0]?.['trading_disabled']),
  ).toEqual([false, true]);
  expect(toListings(ask('/products').body).listings.map(({ tradable }) => tradable)).toEqual([false, true]);
});

test('a mute product is silent, heartbeats and matches included, and then tells all that changed', () => {
  const { connect, until } = open([{ kind: 'mute', symbol: 'BTC-USD', atMs: 10_000, forMs: 10_000 }]);
  const client = connect();
  client.say({
    type: 'subscribe',
    product_ids: ['BTC-USD'],
    channels: ['level2_batch', 'matches', 'heartbeat', 'ticker'],
  });
  until(10_000);
  const before = client.got.length;
  until(19_999);
  expect(client.got.length).toBe(before);
  until(20_100);
  const spoken = client.texts().slice(before) as Message[];
  const first = spoken.find(({ type }) => type === 'l2update');
  // Of a hundred steps or so, more than any fifty milliseconds bring.
  expect(((first?.['changes'] ?? []) as unknown[]).length).toBeGreaterThan(20);
});

test('who asks for nothing in 5 s is sent away; what is no request gets an error', () => {
  const { connect, until } = open();
  const [mute, wild] = [connect(), connect()];
  wild.say('{');
  until(5_000);
  expect(mute.got).toEqual(['<end 1000 no subscription>']);
  expect(wild.texts()).toEqual([{ type: 'error', message: 'Malformed JSON' }]);
});

test('a request without a name of the caller is refused, sixteen in a second as well', () => {
  const { ask } = open();
  expect(ask('/time', {}).status).toBe(400);
  const statuses = Array.from({ length: 16 }, () => ask('/time').status);
  expect(statuses.filter((status) => status === 429).length).toBe(1);
});

test('its list, its bars and its trades are read by the client code', () => {
  const { ask, until } = open();
  until(5 * MINUTE_MS);
  const now = plusMs(START, 5 * MINUTE_MS);
  const { listings, problems } = toListings(ask('/products').body);
  expect([problems, listings.map(({ instrument }) => instrument.symbol)]).toEqual([
    [],
    ['BTC-USD', 'ETH-USD'],
  ]);
  const from = epochMs(START - 20_000 - 60 * MINUTE_MS);
  const range = `start=${isoTime(from)}&end=${isoTime(plusMs(from, 64 * MINUTE_MS))}`;
  const bars = toCandles(ask(`/products/BTC-USD/candles?granularity=60&${range}`).body, '1m', now);
  expect([bars.problems, bars.candles.length]).toEqual([[], 65]);
  const [newest, before] = ask('/products/BTC-USD/trades?limit=2').value as { trade_id: number }[];
  expect(newest?.trade_id).toBe((before?.trade_id ?? 0) + 1);
});

test.each([
  { path: '/products/BTC-USD', status: 200 },
  { path: '/products/BTC-USD/ticker', status: 200 },
  { path: '/products/BTC-USD/stats', status: 200 },
  { path: '/products/NOPE-USD', status: 404 },
  { path: '/orders', status: 404 },
  { path: '/products/BTC-USD/candles?granularity=61', status: 400 },
])('$path is answered with $status', ({ path, status }) => {
  expect(open().ask(path).status).toBe(status);
});

test('level 1 of a book is its best of each side, level 2 all of it', () => {
  const { ask, venue } = open();
  const sizes = (level: number) => {
    const { bids, asks } = ask(`/products/BTC-USD/book?level=${level}`).value as {
      bids: unknown[];
      asks: unknown[];
    };
    return [bids.length, asks.length];
  };
  const book = venue.floor.market('BTC-USD')?.book;
  expect([sizes(1), sizes(2)]).toEqual([
    [1, 1],
    [book?.sizeOf('bids'), book?.sizeOf('asks')],
  ]);
});
