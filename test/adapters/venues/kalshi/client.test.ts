import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type KalshiProtocolOptions, kalshiProtocol } from '../../../../adapters/venues/kalshi/client.ts';
import type { ConnectionScript, Outgoing } from '../../../../adapters/venues/session/protocol.ts';
import { epochMs } from '../../../../core/time.ts';
import { A, B, delta, snapshot, trade, wireMarket } from './frames.ts';

const { privateKey } = generateKeyPairSync('ed25519');
const KEYS = { keyId: 'key-1', privateKeyPem: String(privateKey.export({ format: 'pem', type: 'pkcs8' })) };
const HOSTS = { ws: 'ws://127.0.0.1:9/trade-api/ws/v2', rest: 'http://127.0.0.1:9/trade-api/v2' };
const NOW = epochMs(1_790_462_800_000);

const protocol = (more: Partial<KalshiProtocolOptions> = {}) =>
  kalshiProtocol({ environment: 'demo', hosts: HOSTS, keys: KEYS, ...more });
const scriptOf = (symbols: readonly string[], more: Partial<KalshiProtocolOptions> = {}): ConnectionScript =>
  protocol(more).script('kalshi-1', symbols);
const sent = (outgoing: readonly Outgoing[]): unknown[] =>
  outgoing.map(({ text }) => JSON.parse(text) as unknown);
const take = (script: ConnectionScript, value: unknown) => script.take(JSON.stringify(value), false);
const acknowledge = (script: ConnectionScript): void => {
  take(script, { id: 1, type: 'subscribed', msg: { channel: 'orderbook_delta', sid: 7 } });
  take(script, { id: 2, type: 'subscribed', msg: { channel: 'trade', sid: 8 } });
  take(script, { id: 3, type: 'subscribed', msg: { channel: 'ticker', sid: 9 } });
};

