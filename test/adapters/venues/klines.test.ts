import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Frame } from '../../../adapters/venues/frame-source.ts';
import {
  isKlines,
  klinesRequest,
  readKlines,
  SETTLED_MS,
  tellsKlines,
} from '../../../adapters/venues/klines.ts';
import type { WireId } from '../../../adapters/venues/wire.ts';
import { WIRES } from '../../../adapters/venues/wire.ts';
import { price, quantity } from '../../../core/amounts.ts';
import {
  type Candle,
  HISTORY_INTERVALS,
  type HistoryInterval,
  INTERVAL_MS,
} from '../../../core/market/candle.ts';
import { epochMs, MINUTE_MS, plusMs } from '../../../core/time.ts';

/** 2026-09-21T14:00:00Z. */
const HOUR = epochMs(1_789_999_200_000);
const minute = (n: number) => plusMs(HOUR, n * MINUTE_MS);
const LATE = plusMs(HOUR, 86_400_000);
const VENUES = ['binance-spot', 'mexc-spot', 'coinbase-advanced', 'coinbase-exchange', 'kalshi'] as const;

const bar = (n: number, close = '3', some: Partial<Candle> = {}): Candle => ({
  interval: '1m',
  start: minute(n),
  open: price('2'),
  high: price('4'),
  low: price('1'),
  close: price(close),
  volume: quantity('5'),
  trades: 0,
  complete: true,
  ...some,
});
const quiet = (n: number, close = '3'): Candle => ({
  ...bar(n, close),
  open: price(close),
  high: price(close),
  low: price(close),
  volume: quantity('0'),
});

/** The rows of these minutes as a venue tells them: 2 to 1 to 4 to 3, a volume of 5. */
function answer(wire: (typeof VENUES)[number], minutes: readonly number[]): string {
  const seconds = (n: number) => minute(n) / 1_000;
  switch (wire) {
    case 'binance-spot':
      return JSON.stringify(
        minutes.map((n) => [minute(n), '2', '4', '1', '3', '5', minute(n) + 59_999, '0', 7, '0', '0', '0']),
      );
    case 'mexc-spot':
      return JSON.stringify(
        minutes.map((n) => [minute(n), '2', '4', '1', '3', '5', minute(n) + 59_999, '0']),
      );
    case 'coinbase-advanced':
      return JSON.stringify({
        candles: minutes.map((n) => ({
          start: String(seconds(n)),
          low: '1',
          high: '4',
          open: '2',
          close: '3',
          volume: '5',
        })),
      });
    case 'coinbase-exchange':
      return JSON.stringify(minutes.map((n) => [seconds(n), 1, 4, 2, 3, 5]).reverse());
    case 'kalshi':
      return JSON.stringify({
        markets: [
          {
            market_ticker: 'SYM',
            candlesticks: minutes.map((n) => ({
              end_period_ts: seconds(n + 1),
              volume_fp: '5',
              price: { open_dollars: '2', high_dollars: '4', low_dollars: '1', close_dollars: '3' },
            })),
          },
        ],
      });
  }
}

/** What a venue answers to a question about these minutes. */
function told(wire: (typeof VENUES)[number], from: number, through: number, raw: string, now = LATE) {
  const asked = klinesRequest(wire, {
    symbol: 'SYM',
    interval: '1m',
    from: minute(from),
    through: minute(through),
  });
  const frame: Frame = {
    wire,
    receivedAt: now,
    channel: asked?.channel ?? '',
    raw,
    url: asked?.request.url ?? '',
  };
  expect(isKlines(frame)).toBe(true);
  return readKlines(frame, now);
}

