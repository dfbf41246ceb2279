import { expect, test } from 'vitest';
import { createRecordStore } from '../../adapters/store/record-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import type { DeckleEvent } from '../../core/events.ts';
import type { Alert } from '../../core/ports.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';
import { epochMs, plusMs } from '../../core/time.ts';
import { alerts } from '../../lambdas/alerts/alerts.ts';
import { ACTIVE, CountedMetrics, NO_LOG } from '../support/desk.ts';
import { T0 } from '../support/values.ts';

function openAlerts() {
  const sent: Alert[] = [];
  let failing = 0;
  const metrics = new CountedMetrics();
  const records = createRecordStore(openSqliteStore({ path: ':memory:' }));
  const sender = {
    send: async (alert: Alert) => {
      if (failing-- > 0) throw new Error('the network is down');
      sent.push(alert);
    },
  };
  return {
    sent,
    metrics,
    records,
    failNext: () => {
      failing = 1;
    },
    on: (event: DeckleEvent) => alerts(event, { records, sender, metrics, log: NO_LOG }),
  };
}
let count = 0;
const silenced = (ms: number, instrumentId: string | null = null): DeckleEvent => ({
  type: 'feed.silenced',
  version: 1,
  id: `s${++count}`,
  at: plusMs(T0, ms),
  feedId: 'main',
  instrumentId,
  detail: 'Nothing for 39 s.',
});
const resumed = (ms: number, instrumentId: string | null = null): DeckleEvent => ({
  type: 'feed.resumed',
  version: 1,
  id: `r${++count}`,
  at: plusMs(T0, ms),
  feedId: 'main',
  instrumentId,
  detail: 'Frames again.',
});
const changed = (ms: number, mode: Partial<ModeState>): DeckleEvent => {
  const version = ++count;
  return {
    type: 'mode.changed',
    version: 1,
    id: `m${version}`,
    at: plusMs(T0, ms),
    was: 'active',
    mode: { ...ACTIVE, version, ...mode },
  };
};
const shown = (sent: readonly Alert[]) =>
  sent.map(({ key, kind, severity, cleared }) => [key, kind, severity, cleared]);

test('one alert per episode and minute, and one when it is over', async () => {
  const { on, sent, metrics } = openAlerts();
  await on(silenced(0));
  await on(silenced(30_000));
  await on(silenced(59_999));
  expect(sent).toHaveLength(1);
  expect(metrics.total('alerts_deduplicated_total')).toBe(2);
  await on(silenced(60_000)); // still so after a minute
  await on(resumed(61_000));
  await on(resumed(62_000));
  await on(silenced(63_000)); // a new episode does not wait
  expect(shown(sent)).toEqual([
    ['feed/main', 'feed_down', 'critical', false],
    ['feed/main', 'feed_down', 'critical', false],
    ['feed/main', 'feed_down', 'notice', true],
    ['feed/main', 'feed_down', 'critical', false],
  ]);
});

test('each instrument of a feed has its own episode, with its name in the title and the reason in the text', async () => {
  const { on, sent } = openAlerts();
  await on(silenced(0, 'binance:COINUSDT'));
  await on(silenced(0, 'binance:GEMUSDT'));
  await on(resumed(1_000, 'binance:COINUSDT'));
  expect(shown(sent)).toEqual([
    ['feed/main/binance:COINUSDT', 'feed_down', 'critical', false],
    ['feed/main/binance:GEMUSDT', 'feed_down', 'critical', false],
    ['feed/main/binance:COINUSDT', 'feed_down', 'notice', true],
  ]);
  expect(sent[1]?.title).toContain('binance:GEMUSDT');
  expect(sent[1]?.text).toContain('Nothing for 39 s.');
});

