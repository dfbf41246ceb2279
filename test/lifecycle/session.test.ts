import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, expect, test } from 'vitest';
import { configFile, shortDemo } from './demo-config.ts';
import { deckle, type Ended } from './processes.ts';
import { storedItems } from './stored-items.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const SECONDS = 200;

interface Place {
  readonly directory: string;
  readonly path: string;
  readonly start: (...flags: readonly string[]) => Promise<Ended>;
}

function freshPlace(seconds = SECONDS): Place {
  const directory = temporaryDirectory();
  const config = configFile(directory, shortDemo(seconds));
  const flags = ['start', '--once', '--json', '--port', '0', '--dir', directory, '--config', config];
  return { directory, path: join(directory, 'demo-7.db'), start: (...more) => deckle(...flags, ...more) };
}

let finished: Place;
let hash: string;
beforeAll(async () => {
  finished = freshPlace();
  hash = JSON.parse((await finished.start()).stdout).ledgerHash;
});

test('a session in three goes gives the same ledger as in one', async () => {
  const { start, path, directory } = freshPlace();
  const first = await start('--windows', '100');
  expect(first.code, first.stderr).toBe(0);
  expect(JSON.parse(first.stdout)).toMatchObject({ windows: 100 });
  const open: readonly unknown[] = JSON.parse(
    (await deckle('orders', '--open', '--json', '--dir', directory)).stdout,
  );
  expect(open.length).toBeGreaterThan(0);
  const second = await start('--windows', '160');
  expect(second.stderr).toContain(
    `state recovered: ${open.length} open orders, 100 windows settled, 0 discrepancies`,
  );
  const early = storedItems(path, 'FILL#');
  expect(early.size).toBeGreaterThan(0);
  const third = await start();
  expect(JSON.parse(third.stdout)).toMatchObject({ windows: SECONDS, ledgerHash: hash, discrepancies: 0 });
  for (const [key, body] of early) expect(storedItems(path, 'FILL#').get(key)).toBe(body);
});

test('a finished session is verified when started again, and no item of it changes', async () => {
  const before = storedItems(finished.path, '');
  const again = await finished.start();
  expect(again.code, again.stderr).toBe(0);
  expect(again.stderr).toContain(`verified: the same ledger hash, ${hash}`);
  expect(JSON.parse(again.stdout)).toMatchObject({ windows: SECONDS, ledgerHash: hash });
  expect(storedItems(finished.path, '')).toEqual(before);
});

test('a finished session whose ledger was changed is not verified', async () => {
  const { start, path } = freshPlace(60);
  await start();
  using database = new DatabaseSync(path);
  database.exec(
    `UPDATE items SET body = json_set(body, '$.windowTime', 1) WHERE sk = 'JOURNAL#000000000000001' AND pk = 'ACCOUNT#main'`,
  );
  const again = await start();
  expect(again.code).toBe(1);
  expect(again.stderr).toContain('NOT VERIFIED');
});

test('another configuration is refused in words and leaves the session as it is', async () => {
  const before = storedItems(finished.path, '');
  const other = configFile(temporaryDirectory(), [
    ...shortDemo(SECONDS),
    [['accounts', 0, 'openingEquity'], 20_000],
  ]);
  const { code, stderr } = await deckle(
    'start',
    '--once',
    '--port',
    '0',
    '--dir',
    finished.directory,
    '--config',
    other,
  );
  expect(code).toBe(1);
  expect(stderr).toContain('was begun with another configuration');
  expect(stderr).toContain('--fresh');
  expect(storedItems(finished.path, '')).toEqual(before);
});

test('--fresh and reset archive the session, each under a name of its own', async () => {
  const { start, directory, path } = freshPlace(60);
  await start();
  const first = storedItems(path, '');
  const fresh = await start('--fresh');
  expect(fresh.code, fresh.stderr).toBe(0);
  expect(fresh.stderr).toContain('archived the session before this one');
  expect(storedItems(join(directory, 'archive', 'demo-7.1.db'), '')).toEqual(first);
  const reset = await deckle('reset', '--json', '--dir', directory);
  expect(JSON.parse(reset.stdout)).toEqual({
    session: 'demo-7',
    archived: join(directory, 'archive', 'demo-7.2.db'),
  });
  expect(existsSync(path)).toBe(false);
  expect((await start()).code).toBe(0);
});

test('a corrupt session is kept aside, named, and replaced at the next start', async () => {
  const { start, path } = freshPlace(60);
  const rubbish = Buffer.alloc(8_192, 'not a database ');
  writeFileSync(path, rubbish);
  const refused = await start();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(`It was kept as ${path}.corrupt-1; start again to begin a new one.`);
  expect(readFileSync(`${path}.corrupt-1`)).toEqual(rubbish);
  const again = await start();
  expect(again.code, again.stderr).toBe(0);
  expect(readFileSync(`${path}.corrupt-1`)).toEqual(rubbish);
});

test('a session from a newer version is refused and not touched', async () => {
  const { start, path } = freshPlace(60);
  await start();
  // Closed at once, which folds the log in: what follows compares the file.
  const database = new DatabaseSync(path);
  database.exec('PRAGMA user_version = 9');
  database.close();
  const before = readFileSync(path);
  const { code, stderr } = await start();
  expect(code).toBe(1);
  expect(stderr).toContain('was written by a newer version (store format 9');
  expect(readFileSync(path)).toEqual(before);
});
