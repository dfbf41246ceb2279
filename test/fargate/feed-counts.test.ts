import { expect, test } from 'vitest';
import { noFrameCounts } from '../../adapters/venues/venue-reader.ts';
import { noQualityCounts } from '../../core/market/quality.ts';
import { FeedCounts } from '../../fargate/feed-counts.ts';
import type { FeedReport } from '../../fargate/feed-health.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { ELM, OAK } from '../core/market/samples.ts';

/** Gaps by book and by trade ids, of two instruments. */
const report = (malformed: number, oak: readonly [number, number], elm: number): FeedReport => ({
  ...new FeedHealth().report(),
  frames: { ...noFrameCounts(), unknown: 0, malformed },
  instruments: [
    { instrumentId: OAK.id, counts: { ...noQualityCounts(), bookGaps: oak[0], tradeGaps: oak[1] } },
    { instrumentId: ELM.id, counts: { ...noQualityCounts(), bookGaps: elm } },
  ].map((one) => ({
    ...one,
    status: 'live' as const,
    quality: [],
    verdict: 'clean' as const,
    trouble: null,
  })),
});

test('each increment is told once; of the zeros only the first is', () => {
  const told: unknown[] = [];
  const counts = new FeedCounts({
    add: (name, value, labels) => void told.push([name, value, labels?.['instrument'] ?? null]),
    set: () => undefined,
  });
  const reports = [
    report(0, [0, 0], 0),
    report(0, [0, 0], 0),
    report(2, [1, 0], 0),
    report(2, [1, 2], 0),
    report(2, [1, 2], 0),
  ];
  for (const one of reports) counts.tell(one);
  expect(told).toEqual([
    ['feed_frames_malformed_total', 0, null],
    ['feed_gaps_total', 0, OAK.id],
    ['feed_gaps_total', 0, ELM.id],
    ['feed_frames_malformed_total', 2, null],
    ['feed_gaps_total', 1, OAK.id],
    ['feed_gaps_total', 2, OAK.id],
  ]);
});
