import { expect, test } from 'vitest';
import { configFile, shortDemo } from './demo-config.ts';
import { command } from './in-process.ts';
import { startDeckle } from './processes.ts';
import { temporaryDirectory } from './temporary-directory.ts';

test('reconciling fifty times beside a desk that trades finds nothing and stops nothing', async () => {
  const directory = temporaryDirectory();
  const config = configFile(directory, shortDemo(40_000));
  const desk = startDeckle('start', '--once', '--port', '0', '--dir', directory, '--config', config);
  await desk.says('300 windows settled');
  let entries = 0;
  for (let n = 0; n < 50; n++) {
    const { code, stdout } = await command('reconcile', '--json', '--dir', directory);
    expect(code, stdout).toBe(0);
    const found = JSON.parse(stdout) as readonly { entries: number }[];
    const now = found.reduce((total, one) => total + one.entries, 0);
    expect(now).toBeGreaterThanOrEqual(entries);
    entries = now;
  }
  expect(JSON.parse((await command('status', '--json', '--dir', directory)).stdout)).toMatchObject({
    running: true,
    mode: 'active',
  });
  desk.signal('SIGTERM');
  expect((await desk.ended).code).toBe(0);
});
