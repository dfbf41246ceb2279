import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshPlace } from '../crash/killed-desk.ts';
import { outboxAlerts } from './outbox.ts';
import { groupPids, groupSize, type Running, startDeckle, until } from './processes.ts';
import { storedItem } from './stored-items.ts';

const guardOf = (desk: Running): number | undefined => groupPids(desk.pid).find((pid) => pid !== desk.pid);

/** Ends the guard of a desk by force. */
function killGuard(desk: Running): number {
  const guard = guardOf(desk);
  if (guard === undefined) throw new Error('the desk has no guard');
  process.kill(guard, 'SIGKILL');
  return guard;
}

/** Ends the guard of a desk by force and gives the pid of the one that takes its place. */
async function replaceGuard(desk: Running): Promise<number> {
  const old = killGuard(desk);
  await until('another guard', () => ![undefined, old].includes(guardOf(desk)));
  return guardOf(desk) ?? 0;
}

/** What the desk logged of deaths of its guard, in their order. */
const deaths = ({ stderr }: Running): readonly { withinMinute: number; restartMs: number }[] =>
  stderr
    .split('\n')
    .filter((line) => line.includes('"event":"guard_died"') && line.endsWith('}'))
    .map((line) => JSON.parse(line));

test('a guard that was killed is started again, and the new one tells of the death of the desk', async () => {
  const place = freshPlace(20_000);
  const desk = startDeckle(...place.start);
  await desk.says('300 windows settled');
  const guard = await replaceGuard(desk);
  await desk.says('guard_died');
  await desk.says('guard_restarted');
  expect(outboxAlerts(place.directory)).toEqual([]);
  desk.signal('SIGKILL');
  await desk.ended;
  expect(groupPids(desk.pid)).toEqual([guard]);
  await until('the end of the guard', () => groupSize(desk.pid) === 0);
  expect(outboxAlerts(place.directory)).toEqual([
    expect.objectContaining({ key: `desk/${place.path}`, title: 'The desk is gone: its process died' }),
  ]);
});

test('a guard that dies again and again is a critical alert, is started ever later, and the desk goes on', async () => {
  const place = freshPlace(20_000);
  const desk = startDeckle(...place.start);
  await desk.says('300 windows settled');
  await replaceGuard(desk);
  await replaceGuard(desk);
  await until('the alert', () => outboxAlerts(place.directory).length > 0);
  killGuard(desk);
  await until('the third death', () => deaths(desk).length === 3);
  expect(deaths(desk)).toMatchObject([1, 2, 3].map((withinMinute) => ({ withinMinute })));
  // The third time it waits until the first death is a minute old, which these few seconds are far from.
  const [first, , third] = deaths(desk);
  expect(first?.restartMs).toBeLessThan(1_000);
  expect(third?.restartMs).toBeGreaterThan(20_000);
  expect(outboxAlerts(place.directory)).toEqual([
    expect.objectContaining({ key: 'guard/demo-7', severity: 'critical', cleared: false }),
  ]);
  desk.signalGroup('SIGTERM');
  const { code, stderr } = await desk.ended;
  expect(code, stderr).toBe(0);
  expect(groupSize(desk.pid)).toBe(0);
  expect(storedItem(join(place.directory, 'demo-7.db'), 'CONTROL', 'HEARTBEAT')).toMatchObject({
    phase: 'stopped',
  });
});
