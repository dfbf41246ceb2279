import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import type { Frame, FrameSource, SourceFault } from '../../adapters/venues/frame-source.ts';
import { openWindowLog, readWindowLog } from '../../adapters/window-log/window-log.ts';
import { feedId, type MarketWindow } from '../../core/market/window.ts';
import type { Clock } from '../../core/ports.ts';
import { epochMs, isoTime } from '../../core/time.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { acquireLease, LEASE_MS } from '../../fargate/lease.ts';
import { type FeedOptions, runFeed, type WindowNews } from '../../fargate/run-feed.ts';
import { at, depth, frame, START, trade } from '../adapters/venues/binance/frames.ts';
import { sampleSession } from '../adapters/venues/binance/sample-session.ts';
import { OAK } from '../core/market/samples.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'deckle-feed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const SESSION = sampleSession(4, 300);

function source(items: readonly (Frame | SourceFault)[], requests: string[] = []): FrameSource {
  return {
    name: 'sample',
    async *frames(signal) {
      for (const item of items) {
        if (signal.aborted) return;
        yield item;
      }
    },
    need: ({ symbol }) => requests.push(symbol) < 0,
  };
}

interface Run {
  readonly news: WindowNews[];
  readonly health: FeedHealth;
  readonly abort: AbortController;
  readonly options: FeedOptions;
}

function run(changes: Partial<FeedOptions> = {}): Run {
  const news: WindowNews[] = [];
  const abort = new AbortController();
  const health = new FeedHealth();
  const options: FeedOptions = {
    source: source(SESSION),
    feedId: feedId('test'),
    windowMs: 500,
    depth: 5,
    configHash: 'abc',
    epoch: 1,
    ids: [OAK.id],
    instruments: [OAK],
    publish: async (one) => void news.push(one),
    health,
    settledThrough: null,
    signal: abort.signal,
    ...changes,
  };
  return { news, health, abort, options };
}

const newest = (news: readonly WindowNews[]): MarketWindow[] => news.map((one) => one.newest);

test('publishes every window in order with its history, and reports what it saw', async () => {
  const { news, health, options } = run();
  expect(await runFeed(options)).toBe('ended');
  const windows = newest(news);
  expect(windows.map((window) => window.seq)).toEqual(windows.map((_, n) => n));
  expect(news.map((one) => one.windows)).toEqual(
    windows.map((_, n) => windows.slice(Math.max(0, n - 4), n + 1)),
  );
  const report = health.report();
  expect(report).toMatchObject({
    source: 'sample',
    connected: false,
    windowsBuilt: windows.length,
    windowsPublished: windows.length,
    windowsCrossed: 0,
    lastWindowAt: windows.at(-1)?.closedAt,
    lastFrameAt: SESSION.at(-1)?.receivedAt,
    instruments: [{ instrumentId: OAK.id, status: 'live', counts: { bookGaps: 0, snapshots: 1 } }],
  });
  expect(report.wires).toMatchObject([{ wire: 'binance-spot', messages: { depth: 300 } }]);
});

test('one window settles before the next is taken', async () => {
  let inFlight = 0;
  let most = 0;
  const { options } = run({
    publish: async () => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      inFlight -= 1;
    },
  });
  await runFeed(options);
  expect(most).toBe(1);
});

test('a restart publishes only what was not settled, with the same windows and the same history', async () => {
  const whole = run();
  await runFeed(whole.options);
  const settled = whole.news[6]?.newest.closedAt ?? epochMs(0);
  const restarted = run({ settledThrough: settled });
  await runFeed(restarted.options);
  expect(restarted.news).toEqual(whole.news.slice(7));
  expect(restarted.health.report()).toMatchObject({
    windowsBuilt: whole.news.length,
    windowsPublished: whole.news.length - 7,
  });
});

test('the log holds each window once after a stop in the middle and a restart', async () => {
  const path = join(folder, 'w.jsonl.gz');
  const first = run({ windowLog: await openWindowLog(path) });
  const stopping: FeedOptions = {
    ...first.options,
    publish: async (one) => {
      await first.options.publish(one);
      if (first.news.length === 5) first.abort.abort();
    },
  };
  expect(await runFeed(stopping)).toBe('stopped');
  expect(first.news).toHaveLength(5);
  const second = run({
    windowLog: await openWindowLog(path),
    settledThrough: first.news.at(-1)?.newest.closedAt ?? null,
  });
  expect(await runFeed(second.options)).toBe('ended');
  const logged: MarketWindow[] = [];
  for await (const window of readWindowLog(path)) logged.push(window);
  expect(logged).toEqual(newest([...first.news, ...second.news]));
});

