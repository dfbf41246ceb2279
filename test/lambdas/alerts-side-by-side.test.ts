import { expect, test } from 'vitest';
import { createRecordStore } from '../../adapters/store/record-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import type { DeckleEvent } from '../../core/events.ts';
import type { TradingMode } from '../../core/risk/trading-mode.ts';
import { plusMs } from '../../core/time.ts';
import { alerts } from '../../lambdas/alerts/alerts.ts';
import { ACTIVE, CountedMetrics, NO_LOG } from '../support/desk.ts';
import { T0 } from '../support/values.ts';

const SILENCED: DeckleEvent = {
  type: 'feed.silenced',
  version: 1,
  id: 'silenced',
  at: T0,
  feedId: 'main',
  instrumentId: null,
  detail: 'Nothing for 39 s.',
};

/** Functions that run side by side on one table: each waits before it sends until all have come that far. */
function openTopic() {
  const sent: string[] = [];
  let now = T0;
  let fails = false;
  const metrics = new CountedMetrics();
  const services = {
    records: createRecordStore(openSqliteStore({ path: ':memory:' })),
    sender: {
      send: async (alert: { readonly id: string }) => {
        await new Promise((resolve) => setImmediate(resolve));
        if (fails) throw new Error('the topic refused');
        sent.push(alert.id);
      },
    },
    metrics,
    log: NO_LOG,
    clock: { now: () => now, wait: async () => {} },
  };
  return {
    sent,
    metrics,
    on: (event: DeckleEvent) => alerts(event, services),
    later: (ms: number) => {
      now = plusMs(now, ms);
    },
    refuse: (refuses: boolean) => {
      fails = refuses;
    },
  };
}

test('an alert is sent once, though its event comes again while it is being sent', async () => {
  const topic = openTopic();
  const first = topic.on(SILENCED);
  // By now the first has stored that it is about to send.
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  await Promise.all([first, topic.on(SILENCED), topic.on({ ...SILENCED, id: 'again' })]);
  expect(topic.sent).toEqual(['feed/main/silenced']);
  expect(topic.metrics.total('alerts_deduplicated_total')).toBe(2);
});

test('an alert that could not be sent is sent when its event is tried again a minute later', async () => {
  const topic = openTopic();
  topic.refuse(true);
  await expect(topic.on(SILENCED)).rejects.toThrow('refused');
  topic.refuse(false);
  topic.later(44_000);
  await topic.on(SILENCED);
  expect(topic.sent).toEqual([]);
  topic.later(16_000);
  await topic.on(SILENCED);
  expect(topic.sent).toEqual(['feed/main/silenced']);
});

test('an all-clear is sent once, though its event comes again while it is being sent', async () => {
  const topic = openTopic();
  await topic.on(SILENCED);
  const resumed: DeckleEvent = { ...SILENCED, type: 'feed.resumed', id: 'resumed' };
  const first = topic.on(resumed);
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  await Promise.all([first, topic.on(resumed)]);
  expect(topic.sent).toEqual(['feed/main/silenced', 'feed/main/resumed/cleared']);
});

const changed = (version: number, mode: TradingMode): DeckleEvent => ({
  type: 'mode.changed',
  version: 1,
  id: `mode.changed/${version}`,
  at: plusMs(T0, version * 1_000),
  was: 'active',
  mode: { ...ACTIVE, version, mode, cause: 'person' },
});

test('a halt whose news comes after that of its end is not told, and counted', async () => {
  const topic = openTopic();
  await topic.on(changed(3, 'active'));
  await topic.on(changed(2, 'halted'));
  expect(topic.sent).toEqual([]);
  expect(topic.metrics.total('alerts_outdated_total')).toBe(1);
  await topic.on(changed(4, 'halted'));
  await topic.on(changed(5, 'active'));
  expect(topic.sent).toEqual(['mode/kill_switch/mode.changed/4', 'mode/kill_switch/mode.changed/5/cleared']);
});

test('a halt that could not be told is not told after its end was', async () => {
  const topic = openTopic();
  topic.refuse(true);
  await expect(topic.on(changed(2, 'halted'))).rejects.toThrow('refused');
  topic.refuse(false);
  await topic.on(changed(3, 'active'));
  topic.later(60_000);
  await topic.on(changed(2, 'halted'));
  expect(topic.sent).toEqual(['mode/kill_switch/mode.changed/3/cleared']);
});

test('an end of a halt whose news comes after that of the next halt does not clear it', async () => {
  const topic = openTopic();
  await topic.on(changed(2, 'halted'));
  topic.later(60_000);
  await topic.on({ ...changed(4, 'halted'), at: plusMs(T0, 90_000) });
  await topic.on(changed(3, 'active'));
  expect(topic.sent).toEqual(['mode/kill_switch/mode.changed/2', 'mode/kill_switch/mode.changed/4']);
});
