import { expect, test } from 'vitest';
import { createCandleStore } from '../../adapters/store/candle-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { LiveFeed } from '../../adapters/venues/live-feed.ts';
import type { QueuedItem } from '../../adapters/venues/session/item-queue.ts';
import { INTERVAL_MS } from '../../core/market/candle.ts';
import { foldCandles } from '../../core/market/candle-fold.ts';
import { type InstrumentId, instrumentId, venueOf } from '../../core/market/instrument.ts';
import { feedId } from '../../core/market/window.ts';
import { NO_LOG } from '../../core/metrics.ts';
import { beatAt, DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, plusMs } from '../../core/time.ts';
import { CandleKeeper } from '../../fargate/candle-keeper.ts';
import { FeedPipeline } from '../../fargate/feed-pipeline.ts';
import { gamePlans, gameSeries } from '../../local/venue-simulator/kalshi-series.ts';
import { kalshiVenue } from '../../local/venue-simulator/kalshi-venue.ts';
import { exclusivePlans } from '../../local/venue-simulator/polymarket-plans.ts';
import { polymarketVenue } from '../../local/venue-simulator/polymarket-venue.ts';
import { fixture } from '../../local/venue-simulator/sim-fixtures.ts';
import { SimTransport } from '../../local/venue-simulator/sim-transport.ts';
import { SimVenue } from '../../local/venue-simulator/sim-venue.ts';
import { VirtualTimers } from '../../local/venue-simulator/virtual-timers.ts';
import { configOf, shippedConfig } from '../fargate/feeds-world.ts';
import { seeded } from '../support/random.ts';
import { KEYS } from './venue-simulator/contract-client.ts';
import { START } from './venue-simulator/sim-world.ts';
import { TRIALS, type TrialName } from './venue-simulator/trials.ts';

const WINDOW_MS = 1_000;
/** The venue does not serve us for a minute and a half. */
const OUTAGE = { kind: 'region', atMs: 20 * MINUTE_MS, forMs: 90_000 } as const;

/** A venue that lists one instrument. */
interface Place {
  readonly id: InstrumentId;
  readonly venue: SimVenue;
  readonly settings?: object;
}

function spotPlace(name: TrialName, timers: VirtualTimers): Place {
  const { dialect, listings } = TRIALS[name]();
  const [listing] = listings;
  if (listing === undefined) throw new Error(`${name} lists nothing`);
  return {
    id: listing.instrument.id,
    venue: new SimVenue({ seed: 3, timers, dialect, listings: [listing], faults: [OUTAGE] }),
    ...(name === 'coinbase-exchange' && { settings: { interface: 'exchange' } }),
  };
}

/** Its markets are two days old at the start. */
const GAME = fixture('nfl', { gameId: '401772987', startsAt: START, home: 'KC', away: 'BUF' });

/** So late that no question about what was missed reaches back to the made-up past, in which each minute has trades. */
const LATE_OUTAGE = { ...OUTAGE, atMs: 100 * MINUTE_MS };

/** Something happens in the market each `stepMs` on average, which is a trade now and then. */
function kalshiPlace(stepMs: number, timers: VirtualTimers): Place {
  const [plan] = gamePlans(GAME, { stepMs, levels: 5 });
  if (plan === undefined) throw new Error('the game has no market');
  const venue = kalshiVenue({
    seed: 3,
    timers,
    series: [gameSeries('nfl')],
    plans: [plan],
    keys: [KEYS.ed25519],
    faults: [LATE_OUTAGE],
  });
  return { id: instrumentId('kalshi', plan.ticker), venue, settings: { fees: QUADRATIC } };
}

const QUADRATIC = { version: 'test', makerRate: '0', takerRate: '0.07', roundTo: '0.0001' };

function polymarketPlace(timers: VirtualTimers): Place {
  const [plan] = exclusivePlans('fed-decision', 'Fed decision?', plusMs(START, 7 * DAY_MS), {
    stepMs: 8_000,
    levels: 5,
  });
  if (plan === undefined) throw new Error('the event has no market');
  const venue = polymarketVenue({ seed: 3, timers, series: [], plans: [plan], faults: [OUTAGE] });
  return { id: instrumentId('polymarket', plan.tokens[0]), venue, settings: { fees: QUADRATIC } };
}

