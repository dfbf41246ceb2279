import { expect, test } from 'vitest';
import { price, quantity } from '../../../core/amounts.ts';
import type { Candle, CandleInterval } from '../../../core/market/candle.ts';
import type { BookDoubt, MarketUpdate } from '../../../core/market/market-update.ts';
import { OrderBook } from '../../../core/market/order-book.ts';
import { feedId, type MarketWindow } from '../../../core/market/window.ts';
import { WindowBuilder } from '../../../core/market/window-builder.ts';
import { DAY_MS, type EpochMs, epochMs, MINUTE_MS, plusMs, SECOND_MS } from '../../../core/time.ts';
import { OAK } from './samples.ts';

const MIDNIGHT = epochMs(20_605 * DAY_MS);
const at = (minute: number, second = 0): EpochMs => plusMs(MIDNIGHT, minute * MINUTE_MS + second * SECOND_MS);

/** Windows of a minute, of one instrument. */
function feed() {
  const builder = new WindowBuilder({
    feedId: feedId('test'),
    windowMs: MINUTE_MS,
    depth: 1,
    configHash: 'abc',
    epoch: 1,
    instruments: [OAK.id],
  });
  const windows: MarketWindow[] = [];
  return {
    windows,
    see(moment: EpochMs, ...updates: MarketUpdate[]): void {
      windows.push(...builder.frameAt(moment));
      for (const update of updates) builder.apply(update);
    },
    shown: () => windows.map(({ instruments: [one] }) => one),
    bars: (interval: CandleInterval): Candle[] =>
      windows
        .flatMap(({ instruments: [one] }) => one?.candles ?? [])
        .filter((one) => one.interval === interval),
  };
}

const live = (): MarketUpdate => {
  const book = new OrderBook(OAK);
  book.set('bids', 10_000_000, 1_000);
  book.set('asks', 10_002_000, 1_000);
  book.status = 'live';
  return { kind: 'book', instrumentId: OAK.id, book, occurredAt: null, isSnapshot: true };
};

const trade = (moment: EpochMs, cost: string): MarketUpdate => ({
  kind: 'trade',
  instrumentId: OAK.id,
  price: price(cost),
  quantity: quantity('1'),
  aggressor: 'buy',
  trades: 1,
  firstTradeId: 1,
  lastTradeId: 1,
  occurredAt: moment,
});

/** What the venue tells of these minutes: each from 90 to 110, closed at 100. */
const told = (from: number, through: number): MarketUpdate => ({
  kind: 'candles',
  instrumentId: OAK.id,
  interval: '1m',
  from: at(from),
  through: at(through),
  source: 'venue',
  candles: Array.from({ length: through - from + 1 }, (_, n) => ({
    interval: '1m',
    start: at(from + n),
    open: price('95'),
    high: price('110'),
    low: price('90'),
    close: price('100'),
    volume: quantity('2'),
    trades: 3,
    complete: true,
  })),
});

test("longer bars in progress are completed by the venue's minutes from before the feed began, and of its first one", () => {
  const { see, bars } = feed();
  see(at(62, 20), live(), trade(at(62, 20), '101'));
  see(at(63, 10), trade(at(63, 10), '103'));
  see(at(64, 5), told(0, 62));
  see(at(75, 0));
  expect(bars('1m').map(({ start, complete }) => [start, complete])).toEqual([
    [at(62), false],
    ...Array.from({ length: 12 }, (_, n) => [at(63 + n), true]),
  ]);
  // Minutes 60 to 62 were told, 63 had one print, 64 none.
  const quiet = { interval: '5m', open: price('95'), high: price('110'), low: price('90'), complete: true };
  expect(bars('5m')[0]).toEqual({
    ...quiet,
    start: at(60),
    close: price('103'),
    volume: quantity('7'),
    trades: 10,
  });
  expect(bars('15m')).toMatchObject([{ start: at(60), complete: true, volume: quantity('7') }]);
});

test('an hour and a day close complete when all that the feed did not see was told', () => {
  const { see, bars } = feed();
  see(at(62, 20), live(), trade(at(62, 20), '101'));
  see(at(64, 5), told(0, 62));
  for (let minute = 65; minute <= 1_440; minute += 50) see(at(minute));
  see(at(1_440));
  expect(bars('1h').filter(({ complete }) => !complete)).toEqual([]);
  expect(bars('1h')).toHaveLength(23);
  // 63 minutes of 2; the print was in a minute that was told.
  expect(bars('1d')).toMatchObject([{ start: MIDNIGHT, complete: true, volume: quantity('126') }]);
});

