import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { configFile, shortDemo } from './demo-config.ts';
import { deckle, groupSize, startProgram } from './processes.ts';
import { storedItems } from './stored-items.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const FULL_DISK_DESK = fileURLToPath(new URL('full-disk-desk.ts', import.meta.url));
/** Enough for some orders and fills, and not for the whole run. */
const PAGES = '120';

test('a full disk ends the desk in words, loses nothing, and leaves nothing that another start has to mend', async () => {
  const [directory, elsewhere] = [temporaryDirectory(), temporaryDirectory()];
  const config = configFile(directory, shortDemo(300));
  const start = ['start', '--once', '--json', '--port', '0', '--config', config];

  const full = startProgram(FULL_DISK_DESK, PAGES, ...start, '--dir', directory);
  const ended = await full.ended;
  expect(ended.code).toBe(1);
  expect(ended.stdout).toBe('');
  expect(ended.stderr).toMatch(
    /deckle: There is no room left for the store .*demo-7\.db\. .*free some space/,
  );
  expect(ended.stderr).not.toMatch(/^\s+at /m);
  for (const part of ['status', 'liveness', 'store'])
    expect(ended.stderr).toMatch(new RegExp(`${part} +stopped`));
  expect(groupSize(full.pid)).toBe(0);

  const path = join(directory, 'demo-7.db');
  const fills = storedItems(path, 'FILL#');
  expect(fills.size).toBeGreaterThan(0);
  expect((await deckle('reconcile', '--dir', directory)).code).toBe(0);

  const again = await deckle(...start, '--dir', directory);
  expect(again.code, again.stderr).toBe(0);
  const undisturbed = await deckle(...start, '--dir', elsewhere);
  expect(JSON.parse(again.stdout).ledgerHash).toBe(JSON.parse(undisturbed.stdout).ledgerHash);
  const after = storedItems(path, 'FILL#');
  for (const [key, body] of fills) expect(after.get(key)).toBe(body);
});
