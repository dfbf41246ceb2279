import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Changes } from '../lifecycle/demo-config.ts';
import { outboxAlerts } from '../lifecycle/outbox.ts';
import { deckle, isAlive, isStopped, type Running, until } from '../lifecycle/processes.ts';
import { storedItems } from '../lifecycle/stored-items.ts';
import { freshPlace, type Place, startToPoint } from './killed-desk.ts';
import { holdsLock, type Point } from './points.ts';

/** Orders rest until they are filled, so that at nearly every moment there is one that a halt has to stop. */
export const PATIENT: Changes = [1, 2].flatMap((strategy) => [
  [['strategies', strategy, 'execution', 'expireAfterMs'], null] as const,
  [['strategies', strategy, 'execution', 'onOppositeSignal'], 'keep'] as const,
]);

/** What trading has left behind: orders by id alone, since their ends may still be written, and fills whole. */
export const traded = ({ path }: Place) => ({
  orders: [...storedItems(path, 'ORDER#').keys()].sort(),
  fills: storedItems(path, 'FILL#'),
});

/**
 * Stops a desk at a point, halts it from outside, and lets it run on where it still can: nothing trades any more. Returns
 * how many fills there were by then.
 */
export async function expectSwitchWorks(point: Point, seconds: number): Promise<number> {
  const place = freshPlace(seconds, PATIENT);
  const desk = startToPoint('SIGSTOP', point, place.start);
  await until(`the stop at the ${point.nth}. ${point.kind}`, () => isStopped(desk.pid));
  const kill = await deckle('kill', '--reason', 'a drill', '--dir', place.directory);
  expect(kill.code, kill.stderr).toBe(0);
  const atKill = traded(place);
  await expectStandstill(point, desk, kill.stdout);
  expect(traded(place), `${point.kind} ${point.nth}`).toEqual(atKill);
  expect(outboxAlerts(place.directory)).toContainEqual(
    expect.objectContaining({
      kind: 'kill_switch',
      severity: 'critical',
      cleared: false,
      text: expect.stringContaining('a drill'),
    }),
  );
  await expectHaltSurvives(place);
  expect(traded(place)).toEqual(atKill);
  return atKill.fills.size;
}

/** A desk that holds the store's lock has to be ended for the halt to be stored; any other one runs on to its end. */
async function expectStandstill({ kind }: Point, desk: Running, words: string): Promise<void> {
  if (holdsLock(kind)) {
    expect(words).toContain(
      `(pid ${desk.pid}) hung with the store locked and was ended; its open transaction rolled back`,
    );
    expect((await desk.ended).signal).toBe('SIGKILL');
    return;
  }
  expect(isAlive(desk.pid)).toBe(true);
  desk.signal('SIGCONT');
  const { code, stderr } = await desk.ended;
  expect(code, stderr).toBe(0);
}

/** Started again the session is still halted and denies all there is to decide; only a person with a reason ends it. */
export async function expectHaltSurvives(place: Place): Promise<void> {
  const { directory, path } = place;
  const decidedBefore = new Set(storedItems(path, 'DECISION#').keys());
  const again = await deckle(...place.start);
  expect(again.code, again.stderr).toBe(0);
  for (const [key, body] of storedItems(path, 'DECISION#'))
    if (!decidedBefore.has(key))
      expect(JSON.parse(body)).toMatchObject({ outcome: 'denied', rule: 'trading_mode' });
  await expectMode(directory, 'halted', 1);
  expect((await deckle('resume', '--dir', directory)).code).toBe(2);
  await expectMode(directory, 'halted', 1);
  const resumed = await deckle('resume', '--reason', 'the drill is over', '--dir', directory);
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(existsSync(join(directory, 'HALT'))).toBe(false);
  await expectMode(directory, 'active', 0);
}

/** What `status` says of the mode, and its exit code: 1 while trading is halted. */
export async function expectMode(directory: string, mode: string, code: number): Promise<void> {
  const status = await deckle('status', '--json', '--dir', directory);
  expect(JSON.parse(status.stdout)).toMatchObject({ mode });
  expect(status.code).toBe(code);
}
