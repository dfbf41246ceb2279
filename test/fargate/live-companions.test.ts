import { describe, expect, test } from 'vitest';
import { createGameStore } from '../../adapters/store/game-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { createUniverseStore } from '../../adapters/store/universe-store.ts';
import type { Beat, BeatingSource, Followings, SourceItem } from '../../adapters/venues/frame-source.ts';
import { NO_LOG } from '../../core/metrics.ts';
import { epochMs } from '../../core/time.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { FeedNews } from '../../fargate/feed-news.ts';
import { liveCompanions } from '../../fargate/live-companions.ts';
import { type FeedCompanion, type FeedOptions, runFeed, type WindowNews } from '../../fargate/run-feed.ts';
import { START } from '../adapters/venues/binance/frames.ts';
import { sampleSession } from '../adapters/venues/binance/sample-session.ts';
import { played } from '../core/market/sample-games.ts';
import { OAK } from '../core/market/samples.ts';
import { asset, NOON } from '../core/universe/listings.ts';
import { configWith } from '../lambdas/universe-world.ts';
import { windowOf } from '../support/values.ts';

const SESSION = sampleSession(4, 300);
const beats = (count: number): readonly Beat[] =>
  Array.from({ length: count }, (_, n) => ({ beat: epochMs(START + (n + 1) * 500) }));

/** A source of these items; what it was told to follow. */
function sourceOf(items: readonly (SourceItem | Beat)[]) {
  const told: Followings[] = [];
  const source: BeatingSource = {
    name: 'sample',
    async *frames(signal) {
      for (const item of items) {
        if (signal.aborted) return;
        yield item;
      }
    },
    need: () => false,
    follow: (followings) => {
      told.push(followings);
      return [];
    },
  };
  return { source, told };
}

describe('those of a feed of live venues', () => {
  const [traded, joined] = [asset('BTCUSDT').instrument, asset('ETHUSDT').instrument];

  const open = async (source: BeatingSource) => {
    const config = configWith([]);
    const store = openSqliteStore({ path: ':memory:' });
    const members = [traded, joined].map((instrument) => ({
      instrument,
      rule: 'one',
      reason: 'one: it fits',
      since: NOON,
    }));
    const universe = { feedId: config.feed.id, members, changedAt: NOON, changes: 1, added: [], removed: [] };
    await createUniverseStore(store).commitUniverse(undefined, universe);
    const clock = { now: () => NOON, wait: async () => undefined };
    return {
      store,
      companions: liveCompanions({ source, config, ids: [traded.id], store, clock, log: NO_LOG }),
    };
  };

  test('have it follow the universe beside what strategies trade, and keep its games', async () => {
    const { source, told } = sourceOf([]);
    const { store, companions } = await open(source);
    const news = new FeedNews(configWith([]).feed.id);
    news.game({ kind: 'changed', at: NOON, changedAt: NOON, game: played(7, 3), was: null });
    const newest = { ...windowOf(1, []), closedAt: NOON };
    const events = news.take();
    for (const companion of companions) {
      companion.beat?.();
      companion.see?.({ newest, windows: [newest], events });
      await companion.settled();
    }
    expect(told.map(({ follow, unfollow }) => [follow, unfollow])).toEqual([[[joined.id], []]]);
    expect(await createGameStore(store).games('nfl', '2026-10-04')).toEqual([
      { game: played(7, 3), seenAt: NOON },
    ]);
  });

  test('are none where nothing can be followed', async () => {
    const { follow: _, ...source } = sourceOf([]).source;
    expect((await open(source)).companions).toEqual([]);
  });
});

describe('a feed that runs with companions', () => {
  const run = (items: readonly (SourceItem | Beat)[], changes: Partial<FeedOptions> = {}) => {
    const seen: WindowNews[] = [];
    const counts = { beats: 0, settled: 0 };
    const companion: FeedCompanion = {
      see: (news) => void seen.push(news),
      beat: () => {
        counts.beats += 1;
      },
      settled: async () => {
        counts.settled += 1;
      },
    };
    const published: WindowNews[] = [];
    const end = runFeed({
      source: sourceOf(items).source,
      feedId: configWith([]).feed.id,
      windowMs: 500,
      depth: 5,
      configHash: 'abc',
      epoch: 1,
      ids: [OAK.id],
      instruments: [OAK],
      publish: async (news) => void published.push(news),
      health: new FeedHealth(),
      settledThrough: null,
      signal: new AbortController().signal,
      companions: [companion],
      ...changes,
    });
    return { seen, counts, published, end };
  };

  test('shows them what it published, and waits for them in the end', async () => {
    const { seen, counts, published, end } = run(SESSION);
    expect([await end, counts]).toEqual(['ended', { beats: 0, settled: 1 }]);
    expect(published.length).toBeGreaterThan(2);
    expect(seen).toEqual(published);
  });

  test('gives them beats also when nothing is followed yet and no window is closed', async () => {
    const { seen, counts, end } = run(beats(3), { ids: [], instruments: [] });
    expect([await end, counts, seen]).toEqual(['ended', { beats: 3, settled: 1 }, []]);
  });

  test('shows them no window that was settled before', async () => {
    const whole = run(SESSION);
    await whole.end;
    const [first, ...rest] = whole.published;
    const { seen, end } = run(SESSION, { settledThrough: first?.newest.closedAt ?? null });
    await end;
    expect(seen.map(({ newest }) => newest)).toEqual(rest.map(({ newest }) => newest));
  });

  test('waits for them also when it fails', async () => {
    const { counts, end } = run(SESSION, { publish: () => Promise.reject(new Error('no bus')) });
    await expect(end).rejects.toThrow('no bus');
    expect(counts.settled).toBe(1);
  });
});