describe('a connection', () => {
  test('opens with a signed upgrade, signed anew each time', () => {
    const script = scriptOf([A]);
    const first = script.open(NOW);
    expect(first.url).toBe(HOSTS.ws);
    expect(Object.keys(first.headers)).toEqual([
      'KALSHI-ACCESS-KEY',
      'KALSHI-ACCESS-TIMESTAMP',
      'KALSHI-ACCESS-SIGNATURE',
    ]);
    expect(script.open(epochMs(NOW + 1)).headers['KALSHI-ACCESS-TIMESTAMP']).toBe('1790462800001');
  });

  test('subscribes each channel by itself, and says in which prices the no side is to come', () => {
    const params = (channel: string, more: object = {}) => ({
      channels: [channel],
      market_tickers: [A, B],
      ...more,
    });
    expect(sent(scriptOf([A, B]).subscribe())).toEqual([
      { id: 1, cmd: 'subscribe', params: params('orderbook_delta', { use_yes_price: false }) },
      { id: 2, cmd: 'subscribe', params: params('trade') },
      { id: 3, cmd: 'subscribe', params: params('ticker') },
      { id: 4, cmd: 'subscribe', params: { channels: ['market_lifecycle_v2'] } },
    ]);
    const [first] = sent(scriptOf([A, B], { usesYesPrice: true }).subscribe());
    expect(first).toMatchObject({ params: { use_yes_price: true } });
  });

  test('subscribes no market but the lives of all when it begins empty', () => {
    expect(sent(scriptOf([]).subscribe())).toEqual([
      { id: 1, cmd: 'subscribe', params: { channels: ['market_lifecycle_v2'] } },
    ]);
  });

  test('adds and leaves markets on the subscriptions that it has', () => {
    const script = scriptOf([A]);
    script.subscribe();
    acknowledge(script);
    const update = (id: number, sid: number, action: string) => ({
      id,
      cmd: 'update_subscription',
      params: { sid, action, market_tickers: [B] },
    });
    expect(sent(script.add([B]))).toEqual([
      update(5, 7, 'add_markets'),
      update(6, 8, 'add_markets'),
      update(7, 9, 'add_markets'),
    ]);
    expect(script.symbols).toEqual([A, B]);
    expect(sent(script.remove([B]))).toEqual([
      update(8, 7, 'delete_markets'),
      update(9, 8, 'delete_markets'),
      update(10, 9, 'delete_markets'),
    ]);
    expect(script.symbols).toEqual([A]);
    expect([...script.add([]), ...script.remove([])]).toEqual([]);
  });

  test('subscribes once more what is added before an answer came', () => {
    const script = scriptOf([A]);
    script.subscribe();
    expect(sent(script.remove([A]))).toEqual([]);
    expect(sent(script.add([B]))).toEqual([
      {
        id: 5,
        cmd: 'subscribe',
        params: { channels: ['orderbook_delta'], market_tickers: [B], use_yes_price: false },
      },
      { id: 6, cmd: 'subscribe', params: { channels: ['trade'], market_tickers: [B] } },
      { id: 7, cmd: 'subscribe', params: { channels: ['ticker'], market_tickers: [B] } },
    ]);
  });

  test('has its books compared with whole ones by REST every one and a half minutes, a hundred in a request', () => {
    const { witnessEveryMs, restLimits } = protocol();
    expect(witnessEveryMs).toBe(90_000);
    const requests = scriptOf([A, B]).witness?.([A, B]) ?? [];
    expect(requests.map(({ channel, symbols, weight }) => ({ channel, symbols, weight }))).toEqual([
      { channel: 'rest:orderbooks', symbols: [A, B], weight: 1 },
    ]);
    // 20 connections of 100 markets, each once in 90 s: less than a tenth of what may be asked in a minute.
    const perMinute = (20 * 60_000) / 90_000;
    expect(perMinute).toBeLessThan((restLimits?.weightPerMinute ?? 0) / 10);
  });

  test('asks for pictures in the stream, and for one by REST as a witness', () => {
    const script = scriptOf([A, B]);
    script.subscribe();
    expect(script.snapshot([A]).outgoing).toEqual([]);
    acknowledge(script);
    const { outgoing, requests } = script.snapshot([A, B]);
    expect(sent(outgoing)).toEqual([
      {
        id: 5,
        cmd: 'update_subscription',
        params: { sid: 7, action: 'get_snapshot', market_tickers: [A, B] },
      },
    ]);
    expect(requests.map(({ channel, request: { url }, symbols }) => ({ channel, url, symbols }))).toEqual([
      {
        channel: 'rest:orderbooks',
        url: `${HOSTS.rest}/markets/orderbooks?tickers=${A}&tickers=${B}`,
        symbols: [A, B],
      },
    ]);
  });

  test('learns its subscriptions anew when the venue knows another number', () => {
    const script = scriptOf([A]);
    script.subscribe();
    acknowledge(script);
    const { reactions } = take(script, {
      id: 9,
      type: 'error',
      msg: { code: 7, msg: 'Unknown subscription ID' },
    });
    expect(reactions).toEqual([
      { kind: 'send', outgoing: [{ text: '{"id":5,"cmd":"list_subscriptions"}' }] },
    ]);
    take(script, {
      id: 5,
      type: 'ok',
      msg: [
        { channel: 'orderbook_delta', sid: 70 },
        { channel: 'other', sid: 1 },
      ],
    });
    expect(sent(script.snapshot([A]).outgoing)).toMatchObject([{ params: { sid: 70 } }]);
    expect(sent(script.add([B])).map((one) => (one as { cmd: string }).cmd)).toEqual([
      'update_subscription',
      'subscribe',
      'subscribe',
    ]);
  });
});

