import { expect, test } from 'vitest';
import { CHANNELS } from '../../../../adapters/venues/polymarket/channels.ts';
import { polymarketProtocol } from '../../../../adapters/venues/polymarket/client.ts';
import { ChannelWatch } from '../../../../adapters/venues/session/channel-watch.ts';
import type { FrameRequest } from '../../../../adapters/venues/session/protocol.ts';
import { at, change, entry } from './frames.ts';
import { BEST_BID_ASK, BOOK, GAMMA_MARKET, LAST_TRADE_PRICE, MARKET, N, PRICE_CHANGE, Y } from './samples.ts';

const script = (symbols: readonly string[] = [Y]) => polymarketProtocol().script('c1', symbols);
const sent = (outgoing: readonly { readonly text: string }[]) => outgoing.map(({ text }) => JSON.parse(text));
const urls = (requests: readonly FrameRequest[]) =>
  requests.map(({ request, channel }) => `${channel} ${request.url.replace(/^https:\/\//, '')}`);
const many = (count: number) => Array.from({ length: count }, (_, n) => String(1_000 + n));

test('the first message has the form of its own, later ones name an operation', () => {
  const one = script([Y, N]);
  expect(one.open(at(0))).toEqual({
    url: 'wss://ws-subscriptions-clob.polymarket.com/ws/market',
    headers: {},
  });
  expect(sent(one.subscribe())).toEqual([
    { assets_ids: [Y, N], type: 'market', custom_feature_enabled: true },
  ]);
  expect(sent(one.add(['5']))).toEqual([
    { operation: 'subscribe', assets_ids: ['5'], custom_feature_enabled: true },
  ]);
  expect(sent(one.remove([Y]))).toEqual([{ operation: 'unsubscribe', assets_ids: [Y] }]);
  expect([one.add([]), one.remove([])]).toEqual([[], []]);
});

test('at most 200 tokens on a connection, a text ping every 10 s, dead after two missed answers', () => {
  const { symbolsPerConnection, limits, hasSocket, closedBecause, exchangeStatus } = polymarketProtocol();
  expect([symbolsPerConnection, hasSocket, closedBecause(at(0)), exchangeStatus]).toEqual([
    200,
    true,
    null,
    null,
  ]);
  expect(limits.heartbeat).toEqual({ everyMs: 10_000, text: 'PING' });
  expect(limits.silenceMs).toBeGreaterThan(20_000);
  expect(limits.silenceMs).toBeLessThan(30_000);
  // All their first books come in one frame, a full one being some 20 000 bytes.
  expect(limits.messageBytesMax).toBeGreaterThan(200 * 20_000);
});

test('a pong keeps alive and is not read', () => {
  expect(script().take('PONG', false)).toMatchObject({ isForReader: false, reactions: [], proves: [] });
});

test.each([
  [
    'the first books, in a list',
    JSON.stringify([BOOK, { ...BOOK, asset_id: N }]),
    'market:book',
    [
      ['book', Y],
      ['book', N],
    ],
  ],
  [
    'a change of both tokens',
    JSON.stringify(PRICE_CHANGE),
    'market:price_change',
    [
      ['price_change', Y],
      ['price_change', N],
    ],
  ],
  [
    'a change, its event coming first',
    JSON.stringify({ event_type: 'price_change', price_changes: [{ asset_id: Y }] }),
    'market:price_change',
    [['price_change', Y]],
  ],
  ['a print', JSON.stringify(LAST_TRADE_PRICE), 'market:last_trade_price', []],
  ['a best price', JSON.stringify(BEST_BID_ASK), 'market:best_bid_ask', []],
  ['an indented book', JSON.stringify(BOOK, null, 1), 'market:book', []],
  ['an unknown event', '{"event_type":"something_new"}', 'market:something_new', []],
  ['no event', '[]', 'market:text', []],
  ['a refusal', 'INVALID OPERATION', 'market:text', []],
  ['half a message', '{"event_type":"price_change","asset_id":"7', 'market:price_change', []],
])('%s is named, and proves what it proves', (_what, raw, channel, proves) => {
  expect(script().take(raw, false)).toEqual({
    channel,
    proves: proves.map(([of, symbol]) => ({ channel: of, symbol })),
    reactions: [],
    isForReader: true,
  });
});

test('frequent messages get the same value back, and long names stay short', () => {
  const one = script();
  const raw = JSON.stringify(PRICE_CHANGE);
  expect(one.take(raw, false)).toBe(one.take(raw, false));
  // What the one before proved is not proven again.
  expect(one.take(JSON.stringify(LAST_TRADE_PRICE), false).proves).toEqual([]);
  for (let n = 0; n < 100; n += 1) one.take(`{"event_type":"made_up_${n}"}`, false);
  expect(one.take(`{"event_type":"${'x'.repeat(5_000)}"}`, false).channel).toHaveLength(
    'market:'.length + 40,
  );
  expect(one.take('AAAA', true)).toMatchObject({ isForReader: true, proves: [] });
});

