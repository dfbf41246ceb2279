import { expect, test } from 'vitest';
import type { ModeState } from '../../../core/risk/trading-mode.ts';
import { MODE_MISSING, modeAt } from '../../../core/risk/trading-mode.ts';
import { plusMs } from '../../../core/time.ts';
import { T0 } from '../../support/values.ts';

const state = (changes: Partial<ModeState>): ModeState => ({
  mode: 'reducing',
  version: 3,
  cause: 'daily_loss',
  reason: 'lost enough',
  author: 'guard',
  changedAt: T0,
  until: plusMs(T0, 1_000),
  ...changes,
});

test.each([
  ['reducing holds until its end', {}, 999, 'reducing'],
  ['reducing ends by itself', {}, 1_000, 'active'],
  ['reducing without an end stays', { until: null }, 1e9, 'reducing'],
  ['halted never ends by itself, even with an end stated', { mode: 'halted' }, 1e9, 'halted'],
  ['active is active', { mode: 'active', until: null }, 0, 'active'],
] as const)('%s', (_, changes, after, mode) => {
  expect(modeAt(state(changes), plusMs(T0, after))).toBe(mode);
});

test('a missing mode is halted at any time, under a version that no stored one has', () => {
  expect([modeAt(MODE_MISSING, T0), MODE_MISSING.version]).toEqual(['halted', 0]);
});
