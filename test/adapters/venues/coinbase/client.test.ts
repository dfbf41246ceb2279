import { expect, test } from 'vitest';
import {
  coinbaseAdvancedProtocol,
  coinbaseExchangeProtocol,
} from '../../../../adapters/venues/coinbase/client.ts';
import type { ConnectionScript, Outgoing } from '../../../../adapters/venues/session/protocol.ts';
import { l2, message, trades } from './advanced-frames.ts';
import { l2update } from './exchange-frames.ts';
import { at } from './listen.ts';
import { ADVANCED, ADVANCED_PRODUCT, EXCHANGE, EXCHANGE_PRODUCT } from './samples.ts';

const LIVE = { environment: 'live' } as const;
const advanced = (symbols: readonly string[]) => coinbaseAdvancedProtocol(LIVE).script('a', symbols);
const exchange = (symbols: readonly string[]) => coinbaseExchangeProtocol(LIVE).script('a', symbols);

const textsOf = (outgoing: readonly Outgoing[]): unknown[] => outgoing.map(({ text }) => JSON.parse(text));
const subscribe = (channel: string, product_ids: readonly string[], type = 'subscribe') => ({
  type,
  channel,
  product_ids,
});
const STREAMS = ['level2', 'market_trades', 'ticker', 'status'];
const take = (script: ConnectionScript, raw: string) => script.take(raw, false);
const ack = (subscriptions: Readonly<Record<string, readonly string[]>>): string =>
  message('subscriptions', 9, [{ subscriptions }]).raw;
const exchangeAck = (
  ...channels: readonly { readonly name: string; readonly product_ids: readonly string[] }[]
) => JSON.stringify({ type: 'subscriptions', channels });

test('Advanced Trade connects to its public host and subscribes heartbeats, then each stream with all products', () => {
  const script = advanced(['BTC-USD', 'ETH-USD']);
  expect(script.open(at(0))).toEqual({ url: 'wss://advanced-trade-ws.coinbase.com', headers: {} });
  expect(textsOf(script.subscribe())).toEqual([
    { type: 'subscribe', channel: 'heartbeats' },
    ...STREAMS.map((stream) => subscribe(stream, ['BTC-USD', 'ETH-USD'])),
  ]);
});

test('Exchange connects to its public host, or its sandbox, and subscribes all with one message', () => {
  const script = exchange(['BTC-USD']);
  expect(script.open(at(0)).url).toBe('wss://ws-feed.exchange.coinbase.com');
  expect(textsOf(script.subscribe())).toEqual([
    {
      type: 'subscribe',
      product_ids: ['BTC-USD'],
      channels: ['level2_batch', 'matches', 'heartbeat', 'ticker'],
    },
  ]);
  const sandbox = coinbaseExchangeProtocol({ environment: 'sandbox' });
  expect(sandbox.script('a', []).open(at(0)).url).toBe('wss://ws-feed-public.sandbox.exchange.coinbase.com');
  expect(sandbox.name).toBe('Coinbase Exchange, sandbox');
});

test('Advanced Trade has no sandbox for market data, and says what to do', () => {
  expect(() => coinbaseAdvancedProtocol({ environment: 'sandbox' })).toThrow(
    /use 'live', or the interface 'exchange'/,
  );
});

test('hosts can be replaced', () => {
  const hosts = { ws: 'ws://127.0.0.1:1', rest: 'http://127.0.0.1:2' };
  for (const protocol of [
    coinbaseAdvancedProtocol({ ...LIVE, hosts }),
    coinbaseExchangeProtocol({ ...LIVE, hosts }),
  ]) {
    expect(protocol.script('a', []).open(at(0)).url).toBe(hosts.ws);
    const requests = [...protocol.poll(['BTC-USD'], at(0)), ...protocol.discovery.requests(['BTC-USD'])];
    expect(requests.every(({ request }) => request.url.startsWith(`${hosts.rest}/`))).toBe(true);
    expect(requests).toHaveLength(3);
  }
});

test('room for the first picture, which is several megabytes, and for its growth', () => {
  expect(coinbaseAdvancedProtocol(LIVE).limits.messageBytesMax).toBe(64 * 1_024 * 1_024);
  expect(coinbaseAdvancedProtocol(LIVE).symbolsPerConnection).toBe(10);
});