test('the channels that data is proven for are those that have rules', () => {
  const names: readonly string[] = CHANNELS.map(({ name }) => name);
  for (const raw of [BOOK, PRICE_CHANGE])
    for (const { channel } of script().take(JSON.stringify(raw), false).proves)
      expect(names).toContain(channel);
});

test('PB23 a token without its first book is subscribed anew after 30 s, then its connection is replaced', () => {
  const watch = new ChannelWatch(CHANNELS);
  const one = script([Y, N]);
  const hear = (message: unknown, ms: number) =>
    watch.saw(one.take(JSON.stringify(message), false).proves, at(ms));
  watch.expect([Y, N]);
  watch.sent([Y, N], at(0));
  hear(BOOK, 100);
  // Changes of the market name both tokens, and prove no book of either.
  hear(change([entry('BUY 0.50 40 (0.50/0.52)'), entry('SELL 0.50 40 (0.48/0.50)', N)]), 200);
  expect(watch.overdue(at(29_999)).late).toEqual(new Set());
  expect(watch.overdue(at(30_000))).toMatchObject({
    late: new Set([N]),
    mute: new Set(),
    suspect: new Set(),
  });
  watch.sent([N], at(30_000));
  hear(change([entry('BUY 0.50 41 (0.50/0.52)'), entry('SELL 0.50 41 (0.48/0.50)', N)]), 59_000);
  expect(watch.overdue(at(60_000))).toMatchObject({
    late: new Set([N]),
    mute: new Set([N]),
    suspect: new Set(),
  });
});

test('a silent token is looked at by REST after a minute', () => {
  const watch = new ChannelWatch(CHANNELS);
  watch.expect([Y]);
  watch.sent([Y], at(0));
  watch.saw(script().take(JSON.stringify(BOOK), false).proves, at(10));
  watch.saw(script().take(JSON.stringify(PRICE_CHANGE), false).proves, at(1_000));
  expect(watch.overdue(at(60_999)).suspect).toEqual(new Set());
  expect(watch.overdue(at(61_000)).suspect).toEqual(new Set([Y]));
});

test('pictures are asked for by REST, a hundred at once', () => {
  const { outgoing, requests } = script().snapshot([Y, N]);
  expect(outgoing).toEqual([]);
  expect(requests).toMatchObject([
    {
      request: {
        method: 'POST',
        url: 'https://clob.polymarket.com/books',
        body: JSON.stringify([{ token_id: Y }, { token_id: N }]),
      },
      channel: 'rest:books',
      symbols: [Y, N],
    },
  ]);
  expect(
    script()
      .snapshot(many(201))
      .requests.map(({ symbols }) => symbols.length),
  ).toEqual([100, 100, 1]);
});

const answer = (body: unknown, status = 200) => ({
  status,
  headers: {},
  body: typeof body === 'string' ? body : JSON.stringify(body),
});
const KEYSET = 'rest:markets gamma-api.polymarket.com/markets/keyset';
const CLOB = `clob_token_ids=${Y}`;

test('a token that nobody told of is looked for under both kinds of ids, open and closed', () => {
  const { discovery } = polymarketProtocol();
  expect(urls(discovery.requests([Y]))).toEqual([
    `${KEYSET}?limit=1&closed=false&${CLOB}`,
    `${KEYSET}?limit=1&closed=true&${CLOB}`,
    `${KEYSET}?limit=1&closed=false&position_ids=${Y}`,
    `${KEYSET}?limit=1&closed=true&position_ids=${Y}`,
    `rest:tokens data-api.polymarket.com/v2/tokens?token_id=${Y}`,
  ]);
  expect(discovery.everyMs).toBe(30_000);
  expect([...(discovery.names?.(answer({ markets: [] })) ?? [])]).toEqual([]);
});

test('once told, only its own kind of ids is asked for; once closed, what it pays; once paid, nothing more', () => {
  const { discovery } = polymarketProtocol();
  const asked = () => urls(discovery.requests([Y]));
  const listed = (body: unknown) => discovery.listed(answer(body), [Y]);
  const open = [`${KEYSET}?limit=1&closed=false&${CLOB}`, `${KEYSET}?limit=1&closed=true&${CLOB}`];
  const tokens = `rest:tokens data-api.polymarket.com/v2/tokens?token_id=${Y}`;
  expect(listed({ markets: [GAMMA_MARKET] })).toEqual(new Set([Y, N]));
  expect(asked()).toEqual([...open, tokens]);
  expect(listed({ markets: [{ ...GAMMA_MARKET, closed: true }] })).toEqual(new Set());
  const resolutions = `rest:resolutions data-api.polymarket.com/v2/resolutions?condition=${MARKET}`;
  expect(asked()).toEqual([...open, tokens, resolutions]);
  expect(listed({ data: [{ token_id: Y, resolved: false, final_price: null }] })).toEqual(new Set());
  expect(asked()).toEqual([...open, tokens, resolutions]);
  expect(listed({ data: [{ token_id: Y, resolved: true, final_price: 1 }] })).toEqual(new Set());
  expect(asked()).toEqual(open);
});

