import { expect, test } from 'vitest';
import { noFrameCounts } from '../../../adapters/venues/venue-reader.ts';
import { instrumentId } from '../../../core/market/instrument.ts';
import { noQualityCounts } from '../../../core/market/quality.ts';
import type { FeedReport } from '../../../fargate/feed-health.ts';
import { FeedHealth } from '../../../fargate/feed-health.ts';
import { FeedMetrics } from '../../../local/watch/feed-metrics.ts';
import { createMetrics } from '../../../local/watch/metrics.ts';

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
  instruments: [
    {
      instrumentId: OAK,
      status: 'live',
      quality: [],
      verdict: 'clean',
      counts: { ...noQualityCounts(), bookGaps: gaps },
      trouble: null,
    },
  ],
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

test('a stale instrument is not counted as live', async () => {
  const metrics = createMetrics();
  const stale = report(1, 0);
  new FeedMetrics(metrics).update({
    ...stale,
    instruments: stale.instruments.map((one) => ({ ...one, status: 'stale' as const })),
  });
  expect(await metrics.value('feed_instruments_live')).toBe(0);
});
