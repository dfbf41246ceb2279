import { test } from 'vitest';
import type { Point } from './points.ts';
import { expectSwitchWorks } from './switched-desk.ts';

// Two of the points of `npm run test:crash`.
const points: readonly Point[] = [
  { kind: 'after-commit', nth: 260 },
  { kind: 'inside-transaction', nth: 900 },
];

test.each(points)('a desk frozen $kind is halted from outside for good', async (point) => {
  await expectSwitchWorks(point, 300);
});
