import { beforeAll, expect, test } from 'vitest';
import { runUndisturbed, type Undisturbed } from './killed-desk.ts';
import { type PointKind, seededPoints } from './points.ts';
import { expectSwitchWorks, PATIENT } from './switched-desk.ts';

const SECONDS = 400;
const SEED = 20_260_106;
const KINDS: readonly PointKind[] = [
  'inside-fill',
  'after-mode-read',
  'before-commit',
  'inside-transaction',
  'after-commit',
  'before-fill-commit',
  'after-mode-read',
];
const POINTS = 14;

let undisturbed: Undisturbed;
const fillsAtKill: number[] = [];
beforeAll(async () => {
  undisturbed = await runUndisturbed(SECONDS, PATIENT);
});

test.each(Array.from({ length: POINTS }, (_, i) => ({ i, kind: KINDS[i % KINDS.length] })))(
  `a desk frozen $kind, at point $i of seed ${SEED}, is halted from outside for good`,
  async ({ i }) => {
    const point = seededPoints(SEED, POINTS, KINDS, undisturbed.moments)[i];
    if (!point) throw new Error('there is no such point');
    fillsAtKill.push(await expectSwitchWorks(point, SECONDS));
  },
);

test('most of the halted desks had fills behind them and ahead of them', () => {
  const between = fillsAtKill.filter((count) => count > 0 && count < undisturbed.fills.size);
  expect(between.length).toBeGreaterThan(POINTS / 2);
});
