import { expect, test } from 'vitest';
import { POLL } from '../../../adapters/venues/frame-source.ts';
import { createReader } from '../../../adapters/venues/readers.ts';
import { WIRES } from '../../../adapters/venues/wire.ts';
import { epochMs } from '../../../core/time.ts';
import { looseRules } from '../../../local/feed-check/loose-rules.ts';

/** An object that throws when it is turned into a text: a frame of twenty letters that could stop a process. */
const ODD = '{"toString":0}';
const KEYS = (
  'type channel message error msg code e s u stream symbol product_id event_type asset_id market id sid seq ' +
  'events data symbols result timestamp lastUpdateId method status markets tokens'
).split(' ');
const MESSAGES = KEYS.flatMap((key) => [
  `{"${key}":${ODD}}`,
  ...KEYS.flatMap((other) => [
    `{"${key}":{"${other}":${ODD}}}`,
    `{"${key}":1,"${other}":${ODD}}`,
    `{"${key}":"error","${other}":${ODD}}`,
    `{"${key}":[{"${other}":${ODD}}]}`,
  ]),
]);
const CHANNELS = (
  'x rest:depth:AAA rest:exchangeInfo rest:trades:AAA rest:books rest:markets rest:products rest:ticker ' +
  'rest:orderbook:AAA rest:tokens rest:error rest:scoreboard:nfl'
).split(' ');

test.each(WIRES)('%s: no value is turned into a text that cannot be one', (wire) => {
  const ports = { emit: () => undefined, need: () => undefined, note: () => undefined };
  const instruments = wire === 'espn' ? [] : [looseRules(wire, 'AAA')];
  const reader = createReader(wire, { ids: [], instruments }, ports);
  for (const connection of ['c1', POLL])
    for (const channel of CHANNELS)
      for (const raw of MESSAGES) reader.read({ wire, receivedAt: epochMs(1), channel, raw, connection });
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  const { frames, messages, unknown } = reader;
  expect(sum(messages) + sum(unknown) + frames.malformed + frames.venueErrors).toBe(
    2 * CHANNELS.length * MESSAGES.length,
  );
});
