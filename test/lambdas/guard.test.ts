import { expect, test } from 'vitest';
import { loadBooks } from '../../adapters/store/books.ts';
import { money } from '../../core/amounts.ts';
import type { AccountId } from '../../core/paper/order.ts';
import { DAY_MS, dayStart, plusMs } from '../../core/time.ts';
import { guard } from '../../lambdas/guard/guard.ts';
import { reconcile } from '../../lambdas/reconcile/reconcile.ts';
import { report } from '../../lambdas/report/report.ts';
import type { Desk } from '../support/desk.ts';
import { ACTIVE, eventsOf, openDesk, runSequentially, STILL } from '../support/desk.ts';
import { syntheticMarket } from '../support/synthetic-market.ts';
import { at, COIN, GEM, T0 } from '../support/values.ts';

const ALPHA = 'alpha' as AccountId;
const session = async (): Promise<Desk> => {
  const desk = await openDesk();
  await runSequentially(desk, eventsOf(syntheticMarket(5, 40, [COIN, GEM])));
  return desk;
};
const marked = async (desk: Desk, change: object) => {
  const record = await desk.stored.equity(ALPHA, 'base');
  if (!record) throw new Error('the account is marked');
  await desk.stored.commitEquity(record, { ...record.value, ...change });
};
const reconciled = (desk: Desk) =>
  reconcile(at(40), { ...desk, accounts: desk.config.accounts, books: (id) => loadBooks(desk.stored, id) });

test('a desk within its limits is left alone', async () => {
  const desk = await session();
  await guard(at(40), desk);
  expect(await desk.modes.mode()).toMatchObject({ mode: 'active', version: 1 });
  expect(desk.metrics.total('guard_checks_total')).toBe(1);
});

test('a drawdown at the limit halts, once, in the name of the guard', async () => {
  const desk = await session();
  await marked(desk, { drawdownBps: 2_000, drawdown: money('1000') });
  for (const n of [40, 41]) await guard(at(n), desk);
  expect(await desk.modes.mode()).toMatchObject({
    mode: 'halted',
    version: 2,
    cause: 'drawdown',
    author: 'guard',
    changedAt: at(40),
  });
  expect(desk.metrics.total('guard_actions_total')).toBe(1);
});

test('the daily loss reduces until 00:00 UTC and gives way to a halt', async () => {
  const desk = await session();
  await marked(desk, { dayOpen: money('9000') });
  await guard(at(40), desk);
  expect(await desk.modes.mode()).toMatchObject({
    mode: 'reducing',
    cause: 'daily_loss',
    until: plusMs(dayStart(T0), DAY_MS),
  });
  await marked(desk, { drawdownBps: 2_000 });
  await guard(at(41), desk);
  expect(await desk.modes.mode()).toMatchObject({ mode: 'halted', cause: 'drawdown' });
});

test('an account that was not marked for a minute halts the desk', async () => {
  const desk = await session();
  await guard(at(40 + 61), desk);
  expect(await desk.modes.mode()).toMatchObject({ mode: 'halted', cause: 'marks_old' });
});

test('reconciliation finds nothing in what the desk wrote, and what was tampered with halts it', async () => {
  const desk = await session();
  expect((await reconciled(desk)).map((one) => one.discrepancies)).toEqual([[], []]);
  const key = { pk: 'ACCOUNT#alpha', sk: 'STATE' };
  const state = await desk.store.get(key);
  if (!state || typeof state['version'] !== 'number') throw new Error('the account is stored');
  const condition = { kind: 'version', version: state['version'] } as const;
  await desk.store.transact([{ kind: 'put', item: { ...state, cash: '123456' }, condition }]);
  const [alpha, beta] = await reconciled(desk);
  expect(alpha?.discrepancies.map((one) => [one.kind, one.lane])).toEqual([['balance', 'base']]);
  expect(beta?.discrepancies).toEqual([]);
  await guard(at(40), desk);
  expect(await desk.modes.mode()).toMatchObject({ mode: 'halted', cause: 'reconciliation' });
});

test('a change of the mode between reading and setting is read again, and a halt by a person stands', async () => {
  const desk = await session();
  await marked(desk, { drawdownBps: 2_000 });
  let meddled = false;
  const modes: Desk['modes'] = {
    mode: () => desk.modes.mode(),
    setMode: async (expected, next) => {
      if (!meddled) {
        meddled = true;
        await desk.modes.setMode(await desk.modes.mode(), {
          ...ACTIVE,
          mode: 'halted',
          cause: 'person',
          reason: 'lunch',
        });
      }
      return desk.modes.setMode(expected, next);
    },
  };
  await guard(at(40), { ...desk, modes, clock: { ...STILL, wait: async () => undefined } });
  expect(await desk.modes.mode()).toMatchObject({
    mode: 'halted',
    cause: 'person',
    reason: 'lunch',
    version: 2,
  });
});

test('every change of the mode is in the audit trail', async () => {
  const desk = await session();
  await marked(desk, { drawdownBps: 2_000 });
  await guard(at(40), desk);
  const { items } = await desk.store.query({ pk: 'AUDIT#2023-11-14' });
  expect(items.map((one) => [one['mode'], one['was'], one['author']])).toEqual([
    ['active', 'halted', 'test'],
    ['halted', 'active', 'guard'],
  ]);
});

test('the report of a day is stored and handed over for every account, and writing it again replaces it', async () => {
  const desk = await session();
  const written: string[] = [];
  const sink = { write: async (_: unknown, markdown: string) => void written.push(markdown) };
  const reports = await report(T0, { ...desk, sink });
  expect(reports.map((one) => one.accountId)).toEqual(['alpha', 'beta']);
  await report(T0, { ...desk, sink });
  expect(await desk.records.report(ALPHA, '2023-11-14')).toEqual(reports[0]);
  expect(written).toHaveLength(4);
  expect(written[2]).toBe(written[0]);
});
