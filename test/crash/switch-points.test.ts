import { test } from 'vitest';
import type { Point } from './points.ts';
import { expectSwitchWorks } from './switched-desk.ts';

// Two of the points of `npm run test:crash`.
const points: readonly Point[] = [
  { kind: 'after-mode-read', nth: 150 },
  { kind: 'inside-fill', nth: 8 },
];

test.each(points)('a desk frozen $kind is halted from outside for good', async (point) => {
  await expectSwitchWorks(point, 300);
});
