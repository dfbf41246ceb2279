import { expect, test } from 'vitest';
import { addTickers, toListings } from '../../../adapters/venues/mexc/catalogue.ts';
import { toCandles } from '../../../adapters/venues/mexc/klines.ts';
import { decodePush, plainPush } from '../../../adapters/venues/mexc/proto.ts';
import { HOUR_MS, MINUTE_MS, plusMs } from '../../../core/time.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import { mexcDialect } from '../../../local/venue-simulator/mexc-dialect.ts';
import { mexcListings } from '../../../local/venue-simulator/spot-listings.ts';
import { openVenue, type RawClient } from './raw-client.ts';
import { START } from './sim-world.ts';

const open = (faults: readonly Fault[] = []) => openVenue(mexcDialect, mexcListings({ count: 2 }), faults);

const DEPTH = 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT';
const DEALS = 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT';
const subscribe = (client: RawClient, ...params: string[]): void =>
  client.say({ method: 'SUBSCRIPTION', params, id: 1 });

/** Binary messages of a channel, decoded by the reader's own definitions. */
function pushes(client: RawClient, channel: string): Record<string, Record<string, unknown>>[] {
  return client.got.flatMap((one) => {
    if (typeof one === 'string') return [];
    const push = decodePush(Buffer.from(one).toString('base64'));
    if (push instanceof Error) throw push;
    return push.channel === channel ? [plainPush(push) as Record<string, Record<string, unknown>>] : [];
  });
}

test('a good request is echoed, channels joined by commas, under its id', () => {
  const client = open().connect();
  subscribe(client, DEPTH, DEALS);
  expect(client.texts()).toEqual([{ id: 1, code: 0, msg: `${DEPTH},${DEALS}` }]);
});

test('a failure has code 0 as well, and hides in words with a full-width colon', () => {
  const client = open().connect();
  subscribe(client, 'spot@public.deals.v3.api@BTCUSDT');
  subscribe(client, DEPTH, 'spot@public.aggre.deals.v3.api.pb@100ms@NOPE');
  expect(client.texts()).toEqual([
    {
      id: 1,
      code: 0,
      msg: 'Not Subscribed successfully! [spot@public.deals.v3.api@BTCUSDT].  Reason： Blocked! ',
    },
    {
      id: 1,
      code: 0,
      msg: `Subscribed successful! [${DEPTH}]. Not Subscribed successfully! [spot@public.aggre.deals.v3.api.pb@100ms@NOPE].  Reason： Blocked! `,
    },
  ]);
});

test('what a fault hides is refused in the same words, however late', () => {
  const { connect, until } = open([
    { kind: 'hidden_refusal', symbol: 'BTCUSDT', atMs: 0, forMs: 60_000 },
    { kind: 'late_ack', byMs: 2_000, atMs: 0, forMs: 60_000 },
  ]);
  const client = connect();
  until(100);
  subscribe(client, DEPTH);
  until(2_099);
  expect(client.got).toEqual([]);
  until(2_100);
  expect(client.texts()).toEqual([
    { id: 1, code: 0, msg: `Not Subscribed successfully! [${DEPTH}].  Reason： Blocked! ` },
  ]);
});

test('from the 31st channel on nothing takes effect, though it is echoed', () => {
  const { connect, until } = open();
  const client = connect();
  const others = Array.from({ length: 30 }, (_, n) => n).flatMap((n) =>
    n < 15 ? mexcChannelsOf('ETHUSDT').slice(n, n + 1) : mexcChannelsOf('BTCUSDT').slice(n - 15, n - 14),
  );
  const [first, ...rest] = others.filter((one) => one !== DEPTH);
  for (const channel of [first ?? '', ...rest]) subscribe(client, channel);
  subscribe(client, 'spot@public.miniTicker.v3.api.pb@ETHUSDT@24H', DEPTH);
  expect(client.texts().at(-1)).toMatchObject({ msg: expect.stringContaining(DEPTH) });
  until(5_000);
  expect(pushes(client, DEPTH)).toEqual([]);
});

