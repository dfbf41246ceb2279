import { expect, test } from 'vitest';
import { price, quantity } from '../../../core/amounts.ts';
import type { MarketUpdate } from '../../../core/market/market-update.ts';
import { OrderBook } from '../../../core/market/order-book.ts';
import { feedId, type InstrumentWindow, type MarketWindow } from '../../../core/market/window.ts';
import { SILENCE_MAX_MS, WindowBuilder, type WindowOptions } from '../../../core/market/window-builder.ts';
import { withHistory } from '../../../core/market/window-history.ts';
import { epochMs } from '../../../core/time.ts';
import { ELM, level, OAK } from './samples.ts';

const START = 1_700_000_000_000;
const at = (ms: number) => epochMs(START + ms);
/** Cents on the book's own grid of thousandths of a tick. */
const cents = (count: number): number => count * 1_000;

function builder(windowMs = 1_000, onBreaker?: WindowOptions['onBreaker']): WindowBuilder {
  return new WindowBuilder({
    ...(onBreaker && { onBreaker }),
    feedId: feedId('test'),
    windowMs,
    depth: 2,
    configHash: 'abc',
    epoch: 3,
    instruments: [OAK.id, ELM.id],
  });
}

function liveBook(bid: number, ask: number): OrderBook {
  const book = new OrderBook(OAK);
  for (let n = 0; n < 3; n += 1) {
    book.set('bids', cents(bid - n), 1_000 * (n + 1));
    book.set('asks', cents(ask + n), 1_000 * (n + 1));
  }
  book.status = 'live';
  book.sequence = 70;
  return book;
}

const bookNews = (book: OrderBook): MarketUpdate => ({
  kind: 'book',
  instrumentId: OAK.id,
  book,
  occurredAt: null,
});
const trade = (id: number, cost: string, size: string, aggressor: 'buy' | 'sell', ms = 0): MarketUpdate => ({
  kind: 'trade',
  instrumentId: OAK.id,
  price: price(cost),
  quantity: quantity(size),
  aggressor,
  trades: 1,
  firstTradeId: id,
  lastTradeId: id,
  occurredAt: at(ms),
});

/** Moves to a frame at `ms`, applies its updates, and returns what closed before it. */
function frame(into: WindowBuilder, ms: number, ...updates: MarketUpdate[]): MarketWindow[] {
  const closed = [...into.frameAt(at(ms))];
  for (const update of updates) into.apply(update);
  return closed;
}

function oak(window: MarketWindow | undefined): InstrumentWindow {
  const found = window?.instruments.find((one) => one.instrumentId === OAK.id);
  if (found === undefined) throw new Error('the window shows no OAKUSDT');
  return found;
}

test('shows book, touch extremes and prints per price and aggressor of one window', () => {
  const made = builder();
  const book = liveBook(10_000, 10_002);
  frame(made, 100, bookNews(book), trade(11, '100.02', '0.5', 'buy', 90));
  frame(made, 200, { kind: 'touch', instrumentId: OAK.id, bidTicks: cents(10_001), askTicks: cents(10_005) });
  frame(made, 300, trade(12, '100.00', '1', 'sell', 290), trade(13, '100.02', '0.25', 'buy', 290));
  frame(made, 400, trade(14, '100.02', '2', 'sell', 390));
  const [window, ...others] = frame(made, 1_000);
  expect(others).toEqual([]);
  expect(window).toMatchObject({
    feedId: 'test',
    closedAt: at(1_000),
    previousClosedAt: null,
    seq: 0,
    epoch: 3,
  });
  expect(oak(window)).toMatchObject({
    status: 'live',
    bids: [level('100', '0.001'), level('99.99', '0.002')],
    asks: [level('100.02', '0.001'), level('100.03', '0.002')],
    highestBid: price('100.01'),
    lowestAsk: price('100.02'),
    lastPrice: price('100.02'),
    venueSequence: '70',
    occurredAt: at(390),
    receivedAt: at(400),
    quality: [],
  });
  const print = { trades: 1, firstTradeId: '14', lastTradeId: '14' };
  expect(oak(window).prints).toEqual([
    {
      ...print,
      price: price('100'),
      quantity: quantity('1'),
      aggressor: 'sell',
      firstTradeId: '12',
      lastTradeId: '12',
    },
    {
      price: price('100.02'),
      quantity: quantity('0.75'),
      aggressor: 'buy',
      trades: 2,
      firstTradeId: '11',
      lastTradeId: '13',
    },
    { ...print, price: price('100.02'), quantity: quantity('2'), aggressor: 'sell' },
  ]);
});