test('a publisher that fails ends the feed with its error, log and lease closed', async () => {
  const path = join(folder, 'w.jsonl.gz');
  const { store, clock } = leaseWorld();
  const taken = await acquireLease({ store, feedId: feedId('test'), owner: 'a', clock });
  if (taken.kind !== 'acquired') throw new Error('the lease was not acquired');
  let published = 0;
  const { options } = run({
    windowLog: await openWindowLog(path),
    lease: taken.lease,
    publish: async () => {
      published += 1;
      if (published === 3) throw new Error('the bus is gone');
    },
  });
  await expect(runFeed(options)).rejects.toThrow('the bus is gone');
  const logged = await Array.fromAsync(readWindowLog(path));
  expect(logged).toHaveLength(2);
  expect(await acquireLease({ store, feedId: feedId('test'), owner: 'b', clock })).toMatchObject({
    kind: 'acquired',
    lease: { epoch: 2 },
  });
});

test('a feed whose lease another took publishes nothing more', async () => {
  const { store, clock, pass } = leaseWorld();
  const taken = await acquireLease({ store, feedId: feedId('test'), owner: 'a', clock });
  if (taken.kind !== 'acquired') throw new Error('the lease was not acquired');
  const { news, options } = run({ lease: taken.lease });
  const fenced: FeedOptions = {
    ...options,
    publish: async (one) => {
      await options.publish(one);
      if (news.length !== 4) return;
      pass(LEASE_MS + 1);
      await acquireLease({ store, feedId: feedId('test'), owner: 'b', clock });
    },
  };
  expect(await runFeed(fenced)).toBe('fenced');
  expect(news).toHaveLength(4);
});

test('faults of the source and lost messages are counted and told as they happen', async () => {
  const told: string[] = [];
  const requests: string[] = [];
  const items: (Frame | SourceFault)[] = [...SESSION];
  items.splice(40, 0, { reason: 'corrupt_line', detail: 'line 41: not JSON' });
  items.splice(60, 0, frame('oakusdt@trade', 'garbage', 1_500));
  items.push(depth(9_000, 9_001, [], [], 9_500), frame('x', '{"e":"horoscope"}', 10_200));
  const { health, options } = run({
    source: source(items, requests),
    onNote: (note) => told.push(`${note.kind} ${note.instrumentId ?? ''}`.trim()),
  });
  await runFeed(options);
  expect(told).toEqual([
    'corrupt_line',
    'malformed',
    'trades_lost binance:OAKUSDT',
    'book_doubted binance:OAKUSDT',
    'unknown',
  ]);
  const report = health.report();
  expect(report.faults).toEqual({ corrupt_line: 1, truncated: 0, clock_back: 0, overflow: 0 });
  expect(report.instruments).toMatchObject([{ status: 'stale', quality: ['gap'], counts: { bookGaps: 1 } }]);
  expect(report.notes).toHaveLength(5);
  expect(requests).toEqual(['OAKUSDT', 'OAKUSDT']);
});

test('an instrument that is not live at the end is reported with the reason and since when', async () => {
  const trouble = async (items: readonly Frame[]): Promise<string | null | undefined> => {
    const { health, options } = run({ source: source(items) });
    await runFeed(options);
    return health.report().instruments[0]?.trouble;
  };
  const last = SESSION.at(-1)?.receivedAt ?? at(0);
  const later = (ms: number): number => last - START + ms;
  expect(await trouble(SESSION)).toBeNull();
  expect(await trouble([...SESSION, frame('x', '{}', later(45_000))])).toBe(
    `no message of it came since ${isoTime(last)}`,
  );
  expect(await trouble([...SESSION, depth(9_000, 9_001, [], [], later(50))])).toMatch(
    new RegExp(`^its book is stale since ${isoTime(at(later(50)))}: \\d+ updates missing`),
  );
  const unreadable = frame('rest:exchangeInfo', '{"symbols":[{"symbol":"OAKUSDT"}]}', later(50));
  expect(await trouble([...SESSION, unreadable])).toMatch(
    /^last live at .*: the venue does not trade it, or/,
  );
  expect(await trouble([trade(1, '100.00', '1.000', false, 100)])).toBe(
    `its book is stale since the feed began at ${isoTime(at(500))}: no snapshot of it came that its messages continue`,
  );
});

test('a live book of which nothing comes is no trouble where the source looks after its connections', async () => {
  const last = SESSION.at(-1)?.receivedAt ?? at(0);
  const items = [...SESSION, frame('x', '{}', last - START + 45_000)];
  const { news, health, options } = run({ source: { ...source(items), connections: () => [] } });
  await runFeed(options);
  expect(health.report().instruments[0]?.trouble).toBeNull();
  const types = news.flatMap(({ events }) => events.map(({ type }) => type));
  expect(types).toEqual(['feed.resumed']);
});

test('a source without a frame ends without a window', async () => {
  const { news, options } = run({ source: source([]) });
  expect(await runFeed(options)).toBe('ended');
  expect(news).toEqual([]);
});

function leaseWorld() {
  let now = START;
  const clock: Clock = { now: () => epochMs(now), wait: async () => undefined };
  return {
    clock,
    store: openSqliteStore({ path: ':memory:' }),
    pass: (ms: number) => {
      now += ms;
    },
  };
}