/** How the configuration reaches a venue. */
function accessTo({ id, settings }: Place) {
  const latency = { minMs: 20, medianMs: 60, p99Ms: 250 };
  const fees = { version: 'test', makerBps: '10', takerBps: '10', charge: 'received' };
  const venues = { binance: { fees, latency }, [venueOf(id) ?? '']: { fees, latency, ...settings } };
  return configOf({ ...shippedConfig(), venues }).access;
}

/** A live feed of one instrument on a simulated venue, in virtual time, and the store of its bars. */
function openFeed(at: (timers: VirtualTimers) => Place) {
  const timers = new VirtualTimers(START);
  const place = at(timers);
  const { id, venue } = place;
  const transport = new SimTransport({ seed: 3, timers, venues: [venue] });
  const malformed: string[] = [];
  const feed = new LiveFeed({
    access: accessTo(place),
    keys: { kalshi: KEYS.ed25519 },
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
    const { id, candles, keeper, malformed, run } = openFeed((timers) => spotPlace(name, timers));
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

test.each([
  {
    pace: 'now and then',
    stepMs: 8_000,
    quiet: 16,
    told: [0, 9_553_000_000, 1_466_000_000],
    volumeOffBps: 0,
  },
  // No minute of the quarter of an hour before the outage tells a price.
  { pace: 'hardly ever', stepMs: 20 * MINUTE_MS, quiet: 129, told: [0, 0, 0], volumeOffBps: null },
])(
  'of a market of kalshi in which something trades $pace minutes and hours are told, the other bars folded from them',
  async ({ stepMs, quiet, told, volumeOffBps }) => {
    const { id, candles, keeper, malformed, run } = openFeed((timers) => kalshiPlace(stepMs, timers));
    const end = await run(130 * MINUTE_MS);
    for (const [interval, barsBefore] of [
      ['1m', 1_440],
      // As far as a day of minutes reaches.
      ['5m', 280],
      ['15m', 90],
      // From the first whole hour of the market on.
      ['1h', 47],
    ] as const) {
      const lengthMs = INTERVAL_MS[interval];
      const last = plusMs(beatAt(plusMs(end, -2 * MINUTE_MS), lengthMs), -lengthMs);
      expect(await candles.gaps(id, interval, plusMs(START, -barsBefore * lengthMs), last)).toEqual([]);
    }
    const minutes = await candles.read(id, '1m', { count: 1_000 });
    for (const interval of ['5m', '15m'] as const)
      for (const { source: _, ...bar } of await candles.read(id, interval, { count: 20 })) {
        const parts = minutes.filter(({ start }) => beatAt(start, INTERVAL_MS[interval]) === bar.start);
        expect(foldCandles(parts, interval)).toEqual([bar]);
      }
    const since = minutes.filter(({ start }) => start > START);
    expect(since.filter(({ volume }) => volume === 0n)).toHaveLength(quiet);
    // Minutes 53 and 54 of the hour, and 55, in which the connection may come back.
    const venues = since.filter(({ source }) => source === 'venue').map(({ volume }) => Number(volume));
    expect(told.slice(0, venues.length)).toEqual(venues);
    expect(venues.length).toBeGreaterThanOrEqual(2);
    expect(malformed).toEqual([]);
    const report = keeper.report();
    expect(report).toMatchObject({ unstored: 0, storeFault: null, wanted: 0, asked: report.answered });
    const [unjudged, agrees] = [venues.length, 60 - venues.length];
    expect(report.hours).toMatchObject([{ agrees, differs: 0, missing: 0, unjudged, volumeOffBps }]);
  },
);

test('polymarket tells no bars: nobody asks it, and what was not seen stays a gap, marked as one', async () => {
  const { id, candles, keeper, malformed, run } = openFeed(polymarketPlace);
  const end = await run(60 * MINUTE_MS);
  const minute = (n: number): EpochMs => plusMs(beatAt(START, HOUR_MS), n * MINUTE_MS);
  const last = plusMs(beatAt(end, MINUTE_MS), -2 * MINUTE_MS);
  // Nothing was traded in what was left of the minute in which it began.
  expect(await candles.gaps(id, '1m', minute(10), last)).toEqual([
    { kind: 'missing', from: minute(10), through: minute(13), bars: 4 },
    { kind: 'incomplete', from: minute(33), through: minute(34), bars: 2 },
  ]);
  expect(keeper.report()).toMatchObject({ asked: 0, answered: 0, wanted: 0, unstored: 0, hours: [] });
  expect(malformed).toEqual([]);
});
