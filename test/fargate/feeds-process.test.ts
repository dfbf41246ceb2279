import { expect, test } from 'vitest';
import { type ItemStore, StoreError } from '../../adapters/store/item-store.ts';
import { keys } from '../../adapters/store/table.ts';
import type { BeatingSource } from '../../adapters/venues/frame-source.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import { encodeWindow } from '../../core/market/window-codec.ts';
import { plusMs } from '../../core/time.ts';
import { acquireLease, LEASE_MS } from '../../fargate/lease.ts';
import { shiftedClock } from '../../fargate/paced.ts';
import { demoInstruments } from '../../local/demo-market/demo-listing.ts';
import { demoPlan } from '../../local/feeds/demo-plan.ts';
import { DEMO_START } from '../../local/input.ts';
import { guardedStore } from '../support/guarded-store.ts';
import { configOf, embeddedWindows, feedsWorld, MAIN, NOON, shippedConfig } from './feeds-world.ts';

const unfenced = (window: MarketWindow): object => ({ ...encodeWindow(window), epoch: 0 });

test('in lockstep it publishes the very windows that the embedded desk settles, one settled before the next', async () => {
  const { time, push, at, process } = feedsWorld();
  const settled: number[] = [];
  const feeds = process('a', {
    startAt: DEMO_START,
    windowsMax: 120,
    settled: async (window) => {
      settled.push(window.closedAt);
      await time.wait(40);
    },
  });
  await push(shippedConfig());
  at(0, () => feeds.run());
  await time.run();
  const embedded = await embeddedWindows(configOf(shippedConfig()), 120);
  expect(feeds.end).toBe('finished');
  expect(feeds.windows).toHaveLength(120);
  expect(feeds.windows.map(unfenced)).toEqual(embedded.map(unfenced));
  expect(settled).toEqual(embedded.map((one) => one.closedAt));
  expect(feeds.logged).toEqual(feeds.windows);
});

test('in the pace of the clock each window closes at its edge, and is on the bus then', async () => {
  const { time, push, at, process } = feedsWorld();
  const feeds = process('a', { windowsMax: 30 });
  await push(shippedConfig());
  at(250, () => feeds.run());
  await time.run();
  expect(feeds.end).toBe('finished');
  const windows = feeds.published.filter((one) => one.event.type === 'market.window');
  expect(windows.map((one) => [one.event.at, one.at])).toEqual(
    Array.from({ length: 30 }, (_, n) => [plusMs(NOON, (n + 1) * 1_000), plusMs(NOON, (n + 1) * 1_000)]),
  );
  expect(feeds.windows.at(-1)?.instruments.map((one) => one.status)).toEqual(['live', 'live']);
});

test('the rules of instruments are stored before the first window is on the bus', async () => {
  const { time, push, at, process, feeds: stored } = feedsWorld();
  const seen: unknown[] = [];
  const feeds = process('a', {
    windowsMax: 3,
    takes: async () => void seen.push(await stored.rules(MAIN)),
  });
  await push(shippedConfig());
  at(0, () => feeds.run());
  await time.run();
  expect(seen).toHaveLength(3);
  const byId = (rules: unknown): unknown =>
    [...(rules as { id: string }[])].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const rules of seen) expect(byId(rules)).toEqual(byId(demoInstruments));
});

test('it waits for a configuration and says so, passes over one that cannot be used, and begins with a good one', async () => {
  const { time, push, at, process } = feedsWorld();
  const feeds = process('a', { windowsMax: 2 });
  const wrong = { ...shippedConfig(), accounts: [] };
  at(0, () => feeds.run());
  at(5_000, () => push(wrong, 'beef'));
  at(9_500, () => {
    expect(feeds.status.phase).toBe('waiting');
    expect(feeds.status.verdict(time.now())).toEqual({ status: 'ok' });
    return push(shippedConfig());
  });
  await time.run();
  expect(feeds.end).toBe('finished');
  expect(feeds.said[0]).toBe(
    'info waiting for a configuration: no usable configuration is in force; push one: npx deckle --stack <stage> config push',
  );
  expect(feeds.said[1]).toMatch(/^error configuration in force cannot be used: accounts /);
  expect(feeds.windows[0]?.closedAt).toBeGreaterThan(NOON + 9_500);
});

