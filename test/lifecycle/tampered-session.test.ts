import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { LANES } from '../../core/paper/order.ts';
import { configFile, shortDemo } from './demo-config.ts';
import { command } from './in-process.ts';
import { deckle } from './processes.ts';
import { storedItems } from './stored-items.ts';
import { temporaryDirectory } from './temporary-directory.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };
type Path = readonly (string | number)[];

let directory: string;
let path: string;
let config: string;
let bodies: ReturnType<typeof storedItems>;
beforeAll(async () => {
  directory = temporaryDirectory();
  path = join(directory, 'demo-7.db');
  config = configFile(directory, shortDemo(300));
  await deckle('start', '--once', '--json', '--port', '0', '--dir', directory, '--config', config);
  bodies = storedItems(path, '');
});

beforeEach(() => {
  // What an earlier test changed is put right.
  write(bodies);
});

function write(items: ReadonlyMap<string, string>): void {
  using database = new DatabaseSync(path);
  const update = database.prepare('UPDATE items SET body = ? WHERE pk = ? AND sk = ?');
  database.exec('BEGIN');
  for (const [key, body] of items) {
    const [pk = '', sk = ''] = key.split(' ');
    expect(update.run(body, pk, sk).changes).toBe(1);
  }
  database.exec('COMMIT');
}

const tamper = (key: string, body: string): void => write(new Map([[key, body]]));

/** A command about the session: its exit code, its words and its document. */
async function ask(...args: readonly string[]) {
  const { code, stdout, stderr } = await command(...args, '--json', '--dir', directory);
  return { code, stderr, document: stdout === '' ? null : JSON.parse(stdout) };
}

/** The key of a stored fill of this kind. */
function fillOf(liquidity: 'maker' | 'taker'): string {
  const found = [...bodies].find(
    ([key, body]) => key.includes(' FILL#') && JSON.parse(body).liquidity === liquidity,
  );
  if (!found) throw new Error(`the demo has no ${liquidity} fill`);
  return found[0];
}

test('every fill of every lane agrees with its evidence', async () => {
  const { code, document } = await ask('explain', '--all');
  expect(code).toBe(0);
  expect(document.agrees).toBe(true);
  expect(document.fills).toHaveLength([...bodies.keys()].filter((key) => key.includes(' FILL#')).length);
  expect(new Set(document.fills.map((one: { fill: { lane: string } }) => one.fill.lane))).toEqual(
    new Set(LANES),
  );
});

test('a fill that is not there is said to be not there', async () => {
  const absent = await ask('explain', '0123456789abcdef.base.1767603612000');
  expect(absent).toMatchObject({ code: 1, document: null });
  expect(absent.stderr).toContain('no fill 0123456789abcdef.base.1767603612000 in this session');
  const nonsense = await ask('explain', 'nonsense');
  expect(nonsense.code).toBe(1);
  expect(nonsense.stderr).toContain("'nonsense' is no fill id");
});

test.each(['taker', 'maker'] as const)(
  'a change of any stored field of a %s fill is found',
  async (liquidity) => {
    const key = fillOf(liquidity);
    const body = bodies.get(key) ?? '';
    const fill: Json = JSON.parse(body);
    const { id } = JSON.parse(body);
    const unnoticed: string[] = [];
    for (const field of leavesOf(fill)) {
      tamper(key, JSON.stringify(changed(fill, field)));
      if ((await ask('explain', id)).code !== 1) unnoticed.push(field.join('.'));
    }
    expect(unnoticed).toEqual([]);
  },
);

test('a changed evidence hash in the journal is found', async () => {
  const key = fillOf('maker');
  const { entry, evidenceHash, lane, accountId } = JSON.parse(bodies.get(key) ?? '');
  const pk = lane === 'base' ? `ACCOUNT#${accountId}` : `ACCOUNT#${accountId}#${lane}`;
  const journal = `${pk} JOURNAL#${String(entry).padStart(15, '0')}`;
  tamper(
    journal,
    (bodies.get(journal) ?? '').replace(
      evidenceHash,
      evidenceHash.replace(/^./, (c: string) => (c === '0' ? '1' : '0')),
    ),
  );
  expect((await ask('explain', '--all')).code).toBe(1);
});

test('one posting changed by one unit gives another ledger hash, and does not reconcile', async () => {
  const hash = async (): Promise<string> => (await ask('replay', '--config', config)).document.stored;
  const before = await hash();
  const key =
    [...bodies.keys()].filter((one) => one.startsWith('ACCOUNT#main#pessimistic JOURNAL#')).at(-1) ?? '';
  const entry = JSON.parse(bodies.get(key) ?? '');
  const [posting] = entry.postings;
  tamper(
    key,
    JSON.stringify({
      ...entry,
      postings: [{ ...posting, amount: nextUnit(posting.amount) }, ...entry.postings.slice(1)],
    }),
  );
  expect(await hash()).not.toBe(before);
  expect((await ask('replay', '--config', config)).code).toBe(1);
  const reconciled = await ask('reconcile');
  expect(reconciled.code).toBe(1);
  expect(
    reconciled.document.find((one: { account: string }) => one.account === 'main').discrepancies.length,
  ).toBeGreaterThan(0);
  expect((await ask('status')).code).toBe(1);
});

/** Fields that say who stored the item and how often: the store's own, not the fill's. */
const OF_THE_STORE = new Set(['pk', 'sk', 'entity', 'version']);

function leavesOf(value: Json, path: Path = []): readonly Path[] {
  if (value === null || typeof value !== 'object') return [path];
  const fields: readonly (readonly [string | number, Json])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return fields.flatMap(([name, one]) =>
    path.length === 0 && OF_THE_STORE.has(String(name)) ? [] : leavesOf(one, [...path, name]),
  );
}

/** The value with one field another one of its kind. */
function changed(value: Json, [name, ...rest]: Path): Json {
  if (name === undefined) return other(value);
  if (Array.isArray(value)) return value.map((one: Json, i) => (i === name ? changed(one, rest) : one));
  if (value === null || typeof value !== 'object') throw new Error(`there is no ${name}`);
  return Object.fromEntries(
    Object.entries(value).map(([field, one]) => [field, field === name ? changed(one, rest) : one]),
  );
}

const OPPOSITES: Readonly<Record<string, string>> = {
  buy: 'sell',
  sell: 'buy',
  maker: 'taker',
  taker: 'maker',
  base: 'quote',
  received: 'quote',
};

function other(value: Json): Json {
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return '0.00000001';
  return OPPOSITES[value] ?? (/^-?\d+(?:\.\d+)?$/.test(value) ? nextUnit(value) : `${value}x`);
}

/** Decimal text one unit of 10^-8 further. */
function nextUnit(text: string): string {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(8, '0')) + 1n;
  const digits = units.toString().padStart(9, '0');
  return `${text.startsWith('-') ? '-' : ''}${digits.slice(0, -8)}.${digits.slice(-8)}`.replace(/\.?0+$/, '');
}
