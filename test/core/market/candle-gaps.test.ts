import { describe, expect, test } from 'vitest';
import { price, quantity } from '../../../core/amounts.ts';
import type { Candle } from '../../../core/market/candle.ts';
import { findGaps, gapsAt } from '../../../core/market/candle-gaps.ts';
import { epochMs } from '../../../core/time.ts';

const MINUTE = 60_000;
const START = 1_700_006_400_000;
const at = (n: number) => epochMs(START + n * MINUTE);
const minute = (n: number, complete = true): Candle => ({
  interval: '1m',
  start: at(n),
  open: price('1'),
  high: price('1'),
  low: price('1'),
  close: price('1'),
  volume: quantity('1'),
  trades: 1,
  complete,
});
/** `.` is there, `i` is there and incomplete, a blank is missing: one minute each. */
const minutes = (text: string): Candle[] =>
  text.split('').flatMap((sign, n) => (sign === ' ' ? [] : [minute(n, sign === '.')]));

describe('gaps', () => {
  test.each([
    { text: '.....', gaps: [] },
    { text: '', gaps: [['missing', 0, 4, 5]] },
    {
      text: ' ...',
      gaps: [
        ['missing', 0, 0, 1],
        ['missing', 4, 4, 1],
      ],
    },
    { text: '.  ..', gaps: [['missing', 1, 2, 2]] },
    {
      text: '.ii .',
      gaps: [
        ['incomplete', 1, 2, 2],
        ['missing', 3, 3, 1],
      ],
    },
    {
      text: 'i.i.i',
      gaps: [
        ['incomplete', 0, 0, 1],
        ['incomplete', 2, 2, 1],
        ['incomplete', 4, 4, 1],
      ],
    },
    {
      text: 'i i',
      gaps: [
        ['incomplete', 0, 0, 1],
        ['missing', 1, 1, 1],
        ['incomplete', 2, 2, 1],
        ['missing', 3, 4, 2],
      ],
    },
    { text: '......i ', gaps: [] },
  ])("of '$text' in five minutes", ({ text, gaps }) => {
    const expected = gaps.map(([kind, from, through, bars]) => ({
      kind,
      from: at(Number(from)),
      through: at(Number(through)),
      bars,
    }));
    expect(findGaps(minutes(text), '1m', at(0), at(4))).toEqual(expected);
    expect(findGaps(minutes(text).toReversed(), '1m', at(0), at(4))).toEqual(expected);
  });

  test('bounds between two bars name the bars that start inside them', () => {
    const gaps = findGaps([], '1m', epochMs(at(0) + 1), epochMs(at(3) - 1));
    expect(gaps).toEqual([{ kind: 'missing', from: at(1), through: at(2), bars: 2 }]);
    expect(findGaps([], '1m', epochMs(at(0) + 1), epochMs(at(1) - 1))).toEqual([]);
  });

  test('bars before the range say nothing about it', () => {
    expect(findGaps([minute(-7, false), minute(-5), minute(0)], '1m', at(0), at(0))).toEqual([]);
    expect(findGaps([minute(-7), minute(2)], '1m', at(0), at(1))).toEqual([
      { kind: 'missing', from: at(0), through: at(1), bars: 2 },
    ]);
  });

  test('a bar that came incomplete and then complete is no gap', () => {
    expect(findGaps([minute(0, false), minute(0)], '1m', at(0), at(0))).toEqual([]);
  });

  test('bars of any length are looked at alike', () => {
    const step = 4 * 60 * MINUTE;
    const bars = [0, 1, 4].map((n) => ({ start: epochMs(n * step), complete: true }));
    expect(gapsAt(step, bars, epochMs(0), epochMs(4 * step))).toEqual([
      { kind: 'missing', from: epochMs(2 * step), through: epochMs(3 * step), bars: 2 },
    ]);
  });
});
