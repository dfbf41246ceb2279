import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { createUniverseStore } from '../../adapters/store/universe-store.ts';
import { type DeckleEvent, deckleEvent, type EventType } from '../../core/events.ts';
import type { SignalId, StrategyId } from '../../core/paper/order.ts';
import type { Signal } from '../../core/strategy/strategy.ts';
import { epochMs, HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { newsOf } from '../../lambdas/relay/relay.ts';
import { report } from '../../lambdas/report/report.ts';
import { type FunctionName, type FunctionWiring, TOPOLOGY } from '../../lambdas/topology.ts';
import { type FunctionTable, InProcessBus } from '../../local/bus.ts';
import { isDue, scheduleTimes } from '../../local/schedule.ts';
import { createServices } from '../../local/services.ts';
import {
  ACTIVE,
  CountedMetrics,
  configOf,
  eventOf,
  eventsOf,
  instrumentNamed,
  NO_LOG,
  openDesk,
  rawConfig,
  runSequentially,
  STILL,
} from '../support/desk.ts';
import { syntheticMarket } from '../support/synthetic-market.ts';
import { COIN, GEM, market, T0, windowOf } from '../support/values.ts';

const named = (which: (one: FunctionWiring) => boolean): FunctionName[] =>
  TOPOLOGY.filter(which).map((one) => one.name);
const catalogue: readonly EventType[] = deckleEvent.def.options.flatMap(
  (option) => option.shape.type.def.values,
);
const listened = [...new Set(TOPOLOGY.flatMap((one) => one.listens))];

test('every function has a name of its own', () => {
  expect(new Set(named(() => true)).size).toBe(TOPOLOGY.length);
});

test.each(TOPOLOGY)('the use case of $name is where the wiring says', async ({ name, useCase }) => {
  expect(existsSync(new URL(`../../${useCase}`, import.meta.url))).toBe(true);
  expect(await import(`../../${useCase}`)).toHaveProperty(name);
});

test.each(TOPOLOGY)('$name listens only to events of the catalogue, to each once', ({ listens }) => {
  expect(catalogue).toEqual(expect.arrayContaining([...listens]));
  expect(new Set(listens).size).toBe(listens.length);
});

test.each(TOPOLOGY)('something wakes $name, and by one way', ({ listens, stream, schedules }) => {
  expect([listens.length > 0, stream.length > 0, schedules.length > 0].filter(Boolean)).toHaveLength(1);
});

test('one function reads the stream', () => {
  expect(named(({ stream }) => stream.length > 0)).toEqual(['relay']);
});

test.each(TOPOLOGY.flatMap(({ name, schedules }) => schedules.map((schedule) => ({ name, schedule }))))(
  '$name is due within a day of its schedule $schedule',
  ({ schedule }) => {
    const times = scheduleTimes(schedule);
    expect(times.everyMs).toBeGreaterThanOrEqual(MINUTE_MS);
    expect(isDue(times, T0, epochMs(T0 + 24 * HOUR_MS))).toBe(true);
    expect(isDue(times, T0, T0)).toBe(false);
  },
);

test.each(['rate(30 seconds)', 'rate(0.5 hours)', 'cron(0 0 ? * MON *)', 'at(2026-01-01T00:00:00)', ''])(
  'a schedule that the embedded runtime cannot follow is refused: %s',
  (schedule) => {
    expect(() => scheduleTimes(schedule)).toThrow(RangeError);
  },
);

test('a function that changes money writes the table; only alerts reaches people', () => {
  expect(named(({ touches }) => touches.table === 'write')).toEqual(
    expect.arrayContaining(['fills', 'risk', 'guard']),
  );
  expect(named(({ touches }) => touches.topics)).toEqual(['alerts']);
});

test('windows fill working orders before strategies see them', () => {
  expect(named(({ listens }) => listens.includes('market.window'))).toEqual(['fills', 'signals']);
});

test.each(catalogue)(
  'the bus takes %s to its listeners and to nobody else, in the order of the topology',
  async (type) => {
    const called: FunctionName[] = [];
    const functions = Object.fromEntries(
      TOPOLOGY.map(({ name }) => [name, async () => void called.push(name)]),
    ) as unknown as FunctionTable;
    const bus = new InProcessBus(functions, new CountedMetrics());
    await bus.publish([{ ...EVENTS['feed.silenced'], type } as DeckleEvent]);
    await bus.drain();
    expect(called).toEqual(named(({ listens }) => listens.includes(type)));
  },
);

const WINDOW = windowOf(1, [market()]);
const detail = 'a sample';
const head = { version: 1, at: T0 } as const;

/** Of a strategy that the configuration does not know: counted and put aside by risk. */
const STRAY: Signal = {
  id: 'stray/binance:COINUSDT/1700000001000/1' as SignalId,
  strategyId: 'stray' as StrategyId,
  closedAt: WINDOW.closedAt,
  n: 1,
  instrumentId: COIN.id,
  side: 'buy',
  confidence: 1,
  edgeBps: null,
  reason: detail,
};

/** A sample of every event that some function listens to. */
const EVENTS = {
  'market.window': eventOf([WINDOW]),
  'signals.raised': {
    ...head,
    type: 'signals.raised',
    id: 'signals.raised/main/1',
    feedId: 'main',
    epoch: 1,
    signals: [STRAY],
    window: WINDOW,
  },
  'mode.changed': {
    ...head,
    type: 'mode.changed',
    id: 'mode.changed/2',
    was: 'active',
    mode: {
      mode: 'halted',
      cause: 'person',
      reason: detail,
      author: 'test',
      changedAt: T0,
      until: null,
      version: 2,
    },
  },
  'reconciliation.finished': {
    ...head,
    type: 'reconciliation.finished',
    id: 'reconciliation.finished/alpha/1',
    accountId: 'alpha',
    discrepancies: [],
  },
  'feed.silenced': {
    ...head,
    type: 'feed.silenced',
    id: 'feed.silenced/main/binance:COINUSDT/1',
    feedId: 'main',
    instrumentId: COIN.id,
    detail,
  },
  'feed.resumed': {
    ...head,
    type: 'feed.resumed',
    id: 'feed.resumed/main/binance:COINUSDT/1',
    feedId: 'main',
    instrumentId: COIN.id,
    detail,
  },
  'venue.disconnected': {
    ...head,
    type: 'venue.disconnected',
    id: 'sample/venue.disconnected',
    feedId: 'main',
    venue: 'kalshi',
    detail,
  },
  'venue.connected': {
    ...head,
    type: 'venue.connected',
    id: 'sample/venue.connected',
    feedId: 'main',
    venue: 'kalshi',
    detail,
  },
  'breaker.opened': {
    ...head,
    type: 'breaker.opened',
    id: 'sample/breaker.opened',
    feedId: 'main',
    instrumentId: COIN.id,
    detail,
  },
  'breaker.closed': {
    ...head,
    type: 'breaker.closed',
    id: 'sample/breaker.closed',
    feedId: 'main',
    instrumentId: COIN.id,
    detail,
  },
  'universe.changed': {
    ...head,
    type: 'universe.changed',
    id: 'sample/universe.changed',
    feedId: 'main',
    added: [],
    removed: [],
    size: 0,
  },
  'report.ready': {
    ...head,
    type: 'report.ready',
    id: 'report.ready/alpha/2023-11-14',
    accountId: 'alpha',
    day: '2023-11-14',
    summary: detail,
  },
} as const satisfies Partial<Record<EventType, DeckleEvent>>;

function embedded(metrics = new CountedMetrics(), alerted: string[] = []) {
  return createServices({
    config: configOf(rawConfig()),
    store: openSqliteStore({ path: ':memory:' }),
    sha256,
    clock: STILL,
    metrics,
    log: () => NO_LOG,
    alertSender: { send: async ({ kind }) => void alerted.push(kind) },
    reportSink: { write: async () => undefined },
    instrument: instrumentNamed,
  });
}

test('there is a valid sample of every event that a function listens to', () => {
  for (const event of Object.values(EVENTS)) expect(deckleEvent.safeParse(event).error).toBeUndefined();
  expect(Object.keys(EVENTS).sort()).toEqual([...listened].sort());
});

test('the embedded runtime handles every event that the topology routes', async () => {
  const alerted: string[] = [];
  const metrics = new CountedMetrics();
  const config = configOf(rawConfig());
  const services = embedded(metrics, alerted);
  for (const { id, currency, openingEquity } of config.accounts)
    await services.ledger.openAccount(id, currency, openingEquity);
  for (const event of Object.values(EVENTS)) {
    await services.publisher.publish([event]);
    await services.bus.drain();
  }
  expect(metrics.total('bus_put_aside_total')).toBe(1);
  // The news got as far as people, and the window as far as the marks.
  expect(alerted).toEqual([
    'kill_switch',
    'feed_down', // an instrument silent
    'feed_down', // and back
    'feed_down', // a venue
    'feed_down', // and back
    'bad_data',
    'bad_data',
    'empty_universe',
    'report_ready',
  ]);
  expect((await services.feeds.marks(config.feed.id))?.value.at).toBe(WINDOW.closedAt);
});

test('the embedded runtime runs every function that has a schedule', () => {
  expect(Object.keys(embedded().scheduled).sort()).toEqual(
    named(({ schedules }) => schedules.length > 0).sort(),
  );
});

test('the stream wakes the relay for exactly the kinds of items that are news', async () => {
  const desk = await openDesk();
  await runSequentially(desk, eventsOf(syntheticMarket(5, 40, [COIN, GEM])));
  await desk.modes.setMode(await desk.modes.mode(), { ...ACTIVE, mode: 'halted', cause: 'person' });
  const services = { ...desk, sink: { write: async () => undefined } };
  const [account] = desk.config.accounts;
  if (!account) throw new Error('there is an account');
  await desk.records.putReconciliation({ accountId: account.id, at: T0, entries: 1, discrepancies: [] });
  await report(T0, services);
  const { feed } = desk.config;
  const grown = { feedId: feed.id, members: [], changedAt: T0, changes: 1, added: [], removed: [] };
  await createUniverseStore(desk.store).commitUniverse(undefined, grown);
  const { changes } = await desk.store.changes(undefined, 100_000);
  const told = changes.filter((one) => newsOf(one).length > 0).map((one) => String(one.after?.['entity']));
  const wakes = TOPOLOGY.flatMap((one) => one.stream);
  expect([...new Set(told)].sort()).toEqual([...wakes].sort());
});
