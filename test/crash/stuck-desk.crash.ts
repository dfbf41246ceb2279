import { expect, test } from 'vitest';
import { outboxAlerts } from '../lifecycle/outbox.ts';
import { deckle, isAlive, until } from '../lifecycle/processes.ts';
import { storedItem } from '../lifecycle/stored-items.ts';
import { freshPlace, startToPoint } from './killed-desk.ts';
import { expectMode } from './switched-desk.ts';

/** The guard has this long to notice and to say so. */
const ALERT_MS_MAX = 60_000;
const HALT_MS_MAX = 10_000;

test('the guard alerts and halts a desk that beats and waits forever in a publication', async () => {
  const place = freshPlace(1_800);
  const { directory, path } = place;
  const desk = startToPoint('wait', { kind: 'before-publish', nth: 400 }, place.start);
  await desk.says('wait at the 400. before-publish');
  const stuckAt = Number(storedItem(path, 'CONTROL', 'HEARTBEAT')?.['at']);
  await until('the alert', () => outboxAlerts(directory).length > 0, ALERT_MS_MAX);
  expect(outboxAlerts(directory)).toEqual([
    expect.objectContaining({
      kind: 'feed_down',
      severity: 'critical',
      title: 'The desk hangs: no progress',
    }),
  ]);
  await until('the halt', async () => (await deckle('status', '--dir', directory)).code === 1, HALT_MS_MAX);
  await expectMode(directory, 'halted', 1);
  expect(isAlive(desk.pid)).toBe(true);
  expect(storedItem(path, 'CONTROL', 'HEARTBEAT')).toMatchObject({ phase: 'running', pid: desk.pid });
  expect(Number(storedItem(path, 'CONTROL', 'HEARTBEAT')?.['at'])).toBeGreaterThan(stuckAt);
});
