import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordLine } from '../../../adapters/recordings/record-line.ts';
import { parseRecordedLine } from '../../../adapters/recordings/recorded-line.ts';
import type { SourceItem } from '../../../adapters/venues/frame-source.ts';
import { WIRES } from '../../../adapters/venues/wire.ts';
import { epochMs } from '../../../core/time.ts';

const wire = fc.constantFrom(...WIRES);
const receivedAt = fc.integer({ min: 946_684_800_000, max: 4_102_444_800_000 }).map(epochMs);
/** Recorders of old name their own events so; no stream of a venue does. */
const channel = fc.constantFrom('btcusdt@trade', 'rest:depth:btcusdt', 'orderbook_delta', 'l2_data');

const frame = fc.record(
  {
    wire,
    receivedAt,
    channel,
    raw: fc.string(),
    url: fc.webUrl(),
    encoding: fc.constant('base64' as const),
    connection: fc.constantFrom('poll', 'kalshi/3'),
  },
  { requiredKeys: ['wire', 'receivedAt', 'channel', 'raw'], noNullPrototype: true },
);
const detail = fc.string();
const connection = fc.record(
  { wire, receivedAt, connection: fc.string(), change: fc.constantFrom('opened', 'lost', 'closed'), detail },
  { noNullPrototype: true },
);
const follow = fc.record(
  { wire, receivedAt, follow: fc.array(fc.string()), unfollow: fc.array(fc.string()), detail },
  { noNullPrototype: true },
);
const venue = fc.record({ wire, receivedAt, venueOpen: fc.boolean(), detail }, { noNullPrototype: true });

test('what was recorded is replayed: frames and what happened between them', () => {
  fc.assert(
    fc.property(fc.oneof(frame, connection, follow, venue), (item) => {
      const line = recordLine(item as SourceItem);
      const parsed = parseRecordedLine(line ?? '');
      expect(
        parsed.kind === 'frame' ? parsed.frame : parsed.kind === 'control' ? parsed.item : parsed,
      ).toEqual(item);
    }),
    { seed: 11, numRuns: 2_000 },
  );
});

test.each([
  { item: { beat: epochMs(1) }, what: 'a beat' },
  { item: { reason: 'overflow', detail: '3 frames' }, what: 'a fault' },
  { item: { wire: 'kalshi', receivedAt: epochMs(1), outage: 'begun', detail: '' }, what: 'an outage' },
] as const)('$what leaves no line: it changes nothing that is replayed', ({ item }) => {
  expect(recordLine(item)).toBeUndefined();
});

test.each([
  { channel: 'deckle:mood', raw: '{}', says: "channel: 'deckle:mood' is none of deckle's" },
  { channel: 'deckle:venue', raw: '{', says: 'raw of deckle:venue: not JSON' },
  {
    channel: 'deckle:connection',
    raw: '{"connection":"a","change":"odd","detail":""}',
    says: 'raw of deckle:connection',
  },
])('a line on $channel that holds $raw is corrupt, in words', ({ channel, raw, says }) => {
  const line = JSON.stringify({ receivedAt: 1_700_000_000_000, unit: 'ms', venue: 'kalshi', channel, raw });
  expect(parseRecordedLine(line)).toMatchObject({ kind: 'corrupt', detail: expect.stringContaining(says) });
});