test('a version that changes nothing for the feed only changes the hash of the next windows', async () => {
  const { time, push, at, process } = feedsWorld();
  const feeds = process('a', { windowsMax: 60 });
  const raw = shippedConfig();
  const other = { ...raw, reconcile: { everyMinutes: 5 } };
  await push(raw);
  at(0, () => feeds.run());
  at(10_000, () => push(other));
  await time.run();
  const hashes = feeds.windows.map((one) => one.configHash);
  const turn = hashes.indexOf(configOf(other).hash);
  // It looks each 30 seconds; the window after the look carries what it found.
  expect(turn).toBe(31);
  expect(new Set(hashes.slice(0, turn))).toEqual(new Set([configOf(raw).hash]));
  expect(new Set(hashes.slice(turn))).toEqual(new Set([configOf(other).hash]));
  expect(feeds.status.lives).toBe(1);
  expect(feeds.windows.map((one) => one.seq)).toEqual(feeds.windows.map((_, n) => n));
});

test('a version that follows other instruments ends the life of the feed in order and begins a new one', async () => {
  const { time, push, at, process, feeds: stored } = feedsWorld();
  const feeds = process('a', { windowsMax: 60 });
  const raw = shippedConfig();
  const other = {
    ...raw,
    strategies: raw.strategies.filter((one) => !one.instruments.includes('binance:ELMUSDT')),
  };
  await push(raw);
  at(0, () => feeds.run());
  at(10_000, () => push(other));
  await time.run();
  const born = feeds.windows.flatMap((one, n) => (one.previousClosedAt === null ? [n] : []));
  expect(born).toHaveLength(2);
  const [, second = 0] = born;
  expect(feeds.status.lives).toBe(2);
  expect(feeds.windows.map((one) => one.epoch)).toEqual(feeds.windows.map((_, n) => (n < second ? 1 : 2)));
  expect(feeds.windows.map((one) => one.instruments.length)).toEqual(
    feeds.windows.map((_, n) => (n < second ? 2 : 1)),
  );
  const times = feeds.windows.map((one) => one.closedAt);
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  expect((await stored.rules(MAIN)).map((one) => one.id)).toContain('binance:OAKUSDT');
  expect(feeds.said.filter((line) => line.includes('feed runs'))).toHaveLength(2);
});

test('what is only counted or measured is told each minute and at the end of a life, each window once over all lives', async () => {
  const { time, push, at, process } = feedsWorld();
  const flushed: object[] = [];
  const feeds = process('a', {
    windowsMax: 160,
    flushMetrics: () =>
      flushed.push({
        second: Math.round((time.now() - NOON) / 1_000),
        windows: feeds.metrics.total('feed_windows_total'),
        age: feeds.metrics.total('window_age_ms'),
        hasMessages: feeds.metrics.total('feed_messages_total') > 0,
      }),
  });
  await push(shippedConfig());
  at(0, () => feeds.run());
  at(70_000, () => push({ ...shippedConfig(), feed: { id: 'main', windowMs: 1_000, depth: 5 } }));
  await time.run();
  expect(feeds.status.lives).toBe(2);
  // Each minute of a life, and at its end: the look of 90 s ends the first one, the 160th window the second.
  expect(flushed).toEqual([
    { second: 60, windows: 59, age: 0, hasMessages: true },
    { second: 91, windows: 91, age: 0, hasMessages: true },
    { second: 151, windows: 150, age: 0, hasMessages: true },
    { second: 160, windows: 160, age: 0, hasMessages: true },
  ]);
});

test('frames that cannot be read are counted once each, over all lives of the feed', async () => {
  const { time, push, at, process } = feedsWorld();
  let taken = 0;
  const spoil = (source: BeatingSource): BeatingSource => ({
    name: source.name,
    need: (need) => source.need(need),
    async *frames(signal) {
      for await (const item of source.frames(signal)) {
        yield item;
        if (!('raw' in item)) continue;
        yield { ...item, raw: '{' };
        taken += 1;
        // In the middle of a window.
        if (taken === 5_000) feeds.abort.abort();
      }
    },
  });
  const feeds = process('a', {
    planOf: (config) => {
      const plan = demoPlan(config, { pace: { kind: 'paced', clock: time } });
      return { ...plan, open: async () => spoil(await plan.open()) };
    },
  });
  await push(shippedConfig());
  at(0, () => feeds.run());
  at(10_000, () => push({ ...shippedConfig(), feed: { id: 'main', windowMs: 500, depth: 5 } }));
  await time.run();
  expect(feeds.status.lives).toBe(2);
  expect(taken).toBe(5_000);
  expect(feeds.metrics.total('feed_frames_malformed_total')).toBe(taken);
});

