import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { TOPOLOGY } from '../../lambdas/topology.ts';
import { atEnd } from './at-end.ts';
import { configFile, shortDemo } from './demo-config.ts';
import { deckle, groupSize, type Running, startDeckle, until } from './processes.ts';
import { storedItem } from './stored-items.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const READY = 'ready, ';
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

interface Desk extends Running {
  readonly directory: string;
  readonly config: string;
}

/** A desk on a demo of so many seconds, up and running. */
async function runningDesk(seconds: number, ...flags: readonly string[]): Promise<Desk> {
  const directory = temporaryDirectory();
  const config = configFile(directory, shortDemo(seconds));
  const desk = startDeckle('start', '--port', '0', '--dir', directory, '--config', config, ...flags);
  await desk.says(READY);
  return Object.defineProperties({ ...desk, directory, config }, Object.getOwnPropertyDescriptors(desk));
}

const statusUrl = ({ stdout, stderr }: Running): string =>
  /http:\/\/127\.0\.0\.1:\d+/.exec(stdout + stderr)?.[0] ?? 'none';

async function expectCleanStop(desk: Desk): Promise<void> {
  const { code, stdout, stderr } = await desk.ended;
  expect(code, stderr).toBe(0);
  const stopped = [...stdout.matchAll(/^ +(\w+) +stopped$/gm)].map(([, part]) => part);
  const up = [...stdout.slice(0, stdout.indexOf(READY)).matchAll(/^ {2}(\w+) +\S/gm)].map(([, part]) => part);
  expect(stdout).toContain(`${READY}${up.length} parts`);
  expect(readme).toContain(`\`${READY}${up.length} parts\``);
  expect(up).toEqual(
    expect.arrayContaining([
      'store',
      'bus',
      'feeds',
      'liveness',
      'status',
      ...TOPOLOGY.map((one) => one.name),
    ]),
  );
  expect(stopped).toEqual(up.toReversed());
  expect(groupSize(desk.pid)).toBe(0);
  expect(storedItem(join(desk.directory, 'demo-7.db'), 'CONTROL', 'HEARTBEAT')).toMatchObject({
    phase: 'stopped',
  });
}

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s during a run finishes the window, stops every part and exits 0',
  async (signal) => {
    const desk = await runningDesk(20_000);
    await desk.says('300 windows settled');
    // As a terminal does with Ctrl+C: the guard gets it, too.
    desk.signalGroup(signal);
    await expectCleanStop(desk);
    const again = await deckle(
      'start',
      '--windows',
      '1',
      '--port',
      '0',
      '--dir',
      desk.directory,
      '--config',
      desk.config,
    );
    expect(again.code, again.stderr).toBe(0);
    expect(again.stdout).toMatch(/^state recovered: \d+ open orders, \d+ windows settled, 0 discrepancies$/m);
  },
);

test.each(['SIGTERM', 'SIGINT'] as const)(
  'a desk whose input is over stays up with its status until %s',
  async (signal) => {
    const desk = await runningDesk(60);
    await desk.says('Ctrl+C ends it');
    const health = await fetch(`${statusUrl(desk)}/health`);
    expect(health.status).toBe(200);
    const metrics = await (await fetch(`${statusUrl(desk)}/metrics`)).text();
    expect(metrics).toMatch(/^bus_events_total\{.*type="market\.window".*\} 60$/m);
    desk.signalGroup(signal);
    await expectCleanStop(desk);
  },
);

test('beside a running desk commands work, its status answers, and a second desk is refused in words', async () => {
  const desk = await runningDesk(20_000);
  const beside = ['--dir', desk.directory];
  await desk.says('300 windows settled');

  const [second, status, orders, positions, reconcile, health, metrics] = await Promise.all([
    deckle('start', '--once', '--port', '0', '--config', desk.config, ...beside),
    deckle('status', '--json', ...beside),
    deckle('orders', '--json', ...beside),
    deckle('positions', '--json', ...beside),
    deckle('reconcile', '--json', ...beside),
    fetch(`${statusUrl(desk)}/health`),
    fetch(`${statusUrl(desk)}/metrics`),
  ]);
  expect(second.code).toBe(1);
  expect(second.stderr).toContain(
    `another desk is running on ${join(desk.directory, 'demo-7.db')}; stop it first`,
  );
  expect(status.code, status.stderr).toBe(0);
  expect(JSON.parse(status.stdout)).toMatchObject({
    session: 'demo-7',
    running: true,
    phase: 'running',
    mode: 'active',
  });
  expect(JSON.parse(orders.stdout).length).toBeGreaterThan(0);
  expect(positions.code, positions.stderr).toBe(0);
  expect(reconcile.code, reconcile.stderr).toBe(0);
  expect(Object.keys(JSON.parse(await health.text()))).toEqual(
    expect.arrayContaining(['feeds', 'signals', 'risk', 'fills', 'ledger', 'guard']),
  );
  expect(await metrics.text()).toMatch(/^fills_recorded_total\{/m);
  await until('a log of fills', () =>
    readdirSync(join(desk.directory, 'logs')).some((name) => name.startsWith('fills_')),
  );
  const logs = readdirSync(join(desk.directory, 'logs')).map((name) =>
    name.replace(/_\d{4}-\d{2}-\d{2}\.jsonl$/, ''),
  );
  expect(logs).toEqual(expect.arrayContaining(['fills', 'risk', 'signals']));

  desk.signal('SIGTERM');
  await expectCleanStop(desk);
});

test('a busy port is named with the flag that changes it, and no process is left', async () => {
  const directory = temporaryDirectory();
  const config = configFile(directory, shortDemo(60));
  const server = createServer().listen(0, '127.0.0.1');
  atEnd(() => void server.close());
  await until('a port', () => server.listening);
  const address = server.address();
  const port = String(typeof address === 'object' ? address?.port : address);
  const desk = startDeckle('start', '--once', '--port', port, '--dir', directory, '--config', config);
  const { code, stderr } = await desk.ended;
  expect(code).toBe(1);
  expect(stderr).toContain(
    `port ${port} on 127.0.0.1 is taken by another program; choose another with --port N`,
  );
  expect(groupSize(desk.pid)).toBe(0);
});
