import { beforeAll, test } from 'vitest';
import { runUndisturbed, type Undisturbed } from './killed-desk.ts';
import { type PointKind, seededPoints } from './points.ts';
import { expectSwitchWorks, PATIENT } from './switched-desk.ts';

// A few of the points of `npm run test:crash`.
const SECONDS = 300;
const SEED = 20_260_109;
const KINDS: readonly PointKind[] = ['after-mode-read', 'before-fill-commit', 'before-commit'];

let undisturbed: Undisturbed;
beforeAll(async () => {
  undisturbed = await runUndisturbed(SECONDS, PATIENT);
});

test.each(KINDS.map((kind, i) => ({ kind, i })))(
  'a desk frozen $kind is halted from outside for good',
  async ({ i }) => {
    const point = seededPoints(SEED, KINDS.length, KINDS, undisturbed.moments)[i];
    if (!point) throw new Error('there is no such point');
    await expectSwitchWorks(point, SECONDS);
  },
);
