import { expect, test } from 'vitest';
import { type BinanceOptions, binanceProtocol } from '../../../../adapters/venues/binance/client.ts';
import type { ConnectionScript } from '../../../../adapters/venues/session/protocol.ts';
import type { RestAnswer } from '../../../../adapters/venues/session/transport.ts';
import { at, depth, touch, trade } from './frames.ts';
import { listing } from './samples.ts';

const protocol = (options: Partial<BinanceOptions> = {}) =>
  binanceProtocol({ environment: 'market-data', ...options });
const script = (...symbols: string[]): ConnectionScript => protocol().script('b1', symbols);
const symbols = (count: number): string[] => Array.from({ length: count }, (_, n) => `COIN${n}USDT`);
const sent = (texts: readonly { text: string }[]) => texts.map(({ text }) => JSON.parse(text));
const paramsOf = (texts: readonly { text: string }[]): string[] => sent(texts).flatMap((one) => one.params);

test.each([
  {
    environment: 'market-data',
    ws: 'wss://data-stream.binance.vision/stream',
    rest: 'https://data-api.binance.vision/',
  },
  { environment: 'live', ws: 'wss://stream.binance.com/stream', rest: 'https://api.binance.com/' },
  {
    environment: 'testnet',
    ws: 'wss://stream.testnet.binance.vision/stream',
    rest: 'https://testnet.binance.vision/',
  },
  { environment: 'demo', ws: 'wss://demo-stream.binance.com/stream', rest: 'https://demo-api.binance.com/' },
] as const)(
  '$environment has hosts of its own, and streams in combined mode',
  ({ environment, ws, rest }) => {
    const one = protocol({ environment });
    expect(one.name).toBe(`Binance Spot, ${environment}`);
    expect(one.script('b1', []).open(at(0))).toEqual({ url: ws, headers: {} });
    for (const { request } of [...one.discovery.requests(['AUSDT']), ...one.poll(['AUSDT'], at(0))])
      expect(request.url.startsWith(`${rest}api/v3/`)).toBe(true);
  },
);

