import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodePush, encodePush, plainPush } from '../../../../adapters/venues/mexc/proto.ts';
import type { WirePush } from '../../../../adapters/venues/mexc/schema.ts';
import {
  DEPTH_FRAME,
  DEPTH_JSON,
  KLINE_FRAME,
  KLINE_JSON,
  MINI_TICKER_JSON,
  PICTURE_JSON,
  TOUCH_FRAME,
  TOUCH_JSON,
  TRADES_FRAME,
  TRADES_JSON,
  UNKNOWN_FRAME,
} from './samples.ts';

function decoded(base64: string): WirePush {
  const push = decodePush(base64);
  if (push instanceof Error) throw push;
  return push;
}

test.each([
  { what: 'diff depth, its body before the symbol', frame: DEPTH_FRAME, bytes: 168, json: DEPTH_JSON },
  { what: 'book ticker', frame: TOUCH_FRAME, bytes: 124, json: TOUCH_JSON },
  { what: 'kline', frame: KLINE_FRAME, bytes: 135, json: KLINE_JSON },
])('the vector of a $what decodes to its JSON form', ({ frame, bytes, json }) => {
  expect(Buffer.from(frame, 'base64')).toHaveLength(bytes);
  expect(plainPush(decoded(frame))).toEqual(JSON.parse(json));
});

test('the vector of trades decodes to two deals, the second without an id', () => {
  const first = JSON.parse(TRADES_JSON);
  first.publicAggreDeals.deals.push({
    price: '64250.00',
    quantity: '0.02',
    tradeType: 2,
    time: '1790000000105',
  });
  expect(Buffer.from(TRADES_FRAME, 'base64')).toHaveLength(181);
  expect(plainPush(decoded(TRADES_FRAME))).toEqual(first);
  expect(decoded(TRADES_FRAME).publicAggreDeals?.deals[1]?.tradeId).toBe('');
});

test('the vector of unknown fields decodes to what is known of it', () => {
  expect(plainPush(decoded(UNKNOWN_FRAME))).toEqual({ channel: 'x', symbol: 'BTCUSDT' });
});

test.each([
  { what: 'trades', json: TRADES_JSON },
  { what: 'diff depth', json: DEPTH_JSON },
  { what: 'top-N depth', json: PICTURE_JSON },
  { what: 'book ticker', json: TOUCH_JSON },
  { what: 'kline', json: KLINE_JSON },
  { what: 'mini ticker', json: MINI_TICKER_JSON },
])('the JSON form of $what survives the wire', ({ json }) => {
  const form = JSON.parse(json);
  expect(plainPush(decoded(encodePush(form)))).toEqual(form);
});

test.each([
  { field: 'channel', bytes: [10, 1, 120], tag: '0a' },
  { field: 'symbol', bytes: [26, 1, 120], tag: '1a' },
  { field: 'createTime', bytes: [40, 1], tag: '28' },
  { field: 'sendTime', bytes: [48, 1], tag: '30' },
  { field: 'publicLimitDepths', bytes: [0xfa, 0x12, 0], tag: 'fa12' },
  { field: 'publicSpotKline', bytes: [0xa2, 0x13, 0], tag: 'a213' },
  { field: 'publicMiniTicker', bytes: [0xaa, 0x13, 0], tag: 'aa13' },
  { field: 'publicAggreDepths', bytes: [0xca, 0x13, 0], tag: 'ca13' },
  { field: 'publicAggreDeals', bytes: [0xd2, 0x13, 0], tag: 'd213' },
  { field: 'publicAggreBookTicker', bytes: [0xda, 0x13, 0], tag: 'da13' },
])('$field has the tag $tag', ({ field, bytes }) => {
  expect(Object.keys(plainPush(decoded(Buffer.from(bytes).toString('base64'))))).toEqual([field]);
});

test('sides without levels are empty, a missing time is none', () => {
  const push = decoded(encodePush({ channel: 'x', publicAggreDepths: { fromVersion: '1', toVersion: '2' } }));
  expect(push.publicAggreDepths).toMatchObject({ asks: [], bids: [], fromVersion: '1', toVersion: '2' });
  expect(Number(push.sendTime)).toBe(0);
  expect(push.publicLimitDepths ?? null).toBeNull();
});

test.each([
  { what: 'letters that are not base64', frame: `${TRADES_FRAME.slice(0, 40)}!!!!${TRADES_FRAME.slice(44)}` },
  { what: 'a text cut inside a group', frame: TRADES_FRAME.slice(0, 42) },
  { what: 'a frame cut inside a field', frame: TRADES_FRAME.slice(0, 40) },
  {
    what: 'a length beyond the end',
    frame: Buffer.from([0xd2, 0x13, 0xff, 0xff, 0xff, 0x7f]).toString('base64'),
  },
  { what: 'a length of 2^63', frame: Buffer.from([0x0a, ...Array(9).fill(0xff), 0x7f]).toString('base64') },
  { what: 'a channel that is not UTF-8', frame: Buffer.from([10, 2, 0xff, 0xfe]).toString('base64') },
  { what: 'a field of number 0', frame: Buffer.from([0, 1]).toString('base64') },
  { what: 'a group without end', frame: Buffer.from([0x0b]).toString('base64') },
  { what: 'a thousand nested groups', frame: Buffer.alloc(1_000, 0x0b).toString('base64') },
  { what: 'a frame of two megabytes', frame: Buffer.alloc(2 << 20).toString('base64') },
])('$what is no message', ({ frame }) => {
  expect(decodePush(frame)).toBeInstanceOf(Error);
});

const FRAMES = [TRADES_FRAME, DEPTH_FRAME, TOUCH_FRAME, KLINE_FRAME, UNKNOWN_FRAME];

/** Objects and letters of everything that was decoded. */
function weightOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.values(value).reduce<number>((sum, one) => sum + weightOf(one), 1);
}

test('no damage makes the decoder throw, or hold more than a few times what the frame has', () => {
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 400 }),
    fc
      .tuple(
        fc.constantFrom(...FRAMES),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.nat(),
      )
      .map(([frame, changes, end]) => {
        const bytes = Buffer.from(frame, 'base64');
        for (const [where, value] of changes) bytes[where % bytes.length] = value;
        return bytes.subarray(0, end % 3 === 0 ? end % bytes.length : bytes.length);
      }),
    // Many empty items: two bytes each, the most objects that a frame can ask for.
    fc.nat(5_000).map((count) => {
      const items = Buffer.from(Array.from({ length: count }, () => [0x0a, 0x00]).flat());
      const length = items.length;
      return Buffer.concat([Buffer.from([0xca, 0x13, (length & 127) | 128, length >> 7]), items]);
    }),
  );
  let readable = 0;
  fc.assert(
    fc.property(hostile, (bytes) => {
      const push = decodePush(Buffer.from(bytes).toString('base64'));
      if (push instanceof Error) return;
      readable += 1;
      expect(weightOf(plainPush(push))).toBeLessThan(200 + bytes.length * 10);
    }),
    { seed: 41, numRuns: 3_000 },
  );
  expect(readable).toBeGreaterThan(500);
});
