import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asPrice, asQuantity, price, quantity } from '../../../core/amounts.ts';
import {
  CANDLE_INTERVALS,
  type Candle,
  type CandleInterval,
  INTERVAL_MS,
} from '../../../core/market/candle.ts';
import { CandleLadder } from '../../../core/market/candle-ladder.ts';
import { beatAt, type EpochMs, epochMs } from '../../../core/time.ts';
import { barsOf, type FeedEvent } from './naive-candles.ts';

const SEED = 20_261_121;
/** 00:00 UTC, so that bars of every interval begin there. */
const MIDNIGHT = 1_700_006_400_000;
const at = (ms: number) => epochMs(MIDNIGHT + ms);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Begun 1 s into its first bars, with a proven book. */
function ladder(begunAt = at(1_000)): CandleLadder {
  const made = new CandleLadder(begunAt);
  made.doubt(false, begunAt);
  return made;
}

const only = (candles: readonly Candle[], interval: CandleInterval) =>
  candles.filter((one) => one.interval === interval);
const brief = (candle: Candle) => [
  candle.start - MIDNIGHT,
  ...[candle.open, candle.high, candle.low, candle.close, candle.volume].map((units) => Number(units) / 1e8),
];

test('opens, stretches and closes bars by the prints received in them', () => {
  const made = ladder();
  made.add(price('10'), quantity('1'), 1, at(6_000));
  made.add(price('12'), quantity('2'), 3, at(7_000));
  made.add(price('9'), quantity('1'), 1, at(8_000));
  made.add(price('11'), quantity('1'), 1, at(9_999));
  made.add(price('50'), quantity('1'), 1, at(10_000));
  const closed = made.takeClosed(at(10_000));
  expect(only(closed, '1s').map(brief)).toEqual([
    [6_000, 10, 10, 10, 10, 1],
    [7_000, 12, 12, 12, 12, 2],
    [8_000, 9, 9, 9, 9, 1],
    [9_000, 11, 11, 11, 11, 1],
  ]);
  expect(only(closed, '5s')).toEqual([
    {
      interval: '5s',
      start: at(5_000),
      open: price('10'),
      high: price('12'),
      low: price('9'),
      close: price('11'),
      volume: quantity('5'),
      trades: 6,
      complete: true,
    },
  ]);
});

test('a bar without prints repeats the last close with no volume', () => {
  const made = ladder();
  made.add(price('10'), quantity('1'), 1, at(6_000));
  const bars = only(made.takeClosed(at(20_000)), '5s');
  expect(bars.map((bar) => bar.trades)).toEqual([1, 0, 0]);
  expect(bars.map(brief).slice(1)).toEqual([
    [10_000, 10, 10, 10, 10, 0],
    [15_000, 10, 10, 10, 10, 0],
  ]);
});

test('there is no bar before the first price, and the bars in which the feed began are incomplete', () => {
  const made = ladder();
  expect(made.takeClosed(at(4_000))).toEqual([]);
  made.add(price('10'), quantity('1'), 1, at(4_000));
  expect(made.takeClosed(at(5_000)).map((bar) => [bar.interval, bar.complete])).toEqual([
    ['1s', true],
    ['5s', false],
  ]);
  expect(only(made.takeClosed(at(10_000)), '5s').map((bar) => bar.complete)).toEqual([true]);
});

test('a bar is complete when nothing traded in its beginning, before the first price', () => {
  const made = ladder();
  made.add(price('10'), quantity('1'), 1, at(8_000));
  expect(only(made.takeClosed(at(10_000)), '5s').map((bar) => [bar.trades, bar.complete])).toEqual([
    [1, true],
  ]);
});

test('a doubt marks every bar it touches, a lost trade only its own', () => {
  const made = ladder();
  made.add(price('10'), quantity('1'), 1, at(4_000));
  made.doubt(true, at(9_000));
  made.doubt(false, at(16_000));
  made.taint(at(23_000));
  const bars = only(made.takeClosed(at(30_000)), '5s');
  expect(bars.map((bar) => [bar.start - MIDNIGHT, bar.complete])).toEqual([
    [0, false],
    [5_000, false],
    [10_000, false],
    [15_000, false],
    [20_000, false],
    [25_000, true],
  ]);
});