test('other hosts stand in for the venue, and null leaves it its own', () => {
  const local = protocol({ hosts: { ws: 'ws://127.0.0.1:9001', rest: 'http://127.0.0.1:9002' } });
  expect(local.script('b1', []).open(at(0)).url).toBe('ws://127.0.0.1:9001/stream');
  expect(local.discovery.requests(['AUSDT'])[0]?.request.url).toMatch(/^http:\/\/127\.0\.0\.1:9002\//);
  const own = protocol({
    hosts: { ws: null, rest: null },
    rest: { batch: null },
  });
  expect(JSON.stringify(own)).toBe(JSON.stringify(protocol()));
  expect(own.script('b1', []).open(at(0))).toEqual(script().open(at(0)));
});

test('each symbol has its book, best prices and trades, by names in lower case', () => {
  expect(sent(script('BTCUSDT').subscribe())).toEqual([
    { method: 'SUBSCRIBE', params: ['btcusdt@depth@100ms', 'btcusdt@bookTicker', 'btcusdt@trade'], id: 1 },
  ]);
  expect(paramsOf(script('币安人生USDT').subscribe())[2]).toBe('币安人生usdt@trade');
});

test.each([
  { what: 'usual names', names: symbols(protocol().symbolsPerConnection) },
  { what: 'long names of another script', names: symbols(100).map((name) => `${'币'.repeat(20)}${name}`) },
])('a full connection of $what stays within what a request and a connection may hold', ({ names }) => {
  const texts = script(...names).subscribe();
  for (const { text } of texts) expect(Buffer.byteLength(text)).toBeLessThan(4_096);
  for (const { params } of sent(texts)) expect(params.length).toBeLessThanOrEqual(100);
  const params = paramsOf(texts);
  expect(params.length).toBeLessThanOrEqual(1_024);
  expect(new Set(params).size).toBe(3 * names.length);
  expect(sent(texts).map(({ id }) => id)).toEqual(texts.map((_, n) => n + 1));
});

test('what is sent in any second stays below five messages, pongs included', () => {
  const { sendsPerSecond, sendBurst } = protocol().limits;
  expect(sendBurst + sendsPerSecond + 1).toBeLessThanOrEqual(5);
});

test('the connection is replaced before the venue cuts it after a day', () => {
  expect(protocol().limits).toMatchObject({
    lifetimeMs: 23 * 3_600_000,
    silenceMs: 60_000,
    heartbeat: null,
  });
});

test('symbols are added and removed on the open connection', () => {
  const one = script('AUSDT');
  one.subscribe();
  expect(sent(one.add(['BUSDT']))).toMatchObject([{ method: 'SUBSCRIBE', id: 2 }]);
  expect(one.symbols).toEqual(['AUSDT', 'BUSDT']);
  expect(sent(one.remove(['AUSDT']))).toEqual([
    { method: 'UNSUBSCRIBE', params: ['ausdt@depth@100ms', 'ausdt@bookTicker', 'ausdt@trade'], id: 3 },
  ]);
  expect(one.symbols).toEqual(['BUSDT']);
  expect(one.add([])).toEqual([]);
});

test('a fresh picture is a REST request of a thousand levels', () => {
  expect(script('AUSDT').snapshot(['币USDT'])).toEqual({
    outgoing: [],
    requests: [
      {
        request: {
          method: 'GET',
          url: 'https://data-api.binance.vision/api/v3/depth?symbol=%E5%B8%81USDT&limit=1000',
          timeoutMs: 10_000,
          bytesMax: 8 << 20,
        },
        channel: 'rest:depth:币USDT',
        symbols: ['币USDT'],
        weight: 50,
      },
    ],
  });
});

test('a quiet book is held against a picture of its best hundred levels, which costs a tenth', () => {
  const requests = script('AUSDT').witness?.(['AUSDT', 'BUSDT']) ?? [];
  expect(requests.map(({ request, channel, weight }) => [request.url, channel, weight])).toEqual([
    ['https://data-api.binance.vision/api/v3/depth?symbol=AUSDT&limit=100', 'rest:depth:AUSDT', 5],
    ['https://data-api.binance.vision/api/v3/depth?symbol=BUSDT&limit=100', 'rest:depth:BUSDT', 5],
  ]);
});

test.each([
  { one: depth(1, 2), channel: 'depth' },
  { one: touch(1, ['100', '1'], ['101', '1']), channel: 'bookTicker' },
  { one: trade(1, '100', '1'), channel: 'trade' },
])('a message of $one.channel proves that $channel flows, by a value that is kept', ({ one, channel }) => {
  const oak = script('OAKUSDT', 'ELMUSDT');
  const taken = oak.take(one.raw, false);
  expect(taken).toEqual({
    channel: one.channel,
    reactions: [],
    isForReader: true,
    proves: [{ channel, symbol: 'OAKUSDT' }],
  });
  expect(oak.take(one.raw, false)).toBe(taken);
  oak.remove(['OAKUSDT']);
  expect(oak.take(one.raw, false)).toEqual({ ...taken, proves: [] });
});

test('each channel has a rule, and a quiet one proves nothing but of the book', () => {
  const channels = protocol().channels;
  expect(channels.map(({ name }) => name)).toEqual(['depth', 'bookTicker', 'trade']);
  expect(channels.filter(({ firstDataMs }) => firstDataMs !== null).map(({ name }) => name)).toEqual([
    'depth',
  ]);
});

test('a name that is written with escapes is the same name', () => {
  const one = script('币USDT');
  const raw = '{"stream":"\\u5e01usdt@trade","data":{"e":"trade"}}';
  expect(one.take(raw, false)).toMatchObject({ proves: [{ channel: 'trade', symbol: '币USDT' }] });
});

test.each([
  { what: 'alone', raw: '{"e":"serverShutdown","E":1770123456789}', channel: 'control' },
  {
    what: 'on its stream',
    raw: '{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}',
    channel: '!serverShutdown',
  },
])('a restart that is announced $what opens another connection at once', ({ raw, channel }) => {
  expect(script('AUSDT').take(raw, false)).toEqual({
    channel,
    reactions: [{ kind: 'rotate', why: 'the venue announced a restart' }],
    isForReader: true,
    proves: [],
  });
});

const ERRORS = [
  { shape: 'documented', error: (id: unknown) => ({ code: 2, msg: 'Invalid request', id }) },
  { shape: 'seen', error: (id: unknown) => ({ error: { code: 2, msg: 'Invalid request' }, id }) },
] as const;

test.each(ERRORS)('an error in the $shape shape refuses the symbols of its request, for now', ({ error }) => {
  const one = script(...symbols(40));
  const texts = one.subscribe();
  const second = sent(texts)[1];
  const { reactions, isForReader } = one.take(JSON.stringify(error(2)), false);
  expect(isForReader).toBe(true);
  const refused = [...new Set(second.params.map((name: string) => name.split('@')[0]?.toUpperCase()))];
  expect(reactions).toEqual([
    { kind: 'refused', symbols: refused, why: '2: Invalid request', retryMs: 1_000 },
  ]);
  expect(one.take(JSON.stringify(error(2)), false).reactions).toEqual([]);
});

test.each(ERRORS)('an error in the $shape shape of no request refuses nothing', ({ error }) => {
  const one = script('AUSDT');
  one.subscribe();
  for (const id of [null, 'one', 99, undefined])
    expect(one.take(JSON.stringify(error(id)), false).reactions).toEqual([]);
});

test('an error of a request to leave symbols, or of one that was acknowledged, refuses nothing', () => {
  const one = script('AUSDT', 'BUSDT');
  one.subscribe();
  one.take('{"result":null,"id":1}', false);
  expect(one.take('{"code":2,"msg":"late","id":1}', false).reactions).toEqual([]);
  one.remove(['AUSDT']);
  expect(one.take('{"code":2,"msg":"no","id":2}', false).reactions).toEqual([]);
});

test('a symbol that was left meanwhile is not refused', () => {
  const one = script('AUSDT', 'BUSDT');
  one.subscribe();
  one.remove(['AUSDT']);
  expect(one.take('{"code":2,"msg":"no","id":1}', false).reactions).toMatchObject([{ symbols: ['BUSDT'] }]);
});

test.each([
  '',
  'PING',
  '12',
  'null',
  '[]',
  '{',
  '{"stream":"',
  '{"stream":"ausdt@tra',
  '{"stream":7}',
  '{"stream":"x","data":null}',
  '{"error":null,"id":1}',
])('%j is left to the reader, which counts it', (raw) => {
  expect(script('AUSDT').take(raw, false)).toMatchObject({ reactions: [], isForReader: true, proves: [] });
});

test('a stream that nobody asked for is named in short', () => {
  const { channel } = script('AUSDT').take(`{"stream":"${'x'.repeat(500)}","data":{}}`, false);
  expect(channel).toHaveLength(120);
});

const answer = (value: unknown, status = 200): RestAnswer => ({
  status,
  headers: {},
  body: typeof value === 'string' ? value : JSON.stringify(value),
});

test('rules are asked for by name, in addresses that stay short, whatever script the names are of', () => {
  const names = [...symbols(150), ...symbols(60).map((name) => `${'币'.repeat(30)}${name}`), '\ud800'];
  const requests = protocol().discovery.requests(names);
  expect(requests.flatMap((one) => one.symbols)).toEqual(names);
  for (const { request, channel, symbols: some, weight } of requests) {
    const url = new URL(request.url);
    expect({ channel, weight }).toEqual({ channel: 'rest:exchangeInfo', weight: 20 });
    expect(request.url.length).toBeLessThanOrEqual(6_000);
    expect(some.length).toBeLessThanOrEqual(100);
    expect(request.url).toMatch(/^[\x21-\x7e]+$/);
    expect(JSON.parse(url.searchParams.get('symbols') ?? '')).toEqual(some.map((one) => one.toWellFormed()));
  }
  expect(protocol().discovery.requests([])).toEqual([]);
});

test('symbols are listed by the answer about them', () => {
  const { discovery } = protocol();
  const info = answer({ symbols: [listing(), listing({ symbol: 'ELMUSDT', status: 'HALT' })] });
  expect(discovery.listed(info, ['OAKUSDT', 'ELMUSDT', 'ASHUSDT'])).toEqual(new Set(['OAKUSDT', 'ELMUSDT']));
  expect([...(discovery.names?.(info) ?? [])]).toEqual(['OAKUSDT', 'ELMUSDT']);
});

test('a symbol in a break is not followed, unless it traded before: then the break will end', () => {
  const { discovery } = protocol();
  const inBreak = answer({ symbols: [listing({ status: 'BREAK' })] });
  expect(discovery.listed(inBreak, ['OAKUSDT'])).toEqual(new Set());
  expect(discovery.listed(answer({ symbols: [listing()] }), ['OAKUSDT'])).toEqual(new Set(['OAKUSDT']));
  expect(discovery.listed(inBreak, ['OAKUSDT'])).toEqual(new Set(['OAKUSDT']));
});

test.each([
  {
    what: 'an error of the venue',
    one: answer({ code: -1121, msg: 'Invalid symbol.' }, 400),
    words: 'exchangeInfo answered 400: -1121: Invalid symbol.',
  },
  {
    what: 'an error that is no JSON',
    one: answer('<html>', 502),
    words: 'exchangeInfo answered 502: <html>',
  },
  { what: 'no JSON', one: answer('{'), words: 'exchangeInfo not JSON' },
  { what: 'another list', one: answer({ symbols: [{ name: 1 }] }), words: 'exchangeInfo symbols.0.symbol: ' },
])('$what lists nothing and says why', ({ one, words }) => {
  const { discovery } = protocol();
  const listed = discovery.listed(one, ['OAKUSDT']);
  expect(listed).toBeInstanceOf(Error);
  expect(String(listed)).toContain(words);
  expect([...(discovery.names?.(one) ?? [])]).toEqual([]);
});

test('a few symbols are polled whole: their books and all their trades each time', () => {
  const { poll, pollEveryMs } = protocol();
  expect(pollEveryMs).toBe(3_000);
  const round = poll(['AUSDT', '币USDT'], at(0));
  expect(
    round.map(({ request, channel, weight }) => [
      request.url.replace('https://data-api.binance.vision/api/', ''),
      channel,
      weight,
    ]),
  ).toEqual([
    ['v3/depth?symbol=AUSDT&limit=100', 'rest:depth:AUSDT', 5],
    ['v3/depth?symbol=%E5%B8%81USDT&limit=100', 'rest:depth:币USDT', 5],
    ['v3/trades?symbol=AUSDT&limit=1000', 'rest:trades:AUSDT', 25],
    ['v3/trades?symbol=%E5%B8%81USDT&limit=1000', 'rest:trades:币USDT', 25],
  ]);
  expect(poll([], at(0))).toEqual([]);
});

test.each([
  { count: 8, trades: 8 }, // 8 × 5 + 8 × 25 = 240 of 240
  { count: 20, trades: 5 }, // 20 × 5 + 5 × 25 = 225
  { count: 48, trades: 1 }, // 48 × 5 = 240, and one more
])(
  'of $count symbols each round polls every book and the trades of $trades, in turn',
  ({ count, trades }) => {
    const { poll } = protocol();
    const all = symbols(count);
    const asked = new Set<string>();
    for (let round = 0; round < Math.ceil(count / trades); round += 1) {
      const requests = poll(all, at(0));
      const [books, some] = [
        requests.filter(({ channel }) => channel.startsWith('rest:depth')),
        requests.filter(({ channel }) => channel.startsWith('rest:trades')),
      ];
      expect(books.flatMap((one) => one.symbols)).toEqual(all);
      expect(some).toHaveLength(trades);
      for (const one of some) asked.add(String(one.symbols));
    }
    expect(asked).toEqual(new Set(all));
  },
);

test('the exchange has no closing hours and no status of its own', () => {
  const { closedBecause, exchangeStatus } = protocol();
  expect([closedBecause(at(0)), exchangeStatus]).toEqual([null, null]);
});
