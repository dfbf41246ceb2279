import { expect, test } from 'vitest';
import { addTickers, toListings } from '../../../adapters/venues/binance/catalogue.ts';
import { toCandles } from '../../../adapters/venues/binance/klines.ts';
import { HOUR_MS, MINUTE_MS, plusMs } from '../../../core/time.ts';
import { binanceDialect } from '../../../local/venue-simulator/binance-dialect.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import { binanceListings } from '../../../local/venue-simulator/spot-listings.ts';
import { openVenue } from './raw-client.ts';
import { START } from './sim-world.ts';

const open = (faults: readonly Fault[] = []) =>
  openVenue(binanceDialect, binanceListings({ count: 2 }), faults);

/** Messages of one stream, without their envelope. */
const ofStream = (texts: readonly unknown[], name: string): readonly Record<string, unknown>[] =>
  texts.flatMap((one) => {
    const { stream, data } = one as { stream?: string; data?: Record<string, unknown> };
    return stream === name && data !== undefined ? [data] : [];
  });

test('requests are answered with their id, errors in the shape that is seen on the wire', () => {
  const { connect, until } = open();
  const client = connect('ws://x/stream');
  client.say({ method: 'SUBSCRIBE', params: ['btcusdt@trade', 'btcusdt@nonsense'], id: 1 });
  client.say({ method: 'LIST_SUBSCRIPTIONS', id: 'two' });
  until(1_001);
  client.say({ method: 'GET_PROPERTY', params: ['combined'], id: 3 });
  client.say({ method: 'SET_PROPERTY', params: ['colour', true], id: 4 });
  client.say({ method: 'SET_PROPERTY', params: ['combined', 'yes'], id: 5 });
  client.say({ params: [], id: 6 });
  client.say('{');
  const answers = client.texts().filter((one) => typeof one === 'object' && one !== null && 'id' in one);
  expect(answers).toEqual([
    { result: null, id: 1 },
    // A stream that does not exist is taken like any other.
    { result: ['btcusdt@trade', 'btcusdt@nonsense'], id: 'two' },
    { result: true, id: 3 },
    { error: { code: 0, msg: 'Unknown property' }, id: 4 },
    { error: { code: 1, msg: 'Invalid value type: expected Boolean' }, id: 5 },
    { error: { code: 2, msg: 'Invalid request: missing field `method` at line 1 column 73' }, id: 6 },
    { error: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' }, id: null },
  ]);
});

test.each([
  { stream: 'btcusdt@trade', keys: ['e', 'E', 's', 't', 'p', 'q', 'T', 'm', 'M'] },
  { stream: 'btcusdt@aggTrade', keys: ['e', 'E', 's', 'a', 'p', 'q', 'f', 'l', 'T', 'm', 'M'] },
  { stream: 'btcusdt@bookTicker', keys: ['u', 's', 'b', 'B', 'a', 'A'] },
  { stream: 'btcusdt@depth', keys: ['e', 'E', 's', 'U', 'u', 'b', 'a'] },
  { stream: 'btcusdt@depth@100ms', keys: ['e', 'E', 's', 'U', 'u', 'b', 'a'] },
  { stream: 'btcusdt@depth5', keys: ['lastUpdateId', 'bids', 'asks'] },
  { stream: 'btcusdt@depth20@100ms', keys: ['lastUpdateId', 'bids', 'asks'] },
  { stream: 'btcusdt@kline_1m', keys: ['e', 'E', 's', 'k'] },
  { stream: 'btcusdt@miniTicker', keys: ['e', 'E', 's', 'c', 'o', 'h', 'l', 'v', 'q'] },
])('$stream is written with the fields of the venue, in their order', ({ stream, keys }) => {
  const { connect, until } = open();
  const combined = connect(`ws://x/stream?streams=${stream}`);
  const raw = connect(`ws://x/ws/${stream}`);
  until(30_000);
  const messages = ofStream(combined.texts(), stream);
  expect(messages.length).toBeGreaterThan(2);
  for (const message of messages) expect(Object.keys(message)).toEqual(keys);
  // Without an envelope the same is said.
  expect(raw.texts().filter((one) => typeof one === 'object')).toEqual(messages);
});

test('diffs of both speeds continue each other without a hole, and none is empty', () => {
  const { connect, until } = open();
  const client = connect('ws://x/stream?streams=btcusdt@depth@100ms/btcusdt@depth');
  until(60_000);
  for (const stream of ['btcusdt@depth@100ms', 'btcusdt@depth']) {
    const diffs = ofStream(client.texts(), stream);
    expect(diffs.length).toBeGreaterThan(50);
    for (const [n, { U, u, b, a }] of diffs.entries()) {
      if (n > 0) expect(U).toBe(Number(diffs[n - 1]?.['u']) + 1);
      expect(Number(U) <= Number(u)).toBe(true);
      expect((b as unknown[]).length + (a as unknown[]).length).toBeGreaterThan(0);
    }
  }
});

test('a sixth message in a second ends the connection, pong frames included', () => {
  const { connect, until } = open();
  const [talker, ponger] = [connect(), connect()];
  for (let n = 0; n < 5; n += 1) talker.say({ method: 'LIST_SUBSCRIPTIONS', id: n });
  expect(talker.got.at(-1)).toBe('{"result":[],"id":4}');
  talker.say({ method: 'LIST_SUBSCRIPTIONS', id: 5 });
  expect(talker.got.at(-1)).toBe('<end 1008 Too many requests>');
  until(2_000);
  for (let n = 0; n < 6; n += 1) ponger.pong();
  expect(ponger.got.at(-1)).toBe('<end 1008 Too many requests>');
});

test('a request above 4096 bytes is ignored without a word, more than 1024 streams are refused', () => {
  const { connect, until } = open();
  const client = connect();
  client.say({
    method: 'SUBSCRIBE',
    params: Array.from({ length: 300 }, (_, n) => `coin${n}usdt@trade`),
    id: 1,
  });
  expect(client.got).toEqual([]);
  for (let n = 0; n < 9; n += 1) {
    until(1_001 * (n + 1));
    const params = Array.from({ length: 120 }, (_, m) => `s${120 * n + m}@trade`);
    client.say({ method: 'SUBSCRIBE', params, id: n });
  }
  // 8 x 120 = 960 fit, 1080 do not.
  expect(client.texts().at(-2)).toEqual({ result: null, id: 7 });
  expect(client.texts().at(-1)).toEqual({ error: { code: 4, msg: 'Too many subscriptions' }, id: 8 });
});

test('the venue pings every 20 s and cuts who does not answer for a minute', () => {
  const { connect, until } = open();
  const [good, silent] = [connect(), connect()];
  for (let at = 20_000; at <= 200_000; at += 20_000) {
    until(at);
    good.pong();
  }
  expect(good.got).toEqual(Array.from({ length: 10 }, () => '<ping>'));
  expect(silent.got).toEqual(['<ping>', '<ping>', '<ping>', '<end 1006>']);
});

test('a connection is cut after a day', () => {
  const { connect, until } = openVenue(binanceDialect, binanceListings({ count: 1, stepMs: MINUTE_MS }));
  const client = connect();
  for (let at = 20_000; at < 25 * HOUR_MS; at += 20_000) {
    until(at);
    client.pong();
  }
  expect(client.got.filter((one) => one !== '<ping>')).toEqual(['<end 1006>']);
  expect(client.got.length).toBe(24 * 180); // 4319 pings and the end
});

test('a restart is announced on its own stream, and bare to whoever wants no streams', () => {
  const { connect, until } = open([{ kind: 'shutdown', atMs: 1_000, forMs: 1_000 }]);
  const [combined, raw] = [connect('ws://x/stream'), connect('ws://x/ws')];
  until(1_500);
  expect(combined.texts()).toEqual([
    { stream: '!serverShutdown', data: { e: 'serverShutdown', E: START + 1_000 } },
  ]);
  expect(raw.texts()).toEqual([{ e: 'serverShutdown', E: START + 1_000 }]);
});

test('attempts to connect are counted by address: the 301st in five minutes is refused', () => {
  const { connect } = open();
  for (let n = 0; n < 300; n += 1) connect().leave();
  expect(() => connect()).toThrow('429');
});

test('its lists are read by the catalogue, with the rules of each symbol', () => {
  const { ask } = open();
  const { listings, problems } = toListings(ask('/api/v3/exchangeInfo').body);
  const priced = addTickers(listings, ask('/api/v3/ticker/24hr').body);
  expect([problems, priced.problems]).toEqual([[], []]);
  expect(priced.listings.map(({ instrument, tradable }) => [instrument.symbol, tradable])).toEqual([
    ['BTCUSDT', true],
    ['ETHUSDT', true],
  ]);
  for (const [n, { instrument, bestBid, bestAsk, volume24h }] of priced.listings.entries()) {
    expect(instrument).toMatchObject({
      tickSize: binanceListings()[n]?.instrument.tickSize,
      lotSize: binanceListings()[n]?.instrument.lotSize,
    });
    expect(Number(bestBid) < Number(bestAsk) && Number(volume24h) > 0).toBe(true);
  }
});

test('its bars are read as candles, history and those of its own trades', () => {
  const { ask, until } = open();
  until(10 * MINUTE_MS);
  const now = plusMs(START, 10 * MINUTE_MS);
  for (const interval of ['1m', '5m', '15m', '1h', '1d'] as const) {
    const { candles, problems } = toCandles(
      ask(`/api/v3/klines?symbol=BTCUSDT&interval=${interval}&limit=30`).body,
      interval,
      now,
    );
    expect(problems).toEqual([]);
    expect(candles.length).toBeGreaterThanOrEqual(29);
  }
  const from = START - 20_000;
  const { body } = ask(
    `/api/v3/klines?symbol=BTCUSDT&interval=1m&startTime=${from}&endTime=${from + 180_000}`,
  );
  expect(toCandles(body, '1m', now).candles.map(({ start }) => (start - from) / MINUTE_MS)).toEqual([
    0, 1, 2, 3,
  ]);
});

test('requests cost their weight; too much is answered with 429, going on with a ban', () => {
  const { ask } = open();
  expect(ask('/api/v3/depth?symbol=BTCUSDT&limit=5000').headers['x-mbx-used-weight-1m']).toBe('250');
  expect(ask('/api/v3/depth?symbol=BTCUSDT').headers['x-mbx-used-weight-1m']).toBe('255');
  for (let n = 0; n < 22; n += 1) ask('/api/v3/depth?symbol=BTCUSDT&limit=5000');
  // 23 x 250 + 5 = 5755 of 6000 are used.
  const statuses = Array.from({ length: 7 }, () => ask('/api/v3/depth?symbol=BTCUSDT&limit=5000'));
  expect(statuses.map(({ status, headers }) => `${status} ${headers['retry-after']}`)).toEqual([
    '429 60',
    '429 60',
    '429 60',
    '429 60',
    '429 60',
    '418 120',
    '418 120',
  ]);
});

test.each([
  { path: '/api/v3/depth', status: 400, code: -1102 },
  { path: '/api/v3/depth?symbol=NOPE', status: 400, code: -1121 },
  { path: '/api/v3/exchangeInfo?symbols=["BTCUSDT","NOPE"]', status: 400, code: -1121 },
  { path: '/api/v3/klines?symbol=BTCUSDT&interval=7m', status: 400, code: -1120 },
])('$path is refused with $code', ({ path, status, code }) => {
  expect(open().ask(path)).toMatchObject({ status, value: { code } });
});

test('the small endpoints answer as the venue does', () => {
  const { ask, until } = open();
  until(5_000);
  expect(ask('/api/v3/ping').value).toEqual({});
  expect(ask('/api/v3/time').value).toEqual({ serverTime: START + 5_000 });
  expect(Object.keys(ask('/api/v3/ticker/price?symbol=BTCUSDT').value as object)).toEqual([
    'symbol',
    'price',
  ]);
  expect(ask('/api/v3/ticker/bookTicker').value).toHaveLength(2);
  expect(Object.keys(ask('/api/v3/avgPrice?symbol=BTCUSDT').value as object)).toEqual([
    'mins',
    'price',
    'closeTime',
  ]);
});

test('trades by REST are those of the stream, oldest first', () => {
  const { ask, connect, until } = open();
  const client = connect('ws://x/stream?streams=btcusdt@trade');
  until(20_000);
  const streamed = ofStream(client.texts(), 'btcusdt@trade').map(({ t, p, q, m, T }) => [
    t,
    Number(p),
    Number(q),
    m,
    T,
  ]);
  const rows = ask('/api/v3/trades?symbol=BTCUSDT&limit=1000').value as Record<string, unknown>[];
  const told = rows.map(({ id, price, qty, isBuyerMaker, time }) => [
    id,
    Number(price),
    Number(qty),
    isBuyerMaker,
    time,
  ]);
  expect(told).toEqual(streamed);
  const [, second] = rows;
  const since = ask(`/api/v3/aggTrades?symbol=BTCUSDT&fromId=${second?.['id']}&limit=2`).value as {
    a: number;
  }[];
  expect(since.map(({ a }) => a)).toEqual([second?.['id'], Number(second?.['id']) + 1]);
});

test('a paused symbol says so in its rules, and nothing in its streams', () => {
  const { ask, connect, until } = open([{ kind: 'paused', symbol: 'BTCUSDT', atMs: 1_000, forMs: 60_000 }]);
  const client = connect('ws://x/stream?streams=btcusdt@trade/btcusdt@bookTicker/btcusdt@depth@100ms');
  until(1_100);
  const before = client.got.length;
  until(15_000);
  expect(client.got.slice(before)).toEqual([]);
  const { listings } = toListings(ask('/api/v3/exchangeInfo').body);
  expect(listings.map(({ status, tradable }) => [status, tradable])).toEqual([
    ['BREAK', false],
    ['TRADING', true],
  ]);
});

test('ids that go back begin anew for diffs, pictures and trades, each continuing its own', () => {
  const { ask, connect, until } = open([{ kind: 'ids_back', symbol: 'BTCUSDT', atMs: 30_000, forMs: 1 }]);
  const client = connect('ws://x/stream?streams=btcusdt@depth@100ms/btcusdt@trade');
  until(29_999);
  const before = Number((ask('/api/v3/depth?symbol=BTCUSDT').value as { lastUpdateId: number }).lastUpdateId);
  until(60_000);
  const after = Number((ask('/api/v3/depth?symbol=BTCUSDT').value as { lastUpdateId: number }).lastUpdateId);
  expect(before - after).toBeGreaterThan(400_000_000);
  const diffs = ofStream(client.texts(), 'btcusdt@depth@100ms');
  const jumps = diffs.filter(({ U }, n) => n > 0 && U !== Number(diffs[n - 1]?.['u']) + 1);
  expect(jumps.length).toBe(1);
  const trades = ofStream(client.texts(), 'btcusdt@trade').map(({ t }) => Number(t));
  expect(trades.filter((t, n) => n > 0 && t !== (trades[n - 1] ?? 0) + 1).length).toBe(1);
});