const breaker = (type: 'breaker.opened' | 'breaker.closed', ms: number): DeckleEvent => ({
  type,
  version: 1,
  id: `${type}/${ms}`,
  at: epochMs(T0 + ms),
  feedId: 'main',
  instrumentId: 'binance:COINUSDT',
  detail: '12 failures in a minute: 12 gap',
});
const venue = (type: 'venue.disconnected' | 'venue.connected', ms: number): DeckleEvent => ({
  type,
  version: 1,
  id: `${type}/${ms}`,
  at: epochMs(T0 + ms),
  feedId: 'main',
  venue: 'kalshi',
  detail: 'no connection since 12:00: 451, the venue refuses this region',
});
const universe = (size: number, ms: number): DeckleEvent => ({
  type: 'universe.changed',
  version: 1,
  id: `universe.changed/${ms}`,
  at: epochMs(T0 + ms),
  feedId: 'main',
  added: size > 0 ? [{ instrumentId: 'kalshi:KXOAK', reason: 'series KXOAK' }] : [],
  removed: size > 0 ? [] : [{ instrumentId: 'kalshi:KXOAK', reason: 'volume 12 is below 1000' }],
  size,
});

test.each([
  {
    what: 'an instrument whose breaker opened',
    bad: breaker('breaker.opened', 0),
    good: breaker('breaker.closed', 90_000),
    key: 'breaker/main/binance:COINUSDT',
    kind: 'bad_data',
    says: '12 failures in a minute: 12 gap. Nothing fills on it',
  },
  {
    what: 'a venue that cannot be reached',
    bad: venue('venue.disconnected', 0),
    good: venue('venue.connected', 90_000),
    key: 'venue/main/kalshi',
    kind: 'feed_down',
    says: 'the venue refuses this region Of its books only those are live meanwhile',
  },
  {
    what: 'a universe without instruments',
    bad: universe(0, 0),
    good: universe(1, 90_000),
    key: 'universe/main',
    kind: 'empty_universe',
    says: '(kalshi:KXOAK: volume 12 is below 1000)',
  },
])(
  '$what is alerted with the reason, and cleared when it is over',
  async ({ bad, good, key, kind, says }) => {
    const { on, sent } = openAlerts();
    await on(bad);
    await on(good);
    expect(shown(sent)).toEqual([
      [key, kind, 'critical', false],
      [key, kind, 'notice', true],
    ]);
    expect(sent[0]?.text).toContain(says);
  },
);

test('scores that do not come are a notice of their own: nothing waits for them', async () => {
  const { on, sent } = openAlerts();
  const detail = 'ESPN scores: site.api.espn.com gave no good answer for nfl since 12:00: HTTP 500.';
  const scores = { venue: 'espn', detail };
  await on({ ...venue('venue.disconnected', 0), ...scores } as DeckleEvent);
  await on({ ...venue('venue.connected', 90_000), ...scores } as DeckleEvent);
  expect(shown(sent)).toEqual([
    ['venue/main/espn', 'feed_down', 'notice', false],
    ['venue/main/espn', 'feed_down', 'notice', true],
  ]);
  expect(sent.map(({ title, text }) => [title, text])).toEqual([
    [
      'Feed main: scores are out of date',
      'ESPN scores: site.api.espn.com gave no good answer for nfl since 12:00: HTTP 500. Until they come again nothing may be concluded from what is known of the games; books, prices and orders are not touched. Run: npx deckle status',
    ],
    ['Feed main: scores come again', scores.detail],
  ]);
});

test('a universe that changes and holds something is no news for a person', async () => {
  const { on, sent } = openAlerts();
  await on(universe(3, 0));
  expect(sent).toEqual([]);
});

test('the same event again sends nothing', async () => {
  const { on, sent } = openAlerts();
  const [down, up] = [silenced(0), resumed(1_000)];
  for (const event of [down, down, up, up]) await on(event);
  expect(sent).toHaveLength(2);
  expect(new Set(sent.map((one) => one.id)).size).toBe(2);
});

test('an alert whose sending failed is sent when its event comes again, under the same id', async () => {
  const { on, sent, records, failNext } = openAlerts();
  const [down, up] = [silenced(0), resumed(1_000)];
  for (const event of [down, up]) {
    failNext();
    await expect(on(event)).rejects.toThrow('the network is down');
    expect((await records.alert('feed/main'))?.value.sent).toBe(false);
    await on(event);
    await on(event);
  }
  expect(sent.map((one) => one.cleared)).toEqual([false, true]);
  expect((await records.alert('feed/main'))?.value).toMatchObject({ open: false, sent: true, episodes: 1 });
});

