import { expect, test } from 'vitest';
import { verdictOf } from '../../../../core/market/quality/verdict.ts';
import type { InstrumentStatus, QualityFlag, Verdict } from '../../../../core/market/window.ts';

const FLAGS: Readonly<Record<QualityFlag, Verdict>> = {
  gap: 'blind',
  hash: 'blind',
  crossed: 'blind',
  refused: 'blind',
  disconnected: 'blind',
  late: 'degraded',
  clock_jump: 'degraded',
  outlier: 'degraded',
  off_tick: 'degraded',
  out_of_bounds: 'degraded',
  polled: 'degraded',
  locked: 'clean',
};

test('a live book without a flag is clean', () => {
  expect(verdictOf('live', [])).toBe('clean');
});

test.each(Object.entries(FLAGS))('a live book flagged %s alone is %s', (flag, verdict) => {
  expect(verdictOf('live', [flag as QualityFlag])).toBe(verdict);
});

test.each([
  [['late', 'gap'], 'blind'],
  [['gap', 'late'], 'blind'],
  [['locked', 'outlier'], 'degraded'],
  [['outlier', 'locked'], 'degraded'],
] satisfies [QualityFlag[], Verdict][])('of %j the worst decides: %s', (flags, verdict) => {
  expect(verdictOf('live', flags)).toBe(verdict);
});

test.each(['stale', 'halted', 'closed'] satisfies InstrumentStatus[])(
  'a book that is %s is blind, whatever was flagged',
  (status) => {
    expect([[], ['locked'], ['late']].map((flags) => verdictOf(status, flags as QualityFlag[]))).toEqual([
      'blind',
      'blind',
      'blind',
    ]);
  },
);
