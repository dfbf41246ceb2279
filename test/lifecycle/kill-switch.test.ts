import { existsSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { writeHaltFile } from '../../adapters/store/halt-file.ts';
import { epochMs } from '../../core/time.ts';
import { freshPlace, type Place } from '../crash/killed-desk.ts';
import { expectHaltSurvives, expectMode, PATIENT, traded } from '../crash/switched-desk.ts';
import { configFile, shortDemo } from './demo-config.ts';
import { command } from './in-process.ts';
import { outboxAlerts } from './outbox.ts';
import { deckle, startDeckle } from './processes.ts';
import { storedItem } from './stored-items.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const KILL_ALERT = { kind: 'kill_switch', severity: 'critical', cleared: false };

test('kill during a run stops all trading at once, and the desk goes on without it', async () => {
  const place = freshPlace(20_000, PATIENT);
  const desk = startDeckle(...place.start);
  await desk.says('300 windows settled');
  const kill = await deckle('kill', '--reason', 'a drill', '--json', '--dir', place.directory);
  expect(kill.code, kill.stderr).toBe(0);
  expect(JSON.parse(kill.stdout)).toEqual({
    halted: true,
    haltFile: null,
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

test('kill without a session says that it halted no desk, and holds whatever starts next', async () => {
  const place = freshPlace(120);
  const kill = await deckle('kill', '--reason', 'before it begins', '--dir', place.directory);
  expect(kill.code, kill.stderr).toBe(1);
  expect(kill.stdout).toContain(`There is no session in ${place.directory}.`);
  expect(kill.stdout).toContain('A desk that runs on another directory is NOT halted');
  expect(kill.stdout).toContain(`${join(place.directory, 'HALT')} stands`);
  expect(outboxAlerts(place.directory)).toEqual([expect.objectContaining(KILL_ALERT)]);
  const run = await deckle(...place.start);
  expect(run.code, run.stderr).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({ accepted: 0, fills: 0 });
  await expectMode(place.directory, 'halted', 1);
});

test('kill without a session names the absolute path of the HALT file, wherever it is called from', async () => {
  const directory = temporaryDirectory();
  const kill = await command('kill', '--json', '--dir', relative(process.cwd(), directory));
  expect(kill.code).toBe(1);
  expect(JSON.parse(kill.stdout)).toEqual({
    halted: false,
    haltFile: join(directory, 'HALT'),
    sessions: [],
  });
});

test('kill refuses a directory that is not there, and does not make it', async () => {
  const directory = join(temporaryDirectory(), 'elsewhere');
  const kill = await command('kill', '--dir', directory);
  expect(kill).toMatchObject({ code: 1, stdout: '' });
  expect(kill.stderr).toContain(`nothing was halted: there is no directory ${directory}`);
  expect(existsSync(directory)).toBe(false);
});

/** A place with two sessions that stopped early, `demo-7` the older one; `start` is for `demo-8`. */
async function twoSessions(): Promise<Place> {
  const place = freshPlace(600);
  const other = configFile(temporaryDirectory(), [...shortDemo(600), [['demo', 'seed'], 8]]);
  const start = [...place.start.slice(0, -1), other];
  for (const flags of [place.start, start]) {
    const run = await deckle(...flags, '--windows', '300');
    expect(run.code, run.stderr).toBe(0);
  }
  return { ...place, start };
}

const statusOf = async (directory: string, session: string): Promise<Record<string, unknown>> =>
  JSON.parse((await command('status', '--json', '--session', session, '--dir', directory)).stdout);

test('kill halts every session of the directory, and each is resumed by itself', async () => {
  const { directory, start } = await twoSessions();
  const kill = await command('kill', '--reason', 'all of it', '--json', '--dir', directory);
  expect(kill.code, kill.stderr).toBe(0);
  expect(JSON.parse(kill.stdout)).toEqual({
    halted: true,
    haltFile: null,
    sessions: ['demo-8', 'demo-7'].map((session) => ({ session, stored: true, ended: null })),
  });
  expect(outboxAlerts(directory)).toEqual([expect.objectContaining(KILL_ALERT)]);
  const resume = ['resume', '--reason', 'only this one', '--session', 'demo-8', '--dir', directory];
  expect((await command(...resume)).code).toBe(0);
  expect(await statusOf(directory, 'demo-8')).toMatchObject({ mode: 'active' });
  expect(await statusOf(directory, 'demo-7')).toMatchObject({ mode: 'halted', modeReason: 'all of it' });
  expect((await deckle(...start)).code).toBe(0);
});

test('kill leaves a session that is halted already with the reason it has', async () => {
  const { directory } = await twoSessions();
  const of = (session: string): string[] => ['--session', session, '--dir', directory];
  await command('kill', '--reason', 'the first', ...of('demo-7'));
  expect(await statusOf(directory, 'demo-8')).toMatchObject({ mode: 'active' });
  const kill = await command('kill', '--reason', 'the second', '--dir', directory);
  expect(kill.stdout).toContain('in session demo-7. It was halted already: the first.');
  expect(await statusOf(directory, 'demo-7')).toMatchObject({ modeReason: 'the first' });
  expect(await statusOf(directory, 'demo-8')).toMatchObject({ modeReason: 'the second' });
});

test('resume of one session keeps halted what only the HALT file halted', async () => {
  const { directory } = await twoSessions();
  const halt = { reason: 'its store was locked', author: 'guard', at: epochMs(1_700_000_000_000) };
  writeHaltFile(directory, halt);
  const resumed = await command('resume', '--reason', 'checked', '--session', 'demo-8', '--dir', directory);
  expect(resumed.code, resumed.stderr).toBe(0);
  expect(existsSync(join(directory, 'HALT'))).toBe(false);
  expect(await statusOf(directory, 'demo-8')).toMatchObject({ mode: 'active' });
  expect(await statusOf(directory, 'demo-7')).toMatchObject({ mode: 'halted', modeReason: halt.reason });
});

test('resume is refused, and nothing changes, while another session can only be halted by the HALT file', async () => {
  const { directory, path } = await twoSessions();
  writeFileSync(path, 'not a database '.repeat(1_000));
  const kill = await command('kill', '--reason', 'a drill', '--json', '--dir', directory);
  expect(JSON.parse(kill.stdout)).toEqual({
    halted: true,
    haltFile: join(directory, 'HALT'),
    sessions: expect.arrayContaining([
      { session: 'demo-8', stored: true, ended: null },
      { session: 'demo-7', stored: false, ended: null },
    ]),
  });
  const resume = ['resume', '--reason', 'checked', '--session', 'demo-8', '--dir', directory];
  const refused = await command(...resume);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('is all that halts demo-7 (');
  expect(existsSync(join(directory, 'HALT'))).toBe(true);
  expect(await statusOf(directory, 'demo-8')).toMatchObject({ mode: 'halted' });

  expect((await command('reset', '--session', 'demo-7', '--dir', directory)).code).toBe(0);
  expect((await command(...resume)).code).toBe(0);
  expect(await statusOf(directory, 'demo-8')).toMatchObject({ mode: 'active' });
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
