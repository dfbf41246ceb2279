import { expect, test } from 'vitest';
import type { CloudMetrics } from '../../../adapters/aws/cloud-metrics.ts';
import { encodeEvent } from '../../../adapters/eventbridge/event-codec.ts';
import type { CloudLog } from '../../../adapters/lambda/cloud-log.ts';
import { Door } from '../../../adapters/lambda/door.ts';
import { createAsideStore } from '../../../adapters/store/aside-store.ts';
import { createConfigStore } from '../../../adapters/store/config-store.ts';
import { createFeedStore } from '../../../adapters/store/feed-store.ts';
import type { Item, ItemStore } from '../../../adapters/store/item-store.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite-store.ts';
import { keys } from '../../../adapters/store/table.ts';
import type { DeckleEvent } from '../../../core/events.ts';
import { configHashOf } from '../../../core/market/window.ts';
import { ACTIVE, CountedMetrics, configOf, eventOf, NO_LOG, rawConfig } from '../../support/desk.ts';
import { COIN, GEM, market, T0, windowOf } from '../../support/values.ts';

const ENVIRONMENT = {
  AWS_REGION: 'eu-west-1',
  DECKLE_STAGE: 'test',
  DECKLE_TABLE: 'ledger',
  DECKLE_TRACE: 'off',
} as const;
const CONTEXT = { awsRequestId: 'request-1' };
const CONFIG = configOf(rawConfig());
const WINDOW_EVENT = eventOf([{ ...windowOf(1, [market()]), configHash: CONFIG.hash }]);

const RAISED: DeckleEvent = {
  type: 'signals.raised',
  version: 1,
  id: 'signals/main/1',
  at: T0,
  feedId: 'main',
  epoch: 1,
  signals: [],
  window: windowOf(1, [market()]),
};

function openTestDoor(trace: 'on' | 'off' = 'off') {
  const store = openSqliteStore({ path: ':memory:' });
  const counted = new CountedMetrics();
  const flushes: number[] = [];
  const metrics: CloudMetrics = {
    add: (name, value) => counted.add(name, value),
    set: (name, value) => counted.set(name, value),
    flush: () => void flushes.push(counted.total('bus_put_aside_total')),
  };
  const log: CloudLog = { ...NO_LOG, begin: () => undefined };
  const environment = { ...ENVIRONMENT, DECKLE_TRACE: trace };
  return { store, flushes, door: new Door({ name: 'fills', environment, store, log, metrics }) };
}

/** As EventBridge hands an event to a function. */
const delivered = (event: DeckleEvent, time = '2026-01-05T09:00:00Z') => {
  const { detailType, detail } = encodeEvent(event);
  return {
    id: `bus-${event.id}`,
    time,
    source: 'deckle',
    'detail-type': detailType,
    detail: JSON.parse(detail),
  };
};

const pushed = async (store: ItemStore, hash = CONFIG.hash): Promise<void> =>
  createConfigStore(store).push({ hash, document: rawConfig(), pushedAt: T0, pushedBy: 'test' });

const REFUSED: readonly (readonly [string, unknown, RegExp])[] = [
  ['an unknown type', { ...delivered(WINDOW_EVENT), 'detail-type': 'market.weather' }, /market\.weather/],
  [
    'an unknown version',
    { ...delivered(WINDOW_EVENT), detail: { ...delivered(WINDOW_EVENT).detail, version: 99 } },
    /version/,
  ],
  [
    'windows that were damaged',
    { ...delivered(WINDOW_EVENT), detail: { ...delivered(WINDOW_EVENT).detail, windows: 'H4sI!' } },
    /gzip/,
  ],
  ['no envelope at all', 'gibberish', /detail/],
  ['nothing', null, /detail/],
];

test.each(REFUSED)('puts aside %s with its reason and acknowledges it, once', async (_, input, reason) => {
  const { store, door, flushes } = openTestDoor();
  const handled: DeckleEvent[] = [];
  const handler = door.onEvent(async (event) => void handled.push(event));
  await handler(input, CONTEXT);
  const [record, ...others] = await createAsideStore(store).list(10);
  expect(record).toMatchObject({ function: 'fills', reason: expect.stringMatching(reason) });
  expect(record?.text).toBe(typeof input === 'string' ? input : JSON.stringify(input));
  expect(others).toEqual([]);
  expect(handled).toEqual([]);
  // Counted before the invocation ends, or nobody would be told.
  expect(flushes).toEqual([1]);
});

test('the same refused delivery twice is one record', async () => {
  const { store, door } = openTestDoor();
  const handler = door.onEvent(async () => undefined);
  for (const awsRequestId of ['request-1', 'request-2'])
    await handler({ ...delivered(WINDOW_EVENT), 'detail-type': 'market.weather' }, { awsRequestId });
  expect(await createAsideStore(store).list(10)).toHaveLength(1);
});

test('hands the event on as it was published', async () => {
  const { door } = openTestDoor();
  const handled: DeckleEvent[] = [];
  await door.onEvent(async (event) => void handled.push(event))(delivered(WINDOW_EVENT), CONTEXT);
  expect(handled).toEqual([WINDOW_EVENT]);
});