test('what was never open is not cleared', async () => {
  const { on, sent } = openAlerts();
  await on(resumed(0));
  await on(changed(0, { mode: 'active', cause: 'person' }));
  await on(changed(0, {})); // the first mode of a desk
  expect(sent).toEqual([]);
});

test.each([
  [{ mode: 'halted', cause: 'person', reason: 'lunch' }, 'kill_switch', 'Trading is halted'],
  [{ mode: 'halted', cause: 'drawdown' }, 'drawdown', 'Only a person resumes'],
  [
    { mode: 'reducing', cause: 'daily_loss', until: plusMs(T0, 1_000) },
    'daily_loss',
    'It ends by itself at 2023-11-14T22:13:21.000Z.',
  ],
  [{ mode: 'halted', cause: 'reconciliation' }, 'reconciliation_mismatch', 'Only a person resumes'],
  [{ mode: 'halted', cause: 'marks_old' }, 'feed_down', 'Only a person resumes'],
  [{ mode: 'halted', cause: 'feed_silence' }, 'feed_down', 'Only a person resumes'],
] as const)('the mode set by %j is the alert %s, and active again clears it', async (mode, kind, text) => {
  const { on, sent } = openAlerts();
  await on(changed(0, mode));
  expect(shown(sent)).toEqual([[`mode/${kind}`, kind, 'critical', false]]);
  expect(sent[0]?.text).toContain(text);
  await on(changed(1_000, { mode: 'active', cause: 'person', reason: 'looked into it' }));
  expect(shown(sent).at(-1)).toEqual([`mode/${kind}`, kind, 'notice', true]);
});

test('a mismatch opens an episode of its account that the next clean reconciliation ends', async () => {
  const { on, sent } = openAlerts();
  const finished = (discrepancies: { kind: string; detail: string }[]): DeckleEvent => ({
    type: 'reconciliation.finished',
    version: 1,
    id: `c${++count}`,
    at: T0,
    accountId: 'alpha',
    discrepancies,
  });
  await on(finished([]));
  await on(finished([{ kind: 'balance', detail: 'cash: 1 expected, 2 stored' }]));
  await on(finished([]));
  expect(shown(sent)).toEqual([
    ['reconciliation/alpha', 'reconciliation_mismatch', 'critical', false],
    ['reconciliation/alpha', 'reconciliation_mismatch', 'notice', true],
  ]);
  expect(sent[0]?.text).toContain('cash: 1 expected, 2 stored');
});

test('a report is told once, however often it is written again', async () => {
  const { on, sent, metrics } = openAlerts();
  const ready = (at: number): DeckleEvent => ({
    type: 'report.ready',
    version: 1,
    id: 'report.ready/main/2026-01-05',
    at: plusMs(T0, at),
    accountId: 'main',
    day: '2026-01-05',
    summary: 'PnL of the day -1.20 USDT.',
  });
  for (const at of [0, 60_000, 3_600_000]) await on(ready(at));
  expect(sent).toEqual([
    {
      id: 'report/main/2026-01-05/report.ready/main/2026-01-05',
      key: 'report/main/2026-01-05',
      kind: 'report_ready',
      severity: 'notice',
      cleared: false,
      at: T0,
      title: 'Daily report of 2026-01-05: account main',
      text: 'PnL of the day -1.20 USDT. The whole report: npx deckle report --day 2026-01-05',
    },
  ]);
  expect(metrics.total('alerts_deduplicated_total')).toBe(2);
});

test('a text names the command of the desk that it is about', async () => {
  const { records, metrics, sent } = openAlerts();
  const sender = { send: async (alert: Alert) => void sent.push(alert) };
  const halted = changed(0, { mode: 'halted', cause: 'person', reason: 'by hand' });
  await alerts(halted, { records, sender, metrics, log: NO_LOG, command: 'npx deckle --stack prod' });
  expect(sent[0]?.text).toContain('npx deckle --stack prod resume --reason');
});
