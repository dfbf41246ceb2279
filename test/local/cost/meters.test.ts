import { expect, test } from 'vitest';
import type { DeckleEvent } from '../../../core/events.ts';
import { epochMs } from '../../../core/time.ts';
import { EventMeter, eventBytes, LogMeter } from '../../../local/cost/meters.ts';

const silenced = (detail: string): DeckleEvent => ({
  type: 'feed.silenced',
  version: 1,
  id: 'feed.silenced/main/1',
  at: epochMs(1),
  feedId: 'main',
  instrumentId: null,
  detail,
});

test.each([
  { over: 0, chunks: 1 },
  { over: 1, chunks: 2 },
  { over: 65_536, chunks: 2 },
  { over: 65_537, chunks: 3 },
])('an event $over bytes over 64 KiB is billed as $chunks', ({ over, chunks }) => {
  const event = silenced('x'.repeat(65_536 + over - eventBytes(silenced(''))));
  const meter = new EventMeter();
  meter.count(event);
  expect(meter.use.get('feed.silenced')).toEqual({
    count: 1,
    chunks,
    bytes: 65_536 + over,
    bytesMax: 65_536 + over,
  });
});

test('an event counts the bytes of its source, its type and its detail', () => {
  const detail =
    '{"version":1,"id":"feed.silenced/main/1","at":1,"feedId":"main","instrumentId":null,"detail":"still"}';
  expect(eventBytes(silenced('still'))).toBe('deckle'.length + 'feed.silenced'.length + detail.length);
});

test("lines of the functions count, the feed's own are the container's", () => {
  const meter = new LogMeter();
  meter.of('feeds').warn('gap', { messages: 3 });
  expect(meter.bytes).toBe(0);
  meter.of('risk').info('decision', { price: 5n });
  expect(meter.bytes).toBe(250 + 'decision'.length + '{"price":"0.00000005"}'.length);
});
