import { beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';
import { createCandleStore } from '../../adapters/store/candle-store.ts';
import { type ItemStore, StoreError } from '../../adapters/store/item-store.ts';
import { writeKey } from '../../adapters/store/limits.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import type { Beat, BeatingSource, SourceItem } from '../../adapters/venues/frame-source.ts';
import { formatUnits, parseUnits } from '../../core/amounts.ts';
import {
  type Candle,
  HISTORY_INTERVALS,
  type HistoryInterval,
  INTERVAL_MS,
  isHistoryInterval,
} from '../../core/market/candle.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import { encodeWindow } from '../../core/market/window-codec.ts';
import { NO_LOG, NO_METRICS } from '../../core/metrics.ts';
import { beatAt, DAY_MS, type EpochMs, epochMs, HOUR_MS, MINUTE_MS, plusMs } from '../../core/time.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { runDesk } from '../../local/desk.ts';
import { deskHealth } from '../../local/desk-health.ts';
import type { DeskInput } from '../../local/input.ts';
import { OAK } from '../core/market/samples.ts';
import { configOf, rawConfig, STILL } from '../support/desk.ts';
import { type MarketScript, ScriptedMarket } from '../support/scripted-market.ts';

const MIDNIGHT = epochMs(20_605 * DAY_MS);
const at = (hour: number, minute: number, second = 0): EpochMs =>
  plusMs(MIDNIGHT, hour * HOUR_MS + minute * MINUTE_MS + second * 1_000);
const START = at(9, 57, 42);
const WINDOW_MS = 5_000;
const UNSETTLED = { through: null, settledAt: null, now: START } as const;
const OUTAGE = [610, 745] as const; // 10:07:52 to 10:10:07

const raw = rawConfig();
const CONFIG = configOf({
  ...raw,
  feed: { id: 'main', windowMs: WINDOW_MS },
  strategies: (raw['strategies'] as object[]).map((one) => ({
    ...one,
    instruments: [OAK.id],
    params: { fast: 2, slow: 4, interval: '15m', minConfidence: 0 },
  })),
});

async function runOn(
  source: BeatingSource,
  kind: DeskInput['kind'],
  store: ItemStore = openSqliteStore({ path: ':memory:' }),
) {
  const windows: MarketWindow[] = [];
  const health = new FeedHealth();
  const { services } = await runDesk({
    config: CONFIG,
    input: {
      kind,
      session: `${kind}-main`,
      description: 'a scripted market',
      instruments: [OAK],
      open: async () => source,
    },
    store,
    sha256,
    clock: { ...STILL, now: () => epochMs(0) },
    metrics: NO_METRICS,
    log: () => NO_LOG,
    alertSender: { send: async () => undefined },
    reportSink: { write: async () => undefined },
    health,
    windowLog: { append: async (window) => void windows.push(window), close: async () => undefined },
    signal: new AbortController().signal,
  });
  return { store, candles: createCandleStore(store), windows, health, services };
}

const script = (over: Partial<MarketScript> = {}): MarketScript => ({
  seed: 5,
  start: START,
  seconds: 4_000,
  windowMs: WINDOW_MS,
  outages: [OUTAGE],
  ...over,
});

/** What the venue's own bar says, in our form. */
function truth(market: ScriptedMarket, interval: HistoryInterval, start: EpochMs): Candle {
  const [, open, high, low, close, volume, , , trades] = market.bar(interval, start);
  const units = (text: unknown) => parseUnits(String(text)) as never;
  return {
    interval,
    start,
    open: units(open),
    high: units(high),
    low: units(low),
    close: units(close),
    volume: units(volume),
    trades: Number(trades),
    complete: true,
  };
}

const closed = (windows: readonly MarketWindow[]): Candle[] =>
  windows.flatMap(({ instruments }) => instruments.flatMap(({ candles }) => candles));

const asText = (bar: Candle): string =>
  JSON.stringify(bar, (_, value) => (typeof value === 'bigint' ? formatUnits(value) : value));

describe('a desk on a live source that loses its connection for two minutes', () => {
  const market = new ScriptedMarket(script());
  let run: Awaited<ReturnType<typeof runOn>>;
  beforeAll(async () => {
    run = await runOn(market, 'live');
  });

  test.each([
    { interval: '1m', bars: 1_440, first: at(9, 57) - DAY_MS, last: at(11, 3) },
    { interval: '5m', bars: 300, first: at(9, 55) - 300 * 5 * MINUTE_MS, last: at(10, 55) },
    // A strategy listens to it.
    { interval: '15m', bars: 1_000, first: at(9, 45) - 1_000 * 15 * MINUTE_MS, last: at(10, 45) },
    { interval: '1h', bars: 300, first: at(9, 0) - 300 * HOUR_MS, last: at(10, 0) },
  ] as const)(
    'keeps a history of $interval without a gap, from $bars bars before its first',
    async ({ interval, first, last }) => {
      // The market is three days old.
      const from = epochMs(Math.max(first, beatAt(plusMs(START, -3 * DAY_MS), INTERVAL_MS[interval])));
      expect(await run.candles.gaps(OAK.id, interval, from, epochMs(last))).toEqual([]);
      expect((await run.candles.read(OAK.id, interval, { count: 1 })).map(({ start }) => start)).toEqual([
        last,
      ]);
    },
  );

  test("marks as the venue's what it did not see, and as its own what it did", async () => {
    const bars = await run.candles.read(OAK.id, '1m', { count: 90 });
    const by = (source: 'own' | 'venue', from: EpochMs) =>
      bars
        .filter((one) => one.source === source && one.start >= from)
        .map(({ start }) => (start - at(10, 0)) / MINUTE_MS);
    expect(by('venue', at(9, 50))).toEqual([-10, -9, -8, -7, -6, -5, -4, -3, 7, 8, 9, 10]);
    // 9:50 to 11:03 are 74 minutes.
    expect(by('own', at(9, 50))).toHaveLength(74 - 12);
  });

  test('all bars that it keeps are those of the venue, whoever added them up', async () => {
    for (const interval of HISTORY_INTERVALS)
      for (const { source: _, ...bar } of await run.candles.read(OAK.id, interval, { count: 1_000 }))
        expect(asText(bar)).toBe(asText(truth(market, interval, bar.start)));
  });

  test('longer bars in progress when it began, and when it lost the connection, close complete', () => {
    const longer = closed(run.windows).filter(
      ({ interval }) => isHistoryInterval(interval) && interval !== '1m',
    );
    const hours = longer.filter(({ interval }) => interval === '1h');
    expect(hours.map(asText)).toEqual(
      [at(9, 0), at(10, 0)].map((start) => asText(truth(market, '1h', start))),
    );
    const incomplete = longer.filter(({ complete }) => !complete);
    // The last minute that this one lacked was told a moment after its end.
    expect(incomplete.map(({ interval, start }) => [interval, start])).toEqual([['5m', at(10, 5)]]);
  });

  test("after an hour it has held its minutes against the venue's", () => {
    const { candles } = run.health.report();
    expect(candles).toMatchObject({
      unstored: 0,
      dropped: 0,
      storeFault: null,
      wanted: 0,
      compared: { binance: { agrees: 58, differs: 0, missing: 0, unjudged: 4 } },
      hours: [
        {
          instrumentId: OAK.id,
          hour: at(10, 0),
          agrees: 56,
          differs: 0,
          missing: 0,
          unjudged: 4,
          volumeOffBps: 0,
        },
      ],
    });
    expect(candles?.answered).toBe(candles?.asked);
  });

  test('its health shows what became of its bars', async () => {
    const moment = { config: CONFIG, services: run.services, feed: run.health, guard: null, finished: true };
    const { feeds } = await deskHealth({ ...moment, ...UNSETTLED, late: 0, guardSeenAt: null });
    expect(feeds).toMatchObject({
      status: 'ok',
      candles: { unstored: 0, compared: { binance: { agrees: 58 } } },
    });
  });

  test('what it received, replayed without a venue to ask, gives the same windows', async () => {
    const recorded: BeatingSource = {
      name: 'recorded',
      async *frames() {
        yield* market.given as readonly (SourceItem | Beat)[];
      },
      need: () => false,
    };
    const replayed = await runOn(recorded, 'recording');
    expect(replayed.windows.map(encodeWindow)).toEqual(run.windows.map(encodeWindow));
    // A recording is no history of its own.
    expect(replayed.health.report().candles).toBeNull();
    expect(await replayed.candles.read(OAK.id, '1m', { count: 10 })).toEqual([]);
  });
});

test('a desk that was off for a while asks for what it missed, and keeps what it had', async () => {
  const seconds = 9_000;
  const first = new ScriptedMarket(script({ seconds, seen: [0, 1_200], outages: [] }));
  const { store, candles } = await runOn(first, 'live');
  expect(await candles.gaps(OAK.id, '1m', at(10, 0), at(10, 40))).toEqual([
    { kind: 'missing', from: at(10, 17), through: at(10, 40), bars: 24 },
  ]);
  const own = await candles.read(OAK.id, '1m', { count: 17, through: at(10, 16) });
  expect(new Set(own.slice(2).map(({ source }) => source))).toEqual(new Set(['own']));

  const second = new ScriptedMarket(script({ seconds, seen: [8_400, 9_000], outages: [] }));
  await runOn(second, 'live', store);
  // 12:17:42 to 12:27:42; the last minute is the one in progress.
  for (const [interval, last] of [
    ['1m', at(12, 26)],
    ['5m', at(12, 20)],
    ['15m', at(12, 0)],
    ['1h', at(11, 0)],
  ] as const)
    expect(await candles.gaps(OAK.id, interval, at(0, 0), last)).toEqual([]);
  expect(await candles.read(OAK.id, '1m', { count: 17, through: at(10, 16) })).toEqual(own);
  const longer = second.needs.filter((need) => need.candles?.interval === '5m');
  // The store had those before: only what it lacks is asked for, and the few bars that come before it.
  expect(longer.map(({ candles: asked }) => asked)).toEqual([
    { interval: '5m', from: plusMs(at(10, 15), -15 * 5 * MINUTE_MS), through: at(12, 10) },
  ]);
});

test('where the venue does not answer, what was missed stays a gap, marked as such', async () => {
  const market = new ScriptedMarket(script({ seconds: 1_300, isMute: true }));
  const { candles, health, windows } = await runOn(market, 'live');
  expect(await candles.gaps(OAK.id, '1m', at(9, 50), at(10, 18))).toEqual([
    { kind: 'missing', from: at(9, 50), through: at(9, 56), bars: 7 },
    { kind: 'incomplete', from: at(9, 57), through: at(9, 57), bars: 1 },
    { kind: 'incomplete', from: at(10, 7), through: at(10, 10), bars: 4 },
  ]);
  expect(health.report().candles).toMatchObject({ answered: 0, unstored: 0, compared: {} });
  const minutes = closed(windows).filter(({ interval }) => interval === '1m');
  expect(minutes.filter(({ complete }) => !complete).map(({ start }) => start)).toEqual([
    at(9, 57),
    at(10, 7),
    at(10, 8),
    at(10, 9),
    at(10, 10),
  ]);
});

test('a desk whose store takes no bars trades on, says so, and warns', async () => {
  const inner = openSqliteStore({ path: ':memory:' });
  const full: ItemStore = {
    get: (key) => inner.get(key),
    query: (query) => inner.query(query),
    changes: (position, limit) => inner.changes(position, limit),
    close: () => inner.close(),
    transact: async (writes) => {
      if (writes.some((one) => writeKey(one).pk.startsWith('CANDLES#')))
        throw new StoreError('full', 'the disk is full');
      return inner.transact(writes);
    },
  };
  const market = new ScriptedMarket(script({ seconds: 300, outages: [] }));
  const { windows, health, services } = await runOn(market, 'live', full);
  expect(windows).toHaveLength(61);
  expect(health.report().candles).toMatchObject({ stored: 0, storeFault: 'the disk is full' });
  const moment = { config: CONFIG, services, feed: health, guard: null, finished: false };
  health.connected(true);
  const { feeds } = await deskHealth({ ...moment, ...UNSETTLED, late: 0, guardSeenAt: null });
  expect(feeds).toMatchObject({ status: 'warn', reason: 'candles are not stored: the disk is full' });
});
