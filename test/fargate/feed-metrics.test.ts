import { expect, test } from 'vitest';
import { noFrameCounts } from '../../adapters/venues/venue-reader.ts';
import { instrumentId } from '../../core/market/instrument.ts';
import { noQualityCounts } from '../../core/market/quality.ts';
import { epochMs, plusMs } from '../../core/time.ts';
import type { FeedReport } from '../../fargate/feed-health.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { FeedMetrics, windowAgeMs } from '../../fargate/feed-metrics.ts';
import { CountingMetrics } from '../../local/feeds/counting-metrics.ts';
import { createMetrics } from '../../local/watch/metrics.ts';
import { instrumentOk, venueOk } from '../support/feed-health.ts';
import { T0 } from '../support/values.ts';

const OAK = instrumentId('binance', 'OAKUSDT');

const report = (depth: number, gaps: number): FeedReport => ({
  ...new FeedHealth().report(),
  windowsPublished: depth * 2,
  clockOffsets: { binance: -12 },
  frames: { ...noFrameCounts(), unknown: 0, malformed: 1 },
  wires: [
    { wire: 'binance-spot', venue: 'binance', frames: noFrameCounts(), messages: { depth }, unknown: {} },
  ],
  failures: { gap: gaps },
  faults: { corrupt_line: 2, truncated: 0, clock_back: 0, overflow: 0 },
  instruments: [instrumentOk(OAK, { counts: { ...noQualityCounts(), bookGaps: gaps } })],
});

test('what the feed counted since the last look is added, once', async () => {
  const metrics = createMetrics();
  const feed = new FeedMetrics(metrics);
  feed.update(report(5, 1));
  feed.update(report(5, 1));
  feed.update(report(8, 3));
  expect(await metrics.value('feed_messages_total', { venue: 'binance', kind: 'depth' })).toBe(8);
  expect(await metrics.value('feed_validation_failures_total', { reason: 'gap' })).toBe(3);
  expect(await metrics.value('feed_frames_malformed_total')).toBe(1);
  expect(await metrics.value('feed_gaps_total', { instrument: OAK })).toBe(3);
  expect(await metrics.value('feed_source_faults_total', { reason: 'corrupt_line' })).toBe(2);
  expect(await metrics.value('feed_windows_total')).toBe(16);
  expect(await metrics.value('feed_clock_offset_ms', { venue: 'binance' })).toBe(-12);
  expect(await metrics.value('feed_instruments_live')).toBe(1);
});

test('an instrument that is followed again begins its count anew, and none goes back', async () => {
  const metrics = createMetrics();
  const feed = new FeedMetrics(metrics);
  for (const gaps of [3, 0, 2]) feed.update(report(5, gaps));
  // 3 of its first life, 2 of its second.
  expect(await metrics.value('feed_gaps_total', { instrument: OAK })).toBe(5);
});

test('the series of an instrument goes with it, and what was counted of all stays', async () => {
  const shown = createMetrics();
  const counted = new CountingMetrics(shown);
  const feed = new FeedMetrics(counted);
  feed.update(report(5, 3));
  feed.update({ ...report(5, 3), instruments: [] });
  expect(await shown.text()).not.toContain(OAK);
  expect(counted.totals()).toMatchObject({ feed_gaps_total: 3 });
  feed.update(report(5, 2));
  expect(await shown.value('feed_gaps_total', { instrument: OAK })).toBe(2);
  expect(counted.totals()).toMatchObject({ feed_gaps_total: 5 });
});

test('a stale instrument is not counted as live', async () => {
  const metrics = createMetrics();
  const stale = report(1, 0);
  new FeedMetrics(metrics).update({
    ...stale,
    instruments: stale.instruments.map((one) => ({ ...one, status: 'stale' as const })),
  });
  expect(await metrics.value('feed_instruments_live')).toBe(0);
});

test('reconnects, latency and the age of the newest window are told by venue', async () => {
  const metrics = createMetrics();
  const feed = new FeedMetrics(metrics);
  const after = (reconnects: number, latency: number): FeedReport => ({
    ...report(1, 0),
    venues: [venueOk({ reconnects })],
    latencies: { binance: latency },
  });
  feed.update(after(1, 45), 700);
  feed.update(after(3, 20), 1_200);
  expect(await metrics.value('feed_reconnects_total', { venue: 'binance' })).toBe(3);
  expect(await metrics.value('feed_latency_ms', { venue: 'binance' })).toBe(20);
  expect(await metrics.value('window_age_ms')).toBe(1_200);
});

test('with each window only what went wrong is told', async () => {
  const metrics = createMetrics();
  const feed = new FeedMetrics(metrics);
  const now: FeedReport = { ...report(5, 2), venues: [venueOk({ reconnects: 1 })] };
  feed.tellFaults(now);
  expect(await metrics.value('feed_gaps_total', { instrument: OAK })).toBe(2);
  expect(await metrics.value('feed_reconnects_total', { venue: 'binance' })).toBe(1);
  expect(await metrics.value('feed_validation_failures_total', { reason: 'gap' })).toBe(2);
  expect(await metrics.value('feed_messages_total')).toBe(0);
  feed.update(now);
  expect(await metrics.value('feed_gaps_total', { instrument: OAK })).toBe(2);
  expect(await metrics.value('feed_messages_total')).toBe(5);
});

test.each([
  // A live feed closes its windows by the clock: 1000 ms ago, whenever it was dealt with.
  { venues: [venueOk()], lastWindowAt: T0, dealtAt: plusMs(T0, 990), now: 1_000, age: 1_000 },
  // A recording of another day: dealt with 10 ms ago.
  { venues: [], lastWindowAt: epochMs(5), dealtAt: plusMs(T0, 990), now: 1_000, age: 10 },
  { venues: [], lastWindowAt: epochMs(5), dealtAt: null, now: 1_000, age: null },
  { venues: [venueOk()], lastWindowAt: null, dealtAt: null, now: 1_000, age: null },
  // The clock was set back.
  { venues: [venueOk()], lastWindowAt: T0, dealtAt: T0, now: -5, age: 0 },
])('at $now ms the newest window is $age ms old', ({ venues, lastWindowAt, dealtAt, now, age }) => {
  expect(windowAgeMs({ venues, lastWindowAt }, dealtAt, plusMs(T0, now))).toBe(age);
});
