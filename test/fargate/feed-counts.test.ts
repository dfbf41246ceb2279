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
    lastMessageAt: null,
    lastBookAt: null,
    isOver: false,
    isAhead: false,
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

test('minutes held against the venue are told by venue and outcome, each once', () => {
  const told: unknown[] = [];
  const counts = new FeedCounts({
    add: (name, value, labels) => {
      if (name === 'feed_candles_compared_total') told.push([value, labels?.['venue'], labels?.['outcome']]);
    },
    set: () => undefined,
  });
  const compared = (agrees: number, differs: number): FeedReport => ({
    ...report(0, [0, 0], 0),
    candles: {
      stored: 0,
      unstored: 0,
      dropped: 0,
      storeFault: null,
      asked: 0,
      answered: 0,
      wanted: 0,
      compared: { kalshi: { agrees, differs, missing: 0, unjudged: 0 } },
      hours: [],
    },
  });
  for (const one of [report(0, [0, 0], 0), compared(58, 2), compared(58, 2), compared(118, 2)])
    counts.tell(one);
  expect(told).toEqual([
    [58, 'kalshi', 'agrees'],
    [2, 'kalshi', 'differs'],
    [0, 'kalshi', 'missing'],
    [0, 'kalshi', 'unjudged'],
    [60, 'kalshi', 'agrees'],
  ]);
});
