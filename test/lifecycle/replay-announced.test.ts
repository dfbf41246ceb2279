import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { demoMarket } from '../../local/demo-market/demo-market.ts';
import { DEMO_START } from '../../local/input.ts';
import { configFile, shortDemo } from './demo-config.ts';
import { command } from './in-process.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** Of instruments that the demo market does not have, so that only their venue can tell their rules. */
const renamed = (text: string): string =>
  text
    .replaceAll(/OAK|ELM/g, (name) => (name === 'OAK' ? 'FIR' : 'ASH'))
    .replaceAll(/oak|elm/g, (name) => (name === 'oak' ? 'fir' : 'ash'));

/** Frames of a market with its list of instruments, as a recorder would have written them. */
async function recording(path: string, seconds: number): Promise<void> {
  const source = demoMarket({ seed: 1, startAt: DEMO_START, durationMs: seconds * 1_000, scenario: 'fair' });
  const lines: string[] = [];
  for await (const frame of source.frames(new AbortController().signal))
    if ('raw' in frame)
      lines.push(`${renamed(JSON.stringify({ ...frame, unit: 'ms', venue: 'binance-spot' }))}\n`);
  writeFileSync(path, lines.join(''));
}

test('a session whose rules the venue announced, and no configuration lists, is replayed from its windows', async () => {
  const place = temporaryDirectory();
  const [file, config] = [join(place, 'demo.jsonl'), configFile(place, shortDemo(240))];
  writeFileSync(config, renamed(readFileSync(config, 'utf8')));
  await recording(file, 240);
  const at = ['--config', config, '--dir', join(place, 'desk')];
  const started = await command('start', '--once', '--json', '--port', '0', ...at, '--recording', file);
  expect(started.code, started.stderr).toBe(0);
  expect(JSON.parse(started.stdout)).toMatchObject({ fills: expect.any(Number) });
  expect(JSON.parse(started.stdout).fills).toBeGreaterThan(0);
  const replayed = await command('replay', '--windows', '--json', ...at);
  expect(replayed, replayed.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(replayed.stdout)).toMatchObject({
    same: true,
    stored: JSON.parse(started.stdout).ledgerHash,
  });
});
