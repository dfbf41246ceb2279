import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import type { Beat, BeatingSource, Followings, Frame } from '../../adapters/venues/frame-source.ts';
import { NO_LOG, NO_METRICS } from '../../core/metrics.ts';
import type { Alert, CatalogueReader, CatalogueReading } from '../../core/ports.ts';
import { type EpochMs, MINUTE_MS, plusMs, SECOND_MS } from '../../core/time.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { type DeskOptions, runDesk } from '../../local/desk.ts';
import { OAK } from '../core/market/samples.ts';
import { asset, NOON } from '../core/universe/listings.ts';
import { configWith } from '../lambdas/universe-world.ts';

const ETH = asset('ETHUSDT');
const FOUND: CatalogueReading = { kind: 'read', listings: [ETH], problems: [] };
const NOTHING: CatalogueReading = { kind: 'read', listings: [], problems: [] };

interface Run {
  readonly items: AsyncIterable<Frame | Beat>;
  readonly read: () => Promise<CatalogueReading>;
  /** By the clock of the process, which only moves between beats. */
  readonly now: () => EpochMs;
  readonly aroundPublish?: DeskOptions['aroundPublish'];
}

/** A desk on a source that only beats, and what came of it. */
async function run({ items, read, now, aroundPublish }: Run) {
  const told: Followings[] = [];
  const alerts: (Alert & { readonly sentAt: EpochMs })[] = [];
  const reader: CatalogueReader = {
    read,
    search: async () => ({ kind: 'failed', why: 'nobody searches' }),
    host: () => 'http://127.0.0.1:9000',
  };
  const source: BeatingSource = {
    name: 'beats',
    async *frames(signal) {
      for await (const item of items) {
        if (told.length > 0 || signal.aborted) return;
        yield item;
        await setImmediate();
      }
    },
    need: () => false,
    follow: (followings) => {
      told.push(followings);
      return [];
    },
  };
  const health = new FeedHealth();
  await runDesk({
    config: configWith([{ name: 'all', venue: 'binance', symbols: ['*USDT'] }]),
    input: {
      kind: 'live',
      session: 'live-main',
      description: 'beats',
      instruments: [OAK],
      open: async () => source,
    },
    store: openSqliteStore({ path: ':memory:' }),
    sha256,
    clock: { now, wait: async () => undefined },
    metrics: NO_METRICS,
    log: () => NO_LOG,
    alertSender: { send: async (alert) => void alerts.push({ ...alert, sentAt: now() }) },
    reportSink: { write: async () => undefined },
    health,
    catalogueReader: reader,
    ...(aroundPublish && { aroundPublish }),
    signal: new AbortController().signal,
  });
  return { told, alerts, windows: health.report().windowsBuilt };
}

test('a live desk looks at the lists when it starts, and follows what is found as soon as it is', async () => {
  const [beatsMax, answerAt] = [200, 20];
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  let count = 0;
  /** In no time at all: no minute passes, and no mark of the schedule. */
  async function* beats() {
    while (count < beatsMax) {
      count += 1;
      // The venue answers while the feed runs.
      if (count === answerAt) answer();
      yield { beat: plusMs(NOON, count) };
    }
  }
  const read = async () => {
    await answered;
    return FOUND;
  };
  const { told } = await run({ items: beats(), read, now: () => NOON });
  expect(told.map(({ follow }) => follow)).toEqual([[ETH.instrument.id]]);
  expect(count).toBeLessThan(beatsMax);
});

/** A beat each second for so long, and nothing else; the clock goes with them. */
function seconds(ms: number): Pick<Run, 'items' | 'now'> {
  let now = NOON;
  async function* beats() {
    while (now < plusMs(NOON, ms)) {
      now = plusMs(now, SECOND_MS);
      yield { beat: now };
    }
  }
  return { items: beats(), now: () => now };
}

test('a universe that is empty at the start raises its alert at once, though nothing comes and no window closes', async () => {
  const time = seconds(MINUTE_MS);
  const { alerts, windows } = await run({ ...time, read: async () => NOTHING });
  expect(alerts).toMatchObject([
    { kind: 'empty_universe', cleared: false, title: 'Feed main: its universe is empty' },
  ]);
  expect(alerts[0]?.sentAt).toBeLessThanOrEqual(plusMs(NOON, SECOND_MS));
  expect([time.now(), windows]).toEqual([plusMs(NOON, MINUTE_MS), 0]);
});

test('what a look found is not told in the midst of a window that settles', async () => {
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  const published: string[] = [];
  async function* items() {
    yield { wire: 'binance-spot', receivedAt: NOON, channel: 'x', raw: '{}' } as const;
    yield { beat: plusMs(NOON, SECOND_MS) };
  }
  const read = async () => {
    await answered;
    return NOTHING;
  };
  const aroundPublish: DeskOptions['aroundPublish'] = (publisher) => ({
    async publish(events) {
      const names = events.map(({ type }) => type).join(', ');
      published.push(`${names} begins`);
      if (names.startsWith('market.window')) {
        answer();
        // Time enough for the look to end, and for its news to be told.
        for (let n = 0; n < 100; n += 1) await setImmediate();
      }
      await publisher.publish(events);
      published.push(`${names} ends`);
    },
  });
  const { alerts } = await run({ items: items(), read, now: () => NOON, aroundPublish });
  expect(published.filter((one) => !one.startsWith('mode.')).slice(0, 4)).toEqual([
    'market.window begins',
    'market.window ends',
    'universe.changed begins',
    'universe.changed ends',
  ]);
  expect(alerts[0]).toMatchObject({ kind: 'empty_universe' });
});