test('a picture comes by subscribing the book anew, and by nothing else', () => {
  expect(textsOf(advanced(['BTC-USD', 'ETH-USD']).snapshot(['ETH-USD']).outgoing)).toEqual([
    subscribe('level2', ['ETH-USD'], 'unsubscribe'),
    subscribe('level2', ['ETH-USD']),
  ]);
  const { outgoing, requests } = exchange(['BTC-USD']).snapshot(['BTC-USD']);
  expect(textsOf(outgoing)).toEqual([
    { type: 'unsubscribe', product_ids: ['BTC-USD'], channels: ['level2_batch'] },
    { type: 'subscribe', product_ids: ['BTC-USD'], channels: ['level2_batch'] },
  ]);
  expect(requests).toEqual([]);
});

test('Exchange books are compared every five minutes with whole ones by REST', () => {
  const protocol = coinbaseExchangeProtocol(LIVE);
  expect(protocol.witnessEveryMs).toBe(300_000);
  expect(protocol.script('a', ['BTC-USD', 'BTC-USDC']).witness(['BTC-USDC'])).toMatchObject([
    {
      request: { url: 'https://api.exchange.coinbase.com/products/BTC-USD/book?level=2' },
      channel: 'rest:book:BTC-USD',
      symbols: ['BTC-USD', 'BTC-USDC'],
    },
  ]);
});

test('symbols of one book are one product on the wire, until the last of them is left', () => {
  const script = advanced(['BTC-USD']);
  script.subscribe();
  // The stream brings no picture for a symbol that joins later.
  expect(textsOf(script.add(['BTC-USDC', 'ETH-USD']))).toEqual([
    ...STREAMS.map((stream) => subscribe(stream, ['ETH-USD'])),
    subscribe('level2', ['BTC-USD'], 'unsubscribe'),
    subscribe('level2', ['BTC-USD']),
  ]);
  expect(script.symbols).toEqual(['BTC-USD', 'BTC-USDC', 'ETH-USD']);
  expect(script.remove(['BTC-USD'])).toEqual([]);
  expect(textsOf(script.remove(['BTC-USDC']))).toEqual(
    STREAMS.map((stream) => subscribe(stream, ['BTC-USD'], 'unsubscribe')),
  );
});

test.each([
  { raw: ADVANCED.l2_data, channel: 'l2_data', proves: [{ channel: 'level2', symbol: 'BTC-USD' }] },
  {
    raw: ADVANCED.market_trades,
    channel: 'market_trades',
    proves: [{ channel: 'market_trades', symbol: 'BTC-USD' }],
  },
  { raw: ADVANCED.ticker, channel: 'ticker', proves: [{ channel: 'ticker', symbol: 'BTC-USD' }] },
  { raw: ADVANCED.heartbeats, channel: 'heartbeats', proves: [] },
  { raw: ADVANCED.candles, channel: 'candles', proves: [] },
  { raw: ADVANCED.status, channel: 'status', proves: [] },
  { raw: l2('update', 1, [], [], 'DOGE-USD').raw, channel: 'l2_data', proves: [] },
  {
    raw: JSON.stringify({ sequence_num: 1, channel: 'l2_data', events: [{ product_id: 'BTC-USD' }] }),
    channel: 'l2_data',
    proves: [{ channel: 'level2', symbol: 'BTC-USD' }],
  },
  { raw: '{"type":"news"}', channel: 'unknown', proves: [] },
  { raw: '', channel: 'unreadable', proves: [] },
])('Advanced Trade: a message on $channel proves $proves', ({ raw, channel, proves }) => {
  expect(take(advanced(['BTC-USD']), raw)).toEqual({ channel, proves, reactions: [], isForReader: true });
});

