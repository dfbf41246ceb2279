import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, expect, test } from 'vitest';
import { configFile, shortDemo } from './demo-config.ts';
import { command } from './in-process.ts';
import { storedItem, storedItems } from './stored-items.ts';
import { temporaryDirectory } from './temporary-directory.ts';

let directory: string;
let path: string;
let config: string;
beforeAll(async () => {
  directory = temporaryDirectory();
  path = join(directory, 'demo-7.db');
  config = configFile(directory, shortDemo(300));
  expect((await start()).code).toBe(0);
});

const start = () => command('start', '--once', '--port', '0', '--dir', directory, '--config', config);

/** Runs with one item changed (or gone), and puts it back. */
async function tampered(
  pk: string,
  sk: string,
  change: (item: Record<string, unknown>) => Record<string, unknown> | null,
): Promise<Awaited<ReturnType<typeof start>>> {
  using database = new DatabaseSync(path);
  const row = database.prepare('SELECT * FROM items WHERE pk = ? AND sk = ?').get(pk, sk);
  const item = storedItem(path, pk, sk);
  if (!row || !item) throw new Error(`${pk} ${sk} is stored`);
  const changed = change(item);
  const columns = [pk, sk, row['version'] ?? null, String(row['body'])] as const;
  database.prepare('DELETE FROM items WHERE pk = ? AND sk = ?').run(pk, sk);
  const insert = database.prepare('INSERT OR REPLACE INTO items (pk, sk, version, body) VALUES (?, ?, ?, ?)');
  if (changed) insert.run(columns[0], columns[1], columns[2], JSON.stringify(changed));
  const said = await start();
  insert.run(...columns);
  return said;
}

test('a finished session that nobody touched is verified, again and again', async () => {
  for (const _ of [1, 2]) {
    const { code, stdout } = await start();
    expect(code).toBe(0);
    expect(stdout).toContain('verified: the same ledger hash');
  }
});

test('a balance that was changed is not verified', async () => {
  const { code, stdout } = await tampered('ACCOUNT#main', 'STATE', (state) => ({ ...state, cash: '99999' }));
  expect(code).toBe(1);
  expect(stdout).toContain('NOT VERIFIED');
  expect(stdout).toMatch(/account main: balance, cash: \S+ expected, 99999 stored/);
});

test('a fill that is gone is not verified', async () => {
  const key = [...storedItems(path, 'FILL#').keys()].find((one) => one.startsWith('ACCOUNT#main '));
  const [pk = '', sk = ''] = key?.split(' ') ?? [];
  const { code, stdout } = await tampered(pk, sk, () => null);
  expect(code).toBe(1);
  expect(stdout).toMatch(/fills: \d+ stored, \d+ when run again/);
  expect(stdout).toContain('account main: order_fills');
});

test('a decision that was changed is not verified, though no money moved', async () => {
  const key = [...storedItems(path, 'DECISION#')].find(
    ([, body]) => JSON.parse(body).outcome === 'denied',
  )?.[0];
  const [pk = '', sk = ''] = key?.split(' ') ?? [];
  const { code, stdout } = await tampered(pk, sk, () => null);
  expect(code).toBe(1);
  expect(stdout).toMatch(/denied: \d+ stored, \d+ when run again/);
});

test('a demo that showed too little when it was run shows too little when it is verified', async () => {
  const elsewhere = temporaryDirectory();
  const poor = configFile(elsewhere, [[['demo', 'seconds'], 60]]);
  const run = () => command('start', '--once', '--port', '0', '--dir', elsewhere, '--config', poor);
  expect((await run()).code).toBe(1);
  const again = await run();
  expect(again.code).toBe(1);
  expect(again.stdout).toContain('verified: the same ledger hash');
  expect(again.stdout).toContain('NOT SHOWN: a taker walk over two levels');
});
