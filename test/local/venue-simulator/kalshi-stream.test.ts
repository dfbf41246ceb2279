import { describe, expect, test } from 'vitest';
import { DAY_MS, plusMs, SECOND_MS } from '../../../core/time.ts';
import type { KalshiVenueOptions } from '../../../local/venue-simulator/kalshi-venue.ts';
import { type ContractClient, KEYS, type Message, openContracts, signedHeaders } from './contract-client.ts';
import { HOURS, kalshiTrial, QUARTER_CLOSE, QUARTERS, tickersOf } from './kalshi-trial.ts';
import { START } from './sim-world.ts';

const URL_OF_STREAM = 'wss://external-api-ws.kalshi.com/trade-api/ws/v2';
const [A = '', B = ''] = tickersOf(HOURS);
const [RUNNING = ''] = tickersOf(QUARTERS);
const [NEXT = ''] = tickersOf(QUARTERS, 1);

const open = (options: Partial<KalshiVenueOptions> = {}) => openContracts(kalshiTrial([], options).venue);

/** A client of its own whose commands are far enough apart. */
function listen(options: Partial<KalshiVenueOptions> = {}): {
  world: ReturnType<typeof open>;
  client: ContractClient;
} {
  const world = open(options);
  return { world, client: world.connect(URL_OF_STREAM, signedHeaders()) };
}

const subscribe = (
  id: number,
  channels: readonly string[],
  tickers: readonly string[],
  more: object = {},
) => ({
  id,
  cmd: 'subscribe',
  params: { channels, market_tickers: tickers, ...more },
});
const update = (id: number, sid: number, action: string, tickers: readonly string[]) => ({
  id,
  cmd: 'update_subscription',
  params: { sid, action, market_tickers: tickers },
});

const ofType = (messages: readonly Message[], type: string): Message[] =>
  messages.filter((one) => one['type'] === type);
const bodyOf = ({ msg }: Message): Message => msg as Message;
/** Kinds and numbers: `orderbook_snapshot 1/1`. */
const outline = (messages: readonly Message[]): string[] =>
  messages.map(({ type, sid, seq }) => `${type}${sid === undefined ? '' : ` ${sid}/${seq ?? '-'}`}`);

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

/** A book as its messages make it: hundredths of contracts by side and price. */
function fold(messages: readonly Message[], ticker: string) {
  const book = { yes: new Map<string, number>(), no: new Map<string, number>() };
  const hundredths = (text: unknown): number => Math.round(Number(text) * 100);
  const best = (side: ReadonlyMap<string, number>): number => Math.max(0, ...[...side.keys()].map(Number));
  let crossed = 0;
  for (const { type, msg } of messages) {
    const body = msg as Message;
    if (body?.['market_ticker'] !== ticker) continue;
    if (type === 'orderbook_snapshot')
      for (const name of ['yes', 'no'] as const) {
        const levels = (body[`${name}_dollars_fp`] ?? []) as readonly [string, string][];
        book[name] = new Map(levels.map(([price, size]) => [price, hundredths(size)]));
      }
    if (type !== 'orderbook_delta') continue;
    const side = book[body['side'] as 'yes' | 'no'];
    const price = String(body['price_dollars']);
    const size = (side.get(price) ?? 0) + hundredths(body['delta_fp']);
    if (size < 0) throw new Error(`${price} shrinks below nothing`);
    if (size === 0) side.delete(price);
    else side.set(price, size);
    if (best(book.yes) + best(book.no) > 1.0001) crossed += 1;
  }
  return { ...book, crossed, sum: best(book.yes) + best(book.no) };
}

test('signed changes make the book that REST shows, and cross it for an instant now and then', () => {
  const { world, client } = listen();
  client.say(subscribe(1, ['orderbook_delta'], [A]));
  world.until(60_000);
  const { yes, no, crossed, sum } = fold(client.news(), A);
  const { orderbook_fp: shown } = JSON.parse(world.read(`https://x/trade-api/v2/markets/${A}/orderbook`)) as {
    orderbook_fp: Record<'yes_dollars' | 'no_dollars', [string, string][]>;
  };
  const sorted = (side: ReadonlyMap<string, number>) =>
    [...side]
      .sort(([a], [b]) => Number(a) - Number(b))
      .map(([price, size]) => [price, (size / 100).toFixed(2)]);
  expect({ yes: sorted(yes), no: sorted(no) }).toEqual({ yes: shown.yes_dollars, no: shown.no_dollars });
  expect(crossed).toBeGreaterThan(5);
  expect(sum).toBeLessThan(1);
});

