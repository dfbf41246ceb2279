import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asPrice, asQuantity, price } from '../../../core/amounts.ts';
import { CANDLE_INTERVALS } from '../../../core/market/candle.ts';
import { instrumentId } from '../../../core/market/instrument.ts';
import { feedId, type InstrumentWindow, type MarketWindow } from '../../../core/market/window.ts';
import { decodeWindow, encodeWindow, WindowFormatError } from '../../../core/market/window-codec.ts';
import { epochMs } from '../../../core/time.ts';
import { anyWindow } from './any-window.ts';
import { level } from './samples.ts';

const QUIET: InstrumentWindow = {
  instrumentId: instrumentId('binance', 'OAKUSDT'),
  status: 'live',
  bids: [level('99.99', '1.5')],
  asks: [level('100.01', '0.25')],
  bidsComplete: false,
  asksComplete: false,
  highestBid: price('99.99'),
  lowestAsk: price('100.01'),
  prints: [],
  lastPrice: null,
  venueSequence: '42',
  occurredAt: epochMs(1_700_000_000_100),
  receivedAt: epochMs(1_700_000_000_120),
  quality: [],
  verdict: 'clean',
  candles: [],
};

const WINDOW: MarketWindow = {
  feedId: feedId('demo'),
  closedAt: epochMs(1_700_000_001_000),
  previousClosedAt: null,
  seq: 0,
  epoch: 1,
  configHash: 'abc',
  clockOffsets: {},
  settlements: [],
  games: [],
  closes: [],
  instruments: [QUIET],
};

test('an instrument to which nothing happened is written in short form', () => {
  expect(encodeWindow(WINDOW).instruments).toEqual([
    {
      instrumentId: 'binance:OAKUSDT',
      bids: [['99.99', '1.5']],
      asks: [['100.01', '0.25']],
      highestBid: '99.99',
      lowestAsk: '100.01',
      venueSequence: '42',
      occurredAt: 1_700_000_000_100,
      receivedAt: 1_700_000_000_120,
    },
  ]);
});

test('every window is read back as it was written', () => {
  fc.assert(
    fc.property(anyWindow, (window) => {
      expect(decodeWindow(JSON.parse(JSON.stringify(encodeWindow(window))))).toEqual(window);
    }),
    { seed: 3, numRuns: 300 },
  );
});

const wrong = (change: object): unknown => ({ ...encodeWindow(WINDOW), ...change });
const wrongInstrument = (change: object): unknown =>
  wrong({ instruments: [{ instrumentId: 'binance:OAKUSDT', ...change }] });

test.each([
  { value: wrong({ closedAt: '12' }), field: 'closedAt' },
  { value: wrong({ closedAt: 1.5 }), field: 'closedAt' },
  { value: wrong({ seq: -1 }), field: 'seq' },
  { value: wrong({ closes: ['2s'] }), field: 'closes.0' },
  {
    value: wrongInstrument({
      bids: [
        ['1', '2'],
        ['x', '2'],
      ],
    }),
    field: 'instruments.0.bids.1.0',
  },
  { value: wrongInstrument({ bids: [['-1', '2']] }), field: 'instruments.0.bids.0.0' },
  { value: wrongInstrument({ asks: [['1', '0.000000001']] }), field: 'instruments.0.asks.0.1' },
  { value: wrongInstrument({ asks: [['1']] }), field: 'instruments.0.asks.0' },
  { value: wrongInstrument({ status: 'open' }), field: 'instruments.0.status' },
  { value: wrongInstrument({ quality: ['odd'] }), field: 'instruments.0.quality.0' },
  { value: wrongInstrument({ instrumentId: 'OAKUSDT' }), field: 'instruments.0.instrumentId' },
  { value: null, field: 'not a market window' },
  { value: [], field: 'not a market window' },
])('refuses a window and names $field', ({ value, field }) => {
  expect(() => decodeWindow(value)).toThrow(WindowFormatError);
  expect(() => decodeWindow(value)).toThrow(field);
});

test('a field that a newer version added is ignored', () => {
  expect(decodeWindow(wrong({ mood: 'sunny' }))).toEqual(WINDOW);
});

test('the intervals on the wire are the intervals of the product', () => {
  const window: MarketWindow = { ...WINDOW, closes: [...CANDLE_INTERVALS] };
  expect(decodeWindow(encodeWindow(window)).closes).toEqual(CANDLE_INTERVALS);
  expect(decodeWindow(encodeWindow(window)).instruments[0]?.bids[0]).toEqual({
    price: asPrice(9_999_000_000n),
    quantity: asQuantity(150_000_000n),
  });
});