test('at midnight all eight intervals close, shortest first, and each is handed over once', () => {
  const made = ladder(at(-7_500));
  made.add(price('10'), quantity('1'), 1, at(-6_500));
  const closed = made.takeClosed(at(0));
  expect(closed.map((one) => `${one.interval} ${(one.start - MIDNIGHT) / 1_000}`).join(', ')).toBe(
    '1s -7, 1s -6, 1s -5, 1s -4, 1s -3, 1s -2, 1s -1, ' +
      '5s -10, 5s -5, 15s -15, 1m -60, 5m -300, 15m -900, 1h -3600, 1d -86400',
  );
  expect(made.takeClosed(at(0))).toEqual([]);
});

const amounts = fc.tuple(fc.bigInt({ min: 1n, max: 30n }), fc.bigInt({ min: 1n, max: 9n }));
const proven = (ms: number): FeedEvent => ({ kind: 'doubt', at: epochMs(ms), isDoubtful: false });
/** Prints, doubts and losses, sparse or dense: gaps of time from a millisecond to hours. */
const anyStep = fc.tuple(
  fc.oneof(
    { weight: 5, arbitrary: fc.integer({ min: 0, max: 900 }) },
    { weight: 3, arbitrary: fc.constantFrom(0, 1_000, 5_000, 60_000, 300_000) },
    { weight: 2, arbitrary: fc.integer({ min: 900, max: 400_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: 400_000, max: 9_000_000 }) },
  ),
  fc.oneof(
    { weight: 8, arbitrary: amounts.map(([cost, size]) => ({ kind: 'print' as const, cost, size })) },
    { weight: 1, arbitrary: fc.boolean().map((isDoubtful) => ({ kind: 'doubt' as const, isDoubtful })) },
    { weight: 1, arbitrary: fc.constant({ kind: 'taint' as const }) },
  ),
);
const anyHistory = fc
  .tuple(fc.nat(2 * HOUR), fc.boolean(), fc.array(anyStep, { minLength: 1, maxLength: 60 }))
  .map(([begin, isProven, steps]) => {
    let now = MIDNIGHT - HOUR + begin;
    const feedStart = epochMs(now);
    const events = steps.map(([ms, what]): FeedEvent => {
      now += ms;
      return what.kind === 'print'
        ? { kind: 'print', at: epochMs(now), price: asPrice(what.cost), quantity: asQuantity(what.size) }
        : { ...what, at: epochMs(now) };
    });
    return {
      feedStart,
      events: isProven ? [proven(feedStart), ...events] : events,
      end: epochMs(now + 10_000),
    };
  });

function play(made: CandleLadder, event: FeedEvent): void {
  if (event.kind === 'print') made.add(event.price, event.quantity, 1, event.at);
  else if (event.kind === 'doubt') made.doubt(event.isDoubtful, event.at);
  else made.taint(event.at);
}

/** Everything that closes, taken at each beat of `beatMs` as windows do. */
function closedOf(
  { feedStart, events, end }: { feedStart: EpochMs; events: readonly FeedEvent[]; end: EpochMs },
  beatMs: number,
): Candle[] {
  const made = new CandleLadder(feedStart);
  const closed: Candle[] = [];
  for (const event of events) {
    if (event.at % 3 === 0) closed.push(...made.takeClosed(beatAt(event.at, beatMs)));
    play(made, event);
  }
  closed.push(...made.takeClosed(end));
  return closed;
}

describe('the ladder equals a direct fold of the prints', () => {
  test.each(CANDLE_INTERVALS)('in bars of %s, whatever was doubted or lost', (interval) => {
    fc.assert(
      fc.property(anyHistory, fc.constantFrom(100, 1_000, 5_000), (history, beatMs) => {
        const { feedStart, events, end } = history;
        expect(only(closedOf(history, beatMs), interval)).toEqual(barsOf(interval, feedStart, events, end));
      }),
      { seed: SEED, numRuns: 150 },
    );
  });
});

const bar = (
  interval: CandleInterval,
  startMs: number,
  close: string,
  some: Partial<Candle> = {},
): Candle => ({
  interval,
  start: at(startMs),
  open: price('10'),
  high: price('20'),
  low: price('5'),
  close: price(close),
  volume: quantity('3'),
  trades: 4,
  complete: true,
  ...some,
});
/** Fed from 00:07:30 on, one print a minute at 12, until `untilMs`. */
function lateLadder(untilMs: number): CandleLadder {
  const made = ladder(at(7.5 * MINUTE));
  for (let ms = 7.5 * MINUTE; ms < untilMs; ms += MINUTE) made.add(price('12'), quantity('1'), 1, at(ms));
  made.takeClosed(at(untilMs));
  return made;
}
const minutes = (from: number, through: number): Candle[] =>
  Array.from({ length: through - from + 1 }, (_, n) => bar('1m', (from + n) * MINUTE, '11'));