test('an instant in which the book is crossed is over with the changes of the same time', () => {
  const { world, client } = listen();
  client.say(subscribe(1, ['orderbook_delta'], [A]));
  world.until(60_000);
  const messages = client.news();
  const times = messages.map(({ msg }) => (msg as Message)['ts_ms']);
  // The last change of each moment leaves no cross behind.
  for (const [n] of messages.entries())
    if (times[n] !== times[n + 1]) expect(fold(messages.slice(0, n + 1), A).sum).toBeLessThan(1);
});

test('asked for in yes prices, the no side is told as asks', () => {
  const { client } = listen();
  client.say(subscribe(1, ['orderbook_delta'], [A]));
  const other = listen().client;
  other.say(subscribe(1, ['orderbook_delta'], [A], { use_yes_price: true }));
  const [plain, inYes] = [client, other].map((one) => bodyOf(one.news()[1] ?? {}));
  const no = (plain?.['no_dollars_fp'] ?? []) as [string, string][];
  expect(inYes?.['yes_dollars_fp']).toEqual(plain?.['yes_dollars_fp']);
  expect(inYes?.['no_dollars_fp']).toEqual(
    no.toReversed().map(([price, size]) => [(1 - Number(price)).toFixed(4), size]),
  );
});

describe('a market of a quarter of an hour', () => {
  const LIFE = { id: 9, cmd: 'subscribe', params: { channels: ['market_lifecycle_v2'] } };
  const eventsOf = (messages: readonly Message[], ticker: string): Message[] =>
    ofType(messages, 'market_lifecycle_v2')
      .map(bodyOf)
      .filter((body) => body['market_ticker'] === ticker);

  test('is closed with an empty picture told twice, determined, settled, and followed by the next one', () => {
    const { world, client } = listen();
    client.say(LIFE);
    client.say(subscribe(1, ['orderbook_delta'], [RUNNING, NEXT]));
    world.until(QUARTER_CLOSE - 1);
    expect(client.news().filter((one) => one['type'] !== 'orderbook_delta')).toEqual([
      expect.objectContaining({ type: 'subscribed' }),
      expect.objectContaining({ type: 'subscribed' }),
      expect.objectContaining({ type: 'orderbook_snapshot', seq: 1 }),
      // Nothing rests there before it opens.
      expect.objectContaining({
        type: 'orderbook_snapshot',
        seq: 2,
        msg: { market_ticker: NEXT, market_id: expect.any(String) },
      }),
    ]);
    world.until(QUARTER_CLOSE + 14 * SECOND_MS);
    const messages = client.news();
    const empty = messages.filter((one) => one['type'] === 'orderbook_snapshot').map(bodyOf);
    expect(empty).toEqual([1, 2].map(() => ({ market_ticker: RUNNING, market_id: expect.any(String) })));
    expect(eventsOf(messages, RUNNING)).toEqual([
      {
        event_type: 'determined',
        market_ticker: RUNNING,
        result: 'no',
        settlement_value: '0.0000',
        determination_ts: (START + QUARTER_CLOSE) / 1_000 + 6,
        exchange_index: 2,
      },
      {
        event_type: 'settled',
        market_ticker: RUNNING,
        settled_ts: (START + QUARTER_CLOSE) / 1_000 + 12,
        exchange_index: 2,
      },
    ]);
    expect(eventsOf(messages, NEXT).map((body) => [body['event_type'], body['floor_strike']])).toEqual([
      ['activated', undefined],
      ['metadata_updated', expect.any(Number)],
    ]);
    const after = messages.filter(
      (one) => bodyOf(one)['market_ticker'] === NEXT && one['type'] === 'orderbook_delta',
    );
    expect(after.length).toBeGreaterThan(20);
  });

  test('is created a window ahead, and unknown to the stream for two seconds', () => {
    const { world, client } = listen();
    const [later = ''] = tickersOf(QUARTERS, 2);
    client.say(LIFE);
    world.until(QUARTER_CLOSE);
    expect(eventsOf(client.news(), later)).toEqual([
      expect.objectContaining({ event_type: 'created', close_ts: (START + QUARTER_CLOSE) / 1_000 + 1_800 }),
    ]);
    client.say(subscribe(1, ['orderbook_delta'], [later]));
    expect(outline(client.news())).toEqual(['subscribed', 'error']);
    world.until(QUARTER_CLOSE + 2_000);
    client.say(update(2, 2, 'add_markets', [later]));
    expect(outline(ofType(client.news(), 'orderbook_snapshot'))).toHaveLength(1);
  });
});

