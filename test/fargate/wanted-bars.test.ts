import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS, type EpochMs, epochMs, HOUR_MS, MINUTE_MS, plusMs } from '../../core/time.ts';
import { ASK_AFTER_MS, PATIENCE_MS, WantedBars } from '../../fargate/wanted-bars.ts';

const DAY = epochMs(20_605 * DAY_MS);
const minute = (n: number): EpochMs => plusMs(DAY, n * MINUTE_MS);
const stretch = (from: number, through = from) => ({ from: minute(from), through: minute(through) });
const LATE = minute(1_000);

function minutes(...wanted: readonly (readonly [number, number])[]): WantedBars {
  const bars = new WantedBars('1m', 1_440);
  for (const [from, through] of wanted) bars.want(stretch(from, through));
  return bars;
}

test('nothing wanted is nothing to ask for', () => {
  expect(minutes().next(LATE)).toBeUndefined();
  expect(minutes([5, 4]).count).toBe(0);
});

test.each([
  {
    wanted: [
      [1, 3],
      [4, 6],
    ],
    count: 6,
    next: stretch(1, 6),
  }, // one goes on where the other ends
  {
    wanted: [
      [4, 6],
      [1, 3],
    ],
    count: 6,
    next: stretch(1, 6),
  },
  {
    wanted: [
      [1, 5],
      [3, 4],
    ],
    count: 5,
    next: stretch(1, 5),
  },
  {
    wanted: [
      [1, 3],
      [2, 9],
    ],
    count: 9,
    next: stretch(1, 9),
  },
  {
    wanted: [
      [1, 3],
      [5, 6],
    ],
    count: 5,
    next: stretch(5, 6),
  }, // minute 4 is known; the newest goes first
] as const)(
  'wanting $wanted is to want $count bars, and to ask for $next first',
  ({ wanted, count, next }) => {
    const bars = minutes(...wanted);
    expect(bars.count).toBe(count);
    expect(bars.next(LATE)).toEqual(next);
  },
);

test('a bar is asked for a minute after its end, those before it at once', () => {
  const bars = minutes([1, 5]);
  expect(bars.next(plusMs(minute(2), ASK_AFTER_MS - 1))).toBeUndefined();
  expect(bars.next(plusMs(minute(2), ASK_AFTER_MS))).toEqual(stretch(1, 1));
  expect(bars.next(plusMs(minute(6), ASK_AFTER_MS - 1))).toEqual(stretch(1, 4));
  expect(bars.next(plusMs(minute(6), ASK_AFTER_MS))).toEqual(stretch(1, 5));
});

test.each([
  { through: 1, asked: stretch(-14, 1) },
  { through: 120, asked: stretch(-14, 120) },
  { through: 121, asked: stretch(1, 121) }, // no hole any more
])(
  'a hole from 1 through $through is asked for with the quarter of an hour before it',
  ({ through, asked }) => {
    expect(minutes([1, through]).ask(stretch(1, through), LATE)).toEqual(asked);
  },
);

test.each([
  { answered: [1, 9], left: undefined, count: 0 },
  { answered: [1, 4], left: stretch(5, 9), count: 5 },
  { answered: [4, 9], left: stretch(1, 3), count: 3 },
  { answered: [4, 5], left: stretch(6, 9), count: 7 },
  { answered: [-9, 0], left: stretch(1, 9), count: 9 },
  { answered: [10, 12], left: stretch(1, 9), count: 9 },
  { answered: [7, 6], left: stretch(1, 9), count: 9 }, // an answer about nothing
] as const)(
  'of 1 through 9, an answer about $answered leaves $count',
  ({ answered: [from, through], left, count }) => {
    const bars = minutes([1, 9]);
    bars.answered(stretch(from, through));
    expect(bars.next(LATE)).toEqual(left);
    expect(bars.count).toBe(count);
  },
);

test('one question at a time: the next one follows its answer', () => {
  const bars = minutes([1, 9]);
  bars.ask(stretch(1, 9), LATE);
  bars.want(stretch(20));
  expect([bars.next(LATE), bars.isAsked(LATE)]).toEqual([undefined, true]);
  bars.answered(stretch(-14, 4));
  expect([bars.next(LATE), bars.isAsked(LATE)]).toEqual([stretch(20), false]);
});

