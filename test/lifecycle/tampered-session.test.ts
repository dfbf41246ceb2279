import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';
import { openWindowLog, readWindowLog } from '../../adapters/window-log/window-log.ts';
import { asPrice, asQuantity, formatUnits, money, price, quantity } from '../../core/amounts.ts';
import { chainEntry } from '../../core/ledger/journal.ts';
import type { InstrumentWindow, Level, Print } from '../../core/market/window.ts';
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
  const update = database.prepare(
    "UPDATE items SET body = ?1, version = ?1 ->> '$.version' WHERE pk = ?2 AND sk = ?3",
  );
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
function fillOf(liquidity: 'maker' | 'taker', side?: 'buy' | 'sell'): string {
  const found = [...bodies].find(([key, body]) => {
    if (!key.includes(' FILL#')) return false;
    const fill = JSON.parse(body);
    return fill.liquidity === liquidity && fill.side === (side ?? fill.side);
  });
  if (!found) throw new Error(`the demo has no ${liquidity} fill`);
  return found[0];
}

/** The key of the journal entry that books the fill of this key. */
const entryOf = (key: string): string =>
  `${key.split(' ')[0]} JOURNAL#${String(JSON.parse(bodies.get(key) ?? '').entry).padStart(15, '0')}`;

/** What disagrees when this fill is explained. */
async function disagreeing(id: string): Promise<string[]> {
  const { code, document } = await ask('explain', id);
  const found = document.fills[0].checks.filter((one: { agrees: boolean }) => !one.agrees);
  expect(code).toBe(found.length > 0 ? 1 : 0);
  return found.map((one: { what: string }) => one.what);
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

/** What an order's way through the windows leaves behind: no fill and no balance rests on it afterwards. */
const AFTERWARDS =
  /^(expiresAt|cancelAt|type|lanes\.\w+\.(steppedAt|joinedAt|queueAtJoin|queueAhead|endedAt|endReason|waiting))$/;

test.each(['taker', 'maker'] as const)(
  'a change of what a %s fill rests on in its order is found, by explain and by reconcile',
  async (liquidity) => {
    const { id, orderId, accountId } = JSON.parse(bodies.get(fillOf(liquidity)) ?? '');
    const key = `ACCOUNT#${accountId} ORDER#${orderId}`;
    const order: Json = JSON.parse(bodies.get(key) ?? '');
    const unnoticed: string[] = [];
    for (const field of leavesOf(order)) {
      const name = field.join('.');
      // A resting order may or may not have been post-only.
      if (AFTERWARDS.test(name) || (liquidity === 'maker' && name === 'postOnly')) continue;
      tamper(key, JSON.stringify(changed(order, field)));
      if ((await ask('explain', id)).code !== 1) unnoticed.push(`explain ${name}`);
      if ((await ask('reconcile')).code !== 1) unnoticed.push(`reconcile ${name}`);
    }
    expect(unnoticed).toEqual([]);
  },
);

test('a decision that accepted another order is found', async () => {
  const { id, orderId, accountId } = JSON.parse(bodies.get(fillOf('taker')) ?? '');
  const { signalId } = JSON.parse(bodies.get(`ACCOUNT#${accountId} ORDER#${orderId}`) ?? '');
  const key = `ACCOUNT#${accountId} DECISION#${signalId}`;
  const decision = JSON.parse(bodies.get(key) ?? '');
  expect(await disagreeing(id)).toEqual([]);
  tamper(key, JSON.stringify({ ...decision, orderId: '0123456789abcdef' }));
  expect(await disagreeing(id)).toEqual(['decision']);
});

test.each([
  { what: 'cash and the position', from: 'cash', to: 'position:' },
  { what: 'fees and cash', from: 'fees', to: 'cash' },
] as const)('100 USDT moved between $what in the entry of a fill are found', async ({ from, to }) => {
  const key = fillOf('taker', 'buy');
  const { id } = JSON.parse(bodies.get(key) ?? '');
  const entry = JSON.parse(bodies.get(entryOf(key)) ?? '');
  const hundred = (amount: string, sign: bigint): string =>
    formatUnits(money(amount) + sign * 10_000_000_000n);
  const moved = entry.postings.map((one: { account: string; currency: string; amount: string }) => {
    const sign =
      one.currency !== 'USDT' ? 0n : one.account === from ? -1n : one.account.startsWith(to) ? 1n : 0n;
    return { ...one, amount: hundred(one.amount, sign) };
  });
  expect(moved).not.toEqual(entry.postings);
  tamper(entryOf(key), JSON.stringify({ ...entry, postings: moved }));
  expect(await disagreeing(id)).toEqual(['journal', 'chain']);
  // With a chain value that fits, it is the entry after it that no longer follows.
  const n = entry.n - 1;
  const before = JSON.parse(bodies.get(entryOf(key).replace(/\d+$/, String(n).padStart(15, '0'))) ?? '');
  const facts = {
    ...entry,
    postings: moved.map((one: { amount: string }) => ({ ...one, amount: money(one.amount) })),
  };
  const { chain } = chainEntry(sha256, facts, entry.n, before.chain, entry.evidenceHash);
  tamper(entryOf(key), JSON.stringify({ ...entry, postings: moved, chain }));
  expect(await disagreeing(id)).toEqual(['journal', 'chain']);
});

test('a window log that shows more than the evidence tells is found', async () => {
  const taker = JSON.parse(bodies.get(fillOf('taker', 'buy')) ?? '');
  const maker = JSON.parse(bodies.get(fillOf('maker')) ?? '');
  const log = join(directory, 'windows', 'demo-7.jsonl.gz');
  const published = await Array.fromAsync(readWindowLog(log));
  const rewrite = async (
    closedAt: number,
    instrumentId: string,
    change: (one: InstrumentWindow) => Partial<InstrumentWindow>,
  ): Promise<void> => {
    rmSync(log);
    const written = await openWindowLog(log);
    for (const window of published)
      await written.append(
        window.closedAt === closedAt
          ? {
              ...window,
              instruments: window.instruments.map((one) =>
                one.instrumentId === instrumentId ? { ...one, ...change(one) } : one,
              ),
            }
          : window,
      );
    await written.close();
  };
  const better = { price: price(taker.evidence.market.levels[0].price), quantity: quantity('1') };
  const printed: Print = {
    price: price(maker.evidence.market.price),
    quantity: quantity('1'),
    aggressor: maker.side === 'buy' ? 'sell' : 'buy',
    trades: 1,
    firstTradeId: '1',
    lastTradeId: '1',
  };
  try {
    await rewrite(0, '', () => ({}));
    for (const { id } of [taker, maker]) expect(await disagreeing(id)).toEqual([]);
    await rewrite(taker.closedAt, taker.instrumentId, ({ asks }) => ({
      asks: [{ ...better, price: asPrice(better.price - 1n) }, ...asks],
    }));
    expect(await disagreeing(taker.id)).toEqual(['window log']);
    await rewrite(maker.closedAt, maker.instrumentId, ({ prints }) => ({ prints: [printed, ...prints] }));
    expect(await disagreeing(maker.id)).toEqual(['window log']);
    await rewrite(maker.evidence.joinedAt, maker.instrumentId, ({ bids, asks }) => {
      const deeper = (levels: readonly Level[]): Level[] =>
        levels.map((one) => ({ ...one, quantity: asQuantity(one.quantity * 2n) }));
      return maker.side === 'buy' ? { bids: deeper(bids) } : { asks: deeper(asks) };
    });
    expect(await disagreeing(maker.id)).toEqual(['window log']);
  } finally {
    await rewrite(0, '', () => ({}));
  }
});

test('a changed evidence hash in the journal is found', async () => {
  const key = fillOf('maker');
  const { evidenceHash } = JSON.parse(bodies.get(key) ?? '');
  const journal = entryOf(key);
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