/** Fifteen channels of a symbol. */
const mexcChannelsOf = (symbol: string): readonly string[] => [
  ...['depth', 'deals', 'bookTicker'].flatMap((kind) =>
    ['10ms', '100ms'].map((speed) => `spot@public.aggre.${kind}.v3.api.pb@${speed}@${symbol}`),
  ),
  ...[5, 10, 20].map((levels) => `spot@public.limit.depth.v3.api.pb@${symbol}@${levels}`),
  ...['Min1', 'Min5', 'Min15', 'Min30', 'Min60', 'Hour4'].map(
    (interval) => `spot@public.kline.v3.api.pb@${symbol}@${interval}`,
  ),
];

test('a ping is answered in JSON', () => {
  const client = open().connect();
  client.say({ method: 'PING' });
  expect(client.got).toEqual(['{"id":0,"code":0,"msg":"PONG"}']);
});

test('who subscribes nothing is sent away after 30 s, who neither pings nor hears anything after 60 s', () => {
  const { connect, until } = open([{ kind: 'paused', atMs: 0, forMs: 10 * MINUTE_MS }]);
  const [idle, quiet, alive] = [connect(), connect(), connect()];
  subscribe(quiet, DEALS);
  subscribe(alive, DEALS);
  for (let at = 15_000; at <= 120_000; at += 15_000) {
    until(at);
    alive.say({ method: 'PING' });
  }
  expect(idle.got).toEqual(['<end 1000>']);
  expect(quiet.got.slice(1)).toEqual(['<end 1000>']);
  expect(alive.texts().at(-1)).toMatchObject({ msg: 'PONG' });
});

test('when each of them was sent away', () => {
  const { connect, until } = open([{ kind: 'paused', atMs: 0, forMs: 10 * MINUTE_MS }]);
  const [idle, quiet] = [connect(), connect()];
  subscribe(quiet, DEALS);
  const ends = [29_000, 31_000, 59_000, 62_000].map((at) => {
    until(at);
    return [idle.got.length, quiet.got.length];
  });
  expect(ends).toEqual([
    [0, 1],
    [1, 1],
    [1, 1],
    [1, 2],
  ]);
});

test('a hundred and first message in a second ends the connection; a text frame above 1024 bytes is not read', () => {
  const { connect } = open();
  const client = connect();
  client.say({ method: 'SUBSCRIPTION', params: Array.from({ length: 30 }, () => DEPTH), id: 9 });
  for (let n = 1; n < 100; n += 1) client.say({ method: 'PING' });
  expect(client.got).toEqual(Array.from({ length: 99 }, () => '{"id":0,"code":0,"msg":"PONG"}'));
  client.say({ method: 'PING' });
  expect(client.got.at(-1)).toBe('<end 1008 too many messages>');
});

test('a connection ends after a day', () => {
  const { connect, until } = openVenue(mexcDialect, mexcListings({ count: 1, stepMs: MINUTE_MS }));
  const client = connect();
  subscribe(client, DEALS);
  for (let at = 30_000; at < 25 * HOUR_MS; at += 30_000) {
    until(at);
    client.say({ method: 'PING' });
  }
  expect(client.got.at(-1)).toBe('<end 1000>');
  expect(client.got.filter((one) => typeof one === 'string' && one.includes('PONG')).length).toBe(
    24 * 120 - 1,
  );
});

test('diffs name versions that continue each other, at both speeds', () => {
  const { connect, until } = open();
  const client = connect();
  const fast = DEPTH.replace('100ms', '10ms');
  subscribe(client, DEPTH, fast);
  until(60_000);
  for (const channel of [DEPTH, fast]) {
    const versions = pushes(client, channel).map(({ publicAggreDepths: one }) => [
      Number(one?.['fromVersion']),
      Number(one?.['toVersion']),
    ]);
    expect(versions.length).toBeGreaterThan(200);
    expect(versions.filter(([from], n) => n > 0 && from !== (versions[n - 1]?.[1] ?? 0) + 1)).toEqual([]);
  }
});