test('an answer about something else leaves the question open', () => {
  const bars = minutes([1, 9]);
  bars.ask(stretch(1, 9), LATE);
  bars.answered(stretch(5, 9));
  expect(bars.isAsked(LATE)).toBe(true);
});

test('a question without an answer is put again after five minutes, then after ten, and at last each hour', () => {
  const bars = minutes([1, 9]);
  const waits: number[] = [];
  let now = LATE;
  for (let n = 0; n < 7; n += 1) {
    bars.ask(stretch(1, 9), now);
    expect(bars.repeats).toBe(n);
    const askedAt = now;
    while (bars.next(now) === undefined) now = plusMs(now, MINUTE_MS);
    waits.push((now - askedAt) / MINUTE_MS);
    // Others may be asked meanwhile.
    expect(bars.isAsked(plusMs(askedAt, PATIENCE_MS))).toBe(false);
  }
  expect(waits).toEqual([5, 10, 20, 40, 60, 60, 60]);
  bars.answered(stretch(1, 9));
  bars.want(stretch(30));
  bars.ask(stretch(30), now);
  expect(bars.repeats).toBe(0);
});

test('what is older than the oldest bar that is kept is wanted no longer', () => {
  const bars = new WantedBars('1m', 60);
  bars.want(stretch(0, 20));
  bars.want(stretch(30));
  expect(bars.next(plusMs(minute(74), ASK_AFTER_MS))).toEqual(stretch(30));
  bars.answered(stretch(30));
  // Of 14 through 73 are 60.
  expect(bars.next(plusMs(minute(74), ASK_AFTER_MS))).toEqual(stretch(14, 20));
  expect(bars.next(plusMs(minute(100), ASK_AFTER_MS))).toBeUndefined();
  expect(bars.count).toBe(0);
});

test('many holes are a few: the oldest are asked for as one', () => {
  const bars = minutes();
  for (let n = 0; n < 100; n += 1) bars.want(stretch(2 * n));
  const asked: number[] = [];
  for (let next = bars.next(LATE); next !== undefined; next = bars.next(LATE)) {
    asked.push((next.through - next.from) / MINUTE_MS + 1);
    bars.answered(next);
  }
  expect(asked).toEqual([...Array.from({ length: 15 }, () => 1), 169]);
});

test('whatever is wanted is asked for once, and nothing that was answered', () => {
  const pair = fc.tuple(fc.nat(300), fc.nat(30));
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 12 }), fc.array(pair, { maxLength: 4 }), (wants, answers) => {
      const bars = minutes(...wants.map(([from, length]) => [from, from + length] as const));
      for (const [from, length] of answers) bars.answered(stretch(from, from + length));
      const expected = new Set<number>();
      for (const [from, length] of wants) for (let n = from; n <= from + length; n += 1) expected.add(n);
      for (const [from, length] of answers) for (let n = from; n <= from + length; n += 1) expected.delete(n);
      const asked: number[] = [];
      for (let next = bars.next(LATE); next !== undefined; next = bars.next(LATE)) {
        bars.ask(next, LATE);
        for (let at = next.from; at <= next.through; at = plusMs(at, MINUTE_MS))
          asked.push((at - DAY) / MINUTE_MS);
        bars.answered(next);
      }
      expect(asked.sort((a, b) => a - b)).toEqual([...expected].sort((a, b) => a - b));
    }),
    { seed: 20_261_121, numRuns: 500 },
  );
});

test('longer bars are counted and asked for by their own length', () => {
  const bars = new WantedBars('1h', 1_000);
  bars.want({ from: DAY, through: plusMs(DAY, 5 * HOUR_MS) });
  expect(bars.count).toBe(6);
  expect(bars.next(plusMs(DAY, 4 * HOUR_MS + ASK_AFTER_MS))).toEqual({
    from: DAY,
    through: plusMs(DAY, 3 * HOUR_MS),
  });
});
