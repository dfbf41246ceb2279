import { expect, test } from 'vitest';
import { LiveFeed } from '../../../adapters/venues/live-feed.ts';
import { feedId } from '../../../core/market/window.ts';
import { NO_METRICS } from '../../../core/metrics.ts';
import { MINUTE_MS, plusMs } from '../../../core/time.ts';
import { FeedHealth } from '../../../fargate/feed-health.ts';
import { FeedPipeline } from '../../../fargate/feed-pipeline.ts';
import { FeedsStatus } from '../../../fargate/feeds-status.ts';
import { SilenceWatch } from '../../../fargate/silence-watch.ts';
import { CountingMetrics } from '../../../local/feeds/counting-metrics.ts';
import { healthAnswer } from '../../../local/feeds/health-answer.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { NOON } from '../../core/universe/listings.ts';
import { configWith } from '../../lambdas/universe-world.ts';

test('/health of a feed that is ready for venues of which nothing is followed says so of each', () => {
  const timers = new VirtualTimers(NOON);
  const told: string[] = [];
  const feed = new LiveFeed({
    access: configWith([]).access,
    keys: {},
    ids: [],
    leagues: [],
    venues: ['binance', 'coinbase', 'mexc', 'polymarket', 'kalshi'],
    windowMs: 1_000,
    transport: {
      connect: ({ url }) => {
        throw new Error(`nobody has to connect to ${url}`);
      },
      fetch: () => () => undefined,
    },
    timers,
    random: () => 0,
    note: (venue, detail) => void told.push(`${venue}: ${detail}`),
  });
  const pipeline = new FeedPipeline({
    ids: [],
    instruments: [],
    feedId: feedId('main'),
    windowMs: 1_000,
    depth: 5,
    configHash: 'test',
    epoch: 1,
    need: () => undefined,
    note: () => undefined,
  });
  const health = new FeedHealth();
  health.watch(feed, pipeline, new SilenceWatch(pipeline, true), undefined);
  feed.start((item) => {
    if ('outage' in item) told.push(item.detail);
  });
  timers.runUntil(plusMs(NOON, 5 * MINUTE_MS));
  const status = new FeedsStatus(NOON);
  const answer = healthAnswer(status, health, new CountingMetrics(NO_METRICS), timers.now());
  const { feed: report } = JSON.parse(JSON.stringify(answer));
  const idle = { connected: null, since: NOON, idleBecause: 'nothing is followed there', trouble: null };
  expect(report.venues).toMatchObject([idle, idle, idle, idle, idle]);
  expect(told).toEqual([]);
  feed.stop();
});