test.each([
  { raw: EXCHANGE.snapshot, channel: 'snapshot', proves: ['level2_batch'] },
  { raw: EXCHANGE.l2update, channel: 'l2update', proves: ['level2_batch'] },
  { raw: EXCHANGE.match, channel: 'match', proves: ['matches'] },
  { raw: EXCHANGE.match.replace('match', 'last_match'), channel: 'last_match', proves: ['matches'] },
  { raw: EXCHANGE.heartbeat, channel: 'heartbeat', proves: ['heartbeat'] },
  { raw: EXCHANGE.ticker, channel: 'ticker', proves: ['ticker'] },
  { raw: '{"type":"status","products":[]}', channel: 'status', proves: [] },
  { raw: '{"product_id":"BTC-USD","type":"l2update"}', channel: 'l2update', proves: ['level2_batch'] },
  { raw: '{}', channel: 'unknown', proves: [] },
  { raw: 'x', channel: 'unreadable', proves: [] },
])('Exchange: a message of kind $channel proves $proves', ({ raw, channel, proves }) => {
  expect(take(exchange(['BTC-USD']), raw)).toEqual({
    channel,
    proves: proves.map((rule) => ({ channel: rule, symbol: 'BTC-USD' })),
    reactions: [],
    isForReader: true,
  });
});

test('a message about several products proves all of them, for every symbol that they show', () => {
  const script = advanced(['BTC-USD', 'BTC-USDC', 'ETH-USD']);
  const raw = trades('update', 1, [{ id: 1 }, { id: 2, product: 'ETH-USD' }, { id: 3 }]).raw;
  expect(take(script, raw).proves).toEqual([
    { channel: 'market_trades', symbol: 'BTC-USD' },
    { channel: 'market_trades', symbol: 'BTC-USDC' },
    { channel: 'market_trades', symbol: 'ETH-USD' },
  ]);
});

test('an empty history names no product and is all that a product without trades says', () => {
  expect(take(advanced(['BTC-USD']), trades('snapshot', 1, []).raw).proves).toEqual([
    { channel: 'market_trades', symbol: 'BTC-USD' },
  ]);
  expect(take(advanced(['BTC-USD']), trades('update', 1, []).raw).proves).toEqual([]);
});

test('frequent messages get a kept value, made anew when what is carried changes', () => {
  const script = advanced(['BTC-USD']);
  const kept = take(script, l2('update', 1).raw);
  expect(take(script, l2('update', 2).raw)).toBe(kept);
  script.add(['BTC-USDC']);
  expect(take(script, l2('update', 3).raw).proves).toHaveLength(2);
  const plain = exchange(['BTC-USD']);
  expect(take(plain, l2update(1, []).raw)).toBe(take(plain, l2update(2, []).raw));
});

test('binary messages are none of this venue’s and go to the reader, which says so', () => {
  expect(advanced([]).take('AAEC', true)).toMatchObject({ channel: 'unreadable', isForReader: true });
  expect(exchange([]).take('AAEC', true)).toMatchObject({ channel: 'unreadable', isForReader: true });
});

const FULL = { level2: ['BTC-USD', 'ETH-USD'], market_trades: ['BTC-USD', 'ETH-USD'] };

test('what the last acknowledgement lacks was refused without a word, and is tried again alone', () => {
  const script = advanced(['BTC-USD', 'ETH-USD']);
  script.subscribe();
  // One answer for each of the five messages; the sets grow, so only the last one is judged.
  for (const set of [{}, {}, { level2: ['BTC-USD'] }, { level2: ['BTC-USD'] }])
    expect(take(script, ack(set)).reactions).toEqual([]);
  expect(take(script, ack({ ...FULL, level2: ['BTC-USD'] })).reactions).toEqual([
    { kind: 'refused', symbols: ['ETH-USD'], why: 'the venue did not acknowledge it', retryMs: 1_000 },
  ]);
  expect(script.symbols).toEqual(['BTC-USD']);
  expect(textsOf(script.add(['ETH-USD']))).toHaveLength(4);
});

test('a full acknowledgement refuses nothing, under whatever name of a shared book', () => {
  const script = advanced(['BTC-USDC']);
  script.subscribe();
  for (let n = 0; n < 4; n += 1) take(script, ack({}));
  const set = { level2: ['BTC-USDC'], market_trades: ['BTC-USD'] };
  expect(take(script, ack(set)).reactions).toEqual([]);
});

test('while a book is subscribed anew, the acknowledgement of its end refuses nobody', () => {
  const script = advanced(['BTC-USD']);
  script.subscribe();
  for (let n = 0; n < 5; n += 1) take(script, ack(FULL));
  script.snapshot(['BTC-USD']);
  expect(take(script, ack({ market_trades: ['BTC-USD'] })).reactions).toEqual([]);
  expect(take(script, ack(FULL)).reactions).toEqual([]);
});

