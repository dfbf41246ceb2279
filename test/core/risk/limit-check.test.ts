import { expect, test } from 'vitest';
import { money } from '../../../core/amounts.ts';
import type { EquityRecord } from '../../../core/ledger/equity.ts';
import { openingEquity } from '../../../core/ledger/equity.ts';
import { emptyAccount } from '../../../core/ledger/lane-account.ts';
import type { AccountId } from '../../../core/paper/order.ts';
import type { GuardedAccount } from '../../../core/risk/limit-check.ts';
import { checkLimits } from '../../../core/risk/limit-check.ts';
import type { ModeState } from '../../../core/risk/trading-mode.ts';
import { DAY_MS, dayStart, plusMs } from '../../../core/time.ts';
import { COIN, T0 } from '../../support/values.ts';

const ID = 'main' as AccountId;
const OPENED = openingEquity({ ...emptyAccount(ID, 'base', 'USDT'), cash: money('1000') }, T0);
const guarded = (equity: Partial<EquityRecord> = {}, rest: Partial<GuardedAccount> = {}): GuardedAccount => ({
  account: {
    id: ID,
    currency: 'USDT',
    openingEquity: money('1000'),
    limits: {
      exposurePerInstrumentMax: money('500'),
      exposureTotalMax: money('800'),
      dailyLossMax: money('50'),
      drawdownBpsMax: 1_000,
      dataAgeMsMax: 5_000,
      openOrdersMax: 3,
    },
  },
  equity: { ...OPENED, ...equity },
  exposed: true,
  discrepancies: 0,
  ...rest,
});
const ACTIVE: ModeState = {
  mode: 'active',
  version: 1,
  cause: 'start',
  reason: '',
  author: '',
  changedAt: T0,
  until: null,
};
const MIDNIGHT = plusMs(dayStart(T0), DAY_MS);
const check = (
  account: GuardedAccount,
  mode = ACTIVE,
  onDailyLoss: 'reducing' | 'halted' = 'reducing',
  now = T0,
) => checkLimits([guarded(), account], mode, onDailyLoss, now);

test('nothing is demanded while every limit holds', () => {
  const near = { drawdownBps: 999, equity: money('950.00000001'), dayOpen: money('1000') };
  expect(check(guarded(near), ACTIVE, 'reducing', plusMs(T0, 60_000))).toBeNull();
});

test.each([
  [
    'a drawdown at the limit',
    guarded({ drawdownBps: 1_000, drawdown: money('100') }),
    'drawdown',
    'account main: equity is 100 USDT (1000 bps) below its peak, limit 1000 bps',
  ],
  [
    'a mismatch',
    guarded({}, { discrepancies: 2 }),
    'reconciliation',
    'account main: reconciliation found 2 discrepancies',
  ],
  [
    'an unknown mark of a holding',
    guarded({ blind: [COIN.id] }),
    'marks_old',
    'account main: holdings have no mark younger than 60 s',
  ],
] as const)('%s halts until a person resumes', (_, account, cause, reason) => {
  expect(check(account)).toEqual({ mode: 'halted', cause, reason, until: null });
});

test('a record older than 60 s halts where something is held, and only there', () => {
  const late = plusMs(T0, 60_001);
  expect(checkLimits([guarded()], ACTIVE, 'reducing', late)?.cause).toBe('marks_old');
  expect(checkLimits([guarded({}, { exposed: false })], ACTIVE, 'reducing', late)).toBeNull();
});

test('the daily loss reduces until the next 00:00 UTC, or halts where so configured', () => {
  const lost = guarded({ dayOpen: money('1050') });
  expect(check(lost)).toEqual({
    mode: 'reducing',
    cause: 'daily_loss',
    reason: 'account main: lost 50 USDT today, limit 50',
    until: MIDNIGHT,
  });
  expect(check(lost, ACTIVE, 'halted')).toMatchObject({ mode: 'halted', cause: 'daily_loss', until: null });
});

test("yesterday's loss is not today's", () => {
  const lost = guarded({ dayOpen: money('1050') }, { exposed: false });
  expect(checkLimits([lost], ACTIVE, 'reducing', MIDNIGHT)).toBeNull();
});

test('a halt is stricter than reducing, whichever account demands it', () => {
  const lost = guarded({ dayOpen: money('1050') });
  const broken = guarded({}, { discrepancies: 1 });
  expect(checkLimits([lost, broken], ACTIVE, 'reducing', T0)?.cause).toBe('reconciliation');
});

test('nothing is stricter than halted; reducing is not set twice but a halt still comes through', () => {
  const lost = guarded({ dayOpen: money('1050') });
  const broken = guarded({}, { discrepancies: 1 });
  expect(check(broken, { ...ACTIVE, mode: 'halted' })).toBeNull();
  const reducing: ModeState = { ...ACTIVE, mode: 'reducing', until: MIDNIGHT };
  expect(check(lost, reducing)).toBeNull();
  expect(check(broken, reducing)?.mode).toBe('halted');
});

test('reducing that has ended by itself is set again when the new day has lost its own limit', () => {
  const reducing: ModeState = { ...ACTIVE, mode: 'reducing', until: T0 };
  expect(check(guarded({ dayOpen: money('1050') }), reducing)?.mode).toBe('reducing');
});
