import { expect, test } from 'vitest';
import { type ClockReading, fractionRemaining, hasClock } from '../../../core/market/game-clock.ts';

const reading = (change: Partial<ClockReading>): ClockReading => ({
  league: 'nfl',
  status: 'live',
  period: 1,
  clockSeconds: 0,
  isPlayoff: false,
  ...change,
});

test.each<[what: string, change: Partial<ClockReading>, fraction: number | null]>([
  ['before the start', { status: 'pre', period: 0, clockSeconds: null }, 1],
  ['before the start, with the empty clock of period 1', { status: 'pre' }, 1],
  ['at kick-off', { clockSeconds: 900 }, 1],
  ['NFL, 8:05 left in the fourth', { period: 4, clockSeconds: 485 }, 485 / 3_600],
  ['NFL at half-time', { status: 'break', period: 2 }, 1_800 / 3_600],
  ['NFL, half of an overtime of 10 minutes', { period: 5, clockSeconds: 300 }, 0.5],
  [
    'NFL, a third of a playoff overtime of 15 minutes',
    { period: 5, clockSeconds: 300, isPlayoff: true },
    300 / 900,
  ],
  ['NBA, 6:12 left in the fourth', { league: 'nba', period: 4, clockSeconds: 372 }, 372 / 2_880],
  ['NBA, second overtime of 5 minutes', { league: 'nba', period: 6, clockSeconds: 60 }, 0.2],
  ['NHL, 12:21 left in the second', { league: 'nhl', period: 2, clockSeconds: 741 }, 1_941 / 3_600],
  ['NHL, overtime of 5 minutes', { league: 'nhl', period: 4, clockSeconds: 150 }, 0.5],
  ['NHL, playoff overtime of 20', { league: 'nhl', period: 4, clockSeconds: 900, isPlayoff: true }, 0.75],
  ['NHL, shootout', { league: 'nhl', period: 5, clockSeconds: 0 }, 0],
  ['over', { status: 'final', period: 4 }, 0],
  ['over after an overtime with time left', { status: 'final', period: 5, clockSeconds: 200 }, 0],
  ['baseball', { league: 'mlb', period: 5 }, null],
  ['postponed', { status: 'void', period: 0 }, null],
  ['in play, but the clock is not told', { clockSeconds: null }, null],
  ['delayed before the start', { status: 'delayed', period: 0, clockSeconds: null }, 1],
  ['a clock beyond its period', { clockSeconds: 5_000 }, 1],
  ['a clock below zero', { period: 4, clockSeconds: -3 }, 0],
])('%s: %o leaves %s', (_what, change, fraction) => {
  expect(fractionRemaining(reading(change))).toBe(fraction);
});

test('only baseball is played without a clock', () => {
  expect((['nfl', 'nba', 'nhl', 'mlb'] as const).map(hasClock)).toEqual([true, true, true, false]);
});