test('an error that names a product refuses it, and subscribes the others of that message again', () => {
  const script = advanced(['BTC-FOO', 'BTC-FOOD']);
  script.subscribe();
  take(script, ack({ heartbeats: ['heartbeats'] }));
  const error = JSON.stringify({ type: 'error', message: 'BTC-FOO is not a valid product' });
  const again = (stream: string) => ({
    kind: 'send',
    outgoing: [{ text: JSON.stringify(subscribe(stream, ['BTC-FOOD'])) }],
  });
  expect(take(script, error)).toEqual({
    channel: 'error',
    reactions: [
      { kind: 'refused', symbols: ['BTC-FOO'], why: 'BTC-FOO is not a valid product', retryMs: null },
      again('level2'),
    ],
    isForReader: true,
    proves: [],
  });
  // The next stream's message fails alike; the product is refused already.
  expect(take(script, error).reactions).toEqual([again('market_trades')]);
  expect(script.symbols).toEqual(['BTC-FOOD']);
});

test('an error that names no product is about the oldest message without an answer', () => {
  const script = advanced(['BTC-FOO', 'BTC-FOOD']);
  script.subscribe();
  take(script, ack({ heartbeats: ['heartbeats'] }));
  const why = 'too many L2 streams requested';
  expect(take(script, JSON.stringify({ type: 'error', message: why })).reactions).toEqual([
    { kind: 'refused', symbols: ['BTC-FOO', 'BTC-FOOD'], why, retryMs: 1_000 },
  ]);
  expect(script.symbols).toEqual([]);
});

test('an error out of the blue that names a product refuses it', () => {
  const script = advanced(['BTC-USD']);
  expect(take(script, '{"type":"error","message":"BTC-USD: delisted"}').reactions).toEqual([
    { kind: 'refused', symbols: ['BTC-USD'], why: 'BTC-USD: delisted', retryMs: null },
  ]);
});

test('an error about a stream that a symbol can do without refuses nobody', () => {
  const script = advanced(['BTC-USD']);
  script.subscribe();
  for (let n = 0; n < 3; n += 1) take(script, ack({}));
  expect(take(script, ADVANCED.error).reactions).toEqual([]);
  expect(script.symbols).toEqual(['BTC-USD']);
});

test('Exchange refusals come as an error with a reason, or as a set that lacks the product', () => {
  const script = exchange(['BTC-USD', 'FOO-USD']);
  script.subscribe();
  const error = { type: 'error', message: 'Failed to subscribe', reason: 'FOO-USD is not a valid product' };
  const reactions = take(script, JSON.stringify(error)).reactions;
  expect(reactions).toMatchObject([
    {
      kind: 'refused',
      symbols: ['FOO-USD'],
      why: 'Failed to subscribe: FOO-USD is not a valid product',
      retryMs: null,
    },
    { kind: 'send', outgoing: [{ text: expect.stringContaining('"product_ids":["BTC-USD"]') }] },
  ]);
  const set = exchangeAck({ name: 'level2_batch', product_ids: ['BTC-USD'] });
  expect(take(script, set).reactions).toMatchObject([{ symbols: ['BTC-USD'], retryMs: 1_000 }]);
});

test('a full Exchange acknowledgement refuses nothing', () => {
  const script = exchange(['BTC-USD']);
  script.subscribe();
  const all = ['level2_batch', 'matches'].map((name) => ({ name, product_ids: ['BTC-USD'] }));
  expect(take(script, exchangeAck(...all)).reactions).toEqual([]);
});

const reply = (body: unknown, status = 200) => ({ status, headers: {}, body: JSON.stringify(body) });

