import { describe, expect, test } from 'vitest';
import { DAY_MS, plusMs, SECOND_MS } from '../../../core/time.ts';
import { KEYS, type Message, signedHeaders } from './contract-client.ts';
import {
  A,
  B,
  bodyOf,
  fold,
  listen,
  NEXT,
  ofType,
  outline,
  RUNNING,
  subscribe,
  URL_OF_STREAM,
  update,
} from './kalshi-listener.ts';
import { HOURS, QUARTER_CLOSE, QUARTERS, tickersOf } from './kalshi-trial.ts';
import { START } from './sim-world.ts';

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
