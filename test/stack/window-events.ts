import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { EVENT_SOURCE, encodeEvent } from '../../adapters/eventbridge/event-codec.ts';
import { createObjectReader } from '../../adapters/s3/object-reader.ts';
import { readS3WindowLog } from '../../adapters/s3/read-s3-window-log.ts';
import type { MarketWindowEvent } from '../../core/events.ts';
import type { FeedId, MarketWindow } from '../../core/market/window.ts';
import { plusMs } from '../../core/time.ts';
import { windowEvent } from '../../fargate/window-event.ts';
import type { AwsClients } from './aws-clients.ts';

/** Every window of the feed that the bucket keeps, in order. */
export const loggedWindows = (
  { s3 }: AwsClients,
  bucket: string,
  feedId: FeedId,
): Promise<readonly MarketWindow[]> =>
  Array.fromAsync(readS3WindowLog(createObjectReader({ client: s3, bucket }), feedId));

/** The event of the last of these windows, as the feeds process published it. */
export function lastEvent(windows: readonly MarketWindow[]): MarketWindowEvent {
  const newest = windows.at(-1);
  if (!newest) throw new Error('no window was logged');
  return windowEvent(newest, windows.slice(-3));
}

/** The event of a quiet window that would have followed, a beat later: nothing traded, the books as they were. */
export function eventAfter(event: MarketWindowEvent): MarketWindowEvent {
  const last = event.windows.at(-1);
  const before = event.windows.at(-2);
  if (!last || !before) throw new Error('an event carries its history');
  const next: MarketWindow = {
    ...last,
    closedAt: plusMs(last.closedAt, last.closedAt - before.closedAt),
    previousClosedAt: last.closedAt,
    seq: last.seq + 1,
    closes: [],
    instruments: last.instruments.map((one) => ({ ...one, prints: [], candles: [] })),
  };
  return windowEvent(next, [...event.windows.slice(1), next]);
}

/** An entry of PutEvents. */
export function busEntry(bus: string, event: MarketWindowEvent): PutEventsRequestEntry {
  const { detailType, detail } = encodeEvent(event);
  return { EventBusName: bus, Source: EVENT_SOURCE, DetailType: detailType, Detail: detail };
}

/** The envelope in which the bus hands an event to a function. */
export const envelopeOf = (event: MarketWindowEvent) => {
  const { detailType, detail } = encodeEvent(event);
  return {
    version: '0',
    id: `by-hand-${event.id}`,
    source: EVENT_SOURCE,
    'detail-type': detailType,
    time: new Date().toISOString(),
    detail: JSON.parse(detail) as unknown,
  };
};