test('a frame belongs to the window its stamp falls in, the edge to the next one', () => {
  const made = builder();
  frame(made, 0, trade(1, '1', '1', 'buy'));
  frame(made, 999, trade(2, '2', '1', 'buy'));
  const [first] = frame(made, 1_000, trade(3, '3', '1', 'buy'));
  const [second] = frame(made, 2_000);
  expect(oak(first).prints.map((print) => print.firstTradeId)).toEqual(['1', '2']);
  expect(oak(second).prints.map((print) => print.firstTradeId)).toEqual(['3']);
});

test('quiet beats close too, carry the picture on, and start their extremes at the standing touch', () => {
  const made = builder();
  frame(made, 0, bookNews(liveBook(10_000, 10_002)));
  const closed = frame(made, 3_500);
  expect(closed.map((window) => [window.closedAt - START, window.previousClosedAt, window.seq])).toEqual([
    [1_000, null, 0],
    [2_000, at(1_000), 1],
    [3_000, at(2_000), 2],
  ]);
  expect(oak(closed[2])).toMatchObject({
    highestBid: price('100'),
    lowestAsk: price('100.02'),
    receivedAt: at(0),
  });
});

test('a timer that fires late, early or often changes no window', () => {
  const plain = builder();
  const timed = builder();
  const closedPlain: MarketWindow[] = [];
  const closedTimed: MarketWindow[] = [];
  const stamps = [0, 400, 999, 1_000, 1_001, 2_600, 7_250, 7_260];
  for (const [n, ms] of stamps.entries()) {
    const update = trade(n, '5', '1', 'buy', ms);
    closedPlain.push(...frame(plain, ms, update));
    for (const early of [-600, -30, -1, 0]) closedTimed.push(...timed.advanceTo(at(Math.max(0, ms + early))));
    closedTimed.push(...frame(timed, ms, update));
  }
  expect(closedPlain).toHaveLength(7);
  expect(closedTimed).toEqual(closedPlain);
});

test('a frame stamped before the edge a timer has closed is clamped and counted', () => {
  const made = builder();
  frame(made, 100);
  expect([...made.advanceTo(at(1_050))]).toHaveLength(1);
  frame(made, 990, trade(1, '5', '1', 'buy'));
  expect(made.clampedStamps).toBe(1);
  const [second] = frame(made, 2_000);
  expect(oak(second)).toMatchObject({ receivedAt: at(1_000), prints: [{ firstTradeId: '1' }] });
});

test('stamps never go backwards: a clock step is clamped, counted, and loses nothing', () => {
  const made = builder();
  frame(made, 1_500, trade(1, '5', '1', 'buy'));
  frame(made, 200, trade(2, '5', '1', 'buy'));
  const [window] = frame(made, 2_000);
  expect(oak(window).prints).toMatchObject([{ trades: 2 }]);
  expect(made.clampedStamps).toBe(1);
});

