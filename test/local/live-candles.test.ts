import { expect, test } from 'vitest';
import { createCandleStore } from '../../adapters/store/candle-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import type { SourceItem } from '../../adapters/venues/frame-source.ts';
import { LiveFeed } from '../../adapters/venues/live-feed.ts';
import type { QueuedItem } from '../../adapters/venues/session/item-queue.ts';
import type { HistoryInterval } from '../../core/market/candle.ts';
import { feedId } from '../../core/market/window.ts';
import { NO_LOG } from '../../core/metrics.ts';
import { type EpochMs, epochMs, HOUR_MS, MINUTE_MS, plusMs } from '../../core/time.ts';
import { CandleKeeper } from '../../fargate/candle-keeper.ts';
import { FeedPipeline } from '../../fargate/feed-pipeline.ts';
import { SimTransport } from '../../local/venue-simulator/sim-transport.ts';
import { SimVenue } from '../../local/venue-simulator/sim-venue.ts';
import { VirtualTimers } from '../../local/venue-simulator/virtual-timers.ts';
import { configOf, shippedConfig } from '../fargate/feeds-world.ts';
import { seeded } from '../support/random.ts';
import { TRIALS } from './venue-simulator/trials.ts';

const START = epochMs(1_790_000_000_000);
const OUTAGE_MS = 20 * MINUTE_MS;

test('try', async () => {
  for (const name of ['binance', 'mexc', 'coinbase', 'coinbase-exchange'] as const) {
    const t0 = Date.now();
    const trial = TRIALS[name]();
    const timers = new VirtualTimers(START);
    const [listing] = trial.listings;
    if (!listing) throw new Error();
    const id = listing.instrument.id;
    const venue = new SimVenue({ seed: 3, timers, dialect: trial.dialect, listings: [listing], faults: [{ kind: 'region', atMs: OUTAGE_MS, forMs: 90_000 }] });
    const transport = new SimTransport({ seed: 3, timers, venues: [venue] });
    const fees = { version: 't', makerBps: '1', takerBps: '1', charge: 'received' };
    const latency = { minMs: 1, medianMs: 2, p99Ms: 3 };
    const venueName = id.slice(0, id.indexOf(':'));
    const config = configOf({ ...shippedConfig(), venues: { binance: { fees, latency }, [venueName]: { fees, latency, ...(name === 'coinbase-exchange' && { interface: 'exchange' }) } } });
    const notes: string[] = [];
    const feed = new LiveFeed({ access: config.access, keys: {}, ids: [id], leagues: [], venues: [], windowMs: 1_000, transport, timers, random: seeded(1), note: (_, d) => notes.push(d) });
    const pipeline = new FeedPipeline({ feedId: feedId('main'), windowMs: 1_000, depth: 5, configHash: 'x', epoch: 1, ids: [id], instruments: [], need: (n) => feed.need(n), note: (n) => n.kind === 'malformed' && notes.push(n.detail), onUpdate: (u) => u.kind === 'candles' && keeper.told(u) });
    const store = createCandleStore(openSqliteStore({ path: ':memory:' }));
    const asked: string[] = [];
    const keeper = new CandleKeeper({ store, cadence: 'minutes', strategyIntervals: [], log: NO_LOG, need: (n) => { asked.push(n.why); return feed.need(n); }, wireOf: (i) => pipeline.wireOf(i) });
    let frames = 0;
    const take = (item: QueuedItem): void => {
      if ('reason' in item) return;
      frames += 1;
      for (const w of pipeline.windowsBefore(item)) keeper.saw(w);
      if (!('beat' in item)) pipeline.take(item as SourceItem as never);
    };
    feed.start(take);
    const end = plusMs(START, 130 * MINUTE_MS);
    while (timers.now() < end) {
      timers.runUntil(plusMs(timers.now(), MINUTE_MS));
      await new Promise((r) => setImmediate(r));
      await new Promise((r) => setImmediate(r));
    }
    feed.stop();
    await keeper.close();
    console.log(name, frames, Date.now() - t0, 'ms', JSON.stringify(keeper.report()));
    console.log(notes.slice(0, 6), asked.length);
    for (const [interval, ms] of [['1m', MINUTE_MS], ['5m', 5 * MINUTE_MS], ['1h', HOUR_MS]] as const)
      console.log(interval, await store.gaps(id, interval as HistoryInterval, plusMs(START, -20 * ms), epochMs(end - ms - 2 * MINUTE_MS) as EpochMs));
  }
}, 300_000);
