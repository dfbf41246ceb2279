import type { MarketWindowEvent } from '../core/events.ts';
import type { WindowNews } from './run-feed.ts';

/** A window as the event that carries it and its history. */
export const windowEvent = (
  newest: WindowNews['newest'],
  windows: WindowNews['windows'],
): MarketWindowEvent => ({
  type: 'market.window',
  version: 1,
  id: `market.window/${newest.feedId}/${newest.closedAt}`,
  at: newest.closedAt,
  feedId: newest.feedId,
  epoch: newest.epoch,
  closes: [...newest.closes],
  windows,
});
