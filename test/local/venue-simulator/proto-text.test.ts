import { expect, test } from 'vitest';
import { decodePush, plainPush } from '../../../adapters/venues/mexc/proto.ts';
import { epochMs } from '../../../core/time.ts';
import { MexcFrames } from '../../../local/venue-simulator/mexc-frames.ts';
import {
  messageField,
  numberField,
  protoBytes,
  tagOfNumber,
  tagOfText,
  textField,
  varint,
} from '../../../local/venue-simulator/proto-text.ts';
import { SimMarket } from '../../../local/venue-simulator/sim-market.ts';
import { mexcListings } from '../../../local/venue-simulator/spot-listings.ts';

const hex = (text: string): string => Buffer.from(text, 'latin1').toString('hex');

test.each([
  { value: 0, bytes: '00' },
  { value: 127, bytes: '7f' },
  { value: 128, bytes: '8001' },
  { value: 300, bytes: 'ac02' }, // 300 = 2 x 128 + 44
  { value: 1_790_000_000_123, bytes: 'fbd8c1a28c34' },
])('$value is the varint $bytes', ({ value, bytes }) => {
  expect(hex(varint(value))).toBe(bytes);
});

test.each([
  { tag: tagOfText(1), bytes: '0a' },
  { tag: tagOfText(3), bytes: '1a' },
  { tag: tagOfNumber(5), bytes: '28' },
  { tag: tagOfNumber(6), bytes: '30' },
  { tag: tagOfText(303), bytes: 'fa12' },
  { tag: tagOfText(308), bytes: 'a213' },
  { tag: tagOfText(313), bytes: 'ca13' },
  { tag: tagOfText(314), bytes: 'd213' },
  { tag: tagOfText(315), bytes: 'da13' },
])('a tag is $bytes', ({ tag, bytes }) => {
  expect(hex(tag)).toBe(bytes);
});

test('the vector of a trades frame is written byte by byte', () => {
  const [one, two, three] = [tagOfText(1), tagOfText(2), tagOfText(3)];
  const deal = (price: string, quantity: string, type: number, time: number, id: string): string =>
    messageField(
      one,
      textField(one, price) +
        textField(two, quantity) +
        numberField(tagOfNumber(3), type) +
        numberField(tagOfNumber(4), time) +
        textField(tagOfText(5), id),
    );
  const body =
    deal('64250.10', '0.00150000', 1, 1_790_000_000_101, '9000000001') +
    deal('64250.00', '0.02', 2, 1_790_000_000_105, '') +
    textField(two, 'spot@public.aggre.deals.v3.api.pb@100ms');
  const frame =
    textField(one, 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT') +
    textField(three, 'BTCUSDT') +
    numberField(tagOfNumber(6), 1_790_000_000_123) +
    messageField(tagOfText(314), body);
  expect(Buffer.from(protoBytes(frame)).toString('base64')).toBe(
    'Ci9zcG90QHB1YmxpYy5hZ2dyZS5kZWFscy52My5hcGkucGJAMTAwbXNAQlRDVVNEVBoHQlRDVVNEVDD72MGijDTSE3EKKwoINjQyNTAuMTASCjAuMDAxNTAwMDAYASDl2MGijDQqCjkwMDAwMDAwMDEKGQoINjQyNTAuMDASBDAuMDIYAiDp2MGijDQSJ3Nwb3RAcHVibGljLmFnZ3JlLmRlYWxzLnYzLmFwaS5wYkAxMDBtcw==',
  );
});

const NOW = 1_790_000_000_123;
const [listing] = mexcListings();
function frames(): MexcFrames {
  if (listing === undefined) throw new Error('BTCUSDT is listed');
  return new MexcFrames(new SimMarket(listing, 7, epochMs(NOW)));
}
function decoded(bytes: Uint8Array): object {
  const push = decodePush(Buffer.from(bytes).toString('base64'));
  if (push instanceof Error) throw push;
  return plainPush(push);
}

test('a diff says which versions it covers, with 0 for a level that is gone', () => {
  const channel = 'spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT';
  const bytes = frames().diff(
    channel,
    NOW,
    { from: 43_296_363_236, to: 43_296_363_255 },
    [{ tick: 6_425_000, lots: 125_000 }],
    [{ tick: 6_425_100, lots: 0 }],
  );
  expect(decoded(bytes)).toEqual({
    channel,
    symbol: 'BTCUSDT',
    sendTime: `${NOW}`,
    publicAggreDepths: {
      asks: [{ price: '64251.00', quantity: '0' }],
      bids: [{ price: '64250.00', quantity: '1.25000' }],
      eventType: 'spot@public.aggre.depth.v3.api.pb@100ms',
      fromVersion: '43296363236',
      toVersion: '43296363255',
      lastOrderCreateTime: `${NOW}`,
    },
  });
});

test('a kline is told in seconds, all else in milliseconds', () => {
  const channel = 'spot@public.kline.v3.api.pb@BTCUSDT@Min1';
  const bar = {
    start: 1_789_999_980_000,
    open: 6_424_000,
    high: 6_426_000,
    low: 6_423_950,
    close: 6_425_000,
    lots: 350_000,
    turnover: 6_424_500n * 350_000n,
    trades: 12,
  };
  expect(decoded(frames().kline(channel, NOW, 'Min1', 60_000, bar))).toEqual({
    channel,
    symbol: 'BTCUSDT',
    sendTime: `${NOW}`,
    publicSpotKline: {
      interval: 'Min1',
      windowStart: '1789999980',
      openingPrice: '64240.00',
      closingPrice: '64250.00',
      highestPrice: '64260.00',
      lowestPrice: '64239.50',
      volume: '3.50000',
      amount: '224857.5', // 64245 x 3.5
      windowEnd: '1790000040',
    },
  });
});