test('a book in doubt shows stale with the reason until it is proven again', () => {
  const made = builder();
  const book = liveBook(10_000, 10_002);
  frame(made, 0, bookNews(book));
  book.clear('stale');
  frame(made, 1_500, { kind: 'book_doubted', instrumentId: OAK.id, doubt: 'gap', detail: '' });
  const [, ...quiet] = frame(made, 3_500, bookNews(liveBook(9_000, 9_001)));
  const [proven] = frame(made, 4_000);
  expect(quiet.map((window) => [oak(window).status, oak(window).quality, oak(window).bids])).toEqual([
    ['stale', ['gap'], []],
  ]);
  expect(oak(proven)).toMatchObject({ status: 'live', quality: ['gap'], highestBid: price('90') });
  expect(oak(frame(made, 5_000)[0])).toMatchObject({ status: 'live', quality: [] });
});

test('an instrument that the venue does not trade is closed, one never heard of is stale', () => {
  const made = builder();
  frame(made, 0, bookNews(liveBook(10_000, 10_002)), {
    kind: 'instrument',
    instrument: OAK,
    tradable: false,
  });
  const [window] = frame(made, 1_000);
  expect(window?.instruments.map((one) => one.status)).toEqual(['stale', 'closed']);
});

test('the newest message about a book is known by its receive time, whatever else comes', () => {
  const into = builder();
  expect(into.lastBookAt(OAK.id)).toBeNull();
  frame(into, 10, bookNews(liveBook(99, 101)));
  frame(into, 400, trade(1, '100', '1', 'buy'));
  expect(into.lastBookAt(OAK.id)).toBe(at(10));
  frame(into, 700, bookNews(liveBook(99, 102)));
  expect(into.lastBookAt(OAK.id)).toBe(at(700));
  into.follow([], [OAK.id]);
  expect(into.lastBookAt(OAK.id)).toBeNull();
});

/** Eleven failures in a row: one more than the breaker takes. */
const halt = (into: WindowBuilder, ms: number): void =>
  void frame(
    into,
    ms,
    ...Array.from({ length: 11 }, () => ({
      kind: 'fault' as const,
      instrumentId: OAK.id,
      reason: 'gap' as const,
      detail: 'lost',
    })),
  );

test('an instrument that is no longer followed is told to be halted no more', () => {
  const told: unknown[] = [];
  const made = builder(1_000, (id, { kind, at: when, detail }) =>
    told.push([id, kind, when - START, detail]),
  );
  halt(made, 100);
  frame(made, 500);
  made.follow([], [OAK.id]);
  expect(told).toEqual([
    [
      OAK.id,
      'opened',
      100,
      '11 failures in a minute: 11 gap; closes itself after a minute without failures and a fresh snapshot',
    ],
    [OAK.id, 'closed', 500, 'no longer followed, its breaker was open'],
  ]);
  expect(made.failures()).toEqual(new Map([['gap', 11]]));
});

test.each([
  { leftMs: 59_999, status: 'halted', kinds: ['opened', 'closed', 'opened'] },
  { leftMs: 60_000, status: 'stale', kinds: ['opened', 'closed'] },
])('followed again after $leftMs ms a halted instrument is $status', ({ leftMs, status, kinds }) => {
  const told: string[] = [];
  const made = builder(1_000, (_id, { kind }) => told.push(kind));
  halt(made, 100);
  made.follow([], [OAK.id]);
  frame(made, 100 + leftMs);
  made.follow([OAK.id], []);
  expect(told).toEqual(kinds);
  expect(oak(frame(made, 61_100)[0]).status).toBe(status);
  expect(made.failures()).toEqual(new Map([['gap', 11]]));
});

test('a halted instrument that was left for a moment is free after its clean minute and a fresh picture', () => {
  const told: string[] = [];
  const made = builder(1_000, (_id, { kind }) => told.push(kind));
  halt(made, 100);
  made.follow([], [OAK.id]);
  frame(made, 20_000);
  made.follow([OAK.id], []);
  const snapshot = { ...bookNews(liveBook(10_000, 10_002)), isSnapshot: true } as MarketUpdate;
  frame(made, 20_500, snapshot);
  expect(oak(frame(made, 21_000)[0]).status).toBe('halted');
  frame(made, 62_000, snapshot);
  expect(oak(frame(made, 63_000)[0]).status).toBe('live');
  expect(told).toEqual(['opened', 'closed', 'opened', 'closing_wanted', 'closed']);
});