test.each([
  {
    wire: 'binance-spot',
    url: `https://data-api.binance.vision/api/v3/klines?symbol=SYM&interval=1m&startTime=${minute(1)}&endTime=${minute(3)}&limit=1000`,
    weight: 2,
  },
  {
    wire: 'mexc-spot',
    url: `https://api.mexc.com/api/v3/klines?symbol=SYM&interval=1m&startTime=${minute(1)}&endTime=${minute(3)}&limit=1000`,
    weight: 1,
  },
  {
    wire: 'coinbase-advanced',
    url: 'https://api.coinbase.com/api/v3/brokerage/market/products/SYM/candles?start=1789999260&end=1789999380&granularity=ONE_MINUTE&limit=350',
    weight: 1,
  },
  {
    wire: 'coinbase-exchange',
    url: 'https://api.exchange.coinbase.com/products/SYM/candles?granularity=60&start=2026-09-21T14:01:00.000Z&end=2026-09-21T14:03:00.000Z',
    weight: 1,
  },
  // It goes by the ends of bars.
  {
    wire: 'kalshi',
    url: 'https://external-api.kalshi.com/trade-api/v2/markets/candlesticks?market_tickers=SYM&start_ts=1789999261&end_ts=1789999440&period_interval=1&include_latest_before_start=true',
    weight: 1,
  },
] as const)('asks $wire for bars of a time, named by the channel of the answer', ({ wire, url, weight }) => {
  const asked = klinesRequest(wire, {
    symbol: 'SYM',
    interval: '1m',
    // Whole bars only.
    from: plusMs(minute(0), 1),
    through: plusMs(minute(3), 59_999),
  });
  expect(asked).toMatchObject({
    request: { method: 'GET', url },
    channel: 'rest:klines:1m:SYM',
    symbols: ['SYM'],
    weight,
  });
});

test.each(VENUES)('asks %s at the host that it is given', (wire) => {
  const query = { symbol: 'SYM', interval: '1h', from: HOUR, through: HOUR } as const;
  expect(klinesRequest(wire, query, 'http://127.0.0.1:9/x')?.request.url).toMatch(
    /^http:\/\/127\.0\.0\.1:9\/x\//,
  );
});

test('polymarket and the scores tell no bars, kalshi those of a minute and an hour, the others all that are kept', () => {
  const tells = (wire: WireId): readonly HistoryInterval[] =>
    HISTORY_INTERVALS.filter((interval) => {
      const query = { symbol: 'SYM', interval, from: HOUR, through: HOUR };
      expect(klinesRequest(wire, query) !== null).toBe(tellsKlines(wire, interval));
      return tellsKlines(wire, interval);
    });
  expect(Object.fromEntries(WIRES.map((wire) => [wire, tells(wire)]))).toEqual({
    'binance-spot': HISTORY_INTERVALS,
    'mexc-spot': HISTORY_INTERVALS,
    'coinbase-advanced': HISTORY_INTERVALS,
    'coinbase-exchange': HISTORY_INTERVALS,
    kalshi: ['1m', '1h'],
    polymarket: [],
    espn: [],
  });
});

test.each(VENUES)('reads what %s told of the minutes that it was asked for', (wire) => {
  const trades = wire === 'binance-spot' ? 7 : 0;
  expect(told(wire, 0, 2, answer(wire, [0, 1, 2]))).toEqual({
    instrumentId: `${wire.slice(0, wire.indexOf('-') < 0 ? undefined : wire.indexOf('-'))}:SYM`,
    symbol: 'SYM',
    interval: '1m',
    from: minute(0),
    through: minute(2),
    candles: [0, 1, 2].map((n) => bar(n, '3', { trades })),
    problems: [],
  });
});

test.each([
  { wire: 'binance-spot', most: 1_000 },
  { wire: 'mexc-spot', most: 1_000 },
  { wire: 'coinbase-advanced', most: 350 },
  { wire: 'coinbase-exchange', most: 300 },
  { wire: 'kalshi', most: 480 },
] as const)(
  'a question to $wire is about the oldest $most bars at most, and its answer about no more',
  ({ wire, most }) => {
    for (const { bars, answered } of [
      { bars: most, answered: most },
      { bars: most + 1, answered: most },
    ])
      expect(told(wire, 0, bars - 1, answer(wire, [0]), plusMs(LATE, 86_400_000))).toMatchObject({
        from: minute(0),
        through: minute(answered - 1),
      });
  },
);