describe('a message', () => {
  test.each([
    { frame: snapshot(A, 1), proves: [{ channel: 'orderbook_delta', symbol: A }] },
    { frame: delta(A, 1, 'yes 0.1 +1'), proves: [{ channel: 'orderbook_delta', symbol: A }] },
    { frame: trade(A, { seq: 1 }), proves: [{ channel: 'trade', symbol: A }] },
    { frame: delta('KXOTHER-1', 1, 'yes 0.1 +1'), proves: [] },
  ])('proves $proves as $frame.channel', ({ frame, proves }) => {
    const script = scriptOf([A]);
    const taken = script.take(frame.raw, false);
    expect(taken).toEqual({ channel: frame.channel, reactions: [], isForReader: true, proves });
    expect(script.take(frame.raw, false)).toBe(taken);
  });

  test('proves nothing any more of a market that was left', () => {
    const script = scriptOf([A]);
    const before = script.take(delta(A, 1, 'yes 0.1 +1').raw, false);
    script.remove([A]);
    expect(script.take(delta(A, 2, 'yes 0.1 +1').raw, false).proves).toEqual([]);
    script.add([A]);
    const again = script.take(delta(A, 3, 'yes 0.1 +1').raw, false);
    expect(again.proves).toEqual(before.proves);
    expect(again).not.toBe(before);
  });

  test.each([
    { raw: '{ "type": "trade", "msg": {} }', channel: 'trade' },
    { raw: '{"id":1,"type":"subscribed","msg":{"channel":"ticker","sid":1}}', channel: 'subscribed' },
    { raw: 'garbage', channel: 'unreadable' },
    { raw: '', channel: 'unreadable' },
    { raw: '[]', channel: 'unreadable' },
    { raw: '{"type":7}', channel: 'unreadable' },
    { raw: '{"type":"subscribed","msg":null}', channel: 'subscribed' },
    { raw: '{"type":"error","msg":"no"}', channel: 'error' },
    { raw: '{"type":"orderbook_delta"', channel: 'orderbook_delta' },
  ])('of any layout is for the reader: $raw', ({ raw, channel }) => {
    expect(scriptOf([A]).take(raw, false)).toEqual({ channel, reactions: [], isForReader: true, proves: [] });
  });

  test('that is binary is for the reader to count', () => {
    expect(scriptOf([A]).take('eyJ0eXBlIjoi', true)).toMatchObject({
      channel: 'unreadable',
      isForReader: true,
    });
  });
});

describe('an error', () => {
  const reactionsTo = (code: number, id = 1, ticker?: string) => {
    const script = scriptOf([A, B]);
    script.subscribe();
    acknowledge(script);
    script.snapshot([A]); // id 5
    script.add([B]); // ids 6 to 8
    const msg = { code, msg: 'words', ...(ticker !== undefined && { market_ticker: ticker }) };
    return take(script, { id, type: 'error', msg }).reactions;
  };
  const refused = (code: number, symbols: readonly string[], retryMs: number | null) => [
    { kind: 'refused', symbols, why: `error ${code}: words`, retryMs },
  ];

  test.each([1, 17, 26, 27])('%i: the markets of its command are tried again', (code) => {
    expect(reactionsTo(code)).toEqual(refused(code, [A, B], 2_000));
    expect(reactionsTo(code, 6)).toEqual(refused(code, [B], 2_000));
  });

  test.each([2, 3, 4, 5, 11, 12, 13, 14, 15, 19, 20, 21, 22, 24, 28])(
    '%i: is ours, and is not tried again',
    (code) => {
      expect(reactionsTo(code)).toEqual(refused(code, [A, B], null));
    },
  );

  test.each([6, 8])('%i: changes nothing', (code) => {
    expect(reactionsTo(code)).toEqual([]);
  });

  test.each([10, 18, 25, 23, 999])('%i: needs a new connection', (code) => {
    expect(reactionsTo(code)).toEqual([{ kind: 'give_up', why: `error ${code}: words`, isFinal: false }]);
  });

  test('9: the keys are no good, and polling begins', () => {
    expect(reactionsTo(9)).toEqual([{ kind: 'give_up', why: 'error 9: words', isFinal: true }]);
  });

  test.each([1, 13, 16, 27])('%i: to a request for a picture asks for nothing', (code) => {
    expect(reactionsTo(code, 5)).toEqual([]);
  });

  test('16: only the market that it names is tried again, for about a minute', () => {
    const script = scriptOf([A, B]);
    script.subscribe();
    const notFound = { id: 1, type: 'error', msg: { code: 16, msg: 'Market not found', market_ticker: B } };
    const waits = Array.from({ length: 22 }, () => take(script, notFound).reactions).map(
      ([reaction]) => reaction?.kind === 'refused' && [reaction.symbols, reaction.retryMs],
    );
    expect(waits).toEqual([...Array.from({ length: 20 }, () => [[B], 2_000]), [[B], null], [[B], 2_000]]);
  });
});

