import { expect, test } from 'vitest';
import { feedId } from '../../core/market/window.ts';
import { FeedHealth } from '../../fargate/feed-health.ts';
import { FeedPipeline } from '../../fargate/feed-pipeline.ts';
import { SilenceWatch } from '../../fargate/silence-watch.ts';
import { ELM, OAK } from '../core/market/samples.ts';
import { market, windowOf } from '../support/values.ts';

const pipelineOf = (): FeedPipeline =>
  new FeedPipeline({
    ids: [OAK.id, ELM.id],
    instruments: [],
    feedId: feedId('main'),
    windowMs: 1_000,
    depth: 5,
    configHash: 'test',
    epoch: 1,
    need: () => undefined,
    note: () => undefined,
  });

function watching(health: FeedHealth): void {
  const pipeline = pipelineOf();
  health.watch({ name: 'a market' }, pipeline, new SilenceWatch(pipeline, false), undefined);
}

test('what is followed is shown before anything was heard of it', () => {
  const health = new FeedHealth();
  watching(health);
  expect(health.report().instruments.map((one) => [one.instrumentId, one.status, one.lastBookAt])).toEqual([
    [ELM.id, 'stale', null],
    [OAK.id, 'stale', null],
  ]);
});

test('counts begin anew with each life of the feed; the newest window stays known', () => {
  const health = new FeedHealth();
  watching(health);
  health.sawWindow(windowOf(1, [market({ id: OAK.id, quality: ['crossed'] })]), true);
  health.sawFault({ reason: 'overflow', detail: 'too many frames' });
  expect(health.report()).toMatchObject({
    windowsBuilt: 1,
    windowsPublished: 1,
    windowsCrossed: 1,
    faults: { overflow: 1 },
  });
  watching(health);
  expect(health.report()).toMatchObject({
    windowsBuilt: 0,
    windowsPublished: 0,
    windowsCrossed: 0,
    faults: { overflow: 0 },
    lastWindowAt: windowOf(1, []).closedAt,
  });
});