test('before any print, a bar repeats the close that was told', () => {
  const { see, bars } = feed();
  see(at(62, 20), live());
  see(at(62, 40), told(50, 61));
  see(at(64));
  expect(bars('1m')).toMatchObject([
    { start: at(62), close: price('100'), trades: 0, complete: false },
    { start: at(63), close: price('100'), trades: 0, complete: true },
  ]);
});

test('what the venue tells of its history is no sign that the stream is alive', () => {
  const { see, shown } = feed();
  see(at(62, 20), live());
  see(at(63, 20), told(50, 61));
  see(at(64));
  expect(shown().map((one) => one?.receivedAt)).toEqual([at(62, 20), at(62, 20)]);
});

test.each([{ doubt: 'disconnected' }, { doubt: 'gap' }, { doubt: 'hash' }] as const)(
  'a book in doubt ($doubt) is not shown as live, even where its connection ended and left it as it was',
  ({ doubt }: { doubt: BookDoubt }) => {
    const { see, shown } = feed();
    const first = live();
    see(at(0), first);
    see(at(1, 30), { kind: 'book_doubted', instrumentId: OAK.id, doubt, detail: 'scripted' });
    see(at(3, 30), live());
    see(at(5));
    expect(shown().map((one) => [one?.status, one?.quality])).toEqual([
      ['live', []],
      ['stale', [doubt]],
      ['stale', [doubt]],
      // Part of this window was not seen.
      ['live', [doubt]],
      ['live', []],
    ]);
    // Nothing could be bought or sold at what it showed.
    expect(shown().slice(2, 3)).toMatchObject([{ highestBid: null, lowestAsk: null, verdict: 'blind' }]);
  },
);

test('a connection that ends is no failure, however often it does', () => {
  const { see, shown } = feed();
  for (let second = 0; second < 48; second += 4) {
    see(at(0, second), live());
    see(at(0, second + 2), {
      kind: 'book_doubted',
      instrumentId: OAK.id,
      doubt: 'disconnected',
      detail: 'scripted',
    });
    see(at(0, second + 3), {
      kind: 'trades_lost',
      instrumentId: OAK.id,
      flag: 'disconnected',
      detail: 'scripted',
    });
  }
  see(at(0, 50), live());
  see(at(1));
  expect(shown()).toMatchObject([{ status: 'live', quality: ['disconnected'], verdict: 'blind' }]);
});

test('a book that is asked for in turn is shown as such while it is live', () => {
  const { see, shown } = feed();
  see(at(0), { ...live(), isPolled: true } as MarketUpdate);
  see(at(1, 30), { kind: 'book_doubted', instrumentId: OAK.id, doubt: 'disconnected', detail: 'overdue' });
  see(at(3, 30), live());
  see(at(5));
  expect(shown().map((one) => [one?.quality, one?.verdict])).toEqual([
    [['polled'], 'degraded'],
    [['disconnected'], 'blind'],
    [['disconnected'], 'blind'],
    [['disconnected'], 'blind'],
    [[], 'clean'],
  ]);
});

test('a best price far off stretches no extreme, by which orders would be filled', () => {
  const { see, shown } = feed();
  const touch = (bidTicks: number, askTicks: number): MarketUpdate => ({
    kind: 'touch',
    instrumentId: OAK.id,
    bidTicks,
    askTicks,
  });
  see(at(0), { kind: 'instrument', instrument: OAK, tradable: true }, live());
  for (let second = 1; second < 40; second += 1)
    see(at(0, second), touch(10_000_000 - 1_000 * (second % 2), 10_002_000 + 1_000 * (second % 2)));
  see(at(0, 50), touch(9_000_000, 9_001_000));
  see(at(0, 55), touch(11_000_000, 11_001_000));
  see(at(1));
  expect(shown()).toMatchObject([
    { quality: ['outlier'], highestBid: price('100'), lowestAsk: price('100.02') },
  ]);
});

test('a stamp that cannot be meant is not the time of the picture', () => {
  const { see, shown } = feed();
  const far = epochMs(9_999_999_999_999);
  see(at(0, 1), { ...live(), occurredAt: at(0, 1) } as MarketUpdate, trade(far, '100'));
  see(at(1, 1), { ...live(), occurredAt: far } as MarketUpdate);
  see(at(2, 1), trade(at(2, 0), '100'));
  see(at(3));
  expect(shown().map((one) => one?.occurredAt)).toEqual([at(0, 1), at(0, 1), at(2, 0)]);
});
