import { expect, test } from 'vitest';
import { createFeedStore } from '../../adapters/store/feed-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import type { Beat, BeatingSource, Frame } from '../../adapters/venues/frame-source.ts';
import { feedId } from '../../core/market/window.ts';
import type { Clock } from '../../core/ports.ts';
import { judgeFeed } from '../../core/risk/liveness.ts';
import { epochMs, MINUTE_MS, plusMs, SECOND_MS } from '../../core/time.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { acquireLease, LEASE_MS } from '../../fargate/lease.ts';
import { runFeed } from '../../fargate/run-feed.ts';
import { START } from '../adapters/venues/binance/frames.ts';
import { sampleSession } from '../adapters/venues/binance/sample-session.ts';
import { OAK } from '../core/market/samples.ts';

const FEED = feedId('test');

interface Moment {
  readonly store: ItemStore;
  readonly clock: Clock;
  readonly health: FeedHealth;
  /** Lets the clock go on by itself. */
  pass(ms: number): void;
}

/** A feed under a lease, of whose venues nothing is heard for a minute and these frames afterwards. */
async function quietMinute(each: (moment: Moment) => unknown, frames: readonly Frame[] = []) {
  const store = openSqliteStore({ path: ':memory:' });
  let now = epochMs(START - MINUTE_MS);
  const clock: Clock = { now: () => now, wait: async () => undefined };
  const pass = (ms: number): void => {
    now = plusMs(now, ms);
  };
  const taken = await acquireLease({ store, feedId: FEED, owner: 'a', clock });
  if (taken.kind !== 'acquired') throw new Error('the lease was not acquired');
  const health = new FeedHealth();
  const source: BeatingSource = {
    name: 'quiet',
    async *frames(): AsyncGenerator<Frame | Beat> {
      while (now < START) {
        pass(SECOND_MS);
        yield { beat: now };
        await each({ store, clock, health, pass });
      }
      yield* frames;
    },
    need: () => false,
  };
  let published = 0;
  const end = await runFeed({
    source,
    feedId: FEED,
    windowMs: SECOND_MS,
    depth: 5,
    configHash: 'abc',
    epoch: 1,
    lease: taken.lease,
    ids: [OAK.id],
    instruments: [OAK],
    publish: async () => {
      published += 1;
    },
    health,
    settledThrough: null,
    signal: new AbortController().signal,
  });
  return { end, published, health };
}

test('a feed of whose venues nothing is heard yet gets on with each beat, and with windows from then on', async () => {
  const seen: number[] = [];
  const session = sampleSession(4, 300);
  const { published, health } = await quietMinute(({ health }) => seen.push(health.progress), session);
  expect(seen).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
  expect(published).toBeGreaterThan(0);
  expect(health.progress).toBe(60 + published);
});

test('it holds its lease and gives its sign of life meanwhile', async () => {
  const seen = new Set<string>();
  const { end } = await quietMinute(async ({ store, clock }) => {
    const sign = await createFeedStore(store).sign(FEED);
    const other = await acquireLease({ store, feedId: FEED, owner: 'b', clock });
    seen.add(`${judgeFeed(sign, clock.now())}, ${other.kind}`);
  });
  expect([end, [...seen]]).toEqual(['ended', ['well, held']]);
});

test('it ends when another took the lease meanwhile', async () => {
  let beats = 0;
  const { end, published } = await quietMinute(
    async ({ store, clock, pass }) => {
      beats += 1;
      if (beats !== 5) return;
      pass(LEASE_MS + 1);
      await acquireLease({ store, feedId: FEED, owner: 'b', clock });
    },
    sampleSession(4, 300),
  );
  expect([end, published, beats]).toEqual(['fenced', 0, 5]);
});
