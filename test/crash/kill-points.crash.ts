import { beforeAll, expect, test } from 'vitest';
import {
  expectRecovery,
  expectReplay,
  freshPlace,
  runUndisturbed,
  startToPoint,
  type Undisturbed,
} from './killed-desk.ts';
import { POINT_KINDS, seededPoints } from './points.ts';

const SECONDS = 400;
const SEED = 20_260_105;
const POINTS = 20;

let undisturbed: Undisturbed;
beforeAll(async () => {
  undisturbed = await runUndisturbed(SECONDS);
});

test.each(Array.from({ length: POINTS }, (_, i) => ({ i, kind: POINT_KINDS[i % POINT_KINDS.length] })))(
  `a desk killed $kind, at point $i of seed ${SEED}, goes on to the same ledger`,
  async ({ i }) => {
    const point = seededPoints(SEED, POINTS, POINT_KINDS, undisturbed.moments)[i];
    if (!point) throw new Error('there is no such point');
    const place = freshPlace(SECONDS);
    const killed = await startToPoint('SIGKILL', point, place.start).ended;
    expect(killed.signal, `${point.kind} ${point.nth}: ${killed.stderr}`).toBe('SIGKILL');
    await expectRecovery(place, undisturbed);
    await expectReplay(place);
  },
);

test('the demo that is killed has fills in every lane', () => {
  const lanes = [...undisturbed.fills.keys()].map((key) => key.split(' ')[0]?.split('#')[2] ?? 'base');
  expect(new Set(lanes)).toEqual(new Set(['optimistic', 'base', 'pessimistic']));
});
