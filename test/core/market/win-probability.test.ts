import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  brownianWin,
  NBA_HOME_MARGIN,
  NBA_MARGIN_DEVIATION,
  NFL_MARGIN_DEVIATION,
  NHL_GOALS_PER_MINUTE,
  normalMarginOutcome,
  poissonOutcome,
  withHalfTie,
} from '../../../core/market/win-probability.ts';

const deviation = NBA_MARGIN_DEVIATION;

test.each([
  ['W1', 0, 0, NBA_HOME_MARGIN, 0.6209], // (0 + 1 × 4.87) / (15.82 × 1) = 0.308
  ['W2', 0, 0.5, NBA_HOME_MARGIN, 0.5862], // (0 + 0.5 × 4.87) / (15.82 × √0.5)
  ['W3', 5, 0.75, NBA_HOME_MARGIN, 0.7841], // (5 + 0.25 × 4.87) / (15.82 × 0.5)
  ['W4', -5, 0.75, NBA_HOME_MARGIN, 0.3163],
  ['W5', 10, 0.5, NBA_HOME_MARGIN, 0.8668],
  ['W6', -2, 0.95, NBA_HOME_MARGIN, 0.3098],
  ['W7', 3, 0.5, 6.5, 0.7118], // the home team is favored by 6.5
] as const)(
  '%s: a lead of %s after %s of the game with margin %s wins with %s',
  (_row, lead, elapsed, margin, win) => {
    expect(brownianWin({ lead, elapsed, margin, deviation })).toBeCloseTo(win, 4);
  },
);

test.each([
  // biome-ignore lint/suspicious/noApproximativeNumericConstant: a probability that happens to look like ln 2.
  ['W8', 0, 1, 7, 13.86, 0.6805, 0.0253, 0.6931], // 1 − Φ((0.5 − 7) / 13.86)
  ['W9', 0, 1, 7, NFL_MARGIN_DEVIATION, 0.6855, 0.0259, 0.6985],
  ['W10', 3, 0.5, 3, NFL_MARGIN_DEVIATION, 0.663, 0.0375, 0.6817], // mean 3 + 0.5 × 3, spread 13.45 × √0.5
  ['W11', -4, 0.25, 7, NFL_MARGIN_DEVIATION, 0.3413, 0.056, 0.3693],
] as const)(
  '%s: a lead of %s with %s to play, favored by %s at %s, wins with %s',
  (_row, lead, remaining, favoredBy, spread, win, tie, value) => {
    const outcome = normalMarginOutcome({ lead, remaining, favoredBy, deviation: spread });
    expect(outcome.win).toBeCloseTo(win, 4);
    expect(outcome.tie).toBeCloseTo(tie, 4);
    expect(withHalfTie(outcome)).toBeCloseTo(value, 4);
  },
);

const NHL = NHL_GOALS_PER_MINUTE;
test.each([
  ['W12', 2, 30, NHL, NHL, 0.8276, 0.1093, 0.8822],
  ['W13', 0, 20, NHL, NHL, 0.3388, 0.3224, 0.5],
  ['W14', 1, 10, NHL, NHL, 0.7423, 0.204, 0.8443],
  ['W15', 1, 30, 1.4 / 90, 1.1 / 90, 0.7916, 0.1734, 0.7916 + 0.1734 / 2],
] as const)(
  '%s: a lead of %s goals with %s minutes left at %s and %s a minute wins with %s',
  (_row, lead, minutesLeft, homeRate, awayRate, win, tie, value) => {
    const outcome = poissonOutcome({ lead, minutesLeft, homeRate, awayRate });
    expect(outcome.win).toBeCloseTo(win, 4);
    expect(outcome.tie).toBeCloseTo(tie, 4);
    expect(withHalfTie(outcome)).toBeCloseTo(value, 4);
  },
);