test.each(VENUES)(
  'rows of %s outside the time that was asked for, or of bars that are hardly over, are left out',
  (wire) => {
    const raw = answer(wire, [0, 1, 2, 3, 4]);
    const settled = plusMs(minute(3), SETTLED_MS);
    expect(told(wire, 1, 4, raw, settled)).toMatchObject({
      from: minute(1),
      through: minute(2),
      candles: [{ start: minute(1) }, { start: minute(2) }],
      problems: [],
    });
    expect(told(wire, 1, 4, raw, plusMs(settled, -1))).toMatchObject({
      through: minute(1),
      candles: [{ start: minute(1) }],
    });
    // All of it is too young.
    expect(told(wire, 3, 4, raw, settled)).toMatchObject({
      from: minute(3),
      through: minute(2),
      candles: [],
    });
  },
);

test.each([
  { wire: 'coinbase-advanced', candles: [bar(2), quiet(3), quiet(4), bar(5), quiet(6)] },
  { wire: 'coinbase-exchange', candles: [bar(2), quiet(3), quiet(4), bar(5), quiet(6)] },
  { wire: 'kalshi', candles: [bar(2), quiet(3), quiet(4), bar(5), quiet(6)] },
  // These have a row for each bar: what is not there is not known.
  { wire: 'mexc-spot', candles: [bar(2), bar(5)] },
  { wire: 'binance-spot', candles: [bar(2, '3', { trades: 7 }), bar(5, '3', { trades: 7 })] },
] as const)('minutes 0 to 6 of $wire, of which it has rows for 2 and 5', ({ wire, candles }) => {
  const reading = told(wire, 0, 6, answer(wire, [2, 5]));
  expect(typeof reading === 'string' ? reading : reading.candles).toEqual(candles);
});

test('a row that cannot be read is no quiet bar: the others are told, and nothing is added', () => {
  const raw = '[[1789999200,1,4,2,3,5],[1789999260,9,4,2,3,5],[1789999380,1,4,2,3,5]]';
  expect(told('coinbase-exchange', 0, 4, raw)).toMatchObject({
    candles: [bar(0), bar(3)],
    problems: ['candles 1.high: high and low must bracket open and close, and be above zero'],
  });
});

test('without a trade before, no price is known: nothing is told of quiet bars', () => {
  expect(told('coinbase-exchange', 0, 4, '[]')).toMatchObject({
    from: minute(0),
    through: minute(4),
    candles: [],
  });
});

const FRAME: Frame = {
  wire: 'binance-spot',
  receivedAt: LATE,
  channel: 'rest:klines:1m:SYM',
  raw: '[]',
  url: `http://h/klines?startTime=${HOUR}&endTime=${HOUR}`,
};

test.each([
  { some: { raw: '<html>' }, why: 'klines: not a list of bars, <html>' },
  {
    some: { raw: '{"code":-1121,"msg":"Invalid symbol."}' },
    why: 'klines: not a list of bars, {"code":-1121,"msg":"Invalid symbol."}',
  },
  { some: { url: 'http://h/klines?startTime=5' }, why: 'url: names no time that the bars are of' },
  { some: { url: 'http://h/klines?startTime=x&endTime=y' }, why: 'url: names no time that the bars are of' },
  { some: { url: 'no address' }, why: 'url: names no time that the bars are of' },
  {
    some: { wire: 'coinbase-exchange', url: 'http://h/?start=never&end=ever' },
    why: 'url: names no time that the bars are of',
  },
  {
    some: { wire: 'kalshi', url: 'http://h/?start_ts=60&end_ts=60', raw: '{"markets":[]}' },
    why: 'markets: SYM is not there',
  },
  { some: { wire: 'polymarket' }, why: "channel: polymarket tells no bars over 'rest:klines:1m:SYM'" },
  {
    some: { channel: 'rest:klines:2m:SYM' },
    why: "channel: binance-spot tells no bars over 'rest:klines:2m:SYM'",
  },
] as const)('says why an answer cannot be read: $why', ({ some, why }) => {
  expect(readKlines({ ...FRAME, ...some }, LATE)).toBe(why);
});