test('a halted market says so, and what rested is canceled when it trades again', () => {
  const { world, client } = listen({
    faults: [{ kind: 'paused', symbol: A, atMs: 5_000, forMs: 5_000 }],
  });
  client.say({ id: 9, cmd: 'subscribe', params: { channels: ['market_lifecycle_v2'] } });
  client.say(subscribe(1, ['orderbook_delta'], [A, B]));
  world.until(5_000);
  const before = client.news();
  world.until(9_999);
  const halted = client.news();
  expect(ofType(halted, 'orderbook_delta').every((one) => bodyOf(one)['market_ticker'] === B)).toBe(true);
  world.until(10_000);
  const back = client.news();
  const events = [...before, ...halted, ...back].filter((one) => one['type'] === 'market_lifecycle_v2');
  expect(events.map((one) => bodyOf(one)['event_type'])).toEqual(['deactivated', 'activated']);
  const at = back.findIndex((one) => one['type'] === 'market_lifecycle_v2');
  const empty = fold([...before, ...halted, ...back.slice(0, at)], A);
  expect([empty.yes.size, empty.no.size]).toEqual([0, 0]);
  expect(fold([...before, ...halted, ...back], A).yes.size).toBeGreaterThan(3);
});

test('a market of which nothing may be said takes no numbers, and its first word brings all that changed', () => {
  const { world, client } = listen({ faults: [{ kind: 'mute', symbol: A, atMs: 5_000, forMs: 20_000 }] });
  client.say(subscribe(1, ['orderbook_delta'], [A, B]));
  world.until(24_999);
  const quiet = client.news();
  const of = (messages: readonly Message[]) =>
    ofType(messages, 'orderbook_delta').map((one) => [
      bodyOf(one)['market_ticker'],
      Number(bodyOf(one)['ts_ms']) - START > 5_000,
    ]);
  expect(of(quiet).some(([ticker, isLate]) => ticker === A && isLate)).toBe(false);
  world.until(27_000);
  const all = [...quiet, ...client.news()];
  const seqs = all.flatMap(({ sid, seq }) => (sid === 1 ? [seq] : []));
  expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, n) => n + 1));
  const { yes } = fold(all, A);
  const shown = JSON.parse(world.read(`https://x/trade-api/v2/markets/${A}/orderbook`));
  expect([...yes.keys()].sort()).toEqual(shown.orderbook_fp.yes_dollars.map(([price]: [string]) => price));
});

/** Markets that stay for a week. */
const LASTING = (HOURS.rolling?.plans(START) ?? []).map((plan) => ({
  ...plan,
  closesAt: plusMs(START, 7 * DAY_MS),
  book: { ...plan.book, stepMs: 5_000 },
}));

test('the weekly maintenance stops all books and cuts connections halfway', () => {
  // Thursday 2026-09-24, 02:59:50 Eastern time.
  const maintained = 1_790_233_200_000 - START;
  const { world } = listen({ series: [], plans: LASTING });
  world.until(maintained - 60_000);
  const at = plusMs(START, maintained - 60_000);
  const client = world.connect(URL_OF_STREAM, signedHeaders(KEYS.ed25519, at));
  client.say(
    subscribe(
      1,
      ['orderbook_delta'],
      LASTING.map(({ ticker }) => ticker),
    ),
  );
  const status = () => JSON.parse(world.read('https://x/trade-api/v2/exchange/status'));
  expect(status()).toEqual({
    exchange_active: true,
    trading_active: true,
    exchange_estimated_resume_time: null,
  });
  world.until(maintained + 2_000);
  client.news();
  expect(status()).toEqual({
    exchange_active: true,
    trading_active: false,
    exchange_estimated_resume_time: '2026-09-24T09:00:00Z',
  });
  world.until(maintained + 3_599_000);
  expect(client.news()).toEqual([]);
  world.until(maintained + 3_601_000);
  expect(client.got.at(-1)).toBe('<end 1001 deploy>');
  world.until(maintained + 7_202_000);
  expect(status()).toMatchObject({ trading_active: true });
});