describe('history', () => {
  test('minutes of before the feed began complete the quarter in progress, the one in which it began included', () => {
    const made = lateLadder(9 * MINUTE);
    const outcomes = minutes(0, 7).map((minute) => made.seed(minute, at(9 * MINUTE)));
    expect(outcomes).toEqual(minutes(0, 7).map(() => 'taken'));
    const closed = made.takeClosed(at(15 * MINUTE));
    // From 00:05 on: three seeded minutes, then one of its own with one print.
    expect(only(closed, '5m').map((one) => [...brief(one), one.trades, one.complete])).toEqual([
      [5 * MINUTE, 10, 20, 5, 12, 3 * 3 + 1, 3 * 4 + 1, true],
      [10 * MINUTE, 12, 12, 12, 12, 0, 0, true],
    ]);
    expect(only(closed, '15m').map((one) => [...brief(one), one.trades, one.complete])).toEqual([
      [0, 10, 20, 5, 12, 8 * 3 + 1, 8 * 4 + 1, true],
    ]);
  });

  test('one missing minute leaves the bars that hold it incomplete', () => {
    const made = lateLadder(9 * MINUTE);
    for (const minute of minutes(0, 7).filter((one) => one.start !== at(2 * MINUTE)))
      made.seed(minute, at(9 * MINUTE));
    const closed = made.takeClosed(at(15 * MINUTE));
    expect(only(closed, '5m').map((one) => one.complete)).toEqual([true, true]);
    expect(only(closed, '15m').map((one) => [one.trades, one.complete])).toEqual([[7 * 4 + 1, false]]);
  });

  test('a bar that was handed over incomplete is not handed over again, but completes the longer one', () => {
    const made = lateLadder(11 * MINUTE);
    for (const minute of minutes(0, 7)) expect(made.seed(minute, at(11 * MINUTE))).toBe('taken');
    const closed = made.takeClosed(at(15 * MINUTE));
    expect(only(closed, '5m').map((one) => one.start)).toEqual([at(10 * MINUTE)]);
    // 8 minutes of 4 trades, and a trade of its own in each of 00:08, 00:09 and 00:10.
    expect(only(closed, '15m').map((one) => [one.trades, one.complete])).toEqual([[8 * 4 + 3, true]]);
  });

  test('bars of each length fill what is left of the day', () => {
    const made = ladder(at(2 * HOUR + 20 * MINUTE));
    made.add(price('12'), quantity('1'), 1, at(2 * HOUR + 20 * MINUTE));
    const now = at(2 * HOUR + 21 * MINUTE);
    for (const one of [
      bar('1h', 0, '11'),
      bar('1h', HOUR, '11'),
      bar('15m', 2 * HOUR, '11'),
      bar('5m', 2 * HOUR + 15 * MINUTE, '11'),
      bar('1m', 2 * HOUR + 20 * MINUTE, '11'),
    ])
      expect(made.seed(one, now)).toBe('taken');
    const closed = made.takeClosed(at(24 * HOUR));
    expect(only(closed, '1d').map((one) => [...brief(one), one.trades, one.complete])).toEqual([
      [0, 10, 20, 5, 11, 5 * 3, 5 * 4, true],
    ]);
    expect(only(closed, '1h').every((one) => one.complete)).toBe(true);
  });

  test('a minute that lost messages is replaced, one that was seen is not', () => {
    const made = lateLadder(11 * MINUTE);
    made.taint(at(11 * MINUTE));
    made.takeClosed(at(12 * MINUTE));
    const now = at(12 * MINUTE);
    expect(made.seed(bar('1m', 11 * MINUTE, '11'), now)).toBe('taken');
    expect(made.seed(bar('1m', 11 * MINUTE, '13'), now)).toBe('known');
    expect(made.seed(bar('1m', 10 * MINUTE, '11'), now)).toBe('known');
    expect(only(made.takeClosed(at(15 * MINUTE)), '5m').map((one) => [one.trades, one.complete])).toEqual([
      [1 + 4, true],
    ]);
  });

  test.each([
    { what: 'of yesterday', one: bar('1h', -HOUR, '11'), outcome: 'past' },
    { what: 'of a whole day', one: bar('1d', -24 * HOUR, '11'), outcome: 'past' },
    { what: 'that has not ended', one: bar('1m', 9 * MINUTE, '11'), outcome: 'unfinished' },
    { what: 'that is incomplete', one: bar('1m', 0, '11', { complete: false }), outcome: 'unusable' },
    { what: 'of less than a minute', one: bar('15s', 0, '11'), outcome: 'unusable' },
    { what: 'that begins between minutes', one: bar('1m', 30_000, '11'), outcome: 'unusable' },
  ])('a bar $what is $outcome', ({ one, outcome }) => {
    const seeded = lateLadder(9 * MINUTE);
    expect(seeded.seed(one, at(9 * MINUTE))).toBe(outcome);
    const plain = lateLadder(9 * MINUTE);
    expect(seeded.takeClosed(at(15 * MINUTE))).toEqual(plain.takeClosed(at(15 * MINUTE)));
  });

  test('before the first print the close of the newest bar of history is the last close', () => {
    const made = ladder(at(7.5 * MINUTE));
    made.takeClosed(at(9 * MINUTE));
    made.seed(bar('1m', 7 * MINUTE, '11'), at(9 * MINUTE));
    made.seed(bar('1m', 6 * MINUTE, '14'), at(9 * MINUTE));
    const closed = made.takeClosed(at(10 * MINUTE));
    expect(only(closed, '1m').map(brief)).toEqual([[9 * MINUTE, 11, 11, 11, 11, 0]]);
    // 00:05 was never told, so the bar of five minutes may miss prints.
    expect(only(closed, '5m').map((one) => [one.close, one.complete])).toEqual([[price('11'), false]]);
  });

  test('the close of a minute that lost messages is the last close from then on', () => {
    const made = lateLadder(9 * MINUTE);
    made.taint(at(9 * MINUTE));
    made.takeClosed(at(10 * MINUTE));
    made.seed(bar('1m', 9 * MINUTE, '14'), at(10 * MINUTE));
    expect(only(made.takeClosed(at(11 * MINUTE)), '1m').map((one) => [...brief(one), one.complete])).toEqual([
      [10 * MINUTE, 14, 14, 14, 14, 0, true],
    ]);
  });

  test('a bar of history that ends before the newest print leaves the last close alone', () => {
    const made = lateLadder(9 * MINUTE);
    made.seed(bar('1m', 7 * MINUTE, '11'), at(9 * MINUTE));
    expect(only(made.takeClosed(at(9 * MINUTE + 1_000)), '1s').map((one) => one.close)).toEqual([
      price('12'),
    ]);
  });

  test('told every minute that it missed, a late ladder ends in the bars of one that was always there', () => {
    fc.assert(
      fc.property(anyHistory, fc.nat(60), fc.nat(400_000), ({ feedStart, events, end }, missed, delayMs) => {
        const midnight = beatAt(feedStart, DAY);
        const opening: FeedEvent = {
          kind: 'print',
          at: midnight,
          price: asPrice(7n),
          quantity: asQuantity(7n),
        };
        const prints = [opening, ...events.filter((one) => one.kind === 'print')];
        const begunAt = prints[Math.min(missed, prints.length - 1)]?.at ?? midnight;
        // The minute in which it began is over before anyone can tell it.
        const toldAt = epochMs(beatAt(begunAt, MINUTE) + MINUTE + delayMs);
        const through = epochMs(Math.max(end, toldAt));
        const truth = (interval: CandleInterval) =>
          barsOf(interval, epochMs(midnight - DAY), [proven(midnight - DAY), ...prints], through);

        const made = ladder(begunAt);
        for (const one of prints) if (one.at >= begunAt && one.at < toldAt) play(made, one);
        for (const minute of truth('1m').filter((one) => one.start <= begunAt)) made.seed(minute, toldAt);
        made.takeClosed(toldAt);
        for (const one of prints) if (one.at >= toldAt) play(made, one);
        const late = made.takeClosed(through);

        for (const interval of ['5m', '15m', '1h', '1d'] as const) {
          const stillToCome = truth(interval).filter((one) => one.start + INTERVAL_MS[interval] > toldAt);
          expect(only(late, interval)).toEqual(stillToCome);
        }
      }),
      { seed: SEED, numRuns: 300 },
    );
  });
});
