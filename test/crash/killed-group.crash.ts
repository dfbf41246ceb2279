import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, expect, test } from 'vitest';
import { outboxAlerts } from '../lifecycle/outbox.ts';
import { groupSize, startDeckle, until } from '../lifecycle/processes.ts';
import { seeded } from '../support/random.ts';
import { expectRecovery, expectReplay, freshPlace, runUndisturbed, type Undisturbed } from './killed-desk.ts';

/** Long enough that every delay ends within the run. */
const SECONDS = 3_600;
const SEED = 20_260_107;
const DELAY_MS_MIN = 100;
const DELAY_MS_MAX = 2_500;

const random = seeded(SEED);
const delays = Array.from({ length: 3 }, () =>
  Math.round(DELAY_MS_MIN + random() * (DELAY_MS_MAX - DELAY_MS_MIN)),
);

let undisturbed: Undisturbed;
beforeAll(async () => {
  undisturbed = await runUndisturbed(SECONDS);
});

test.each(delays)(
  'a desk killed with its whole group after %i ms goes on to the same ledger',
  async (delayMs) => {
    const place = freshPlace(SECONDS);
    const desk = startDeckle(...place.start);
    await sleep(delayMs);
    desk.signalGroup('SIGKILL');
    expect((await desk.ended).signal).toBe('SIGKILL');
    await until('the end of the group', () => groupSize(desk.pid) === 0);
    await expectRecovery(place, undisturbed);
    await expectReplay(place);
  },
);

test('a guard that outlives its desk says so and ends by itself', async () => {
  const place = freshPlace(SECONDS);
  const desk = startDeckle(...place.start);
  await desk.says('300 windows settled');
  expect(groupSize(desk.pid)).toBe(2);
  desk.signal('SIGKILL');
  await desk.ended;
  await until('the end of the guard', () => groupSize(desk.pid) === 0, 5_000);
  expect(outboxAlerts(place.directory)).toEqual([
    expect.objectContaining({
      kind: 'feed_down',
      severity: 'critical',
      title: 'The desk is gone: its process died',
    }),
  ]);
  await expectRecovery(place, undisturbed);
});
