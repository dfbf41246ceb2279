import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Key } from '../../adapters/store/item-store.ts';
import { keys } from '../../adapters/store/table.ts';
import type { InstrumentId } from '../../core/market/instrument.ts';
import { feedId } from '../../core/market/window.ts';
import type { AccountId, OrderId, SignalId, StrategyId } from '../../core/paper/order.ts';
import { epochMs } from '../../core/time.ts';
import { TOPOLOGY } from '../../lambdas/topology.ts';
import { readTables } from '../markdown-table.ts';

const at = epochMs(1);
const [account, order, feed] = ['a' as AccountId, 'o' as OrderId, feedId('f')];
const [instrument, strategy] = ['binance:OAKUSDT' as InstrumentId, 's' as StrategyId];

/** A key of each kind that there is; one that is new does not compile until it is in here. */
const KEYS: Readonly<Record<keyof typeof keys, Key>> = {
  state: keys.state(account, 'base'),
  cursor: keys.cursor(account),
  hole: keys.hole(account, at),
  holding: keys.holding(account, 'base', instrument),
  order: keys.order(account, order),
  open: keys.open(account, order),
  fill: keys.fill(account, 'base', order, at),
  journal: keys.journal(account, 'base', 1),
  decision: keys.decision(account, 'x' as SignalId),
  equity: keys.equity(account, 'base'),
  report: keys.report(account, '2026-11-21'),
  reconciliation: keys.reconciliation(account),
  checkpoint: keys.checkpoint(account),
  raised: keys.raised(feed, at, strategy),
  marks: keys.marks(feed),
  rules: keys.rules(feed),
  settled: keys.settled(feed),
  memory: keys.memory(strategy),
  mode: keys.mode,
  heartbeat: keys.heartbeat,
  session: keys.session,
  config: keys.config('h'),
  configInForce: keys.configInForce,
  lease: keys.lease(feed),
  candle: keys.candle(instrument, '1m', at),
  catalogue: keys.catalogue('kalshi', 'q', at),
  cataloguePart: keys.cataloguePart('kalshi', 'q', at, 1),
  universe: keys.universe(feed),
  universeFindings: keys.universeFindings(feed),
  game: keys.game('nfl', '2026-11-21', 'g'),
  alert: keys.alert('k'),
  aside: keys.aside(at, 'i'),
  trace: keys.trace('e', 'fills'),
  audit: keys.audit('2026-11-21', at, 'i'),
};

const page = new URL('../../docs/architecture.md', import.meta.url);
const table = readTables(page, ['partition', 'items']);

/** `UNIVERSE#FINDINGS` as it is, `ORDER#` of `ORDER#o`; null for what is no name: a time, or a function. */
const nameOf = (sk: string): string | null => /^[A-Z]+(#(?=[A-Z]))?[A-Z]*#?/.exec(sk)?.[0] ?? null;

test.each(Object.entries(KEYS))('the table of the page has the row of %s', (kind, { pk, sk }) => {
  const partition = pk.includes('#') ? `${pk.split('#')[0]}#` : pk;
  const row = table.find((one) => one.partition.includes(partition));
  expect(row, partition).toBeDefined();
  const name = kind === 'alert' ? null : nameOf(sk);
  const named = row?.items.split('`').some((part) => part.startsWith(name ?? ''));
  expect(named, `${name} in: ${row?.items}`).toBe(true);
});

test('every function is on its window’s way', () => {
  const steps = readTables(page, ['step', 'file', 'what it does']).map((one) => one.step);
  const missing = TOPOLOGY.filter(({ name }) => !steps.some((step) => step.split(', ').includes(name)));
  expect(missing.map(({ name }) => name)).toEqual([]);
});

const NUMBERS = [
  'no',
  'one',
  'two',
  'three',
  'four',
  'five',
  'six',
  'seven',
  'eight',
  'nine',
  'ten',
  'eleven',
];

test('docs/deploy.md counts and names the functions', () => {
  const deploy = readFileSync(new URL('../../docs/deploy.md', import.meta.url), 'utf8');
  const row = /^\| (\w+) Lambda functions \| ([^|]+) \|/m.exec(deploy);
  expect(row?.[1]).toBe(NUMBERS[TOPOLOGY.length]);
  expect(row?.[2]?.replaceAll('`', '').trim().split(', ').sort()).toEqual(
    TOPOLOGY.map((one) => one.name).sort(),
  );
});
