import { expect, test } from 'vitest';
import { createCandleStore } from '../../adapters/store/candle-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { LiveFeed } from '../../adapters/venues/live-feed.ts';
import type { QueuedItem } from '../../adapters/venues/session/item-queue.ts';
import { INTERVAL_MS } from '../../core/market/candle.ts';
import { type InstrumentId, venueOf } from '../../core/market/instrument.ts';
import { feedId } from '../../core/market/window.ts';
import { NO_LOG } from '../../core/metrics.ts';
import { beatAt, type EpochMs, HOUR_MS, MINUTE_MS, plusMs } from '../../core/time.ts';
import { CandleKeeper } from '../../fargate/candle-keeper.ts';
import { FeedPipeline } from '../../fargate/feed-pipeline.ts';
import { SimTransport } from '../../local/venue-simulator/sim-transport.ts';
import { SimVenue } from '../../local/venue-simulator/sim-venue.ts';
import { VirtualTimers } from '../../local/venue-simulator/virtual-timers.ts';
import { configOf, shippedConfig } from '../fargate/feeds-world.ts';
import { seeded } from '../support/random.ts';
import { START } from './venue-simulator/sim-world.ts';
import { TRIALS, type TrialName } from './venue-simulator/trials.ts';

const WINDOW_MS = 1_000;
/** The venue does not serve us for a minute and a half. */
const OUTAGE = { kind: 'region', atMs: 20 * MINUTE_MS, forMs: 90_000 } as const;

/** How the configuration reaches a venue. */
function accessTo(name: TrialName, id: InstrumentId) {
  const fees = { version: 'test', makerBps: '10', takerBps: '10', charge: 'received' };
  const one = { fees, latency: { minMs: 20, medianMs: 60, p99Ms: 250 } };
  const wire = name === 'coinbase-exchange' ? { interface: 'exchange' } : {};
  const venues = { binance: one, [venueOf(id) ?? '']: { ...one, ...wire } };
  return configOf({ ...shippedConfig(), venues }).access;
}

/** A live feed of one instrument on a simulated venue, in virtual time, and the store of its bars. */
function openFeed(name: TrialName) {
  const { dialect, listings } = TRIALS[name]();
  const [listing] = listings;
  if (listing === undefined) throw new Error(`${name} lists nothing`);
  const { id } = listing.instrument;
  const timers = new VirtualTimers(START);
  const venue = new SimVenue({ seed: 3, timers, dialect, listings: [listing], faults: [OUTAGE] });
  const transport = new SimTransport({ seed: 3, timers, venues: [venue] });
  const malformed: string[] = [];
  const feed = new LiveFeed({
    access: accessTo(name, id),
    keys: {},
    ids: [id],
    leagues: [],
    venues: [],
    windowMs: WINDOW_MS,
    transport,
    timers,
    random: seeded(1),
    note: () => undefined,
  });
  const pipeline = new FeedPipeline({
    feedId: feedId('main'),
    windowMs: WINDOW_MS,
    depth: 1,
    configHash: 'test',
    epoch: 1,
    ids: [id],
    instruments: [],
    need: (need) => feed.need(need),
    note: ({ kind, detail }) => kind === 'malformed' && malformed.push(detail),
    onUpdate: (update) => update.kind === 'candles' && keeper.told(update),
  });
  const candles = createCandleStore(openSqliteStore({ path: ':memory:' }));
  const keeper = new CandleKeeper({
    store: candles,
    cadence: 'minutes',
    strategyIntervals: [],
    log: NO_LOG,
    need: (need) => feed.need(need),
    wireOf: (one) => pipeline.wireOf(one),
  });
  const take = (item: QueuedItem): void => {
    if ('reason' in item) return;
    for (const window of pipeline.windowsBefore(item)) keeper.saw(window);
    if (!('beat' in item)) pipeline.take(item);
  };
  return {
    id,
    candles,
    keeper,
    malformed,
    /** The store works beside the feed: it gets its turn each minute. */
    async run(ms: number): Promise<EpochMs> {
      const end = plusMs(START, ms);
      feed.start(take);
      while (timers.now() < end) {
        timers.runUntil(plusMs(timers.now(), MINUTE_MS));
        await new Promise((resolve) => setImmediate(resolve));
      }
      feed.stop();
      await keeper.close();
      return end;
    },
  };
}

test.each(['binance', 'mexc', 'coinbase', 'coinbase-exchange'] as const)(
  'two hours of %s with an outage leave a history without a gap, which the venue agrees with',
  async (name) => {
    const { id, candles, keeper, malformed, run } = openFeed(name);
    const end = await run(130 * MINUTE_MS);
    for (const interval of ['1m', '5m', '15m', '1h'] as const) {
      const lengthMs = INTERVAL_MS[interval];
      // From a hundred bars before the start to the last one that is over; one that closed incomplete has been asked for by then.
      const last = plusMs(beatAt(plusMs(end, -2 * MINUTE_MS), lengthMs), -lengthMs);
      expect(await candles.gaps(id, interval, plusMs(START, -100 * lengthMs), last)).toEqual([]);
    }
    const minutes = await candles.read(id, '1m', { count: 128 });
    const told = minutes.filter(({ source, start }) => source === 'venue' && start > START);
    // The market begins at 13:20 past the hour; the outage holds parts of 33 and 34, and the connection may come back in 35.
    const numbers = told.map(({ start }) => (start % HOUR_MS) / MINUTE_MS);
    expect([33, 34, 35].slice(0, numbers.length)).toEqual(numbers);
    expect(numbers.length).toBeGreaterThanOrEqual(2);
    expect(malformed).toEqual([]);
    const report = keeper.report();
    expect(report).toMatchObject({ unstored: 0, storeFault: null, wanted: 0, asked: report.answered });
    // Prints at the edges of minutes count in neighbors, so that many differ; over an hour that cancels out.
    expect(report.hours).toMatchObject([{ instrumentId: id, missing: 0, unjudged: 0 }]);
    expect(Math.abs(report.hours[0]?.volumeOffBps ?? 1e9)).toBeLessThan(10);
    expect(report.hours[0]?.agrees).toBeGreaterThan(10);
  },
);
