import type { DeskConfig } from '../core/config/desk-config.ts';
import type { MarketWindowEvent } from '../core/events.ts';
import { FeedHealth } from '../fargate/feed-health.ts';
import { runFeed } from '../fargate/run-feed.ts';
import { windowEvent } from '../fargate/window-event.ts';
import type { DeskInput } from '../local/input.ts';

/** Every event of the demo market's feed, history included, built beforehand so that no feed is in the figures. */
export async function demoWindows(config: DeskConfig, input: DeskInput): Promise<MarketWindowEvent[]> {
  const wanted = new Set(config.strategies.flatMap((one) => one.instruments));
  const events: MarketWindowEvent[] = [];
  await runFeed({
    source: await input.open(),
    ids: [...wanted],
    instruments: input.instruments.filter((one) => wanted.has(one.id)),
    feedId: config.feed.id,
    windowMs: config.feed.windowMs,
    depth: config.feed.depth,
    configHash: config.hash,
    epoch: 1,
    settledThrough: null,
    health: new FeedHealth(),
    signal: new AbortController().signal,
    publish: async ({ newest, windows }) => void events.push(windowEvent(newest, windows)),
  });
  return events;
}