test('an event of 300 KB is handed on like any other', async () => {
  const { store, door } = openTestDoor();
  const reason = 'drawn down '.repeat(30_000);
  const event: DeckleEvent = {
    type: 'mode.changed',
    version: 1,
    id: 'mode.changed/2',
    at: T0,
    was: 'active',
    mode: { ...ACTIVE, mode: 'halted', version: 2, reason },
  };
  const input = delivered(event);
  expect(JSON.stringify(input).length).toBeGreaterThan(300_000);
  const handled: DeckleEvent[] = [];
  await door.onEvent(async (one) => void handled.push(one))(input, CONTEXT);
  expect(handled).toEqual([event]);
  expect(await createAsideStore(store).list(1)).toEqual([]);
});

test('what the use case throws is thrown on, so that Lambda tries again', async () => {
  const { store, door } = openTestDoor();
  const handler = door.onEvent(async () => {
    throw new Error('the table is away');
  });
  await expect(handler(delivered(WINDOW_EVENT), CONTEXT)).rejects.toThrow('the table is away');
  expect(await createAsideStore(store).list(10)).toEqual([]);
});

test('everything an invocation writes carries its function and its request', async () => {
  const { store, door } = openTestDoor();
  await pushed(store);
  const handler = door.onEvent(async (_, { desk }) => {
    const { ledger, config } = await desk.under(CONFIG.hash);
    const [first] = config.accounts;
    if (first) await ledger.openAccount(first.id, first.currency, first.openingEquity);
  });
  await handler(delivered(WINDOW_EVENT), { awsRequestId: 'request-7' });
  const [account] = CONFIG.accounts;
  if (!account) throw new Error('there is an account');
  const items: (Item | undefined)[] = [
    await store.get(keys.cursor(account.id)),
    await store.get(keys.state(account.id, 'base')),
    await store.get(keys.journal(account.id, 'pessimistic', 1)),
  ];
  for (const item of items) expect(item).toMatchObject({ writer: 'fills', requestId: 'request-7' });
});

test('a configuration that was never pushed is an error that says what to do', async () => {
  const { door } = openTestDoor();
  const handler = door.onEvent(async (event, { desk }) => {
    if (event.type === 'market.window') await desk.under(configHashOf(event.windows));
  });
  await expect(handler(delivered(WINDOW_EVENT), CONTEXT)).rejects.toThrow(/is not in the table; push it/);
});

test('a stored document that no longer reads as its hash is refused', async () => {
  const { store, door } = openTestDoor();
  await pushed(store, 'another-hash');
  const handler = door.onSchedule(async ({ desk }) => void (await desk.inForce()));
  await expect(handler({}, CONTEXT)).rejects.toThrow(/reads as .* push it again/);
});

test('rules are those the feed announced, else those of the configuration, else an error that names the instrument', async () => {
  const { store, door } = openTestDoor();
  await pushed(store);
  const announced = { ...COIN, tickSize: GEM.tickSize };
  await createFeedStore(store).putRules(CONFIG.feed.id, [announced]);
  const seen: unknown[] = [];
  await door.onSchedule(async ({ desk }) => {
    const services = await desk.inForce();
    seen.push(services?.instrument(COIN.id));
    expect(() => services?.instrument(GEM.id)).toThrow(`no rules are known for ${GEM.id}`);
  })({}, CONTEXT);
  expect(seen).toEqual([announced]);
});

test('a schedule before the first push finds nothing in force', async () => {
  const { door } = openTestDoor();
  const found: unknown[] = [];
  await door.onSchedule(async ({ desk }) => void found.push(await desk.inForce()))({}, CONTEXT);
  expect(found).toEqual([undefined]);
});

test('a traced stage keeps when an event passed the function and what it raised, also when it failed', async () => {
  const { store, door } = openTestDoor('on');
  const published: DeckleEvent[] = [];
  const handler = door.onEvent(async (event, { counted }) => {
    await counted({ publish: async (events) => void published.push(...events) }).publish([RAISED]);
    if (event.at !== WINDOW_EVENT.at) throw new Error('too late');
  });
  await handler(delivered(WINDOW_EVENT), CONTEXT);
  expect(await store.get(keys.trace(WINDOW_EVENT.id, 'fills'))).toMatchObject({
    outcome: 'done',
    raised: 1,
    requestId: 'request-1',
  });
  const later = eventOf([{ ...windowOf(2, [market()]), configHash: CONFIG.hash }]);
  await expect(handler(delivered(later), CONTEXT)).rejects.toThrow('too late');
  expect(await store.get(keys.trace(later.id, 'fills'))).toMatchObject({ outcome: 'failed', raised: 1 });
  expect(published).toHaveLength(2);
});

test('an untraced stage writes nothing of its own', async () => {
  const { store, door } = openTestDoor();
  await door.onEvent(async () => undefined)(delivered(WINDOW_EVENT), CONTEXT);
  expect((await store.changes(undefined, 10)).changes).toEqual([]);
});