test('discovery asks for the whole list, once for all symbols, or for some at a time where it is configured', () => {
  const whole = coinbaseAdvancedProtocol(LIVE).discovery;
  expect(whole.requests(['BTC-USD', 'ETH-USD'])).toMatchObject([
    {
      request: {
        method: 'GET',
        url: 'https://api.coinbase.com/api/v3/brokerage/market/products?product_type=SPOT',
        headers: { 'user-agent': 'deckle' },
      },
      channel: 'rest:products',
      symbols: ['BTC-USD', 'ETH-USD'],
    },
  ]);
  const some = coinbaseAdvancedProtocol({ ...LIVE, rest: { batch: 2 } }).discovery;
  expect(some.requests(['A-USD', 'B-USD', 'C-USD']).map(({ request }) => request.url.split('?')[1])).toEqual([
    'product_type=SPOT&product_ids=A-USD&product_ids=B-USD',
    'product_type=SPOT&product_ids=C-USD',
  ]);
  expect(whole.everyMs).toBe(600_000);
  expect(whole.requests([])).toEqual([]);
});

test('listed is what is spot and not delisted; a list that cannot be read is an error in words', () => {
  const { discovery } = coinbaseAdvancedProtocol(LIVE);
  const list = [
    ADVANCED_PRODUCT,
    { ...ADVANCED_PRODUCT, product_id: 'OLD-USD', status: 'delisted' },
    { ...ADVANCED_PRODUCT, product_id: 'BIT-30OCT26-CDE', product_type: 'FUTURE' },
    { ...ADVANCED_PRODUCT, product_id: 'HALT-USD', trading_disabled: true },
  ];
  const symbols = ['BTC-USD', 'OLD-USD', 'BIT-30OCT26-CDE', 'HALT-USD', 'NONE-USD'];
  expect(discovery.listed(reply({ products: list }), symbols)).toEqual(new Set(['BTC-USD', 'HALT-USD']));
  expect([...(discovery.names?.(reply({ products: list })) ?? [])]).toHaveLength(4);
  expect(discovery.listed(reply({ message: 'no' }, 403), symbols)).toEqual(
    new Error('products: HTTP 403 no'),
  );
  expect(discovery.listed(reply({}), symbols)).toBeInstanceOf(Error);
  expect(discovery.listed({ status: 200, headers: {}, body: '<' }, symbols)).toEqual(
    new Error('products: not JSON'),
  );
  expect([...(discovery.names?.(reply({})) ?? [])]).toEqual([]);
});

test('the list tells which book a symbol shows before it is subscribed', () => {
  const protocol = coinbaseAdvancedProtocol(LIVE);
  protocol.discovery.listed(
    reply({ products: [{ ...ADVANCED_PRODUCT, product_id: 'X-EUR', alias: 'X-USD' }] }),
    ['X-EUR'],
  );
  const [, level2] = textsOf(protocol.script('a', ['X-EUR']).subscribe());
  expect(level2).toEqual(subscribe('level2', ['X-USD']));
});

test('Exchange lists are read alike', () => {
  const { discovery } = coinbaseExchangeProtocol(LIVE);
  expect(discovery.requests(['BTC-USD'])[0]?.request.url).toBe('https://api.exchange.coinbase.com/products');
  const list = [EXCHANGE_PRODUCT, { ...EXCHANGE_PRODUCT, id: 'OLD-USD', status: 'delisted' }];
  expect(discovery.listed(reply(list), ['BTC-USD', 'OLD-USD'])).toEqual(new Set(['BTC-USD']));
});

test('polling asks for the book and the trades of each product once', () => {
  const urls = (requests: readonly { readonly request: { readonly url: string } }[]) =>
    requests.map(({ request }) => request.url.replace(/^https:\/\/[^/]+/, ''));
  const polled = coinbaseAdvancedProtocol(LIVE).poll(['BTC-USD', 'BTC-USDC'], at(0));
  expect(urls(polled)).toEqual([
    '/api/v3/brokerage/market/product_book?product_id=BTC-USD&limit=250',
    '/api/v3/brokerage/market/products/BTC-USD/ticker?limit=500',
  ]);
  expect(polled.map(({ channel, symbols }) => [channel, symbols])).toEqual([
    ['rest:product_book:BTC-USD', ['BTC-USD', 'BTC-USDC']],
    ['rest:ticker:BTC-USD', ['BTC-USD', 'BTC-USDC']],
  ]);
  expect(urls(coinbaseExchangeProtocol(LIVE).poll(['ETH-USD'], at(0)))).toEqual([
    '/products/ETH-USD/book?level=2',
    '/products/ETH-USD/trades?limit=500',
  ]);
});
