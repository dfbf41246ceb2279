import { expect, test } from 'vitest';
import { mexcProtocol } from '../../../../adapters/venues/mexc/client.ts';
import { encodePush } from '../../../../adapters/venues/mexc/proto.ts';
import type { ConnectionScript } from '../../../../adapters/venues/session/protocol.ts';
import { at, depth } from './frames.ts';
import { DEPTH_FRAME, PONG, SYMBOL_RULES, TRADES_FRAME, TRADES_JSON, UNKNOWN_FRAME } from './samples.ts';

const script = (symbols: readonly string[], book: 'diff' | 'top20' = 'diff'): ConnectionScript =>
  mexcProtocol({ book }).script('m1', symbols);
const symbols = (count: number): string[] => Array.from({ length: count }, (_, n) => `COIN${n}USDT`);
const sent = (texts: readonly { text: string }[]) => texts.map(({ text }) => JSON.parse(text));

test.each([
  { book: 'diff', first: 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT' },
  { book: 'top20', first: 'spot@public.limit.depth.v3.api.pb@BTCUSDT@20' },
] as const)('subscribes the $book book, trades and best prices', ({ book, first }) => {
  expect(sent(script(['BTCUSDT'], book).subscribe())).toEqual([
    {
      method: 'SUBSCRIPTION',
      params: [
        first,
        'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT',
        'spot@public.aggre.bookTicker.v3.api.pb@100ms@BTCUSDT',
      ],
      id: 1,
    },
  ]);
});

test('a connection carries at most 30 channels, in requests below 1024 bytes', () => {
  for (const book of ['diff', 'top20'] as const) {
    const { symbolsPerConnection } = mexcProtocol({ book });
    expect(symbolsPerConnection).toBe(10); // 30 / 3
    const texts = script(symbols(symbolsPerConnection), book).subscribe();
    for (const { text } of texts) expect(Buffer.byteLength(text)).toBeLessThan(1_024);
    const params = sent(texts).flatMap((one) => one.params);
    expect(params).toHaveLength(30);
    expect(new Set(params).size).toBe(30);
    expect(sent(texts).map(({ id }) => id)).toEqual(texts.map((_, n) => n + 1));
  }
});

test('symbols are added and removed on the open connection', () => {
  const one = script(['AUSDT']);
  one.subscribe();
  expect(sent(one.add(['BUSDT']))).toMatchObject([{ method: 'SUBSCRIPTION', id: 2 }]);
  expect(one.symbols).toEqual(['AUSDT', 'BUSDT']);
  expect(sent(one.remove(['AUSDT']))).toMatchObject([{ method: 'UNSUBSCRIPTION', id: 3 }]);
  expect(one.symbols).toEqual(['BUSDT']);
  expect(one.add([])).toEqual([]);
});

test('a snapshot is a REST request: the whole book for diffs, twenty levels for pictures', () => {
  expect(script(['AUSDT']).snapshot(['AUSDT'])).toEqual({
    outgoing: [],
    requests: [
      {
        request: {
          method: 'GET',
          url: 'https://api.mexc.com/api/v3/depth?symbol=AUSDT&limit=5000',
          timeoutMs: 10_000,
          bytesMax: 4_194_304,
        },
        channel: 'rest:depth:AUSDT',
        symbols: ['AUSDT'],
        weight: 1,
      },
    ],
  });
  const [picture] = script(['AUSDT'], 'top20').snapshot(['AUSDT']).requests;
  expect(picture?.request.url).toContain('limit=20');
});

test('connects to the venue, or to another host', () => {
  expect(script([]).open(at(0))).toEqual({ url: 'wss://wbs-api.mexc.com/ws', headers: {} });
  const local = mexcProtocol({ hosts: { ws: 'ws://127.0.0.1:9', rest: 'http://127.0.0.1:8' } });
  expect(local.script('m1', []).open(at(0)).url).toBe('ws://127.0.0.1:9/ws');
  expect(local.poll(['AUSDT'], at(0)).map(({ request }) => request.url)).toEqual([
    'http://127.0.0.1:8/api/v3/depth?symbol=AUSDT&limit=100',
    'http://127.0.0.1:8/api/v3/trades?symbol=AUSDT&limit=500',
  ]);
  expect(local.discovery.requests(['AUSDT'])).toMatchObject([
    { request: { url: 'http://127.0.0.1:8/api/v3/exchangeInfo' }, weight: 10 },
  ]);
});

test('polls of thirty symbols stay below what each endpoint allows', () => {
  const protocol = mexcProtocol();
  const rounds = 60_000 / protocol.pollEveryMs;
  const perEndpoint = Map.groupBy(protocol.poll(symbols(30), at(0)), ({ channel }) => channel.split(':')[1]);
  expect([...perEndpoint.keys()]).toEqual(['depth', 'trades']);
  for (const requests of perEndpoint.values()) {
    expect(requests.length * rounds).toBeLessThan(600); // ten a second
    const weight = requests.reduce((sum, one) => sum + one.weight, 0) * rounds;
    expect(weight).toBeLessThanOrEqual(1_800); // 300 in ten seconds
  }
  const all = protocol.poll(symbols(30), at(0));
  const { spacingMs = 0, weightPerMinute = 0 } = protocol.restLimits ?? {};
  expect(all.length * rounds).toBeLessThanOrEqual(60_000 / spacingMs);
  expect(all.reduce((sum, one) => sum + one.weight, 0) * rounds).toBeLessThanOrEqual(weightPerMinute);
});

test('pings every 15 to 20 s, and a connection that does not answer within 5 s more is dead', () => {
  const { heartbeat, silenceMs, lifetimeMs } = mexcProtocol().limits;
  expect(heartbeat).toEqual({ everyMs: 15_000, text: '{"method":"PING"}' });
  expect(silenceMs).toBeGreaterThan(20_000);
  expect(lifetimeMs).toBeLessThan(86_400_000);
});

test('a pong keeps the connection alive and is not read', () => {
  expect(script(['BTCUSDT']).take(PONG, false)).toMatchObject({
    isForReader: false,
    reactions: [],
    proves: [],
  });
});

test.each([
  {
    what: 'trades',
    raw: TRADES_FRAME,
    channel: 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT',
    proves: [{ channel: 'aggre.deals', symbol: 'BTCUSDT' }],
  },
  {
    what: 'a diff',
    raw: DEPTH_FRAME,
    channel: 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT',
    proves: [{ channel: 'aggre.depth', symbol: 'BTCUSDT' }],
  },
  { what: 'an unknown message', raw: UNKNOWN_FRAME, channel: 'x', proves: [] },
  { what: 'no message', raw: 'AAAA', channel: '', proves: [] },
  { what: 'no base64', raw: '{}', channel: '', proves: [] },
])('names the stream of $what', ({ raw, channel, proves }) => {
  expect(script(['BTCUSDT']).take(raw, true)).toEqual({ channel, proves, reactions: [], isForReader: true });
});

test('the channels that data is proven for are those that have rules', () => {
  for (const book of ['diff', 'top20'] as const) {
    const names = mexcProtocol({ book }).channels.map(({ name }) => name);
    const params = sent(script(['AUSDT'], book).subscribe()).flatMap((one) => one.params as string[]);
    expect(params.map((param) => names.find((name) => param.includes(`.${name}.`)))).toEqual(names);
  }
});

test('a frame whose channel does not come first is named by reading it whole', () => {
  const bytes = Buffer.from(TRADES_FRAME, 'base64');
  // Tag, length and 47 letters of the channel are put behind the rest.
  const turned = Buffer.concat([bytes.subarray(49), bytes.subarray(0, 49)]).toString('base64');
  expect(script([]).take(turned, true).channel).toBe(JSON.parse(TRADES_JSON).channel);
});

test('a channel with a name of 128 bytes or more is named in full, as far as people read', () => {
  const channel = `spot@${'x'.repeat(150)}`;
  const raw = encodePush({ channel, symbol: 'BTCUSDT' });
  expect(script([]).take(raw, true).channel).toBe(`${channel.slice(0, 119)}…`);
});

test('frames of one stream get the same label back', () => {
  const one = script(['BTCUSDT']);
  expect(one.take(depth(1, 2).raw, true)).toBe(one.take(depth(3, 4).raw, true));
});

const [A, B, C] = sent(script(['AUSDT']).subscribe())[0].params as [string, string, string];
const BLOCKED = 'Reason： Blocked! ';

test.each([
  { what: 'the echo of all channels', msg: [A, B, C].join(','), refused: null },
  { what: 'the list of all channels', msg: `Subscribed successful! [${A},${B},${C}].`, refused: null },
  {
    what: 'one refused channel',
    msg: `Subscribed successful! [${A},${B}]. Not Subscribed successfully! [${C}].  ${BLOCKED}`,
    refused: 'Blocked!',
  },
  {
    what: 'all refused',
    msg: `Not Subscribed successfully! [${A},${B},${C}].  ${BLOCKED}`,
    refused: 'Blocked!',
  },
  {
    what: 'one channel left out',
    msg: [A, B].join(','),
    refused: `not among the channels of the answer '${A},${B}'`,
  },
  { what: 'words of another form', msg: 'system busy', refused: 'system busy' },
])('an answer with $what: refused is $refused', ({ msg, refused }) => {
  const one = script(['AUSDT']);
  one.subscribe();
  const { reactions } = one.take(JSON.stringify({ id: 1, code: 0, msg }), false);
  expect(reactions).toEqual(
    refused === null
      ? []
      : [
          {
            kind: 'refused',
            symbols: ['AUSDT'],
            why: refused.length > 120 ? `${refused.slice(0, 119)}…` : refused,
            retryMs: 1_000,
          },
        ],
  );
});

test('an answer that does not name its request refuses only what its words refuse', () => {
  const one = script(['AUSDT', 'BUSDT']);
  one.subscribe();
  const msg = `Not Subscribed successfully! [${A}].  ${BLOCKED}`;
  expect(one.take(JSON.stringify({ id: 0, code: 0, msg }), false).reactions).toMatchObject([
    { symbols: ['AUSDT'] },
  ]);
  expect(one.take(JSON.stringify({ id: 0, code: 0, msg: A }), false).reactions).toEqual([]);
});

test('an answer about a symbol that was left meanwhile, or an unsubscription, refuses nothing', () => {
  const one = script(['AUSDT']);
  one.subscribe();
  one.remove(['AUSDT']);
  const msg = `Not Subscribed successfully! [${A}].  ${BLOCKED}`;
  expect(one.take(JSON.stringify({ id: 1, code: 0, msg }), false).reactions).toEqual([]);
  expect(one.take(JSON.stringify({ id: 2, code: 0, msg: 'gone' }), false).reactions).toEqual([]);
});

test('a code other than 0 refuses what the request asked for', () => {
  const one = script(['AUSDT']);
  one.subscribe();
  const { reactions } = one.take('{"id":1,"code":500,"msg":"try later"}', false);
  expect(reactions).toMatchObject([{ kind: 'refused', symbols: ['AUSDT'], why: 'try later' }]);
});

test.each(['', '{', 'null', '[]', '{"id":1}', '{"msg":5}', '\u0000'])(
  'no text breaks the script: %j',
  (raw) => {
    expect(script(['AUSDT']).take(raw, false)).toMatchObject({ reactions: [], isForReader: true });
  },
);

test('discovery names the symbols that may be subscribed', () => {
  const { discovery } = mexcProtocol();
  const body = JSON.stringify({
    symbols: [SYMBOL_RULES, { symbol: 'PAUSED', status: '2' }, { symbol: 'OFF', status: '3' }],
  });
  const answer = { status: 200, headers: {}, body };
  expect(discovery.listed(answer, ['BTCUSDT', 'PAUSED', 'OFF', 'NONE'])).toEqual(
    new Set(['BTCUSDT', 'PAUSED']),
  );
});

test.each([
  { status: 200, body: '<html>', error: 'exchangeInfo not JSON' },
  {
    status: 200,
    body: '{}',
    error: 'exchangeInfo symbols: Invalid input: expected array, received undefined',
  },
  { status: 403, body: '<html>blocked</html>', error: 'exchangeInfo answered 403: <html>blocked</html>' },
  { status: 400, body: '{"code":10007,"msg":"bad symbol"}', error: 'exchangeInfo answered 400: bad symbol' },
])('a discovery answer that cannot be read says why: $error', ({ status, body, error }) => {
  expect(mexcProtocol().discovery.listed({ status, headers: {}, body }, ['BTCUSDT'])).toEqual(
    new Error(error),
  );
});