test('trades of a tenth of a second come in one message, in their order, each with an id', () => {
  const { connect, until } = openVenue(mexcDialect, mexcListings({ count: 1, stepMs: 10 }));
  const client = connect();
  subscribe(client, DEALS);
  until(20_000);
  const frames = pushes(client, DEALS).map(
    ({ publicAggreDeals: one }) => one?.['deals'] as { tradeId: string }[],
  );
  expect(frames.some((deals) => deals.length > 1)).toBe(true);
  const ids = frames.flat().map(({ tradeId }) => Number(tradeId));
  expect(ids.filter((id, n) => n > 0 && id !== (ids[n - 1] ?? 0) + 1)).toEqual([]);
});

test('a trade says which side took, 1 for a buyer and 2 for a seller', () => {
  const { connect, until, venue } = open();
  const client = connect();
  subscribe(client, DEALS);
  until(30_000);
  const known = venue.floor.market('BTCUSDT')?.trades(1_000) ?? [];
  const told = pushes(client, DEALS).flatMap(
    ({ publicAggreDeals: one }) => one?.['deals'] as { tradeId: string; tradeType: number }[],
  );
  expect(told.map(({ tradeId, tradeType }) => [Number(tradeId), tradeType])).toEqual(
    known.slice(0, told.length).map(({ id, aggressor }) => [id, aggressor === 'buy' ? 1 : 2]),
  );
  expect(new Set(told.map(({ tradeType }) => tradeType))).toEqual(new Set([1, 2]));
});

test('a mute symbol is silent while the other flows, and its next diff shows a hole', () => {
  const { connect, until } = open([{ kind: 'mute', symbol: 'BTCUSDT', atMs: 10_000, forMs: 10_000 }]);
  const client = connect();
  const other = DEPTH.replace('BTCUSDT', 'ETHUSDT');
  subscribe(client, DEPTH, DEALS, other);
  until(10_000);
  const countsAt = () => [DEPTH, DEALS, other].map((channel) => pushes(client, channel).length);
  const before = countsAt();
  until(19_999);
  const after = countsAt();
  expect([after[0], after[1]]).toEqual([before[0], before[1]]);
  expect(after[2]).toBeGreaterThan((before[2] ?? 0) + 30);
  until(30_000);
  const versions = pushes(client, DEPTH).map(({ publicAggreDepths: one }) => [
    Number(one?.['fromVersion']),
    Number(one?.['toVersion']),
  ]);
  expect(versions.filter(([from], n) => n > 0 && from !== (versions[n - 1]?.[1] ?? 0) + 1).length).toBe(1);
});

test('pictures, klines and day tickers are pushed to those who want them', () => {
  const { connect, until } = open();
  const client = connect();
  const picture = 'spot@public.limit.depth.v3.api.pb@BTCUSDT@5';
  const kline = 'spot@public.kline.v3.api.pb@BTCUSDT@Min1';
  const ticker = 'spot@public.miniTicker.v3.api.pb@BTCUSDT@24H';
  subscribe(client, picture, kline, ticker);
  until(30_000);
  const [first] = pushes(client, picture);
  expect(first?.['publicLimitDepths']?.['bids']).toHaveLength(5);
  expect(pushes(client, kline).at(-1)?.['publicSpotKline']).toMatchObject({
    interval: 'Min1',
    // 30 s after 14:13:20 it is 14:13:50.
    windowStart: `${(START - 20_000) / 1_000}`,
    windowEnd: `${(START + 40_000) / 1_000}`,
  });
  expect(pushes(client, ticker).length).toBe(10);
});