test('a feed whose lease another took ends, says so and publishes nothing more', async () => {
  const { time, push, at, process, store } = feedsWorld();
  const feeds = process('a');
  await push(shippedConfig());
  at(0, () => feeds.run());
  const ahead = shiftedClock(time, LEASE_MS * 2);
  let takenAt = 0;
  at(20_500, async () => {
    takenAt = time.now();
    expect(await acquireLease({ store, feedId: MAIN, owner: 'b', clock: ahead })).toMatchObject({
      kind: 'acquired',
    });
  });
  await time.run();
  expect(feeds.end).toBe('fenced');
  expect(feeds.said.at(-1)).toMatch(/^error lease lost: another feed took the lease of 'main'/);
  expect(feeds.windows.at(-1)?.closedAt).toBeLessThan(takenAt + 5_000);
  expect(feeds.windows.every((one) => one.epoch === 1)).toBe(true);
});

test('windows that the bus refuses are counted and repeated by the next event; the feed and its log go on', async () => {
  const { time, push, at, process } = feedsWorld();
  const refused = new Set([5, 6, 11].map((n) => plusMs(NOON, n * 1_000)));
  const feeds = process('a', {
    windowsMax: 20,
    takes: async (event) => {
      if (refused.has(event.at)) throw new Error('the bus is not there');
    },
  });
  await push(shippedConfig());
  at(0, () => feeds.run());
  await time.run();
  expect(feeds.end).toBe('finished');
  expect(feeds.metrics.total('feed_publish_failed_total')).toBe(3);
  expect(feeds.status.publishFailed).toBe(3);
  expect(feeds.logged).toHaveLength(20);
  const carried = new Set(
    feeds.published.flatMap(({ event }) =>
      event.type === 'market.window' ? event.windows.map((one) => one.closedAt) : [],
    ),
  );
  expect([...carried].sort((a, b) => a - b)).toEqual(feeds.logged.map((one) => one.closedAt));
  expect(feeds.said.filter((line) => line.startsWith('warn window not published'))).toEqual([
    'warn window not published: the bus is not there',
    'warn window not published: the bus is not there',
  ]);
});

test('a bus that answers nothing holds up no beat for longer than a window, and is heard again', async () => {
  const { time, push, at, process } = feedsWorld();
  const starts: { readonly closedAt: number; readonly at: number }[] = [];
  const feeds = process('a', {
    windowsMax: 30,
    takes: async (event) => {
      starts.push({ closedAt: event.at, at: time.now() });
      if (event.at >= NOON + 5_000 && event.at < NOON + 15_000) await time.wait(60_000 - (time.now() - NOON));
    },
  });
  await push(shippedConfig());
  at(0, () => feeds.run());
  await time.run();
  expect(feeds.end).toBe('finished');
  expect(feeds.logged).toHaveLength(30);
  expect(Math.max(...starts.map((one) => one.at - one.closedAt))).toBeLessThanOrEqual(1_000);
  // Three were under way without an answer; the others were not even tried until those were answered.
  expect(starts).toHaveLength(4 + 3);
  expect(feeds.status.publishFailed).toBe(26);
});

test('a stop finishes the window, closes the log and gives the lease back with the sign of a feed that stopped', async () => {
  const { time, push, at, process, feeds: stored, store } = feedsWorld();
  const feeds = process('a');
  await push(shippedConfig());
  at(0, () => feeds.run());
  at(12_345, () => feeds.abort.abort());
  await time.run();
  expect(feeds.end).toBe('stopped');
  expect(time.now()).toBeLessThan(NOON + 15_000);
  const through = feeds.windows.at(-1)?.closedAt;
  expect(through).toBe(NOON + 12_000);
  expect(await stored.sign(MAIN)).toMatchObject({ phase: 'stopped', eventTime: through });
  expect(await store.get(keys.lease(MAIN))).toMatchObject({ until: 0 });
});