test('a locked book is flagged', () => {
  const made = builder();
  frame(made, 0, bookNews(liveBook(10_000, 10_000)));
  expect(oak(frame(made, 1_000)[0]).quality).toEqual(['locked']);
});

test('a message five seconds slower than the quickest is flagged late, a clock that is off is not', () => {
  const made = builder();
  for (let n = 0; n < 10; n += 1) frame(made, n * 50, trade(n, '5', '1', 'buy', n * 50 + 1_270));
  const [first] = frame(made, 6_500, trade(20, '5', '1', 'buy', 2_000));
  const last = frame(made, 7_000).at(-1);
  expect([first?.clockOffsets, oak(first).quality]).toEqual([{ binance: 1_270 }, []]);
  expect(oak(last).quality).toEqual(['late']);
  expect(made.lateMessages).toBe(1);
});

test('trades that were asked for in turn are as old as the turn, and not late', () => {
  const made = builder();
  for (let n = 0; n < 10; n += 1) frame(made, n * 50, trade(n, '5', '1', 'buy', n * 50));
  frame(made, 6_500, { ...trade(20, '5', '1', 'buy', 500), isPolled: true } as MarketUpdate);
  expect(oak(frame(made, 7_000).at(-1)).quality).toEqual([]);
  expect([made.lateMessages, made.failures()]).toEqual([0, new Map()]);
});

test('candles close with the first window not before their end, and the window names the intervals', () => {
  const made = builder(2_000);
  frame(made, 0, bookNews(liveBook(10_000, 10_002)), trade(1, '7', '1', 'buy'));
  const closed = frame(made, 6_000);
  expect(closed.map((window) => [window.closedAt - START, window.closes])).toEqual([
    [2_000, ['1s']],
    [4_000, ['1s']],
    [6_000, ['1s', '5s']],
  ]);
  expect(oak(closed[2]).candles.map((one) => [one.interval, one.start - START, one.complete])).toEqual([
    ['1s', 4_000, true],
    ['1s', 5_000, true],
    ['5s', 0, false],
  ]);
});

test('a silence of more than an hour begins a new life of the feed instead of thousands of empty windows', () => {
  const made = builder();
  frame(made, 0, trade(1, '5', '1', 'buy'));
  const later = SILENCE_MAX_MS + 5_000;
  expect(frame(made, later)).toHaveLength(1);
  const [window] = frame(made, later + 1_000);
  expect(window).toMatchObject({ closedAt: at(later + 1_000), previousClosedAt: null, seq: 0 });
  expect(made.longSilences).toBe(1);
});

test('the window in progress is closed when the source ends, and none when nothing ever came', () => {
  const made = builder();
  expect([...made.finish()]).toEqual([]);
  frame(made, 2_300, trade(1, '5', '1', 'buy'));
  expect([...made.finish()].map((window) => window.closedAt)).toEqual([at(3_000)]);
});

test.each([
  { windowMs: 1_000, carried: 3 },
  { windowMs: 500, carried: 5 },
  { windowMs: 100, carried: 21 },
  { windowMs: 5_000, carried: 3 },
])('an event carries $carried windows at a beat of $windowMs ms', ({ windowMs, carried }) => {
  const made = builder(windowMs);
  let history: readonly MarketWindow[] = [];
  for (const window of [...frame(made, 0), ...frame(made, 100 * windowMs)])
    history = withHistory(history, window);
  expect(history).toHaveLength(carried);
  expect(history.at(-1)?.seq).toBe(99);
  expect(history.map((window) => window.seq)).toEqual(Array.from(history, (_, n) => 100 - carried + n));
});