describe('the protocol', () => {
  test('has no stream without keys, and says so to whoever wants one', () => {
    const { keys: _, ...options } = { environment: 'live', keys: KEYS } as const;
    const keyless = kalshiProtocol(options);
    expect([keyless.hasSocket, protocol().hasSocket]).toEqual([false, true]);
    expect(() => keyless.script('kalshi-1', [A])).toThrow('Kalshi opens its stream only to a key');
  });

  test('shows nothing of its keys', () => {
    expect(JSON.stringify(protocol())).not.toContain('key-1');
  });

  test('asks for the rules of all markets, a hundred at a time', () => {
    const symbols = Array.from({ length: 130 }, (_, n) => `KXM-${n}`);
    const requests = protocol().discovery.requests(symbols);
    expect(requests.map(({ symbols: some }) => some.length)).toEqual([100, 30]);
    expect(requests[1]?.request.url).toBe(
      `${HOSTS.rest}/markets?limit=1000&tickers=${symbols.slice(100).join(',')}`,
    );
    expect(requests[0]?.channel).toBe('rest:markets');
  });

  test('lists what may be subscribed', () => {
    const markets = [
      wireMarket(A),
      wireMarket(B, { status: 'finalized' }),
      wireMarket('KXSOON-1', { status: 'initialized' }),
      wireMarket('KXHELD-1', { status: 'inactive' }),
      wireMarket('KXOTHER-1'),
      { status: 'active' },
      null,
    ];
    const { listed } = protocol().discovery;
    const asked = [A, B, 'KXSOON-1', 'KXHELD-1', 'KXNOPE'];
    const answer = { status: 200, headers: {}, body: JSON.stringify({ markets }) };
    expect(listed(answer, asked)).toEqual(new Set([A, 'KXSOON-1', 'KXHELD-1']));
    expect(listed({ ...answer, status: 500 }, asked)).toEqual(new Error('markets: HTTP 500'));
    expect(listed({ ...answer, body: '<html>' }, asked)).toBeInstanceOf(Error);
  });

  test.each([
    { body: { exchange_active: true, trading_active: true }, says: null },
    { body: { exchange_active: true, trading_active: false }, says: 'trading is paused' },
    { body: { exchange_active: false, trading_active: true }, says: 'the exchange is closed' },
    {
      body: {
        exchange_active: false,
        trading_active: false,
        exchange_estimated_resume_time: '2026-09-24T09:00:00Z',
      },
      says: 'the exchange is closed, until about 2026-09-24T09:00:00Z',
    },
  ])('reads the status of the exchange: $says', ({ body, says }) => {
    const status = protocol().exchangeStatus;
    expect(status?.request.url).toBe(`${HOSTS.rest}/exchange/status`);
    expect(status?.read({ status: 200, headers: {}, body: JSON.stringify(body) })).toBe(says);
  });

  test('says what is wrong with a status that it cannot read', () => {
    const read = protocol().exchangeStatus?.read;
    expect(read?.({ status: 429, headers: {}, body: '' })).toEqual(new Error('exchange status: HTTP 429'));
    expect(read?.({ status: 200, headers: {}, body: '{"trading_active":true}' })).toBeInstanceOf(Error);
  });

  test.each([
    { at: '2026-09-24T06:59:59Z', is: false }, // Thursday 02:59:59 EDT
    { at: '2026-09-24T07:00:00Z', is: true }, // 03:00
    { at: '2026-09-24T08:59:59Z', is: true },
    { at: '2026-09-24T09:00:00Z', is: false }, // 05:00
    { at: '2026-11-19T07:30:00Z', is: false }, // Thursday 02:30 EST
    { at: '2026-11-19T08:00:00Z', is: true },
    { at: '2026-11-19T10:00:00Z', is: false },
    { at: '2026-09-25T07:30:00Z', is: false }, // Friday
    { at: '2026-09-23T07:30:00Z', is: false },
  ])('is in maintenance at $at: $is', ({ at, is }) => {
    const why = protocol().closedBecause(epochMs(Date.parse(at)));
    expect(why).toBe(is ? 'weekly maintenance, Thursday 03:00 to 05:00 Eastern time' : null);
  });

  test.each(['live', 'demo'] as const)('knows its own addresses: %s', (environment) => {
    const { name, exchangeStatus, script } = kalshiProtocol({ environment, keys: KEYS });
    expect(name).toBe(`Kalshi, ${environment}`);
    const end = environment === 'live' ? 'kalshi.com' : 'demo.kalshi.co';
    expect(exchangeStatus?.request.url).toBe(`https://external-api.${end}/trade-api/v2/exchange/status`);
    expect(script('kalshi-1', [A]).open(NOW).url).toBe(`wss://external-api-ws.${end}/trade-api/ws/v2`);
  });
});