test('a snapshot lags: within a second and a half the same one is answered', () => {
  const { ask, until } = open();
  until(10_000);
  const first = ask('/api/v3/depth?symbol=BTCUSDT&limit=5000');
  until(11_499);
  expect(ask('/api/v3/depth?symbol=BTCUSDT&limit=5000').body).toBe(first.body);
  until(11_500);
  expect(ask('/api/v3/depth?symbol=BTCUSDT&limit=5000').body).not.toBe(first.body);
});

test('its lists are read by the catalogue, with rules and fees', () => {
  const { ask } = open();
  const { listings, problems } = toListings(ask('/api/v3/exchangeInfo').body);
  const priced = addTickers(listings, ask('/api/v3/ticker/24hr').body);
  expect([problems, priced.problems]).toEqual([[], []]);
  expect(
    priced.listings.map(({ instrument, tradable, fees }) => [instrument.symbol, tradable, fees?.takerBps]),
  ).toEqual([
    ['BTCUSDT', true, '5'],
    ['ETHUSDT', true, '5'],
  ]);
  for (const [n, { instrument, bestBid, bestAsk }] of priced.listings.entries()) {
    expect(instrument.tickSize).toBe(mexcListings()[n]?.instrument.tickSize);
    expect(instrument.lotSize).toBe(mexcListings()[n]?.instrument.lotSize);
    expect(Number(bestBid) < Number(bestAsk)).toBe(true);
  }
});

test('its bars are read as candles; an hour is 60m', () => {
  const { ask, until } = open();
  until(5 * MINUTE_MS);
  const bars = (interval: string) => ask(`/api/v3/klines?symbol=BTCUSDT&interval=${interval}&limit=20`);
  for (const [name, interval] of [
    ['1m', '1m'],
    ['15m', '15m'],
    ['60m', '1h'],
    ['1d', '1d'],
  ] as const) {
    const { candles, problems } = toCandles(bars(name).body, interval, plusMs(START, 5 * MINUTE_MS));
    expect([problems, candles.length >= 20]).toEqual([[], true]);
  }
  expect(bars('1h').status).toBe(400);
});

test('each endpoint has limits of its own', () => {
  const { ask } = open();
  const statuses = (path: string, count: number) =>
    Array.from({ length: count }, () => ask(path).status).filter((status) => status !== 200);
  // Weight 5 of 500: a hundred fit.
  expect(statuses('/api/v3/trades?symbol=BTCUSDT', 102)).toEqual([429, 429]);
  expect(statuses('/api/v3/depth?symbol=BTCUSDT', 102)).toEqual([]);
});

test.each([
  { path: '/api/v3/depth?symbol=NOPE', status: 400, value: { code: 10_007, msg: 'bad symbol' } },
  {
    path: '/api/v3/defaultSymbols',
    status: 200,
    value: { code: 200, data: ['BTCUSDT', 'ETHUSDT'], msg: null },
  },
  { path: '/api/v3/ping', status: 200, value: {} },
  { path: '/api/v3/time', status: 200, value: { serverTime: START } },
])('$path is answered with $status', ({ path, status, value }) => {
  expect(open().ask(path)).toMatchObject({ status, value });
});

test('trades by REST have no ids, and a paused symbol has status 2', () => {
  const { ask, until } = open([{ kind: 'paused', symbol: 'ETHUSDT', atMs: 5_000, forMs: 60_000 }]);
  until(10_000);
  const rows = ask('/api/v3/trades?symbol=BTCUSDT').value as {
    id: unknown;
    isBuyerMaker: boolean;
    tradeType: string;
  }[];
  expect(rows.length).toBeGreaterThan(5);
  for (const { id, isBuyerMaker, tradeType } of rows)
    expect([id, isBuyerMaker]).toEqual([null, tradeType === 'ASK']);
  const { symbols } = ask('/api/v3/exchangeInfo?symbols=BTCUSDT,ETHUSDT,NOPE').value as {
    symbols: { symbol: string; status: string }[];
  };
  expect(symbols.map(({ symbol, status }) => [symbol, status])).toEqual([
    ['BTCUSDT', '1'],
    ['ETHUSDT', '2'],
  ]);
});
