import { expect, test } from 'vitest';
import { outboxAlerts } from '../lifecycle/outbox.ts';
import { deckle, isAlive, isStopped, until } from '../lifecycle/processes.ts';
import { freshPlace, startToPoint } from './killed-desk.ts';
import type { Point } from './points.ts';
import { expectMode, traded } from './switched-desk.ts';

/** The guard has this long to notice and to say so. */
const ALERT_MS_MAX = 60_000;
/** A stopped desk may hold the lock, which the guard waits for before it leaves the HALT file standing. */
const HALT_MS_MAX = 10_000;

test('the guard alerts and halts a desk that is frozen, in a transaction or not, and leaves it alive', async () => {
  // Both at once: each takes the guard half a minute to be sure of.
  await Promise.all([
    expectGuarded({ kind: 'after-commit', nth: 600 }),
    expectGuarded({ kind: 'inside-transaction', nth: 2_000 }),
  ]);
});

async function expectGuarded(point: Point): Promise<void> {
  const place = freshPlace(1_800);
  const { directory } = place;
  const desk = startToPoint('SIGSTOP', point, place.start);
  await until('the stop', () => isStopped(desk.pid));
  await until('the alert', () => outboxAlerts(directory).length > 0, ALERT_MS_MAX);
  expect(outboxAlerts(directory)).toEqual([
    expect.objectContaining({
      kind: 'feed_down',
      severity: 'critical',
      title: 'The desk hangs: no heartbeat',
    }),
  ]);
  await until('the halt', async () => (await deckle('status', '--dir', directory)).code === 1, HALT_MS_MAX);
  await expectMode(directory, 'halted', 1);
  const atHalt = traded(place);
  expect(isAlive(desk.pid)).toBe(true);
  desk.signal('SIGCONT');
  const { code, stderr } = await desk.ended;
  expect(code, stderr).toBe(0);
  expect(traded(place)).toEqual(atHalt);
  await expectMode(directory, 'halted', 1);
}