test('at the end the score has decided', () => {
  const ended = (lead: number) => brownianWin({ lead, elapsed: 1, margin: NBA_HOME_MARGIN, deviation });
  expect([ended(1), ended(0), ended(-1)]).toEqual([1, 0.5, 0]);
  const over = (lead: number) => normalMarginOutcome({ lead, remaining: 0, favoredBy: 7, deviation: 13.45 });
  expect([over(3), over(0), over(-3)]).toEqual([
    { win: 1, tie: 0, loss: 0 },
    { win: 0, tie: 1, loss: 0 },
    { win: 0, tie: 0, loss: 1 },
  ]);
  const noTime = (lead: number) => poissonOutcome({ lead, minutesLeft: 0, homeRate: NHL, awayRate: NHL });
  expect([noTime(1), noTime(0), noTime(-1)]).toEqual([
    { win: 1, tie: 0, loss: 0 },
    { win: 0, tie: 1, loss: 0 },
    { win: 0, tie: 0, loss: 1 },
  ]);
});

const lead = fc.integer({ min: -40, max: 40 });
const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
const favored = fc.double({ min: -20, max: 20, noNaN: true });

test('the outcomes sum to one, seen from the other side they are exchanged, and a point more never hurts', () => {
  fc.assert(
    fc.property(lead, share, favored, (points, left, line) => {
      const of = (ahead: number, by: number) =>
        normalMarginOutcome({ lead: ahead, remaining: left, favoredBy: by, deviation: 13.45 });
      const here = of(points, line);
      const there = of(-points, -line);
      expect(here.win + here.tie + here.loss).toBeCloseTo(1, 12);
      expect([there.win, there.tie, there.loss].map((p) => p.toFixed(12))).toEqual(
        [here.loss, here.tie, here.win].map((p) => p.toFixed(12)),
      );
      expect(of(points + 1, line).win).toBeGreaterThanOrEqual(here.win);
      const brownian = (ahead: number, by: number) =>
        brownianWin({ lead: ahead, elapsed: 1 - left, margin: by, deviation });
      expect(brownian(points, line) + brownian(-points, -line)).toBeCloseTo(1, 12);
    }),
    { seed: 46, numRuns: 2_000 },
  );
});

test('goals sum to one for any rate, and a goal more never hurts', () => {
  const rate = fc.double({ min: 0, max: 1.5, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer({ min: -6, max: 6 }),
      fc.double({ min: 0, max: 60, noNaN: true }),
      rate,
      rate,
      (ahead, minutesLeft, homeRate, awayRate) => {
        const here = poissonOutcome({ lead: ahead, minutesLeft, homeRate, awayRate });
        const there = poissonOutcome({ lead: -ahead, minutesLeft, homeRate: awayRate, awayRate: homeRate });
        expect(here.win + here.tie + here.loss).toBeCloseTo(1, 12);
        expect(there.loss).toBeCloseTo(here.win, 12);
        const better = poissonOutcome({ lead: ahead + 1, minutesLeft, homeRate, awayRate });
        expect(better.win).toBeGreaterThanOrEqual(here.win - 1e-15);
      },
    ),
    { seed: 47, numRuns: 500 },
  );
});

test.each([
  [
    'elapsed above one',
    () => brownianWin({ lead: 0, elapsed: 1.1, margin: 0, deviation: 10 }),
    'elapsed must be a share from 0 to 1, not 1.1',
  ],
  [
    'elapsed unknown',
    () => brownianWin({ lead: 0, elapsed: Number.NaN, margin: 0, deviation: 10 }),
    'elapsed must be',
  ],
  [
    'no deviation',
    () => brownianWin({ lead: 0, elapsed: 0, margin: 0, deviation: 0 }),
    'deviation must be above zero, not 0',
  ],
  [
    'remaining below zero',
    () => normalMarginOutcome({ lead: 0, remaining: -0.1, favoredBy: 0, deviation: 13 }),
    'remaining must be a share',
  ],
  [
    'half a goal',
    () => poissonOutcome({ lead: 0.5, minutesLeft: 1, homeRate: 0, awayRate: 0 }),
    'lead must be a whole number of goals, not 0.5',
  ],
  [
    'a negative rate',
    () => poissonOutcome({ lead: 0, minutesLeft: 1, homeRate: -1, awayRate: 0 }),
    'must be 0 to 100 goals, not -1',
  ],
  [
    'time running backwards',
    () => poissonOutcome({ lead: 0, minutesLeft: -1, homeRate: 1, awayRate: 0 }),
    'must be 0 to 100 goals, not -1',
  ],
] as const)('%s is a bug, not a probability', (_what, call, message) => {
  expect(call).toThrow(message);
});
