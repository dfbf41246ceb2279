import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freshPlace } from '../crash/killed-desk.ts';
import { expectHaltSurvives, expectMode, PATIENT, traded } from '../crash/switched-desk.ts';
import { outboxAlerts } from './outbox.ts';
import { deckle, startDeckle } from './processes.ts';
import { storedItem } from './stored-items.ts';

const KILL_ALERT = { kind: 'kill_switch', severity: 'critical', cleared: false };

test('kill during a run stops all trading at once, and the desk goes on without it', async () => {
  const place = freshPlace(20_000, PATIENT);
  const desk = startDeckle(...place.start);
  await desk.says('300 windows settled');
  const kill = await deckle('kill', '--reason', 'a drill', '--json', '--dir', place.directory);
  expect(kill.code, kill.stderr).toBe(0);
  expect(JSON.parse(kill.stdout)).toEqual({
    halted: true,
    sessions: [{ session: 'demo-7', stored: true, ended: null }],
  });
  const atKill = traded(place);
  expect(atKill.fills.size).toBeGreaterThan(0);
  expect(outboxAlerts(place.directory)).toEqual([expect.objectContaining(KILL_ALERT)]);

  const windows = windowsSettled(place.path);
  await desk.says(`${Math.ceil((windows + 600) / 300) * 300} windows settled`);
  desk.signal('SIGTERM');
  const { code, stdout } = await desk.ended;
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ openOrders: 0, discrepancies: 0 });
  expect(traded(place)).toEqual(atKill);
  await expectHaltSurvives({
    ...place,
    start: [...place.start, '--windows', String(windowsSettled(place.path) + 300)],
  });
  // The desk that ran on has recognised the command's alert as told; ending the halt is told, too.
  expect(outboxAlerts(place.directory).filter((one) => !one.cleared)).toHaveLength(1);
});

const windowsSettled = (path: string): number =>
  Number(storedItem(path, 'FEED#main', 'SETTLED')?.['windows']);

test('kill without a session holds whatever starts next', async () => {
  const place = freshPlace(120);
  const kill = await deckle('kill', '--reason', 'before it begins', '--dir', place.directory);
  expect(kill.code, kill.stderr).toBe(0);
  expect(kill.stdout).toContain(join(place.directory, 'HALT'));
  expect(outboxAlerts(place.directory)).toEqual([expect.objectContaining(KILL_ALERT)]);
  const run = await deckle(...place.start);
  expect(run.code, run.stderr).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({ accepted: 0, fills: 0 });
  await expectMode(place.directory, 'halted', 1);
});

test('kill on a session whose file is damaged leaves the HALT file standing, says why, and alerts', async () => {
  const place = freshPlace(120);
  writeFileSync(place.path, 'not a database '.repeat(1_000));
  const kill = await deckle('kill', '--dir', place.directory);
  expect(kill.code, kill.stderr).toBe(0);
  expect(kill.stdout).toContain('the mode could not be stored');
  expect(existsSync(join(place.directory, 'HALT'))).toBe(true);
  expect(outboxAlerts(place.directory)).toEqual([expect.objectContaining(KILL_ALERT)]);
});