test('a list of outcomes ends the question for all tokens of its market', () => {
  const { discovery } = polymarketProtocol();
  discovery.listed(answer({ markets: [{ ...GAMMA_MARKET, closed: true }] }), [Y, N]);
  discovery.listed(
    answer({ data: [{ condition_id: MARKET, status: 'resolved', payouts: [0, 1_000_000] }] }),
    [Y],
  );
  expect(discovery.requests([Y, N])).toHaveLength(2);
  discovery.listed(answer({ data: null }), [Y]);
});

test('tokens of version 2 are asked for by their own ids', () => {
  const { discovery } = polymarketProtocol();
  const market = { ...GAMMA_MARKET, version: 'v2', positionIds: ['111', '222'] };
  expect(discovery.listed(answer({ markets: [market] }), ['111'])).toEqual(new Set(['111', '222']));
  expect(urls(discovery.requests(['111'])).slice(0, 2)).toEqual([
    `${KEYSET}?limit=1&closed=false&position_ids=111`,
    `${KEYSET}?limit=1&closed=true&position_ids=111`,
  ]);
});

test.each([
  ['not active', { active: false }],
  ['without a book', { enableOrderBook: false }],
  ['closed', { closed: true }],
])('a market that is %s is not subscribed', (_what, more) => {
  expect(
    polymarketProtocol().discovery.listed(answer({ markets: [{ ...GAMMA_MARKET, ...more }] }), [Y]),
  ).toEqual(new Set());
});

test.each([
  ['<html>', 200, 'the answer is not JSON'],
  ['{}', 200, 'the answer holds no markets'],
  ['bad gateway', 502, 'answered 502: bad gateway'],
])('an answer that cannot be read says why: %s', (body, status, why) => {
  expect(polymarketProtocol().discovery.listed(answer(body, status), [Y])).toEqual(new Error(why));
});

test('requests stay below the lengths of addresses, and what is no token is not asked for', () => {
  const tokens = many(130).map((n) => n.padStart(78, '1'));
  const requests = polymarketProtocol().discovery.requests([...tokens, 'btc', '0x12']);
  for (const { request } of requests) {
    expect(request.url.length).toBeLessThan(4_100);
    expect(request.url).not.toMatch(/btc|0x12/);
  }
  // Two lists, open and closed, of forty each; tokens by fifties.
  expect(requests).toHaveLength(2 * 2 * 4 + 3);
  // A refused list of outcomes is not cut in halves to find a culprit.
  expect(requests.slice(-3).map(({ symbols }) => symbols.length)).toEqual([1, 1, 1]);
  expect(polymarketProtocol().discovery.requests(['btc'])).toEqual([]);
});

test('polls ask for every book each time, and for trades of known markets every half minute', () => {
  const protocol = polymarketProtocol();
  protocol.discovery.listed(answer({ markets: [GAMMA_MARKET] }), [Y]);
  const round = (ms: number) => urls(protocol.poll([Y, N, 'btc'], at(ms)));
  const books = 'rest:books clob.polymarket.com/books';
  const trades = `rest:trades data-api.polymarket.com/v2/trades?condition=${MARKET}&limit=500`;
  expect([round(0), round(2_000), round(30_000)]).toEqual([[books, trades], [books], [books, trades]]);
  expect(protocol.pollEveryMs).toBe(2_000);
});

test('other hosts stand in for the venue’s, one for all services or each by itself', () => {
  const local = polymarketProtocol({ hosts: { ws: 'ws://127.0.0.1:9/ws', rest: 'http://127.0.0.1:8' } });
  expect(local.script('c1', []).open(at(0)).url).toBe('ws://127.0.0.1:9/ws');
  expect(local.poll([Y], at(0)).map(({ request }) => request.url)).toEqual(['http://127.0.0.1:8/books']);
  expect(local.discovery.requests([Y]).map(({ request }) => new URL(request.url).pathname)).toEqual([
    ...Array(4).fill('/markets/keyset'),
    '/v2/tokens',
  ]);
  const own = polymarketProtocol({ hosts: { clob: 'http://127.0.0.1:7' } });
  expect(own.poll([Y], at(0)).map(({ request }) => request.url)).toEqual(['http://127.0.0.1:7/books']);
});

test('a full connection stays within the pace of each host', () => {
  const { discovery, poll, restLimits, pollEveryMs } = polymarketProtocol();
  const symbols = many(200);
  const perMinute = new Map<string, number>();
  const add = (requests: readonly FrameRequest[], everyMs: number) => {
    for (const { request } of requests) {
      const { host } = new URL(request.url);
      perMinute.set(host, (perMinute.get(host) ?? 0) + 60_000 / everyMs);
    }
  };
  add(discovery.requests(symbols), discovery.everyMs);
  add(poll(symbols, at(0)), pollEveryMs);
  expect([...perMinute]).toEqual([
    ['gamma-api.polymarket.com', 40],
    ['data-api.polymarket.com', 8],
    ['clob.polymarket.com', 60],
  ]);
  for (const count of perMinute.values()) expect(count).toBeLessThan(60_000 / (restLimits?.spacingMs ?? 0));
});
