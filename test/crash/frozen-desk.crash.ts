import { expect, test } from 'vitest';
import { outboxAlerts } from '../lifecycle/outbox.ts';
import { isAlive, isStopped, until } from '../lifecycle/processes.ts';
import { storedItems } from '../lifecycle/stored-items.ts';
import { freshPlace, startToPoint } from './killed-desk.ts';
import type { Point } from './points.ts';
import { expectMode } from './switched-desk.ts';

/** The guard has this long to notice and to say so. */
const ALERT_MS_MAX = 60_000;

const points: readonly Point[] = [
  { kind: 'after-commit', nth: 600 },
  { kind: 'inside-transaction', nth: 2_000 },
];

test.concurrent.each(points)('the guard alerts and halts a desk frozen $kind, and leaves it alive', async (point) => {
  const place = freshPlace(1_800);
  const desk = startToPoint('SIGSTOP', point, place.start);
  await until('the stop', () => isStopped(desk.pid));
  await until('the alert', () => outboxAlerts(place.directory).length > 0, ALERT_MS_MAX);
  expect(outboxAlerts(place.directory)).toEqual([
    expect.objectContaining({ kind: 'feed_down', severity: 'critical', title: 'The desk hangs: no heartbeat' }),
  ]);
  await until('the halt', async () => {
    await expectMode(place.directory, 'halted', 1);
    return true;
  });
  const fills = storedItems(place.path, 'FILL#');
  const orders = [...storedItems(place.path, 'ORDER#').keys()].sort();
  expect(isAlive(desk.pid)).toBe(true);
  desk.signal('SIGCONT');
  const { code, stderr } = await desk.ended;
  expect(code, stderr).toBe(0);
  expect(storedItems(place.path, 'FILL#')).toEqual(fills);
  expect([...storedItems(place.path, 'ORDER#').keys()].sort()).toEqual(orders);
  await expectMode(place.directory, 'halted', 1);
});