test('a running feed shows its sign of life each five seconds and writes nothing else', async () => {
  const { time, push, at, process, feeds: stored, store } = feedsWorld();
  let writes = 0;
  const feeds = process('a', {
    wrap: (inner) => ({
      ...guardedStore(inner, async () => undefined),
      transact: (all) => {
        writes += 1;
        return inner.transact(all);
      },
    }),
  });
  await push(shippedConfig());
  at(0, () => feeds.run());
  at(60_500, async () => {
    const sign = await stored.sign(MAIN);
    expect(sign?.phase).toBe('running');
    expect(time.now() - (sign?.at ?? 0)).toBeLessThan(6_000);
    expect(time.now() - (sign?.eventTime ?? 0)).toBeLessThan(7_000);
    feeds.abort.abort();
  });
  await time.run();
  // The lease, its renewals, its return, and the rules of instruments once.
  expect(writes).toBe(1 + 12 + 1 + 1);
  expect(await store.get(keys.lease(MAIN))).toMatchObject({ version: 14, epoch: 1 });
});

test('a standby is well, takes over as soon as the feed stops, and is heard instead', async () => {
  const { time, push, at, process } = feedsWorld();
  const first = process('a');
  const second = process('b', { windowsMax: 5 });
  await push(shippedConfig());
  at(0, () => first.run());
  at(1_000, () => second.run());
  at(300_000, () => {
    expect(second.status.phase).toBe('waiting');
    expect(second.status.verdict(time.now())).toEqual({ status: 'ok' });
    expect(second.said[0]).toMatch(/^info standing by: the feed 'main' is held by a until 2026-/);
    first.abort.abort();
  });
  await time.run();
  expect([first.end, second.end]).toEqual(['stopped', 'finished']);
  expect(second.windows.map((one) => one.epoch)).toEqual([2, 2, 2, 2, 2]);
  expect(second.windows[0]?.closedAt).toBeLessThan(NOON + 300_000 + 5_000);
});

test('after a crash the next process takes over when the lease of the dead one has run out', async () => {
  const { time, push, at, process, store } = feedsWorld();
  await acquireLease({ store, feedId: MAIN, owner: 'dead', clock: time });
  const feeds = process('b', { windowsMax: 2 });
  await push(shippedConfig());
  at(0, () => feeds.run());
  await time.run();
  expect(feeds.end).toBe('finished');
  const first = (feeds.windows[0]?.closedAt ?? 0) - NOON;
  expect(first).toBeGreaterThan(LEASE_MS);
  expect(first).toBeLessThan(LEASE_MS + 4_000);
});

test('a store that is not there at the start is tried four times, then the process gives up', async () => {
  const { time, push, at, process } = feedsWorld();
  const feeds = process('a', { wrap: (inner) => down(inner, () => true) });
  await push(shippedConfig());
  let fault: unknown;
  at(0, () =>
    feeds.run().catch((error: unknown) => {
      fault = error;
    }),
  );
  await time.run();
  expect(fault).toBeInstanceOf(StoreError);
  expect(time.now() - NOON).toBe(1_000 + 2_000 + 4_000);
  expect(feeds.said.filter((line) => line.startsWith('warn store does not answer'))).toHaveLength(3);
});

test('a store that is gone for minutes costs a life of the feed, not the process', async () => {
  const { time, push, at, process, feeds: stored } = feedsWorld();
  const isDown = (): boolean => time.now() > NOON + 60_000 && time.now() < NOON + 300_000;
  const feeds = process('a', { wrap: (inner) => down(inner, isDown), windowsMax: 120 });
  await push(shippedConfig());
  at(0, () => feeds.run());
  at(295_000, () => {
    expect(feeds.status.verdict(time.now())).toMatchObject({
      status: 'down',
      reason: expect.stringMatching(/^no window closed for \d+ s: no answer$/),
    });
  });
  await time.run();
  expect(feeds.end).toBe('finished');
  expect(feeds.status.lives).toBe(2);
  // While its lease could not have been taken by anybody it went on.
  expect(feeds.windows.some((one) => one.closedAt > NOON + 70_000 && one.epoch === 1)).toBe(true);
  expect(feeds.windows.find((one) => one.epoch === 2)?.closedAt).toBeLessThan(NOON + 335_000);
  expect(await stored.sign(MAIN)).toMatchObject({ phase: 'stopped' });
});

/** A store that does not answer while it is down. */
const down = (inner: ItemStore, isDown: () => boolean): ItemStore =>
  guardedStore(inner, async () => {
    if (isDown()) throw new StoreError('unavailable', 'no answer');
  });
