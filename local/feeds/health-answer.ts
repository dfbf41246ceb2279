import { type EpochMs, isoTime } from '../../core/time.ts';
import type { FeedHealth } from '../../fargate/feed-health.ts';
import { windowAgeMs } from '../../fargate/feed-metrics.ts';
import type { FeedsStatus } from '../../fargate/feeds-status.ts';
import type { CountingMetrics } from './counting-metrics.ts';
import type { HealthAnswer } from './health-server.ts';

/** What `/health` says of the process: whether it is well, its lease, its newest window and its counts. */
export function healthAnswer(
  status: FeedsStatus,
  health: FeedHealth,
  metrics: CountingMetrics,
  now: EpochMs,
): HealthAnswer {
  const { newest, newestAt } = status;
  const feed = health.report();
  return {
    ...status.verdict(now),
    phase: status.phase,
    detail: status.detail,
    windowAgeMs: windowAgeMs(feed, newestAt, now),
    lease: status.epoch === null ? null : { feedId: status.feedId, epoch: status.epoch },
    configHash: status.configHash,
    lastWindow:
      newest === null ? null : { closedAt: isoTime(newest.closedAt), seq: newest.seq, epoch: newest.epoch },
    windows: status.windows,
    lives: status.lives,
    counts: metrics.totals(),
    feed,
  };
}
