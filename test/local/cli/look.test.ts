import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { command } from '../../lifecycle/in-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'deckle-look-'));
const config = join(directory, 'desk.yaml');

const deckle = (...args: readonly string[]): ReturnType<typeof command> =>
  command(...args, '--dir', directory);

beforeAll(async () => {
  writeFileSync(
    config,
    readFileSync('deckle.yaml', 'utf8')
      .replace('seconds: 1800', 'seconds: 420')
      .replace('expectContents: true', 'expectContents: false'),
  );
  expect((await deckle('start', '--once', '--port', '0', '--config', config)).code).toBe(0);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('orders are one row each, as a table, as CSV and as JSON alike', async () => {
  const json = JSON.parse((await deckle('orders', '--json')).stdout) as Record<string, string>[];
  const csv = (await deckle('orders', '--csv')).stdout.trimEnd().split('\n');
  const text = (await deckle('orders')).stdout.trimEnd().split('\n');
  expect(json.length).toBeGreaterThan(3);
  expect(csv[0]).toBe(
    'time,order,strategy,instrument,side,type,tif,price,quantity,filled,status,reason,queue',
  );
  expect(csv.length - 1).toBe(json.length);
  expect(text.length).toBe(csv.length);
  for (const [i, order] of json.entries()) expect(csv[i + 1]).toContain(order['order']);
});

test('fills name their order, and nest across the lanes', async () => {
  const quantities = async (lane: string): Promise<Map<string, number>> => {
    const rows = JSON.parse((await deckle('orders', '--fills', '--json', '--lane', lane)).stdout) as Record<
      string,
      string
    >[];
    const sums = new Map<string, number>();
    for (const row of rows) {
      const order = row['fill']?.split('.')[0] ?? '';
      sums.set(order, (sums.get(order) ?? 0) + Number(row['quantity']));
    }
    return sums;
  };
  const [wide, base, narrow] = [
    await quantities('optimistic'),
    await quantities('base'),
    await quantities('pessimistic'),
  ];
  expect(base.size).toBeGreaterThan(0);
  for (const [order, filled] of base) expect(filled).toBeLessThanOrEqual((wide.get(order) ?? 0) + 1e-9);
  for (const [order, filled] of narrow) expect(filled).toBeLessThanOrEqual((base.get(order) ?? 0) + 1e-9);
});

test('status is well after a good run and says what it read', async () => {
  const { code, stdout } = await deckle('status', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    session: 'demo-7',
    phase: 'finished',
    mode: 'active',
    windows: 420,
    running: false,
  });
});

test('positions show what is held at cost and at the mark', async () => {
  const rows = JSON.parse((await deckle('positions', '--json')).stdout) as Record<string, string>[];
  for (const row of rows)
    expect(Object.keys(row)).toEqual([
      'account',
      'instrument',
      'quantity',
      'averagePrice',
      'cost',
      'value',
      'unrealized',
      'realized',
    ]);
  expect(rows.length).toBeGreaterThan(0);
});

test('a report is there for the day of the session and for no other', async () => {
  const { code, stdout } = await deckle('report', '--day', '2026-01-05');
  expect(code).toBe(0);
  expect(stdout).toContain('# Daily report: account main, 2026-01-05');
  const other = await deckle('report', '--day', '2026-01-06');
  expect(other.code).toBe(1);
  expect(other.stderr).toContain('there is no report of 2026-01-06');
});

test('the session replays to its own hash, from frames and from the window log', async () => {
  for (const way of [[], ['--windows']]) {
    const { code, stdout } = await deckle('replay', '--json', '--config', config, ...way);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ same: true });
  }
});

test.each([
  {
    args: ['orders', '--lane', 'hopeful'],
    code: 2,
    says: '--lane must be one of optimistic, base, pessimistic',
  },
  { args: ['report', '--day', 'monday'], code: 2, says: "must look like 2026-11-21, not 'monday'" },
  { args: ['status', '--session', 'demo-99'], code: 1, says: "there is no session 'demo-99'" },
  { args: ['explain'], code: 2, says: 'name one fill id, or give --all' },
  { args: ['explain', 'nonsense'], code: 1, says: "'nonsense' is no fill id" },
  { args: ['resume', '--reason', ' '], code: 2, says: 'give a reason' },
  { args: ['replay'], code: 1, says: 'was begun with another configuration than deckle.yaml' },
])('$args is refused in words', async ({ args, code, says }) => {
  const said = await deckle(...args);
  expect(said.code).toBe(code);
  expect(said.stderr).toContain(says);
  expect(said.stderr).not.toContain('    at ');
});

test('a reset archives the session, and the newest one is then gone', async () => {
  const { code, stdout } = await deckle('reset', '--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    session: 'demo-7',
    archived: join(directory, 'archive', 'demo-7.1.db'),
  });
  expect((await deckle('status')).stderr).toContain('there is no session in');
});