test.each([
  { some: {}, is: true },
  { some: { channel: 'rest:klines:1d:KX:A' }, is: true },
  { some: { channel: 'rest:klines:1m:' }, is: false },
  { some: { channel: 'rest:klines:7m:SYM' }, is: false },
  { some: { channel: 'rest:klines:15s:SYM' }, is: false },
  { some: { channel: 'rest:depth:SYM' }, is: false },
  { some: { wire: 'polymarket' }, is: false },
  { some: { wire: 'kalshi', channel: 'rest:klines:5m:SYM' }, is: false },
  // A recorder that kept no address kept nothing that tells which time an answer is of: its wire's reader counts it.
  { some: { url: undefined }, is: false },
] as const)('knows an answer about bars by its channel and address: $some', ({ some, is }) => {
  expect(isKlines({ ...FRAME, ...some } as Frame)).toBe(is);
});

test('a question of any interval comes back from its address', () => {
  for (const wire of VENUES)
    for (const interval of HISTORY_INTERVALS) {
      const from = epochMs(Math.ceil(HOUR / 86_400_000) * 86_400_000);
      const through = plusMs(from, 2 * INTERVAL_MS[interval]);
      const asked = klinesRequest(wire, { symbol: 'A B/C', interval, from, through });
      if (asked === null) continue;
      const raw = wire === 'kalshi' ? '{"markets":[{"market_ticker":"A B/C","candlesticks":[]}]}' : '[]';
      const frame: Frame = { wire, receivedAt: from, channel: asked.channel, raw, url: asked.request.url };
      expect(readKlines(frame, plusMs(from, 9 * 86_400_000))).toMatchObject({
        symbol: 'A B/C',
        interval,
        from,
        through,
      });
    }
});

test('whatever an answer holds, nothing is thrown, and what is told are whole bars of the time asked for', () => {
  const cell = fc.oneof(
    fc.integer({ min: -5, max: 9 }),
    fc.constantFrom('1', '2', '3', '4', '5', '0', '-1', '1e9', 'x', '', null, true),
    fc.integer({ min: -2, max: 9 }).map((n) => minute(n) / 1_000),
    fc.integer({ min: -2, max: 9 }).map(minute),
  );
  const names = ['start', 'low', 'high', 'open', 'close', 'volume', 'end_period_ts', 'volume_fp'];
  const row = fc.oneof(
    fc.array(cell, { maxLength: 12 }),
    fc.dictionary(fc.constantFrom(...names), cell),
    cell,
  );
  const rows = fc.array(row, { maxLength: 6 });
  const market = fc.record({ market_ticker: fc.constantFrom('SYM', 'OTHER'), candlesticks: rows });
  const text = fc.oneof(
    rows.map((some) => JSON.stringify(some)),
    rows.map((candles) => JSON.stringify({ candles })),
    fc.array(market, { maxLength: 2 }).map((markets) => JSON.stringify({ markets })),
    fc.constantFrom(...VENUES).map((wire) => answer(wire, [4, 1, 1, 2])),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.constantFrom(...VENUES), text, fc.nat(60), (wire, raw, cut) => {
      for (const some of [raw, raw.slice(0, cut), raw.replace('3', '')]) {
        const reading = told(wire, 1, 6, some);
        if (typeof reading === 'string') continue;
        const starts = reading.candles.map(({ start }) => start);
        expect(starts).toEqual([...new Set(starts)].sort((a, b) => a - b));
        for (const one of reading.candles) {
          expect((one.start - HOUR) % MINUTE_MS).toBe(0);
          expect(one.start >= minute(1) && one.start <= minute(6) && one.complete).toBe(true);
        }
      }
    }),
    { seed: 20_261_121, numRuns: 2_000 },
  );
});

test('an address that asks for years is answered for as many bars as an answer holds', () => {
  const url = 'http://h/?start=2000-01-01T00:00:30.000Z&end=2026-01-01T00:00:00.000Z';
  const frame: Frame = { ...FRAME, wire: 'coinbase-exchange', url, raw: '[[946684860,1,4,2,3,5]]' };
  const first = Date.UTC(2000, 0, 1, 0, 1);
  const reading = readKlines(frame, LATE);
  expect(reading).toMatchObject({ from: first, through: first + 299 * MINUTE_MS });
  expect(typeof reading === 'string' ? [] : reading.candles).toHaveLength(300);
});
