import { beforeAll, expect, test } from 'vitest';
import { expectRecovery, freshPlace, runUndisturbed, startToPoint, type Undisturbed } from './killed-desk.ts';
import { type PointKind, seededPoints } from './points.ts';

// A few of the points of `npm run test:crash`.
const SECONDS = 300;
const SEED = 20_260_108;
const KINDS: readonly PointKind[] = ['inside-fill', 'after-commit', 'inside-fill', 'before-publish'];

let undisturbed: Undisturbed;
beforeAll(async () => {
  undisturbed = await runUndisturbed(SECONDS);
});

test.each(KINDS.map((kind, i) => ({ kind, i })))(
  'a desk killed $kind goes on to the same ledger',
  async ({ i }) => {
    const point = seededPoints(SEED, KINDS.length, KINDS, undisturbed.moments)[i];
    if (!point) throw new Error('there is no such point');
    const place = freshPlace(SECONDS);
    const killed = await startToPoint('SIGKILL', point, place.start).ended;
    expect(killed.signal, killed.stderr).toBe('SIGKILL');
    await expectRecovery(place, undisturbed);
  },
);
