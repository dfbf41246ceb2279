import { describe, expect, test } from 'vitest';
import { plusMs } from '../../../core/time.ts';
import { KEYS, signedHeaders } from './contract-client.ts';
import {
  A,
  B,
  bodyOf,
  listen,
  ofType,
  open,
  outline,
  subscribe,
  URL_OF_STREAM,
  update,
} from './kalshi-listener.ts';
import { START } from './sim-world.ts';

describe('opens its stream', () => {
  test.each([
    { what: 'a key of RSA', headers: signedHeaders(KEYS.rsa) },
    { what: 'a key of Ed25519', headers: signedHeaders(KEYS.ed25519) },
    {
      what: 'a clock that is off by half a minute',
      headers: signedHeaders(KEYS.rsa, plusMs(START, -29_000)),
    },
  ])('to $what', ({ headers }) => {
    expect(open().connect(URL_OF_STREAM, headers).got).toEqual([]);
  });

  const good = signedHeaders();
  test.each([
    { what: 'no headers', headers: {}, why: 'no such key' },
    {
      what: 'a key that it does not know',
      headers: { ...good, 'kalshi-access-key': 'other' },
      why: 'no such key',
    },
    {
      what: 'a signature of another key',
      headers: { ...good, 'kalshi-access-key': KEYS.rsa.keyId },
      why: 'the signature is not of this key',
    },
    {
      what: 'a signature of another moment',
      headers: { ...good, 'kalshi-access-timestamp': String(START + 1) },
      why: 'the signature is not of this key',
    },
    {
      what: 'a moment long ago',
      headers: signedHeaders(KEYS.ed25519, plusMs(START, -60_000)),
      why: 'the timestamp is not of this moment',
    },
    {
      what: 'no signature',
      headers: { ...good, 'kalshi-access-signature': '' },
      why: 'the signature is not of this key',
    },
  ])('not to $what', ({ headers, why }) => {
    const answer = open().knock(URL_OF_STREAM, headers);
    if (answer === 'hang' || !('status' in answer)) throw new Error('it was opened');
    expect([answer.status, JSON.parse(answer.body).error]).toEqual([
      401,
      { code: 'token_authentication_failure', message: 'unauthorized', details: why },
    ]);
  });

  test('by the path that was signed only', () => {
    expect(open().knock('wss://x/trade-api/ws/v3', signedHeaders())).toMatchObject({ status: 404 });
  });

  test('to nobody, where it knows no key', () => {
    expect(open({ keys: [] }).knock(URL_OF_STREAM, signedHeaders())).toMatchObject({ status: 401 });
  });
});

test('it pings every ten seconds, and says nothing else to who asks for nothing', () => {
  const { world, client } = listen();
  world.until(35_000);
  expect(client.got).toEqual(['<ping>', '<ping>', '<ping>']);
});

describe('subscriptions', () => {
  test('have a number each, and pictures come before the acknowledgement of the next channel', () => {
    const { client } = listen();
    client.say(subscribe(1, ['orderbook_delta', 'trade'], [A, B]));
    expect(outline(client.news())).toEqual([
      'subscribed',
      'orderbook_snapshot 1/1',
      'orderbook_snapshot 1/2',
      'subscribed',
    ]);
  });

  test('count all their markets together, without a hole, trades by themselves', () => {
    const { world, client } = listen();
    client.say(subscribe(1, ['orderbook_delta', 'trade', 'ticker'], [A, B]));
    world.until(30_000);
    const messages = client.news().filter(({ sid }) => sid !== undefined);
    for (const sid of [1, 2]) {
      const seqs = messages.filter((one) => one['sid'] === sid).map(({ seq }) => seq);
      expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, n) => n + 1));
    }
    expect(new Set(ofType(messages, 'orderbook_delta').map((one) => bodyOf(one)['market_ticker']))).toEqual(
      new Set([A, B]),
    );
    expect(ofType(messages, 'ticker').every(({ seq }) => seq === undefined)).toBe(true);
    expect(ofType(messages, 'ticker').length).toBeGreaterThan(50);
  });

  test('are merged with a second one to the same channel, listed, and left', () => {
    const { world, client } = listen();
    client.say(subscribe(1, ['orderbook_delta'], [A]));
    client.say(subscribe(2, ['orderbook_delta'], [A, B]));
    client.say({ id: 3, cmd: 'list_subscriptions' });
    const [, , second, picture, list] = client.news();
    expect(second).toEqual({ id: 2, type: 'subscribed', msg: { channel: 'orderbook_delta', sid: 1 } });
    expect(bodyOf(picture ?? {})['market_ticker']).toBe(B);
    expect(list).toEqual({ id: 3, type: 'ok', msg: [{ channel: 'orderbook_delta', sid: 1 }] });
    client.say({ id: 4, cmd: 'unsubscribe', params: { sids: [1] } });
    expect(client.news()).toEqual([{ id: 4, sid: 1, seq: 3, type: 'unsubscribed' }]);
    world.until(5_000);
    expect(client.news()).toEqual([]);
  });

  test.each([
    { takes: true, seqs: [2, 3, 4, 5] },
    { takes: false, seqs: [1, 2, 2, 3] },
  ])('answers take numbers of the count: $takes', ({ takes, seqs }) => {
    const { client } = listen({ answersTakeNumbers: takes });
    client.say(subscribe(1, ['orderbook_delta'], [A]));
    client.say(update(2, 1, 'add_markets', [B]));
    client.say(update(3, 1, 'delete_markets', [A]));
    client.say(update(4, 1, 'get_snapshot', [B, A]));
    const [, , ...answers] = client.news();
    // A is not in it any more, so that no picture of it comes.
    expect(outline(answers)).toEqual([
      `ok 1/${seqs[0]}`,
      `orderbook_snapshot 1/${seqs[1]}`,
      `ok 1/${seqs[2]}`,
      `orderbook_snapshot 1/${seqs[3]}`,
    ]);
    expect(answers[2]).toMatchObject({ id: 3, msg: { market_tickers: [B] } });
  });

  test.each([
    { what: 'a channel that does not exist', say: subscribe(1, ['orderbook'], [A]), code: 8 },
    { what: 'a book of no market', say: subscribe(1, ['orderbook_delta'], []), code: 14 },
    { what: 'no channel', say: subscribe(1, [], [A]), code: 3 },
    { what: 'no parameters', say: { id: 1, cmd: 'subscribe' }, code: 2 },
    { what: 'an unknown command', say: { id: 1, cmd: 'order' }, code: 5 },
    { what: 'what is no JSON', say: '{', code: 5 },
    { what: 'a subscription that is none', say: update(1, 9, 'add_markets', [A]), code: 7 },
    {
      what: 'a change of nothing',
      say: { id: 1, cmd: 'update_subscription', params: { sids: [1, 2] } },
      code: 12,
    },
    { what: 'leaving nothing', say: { id: 1, cmd: 'unsubscribe', params: {} }, code: 4 },
  ])('$what is error $code', ({ say, code }) => {
    const { client } = listen();
    client.say(say);
    const [error, ...others] = client.news();
    expect([error?.['type'], bodyOf(error ?? {})['code'], others]).toEqual(['error', code, []]);
  });

  test('one bad ticker or channel leaves the others of its command alone', () => {
    const { client } = listen();
    client.say(subscribe(1, ['orderbook_delta', 'nonsense'], [A, 'KXNOPE']));
    expect(client.news()).toEqual([
      { id: 1, type: 'subscribed', msg: { channel: 'orderbook_delta', sid: 1 } },
      { id: 1, type: 'error', msg: { code: 16, msg: 'Market not found', market_ticker: 'KXNOPE' } },
      expect.objectContaining({ type: 'orderbook_snapshot', sid: 1, seq: 1 }),
      { id: 1, type: 'error', msg: { code: 8, msg: 'Unknown channel name' } },
    ]);
  });

  test('too many markets are error 26, and too many commands error 27', () => {
    const { client } = listen({ marketsMax: 1 });
    client.say(subscribe(1, ['orderbook_delta'], [A, B]));
    client.say(subscribe(2, ['orderbook_delta'], [A]));
    client.say(update(3, 1, 'add_markets', [B]));
    for (let id = 4; id <= 11; id += 1) client.say({ id, cmd: 'list_subscriptions' });
    const errors = ofType(client.news(), 'error').map((one) => [one['id'], bodyOf(one)['code']]);
    expect(errors).toEqual([
      [1, 26],
      [3, 26],
      [undefined, 27],
    ]);
  });

  test('what overflows is error 25, and its numbers are missing', () => {
    const { world, client } = listen({ actions: [{ kind: 'overflow', atMs: 3_000, connection: 1 }] });
    client.say(subscribe(1, ['orderbook_delta'], [A]));
    world.until(6_000);
    const messages = client.news();
    const at = messages.findIndex((one) => one['type'] === 'error');
    expect(bodyOf(messages[at] ?? {})['code']).toBe(25);
    expect(Number(messages[at + 1]?.['seq']) - Number(messages[at - 1]?.['seq'])).toBe(2);
  });

  test('numbers that go back begin with 1 again', () => {
    const { world, client } = listen({ faults: [{ kind: 'ids_back', atMs: 5_000, forMs: 1 }] });
    client.say(subscribe(1, ['orderbook_delta'], [A]));
    world.until(5_000);
    const last = Number(client.news().at(-1)?.['seq']);
    world.until(6_000);
    expect([last > 10, client.news()[0]?.['seq']]).toEqual([true, 1]);
  });
});
