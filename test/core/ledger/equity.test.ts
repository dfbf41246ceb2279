import { expect, test } from 'vitest';
import { asMoney, asQuantity, money, price, quantity } from '../../../core/amounts.ts';
import type { Valuation } from '../../../core/ledger/equity.ts';
import { evolveEquity, hasMoved, openingEquity, rebasePeak, valuation } from '../../../core/ledger/equity.ts';
import { emptyAccount } from '../../../core/ledger/lane-account.ts';
import { flat } from '../../../core/ledger/position.ts';
import type { AccountId } from '../../../core/paper/order.ts';
import { DAY_MS, dayStart, epochMs, plusMs } from '../../../core/time.ts';
import { COIN, GEM, T0 } from '../../support/values.ts';

const ACCOUNT = {
  ...emptyAccount('main' as AccountId, 'base', 'USDT'),
  cash: money('700'),
  reserved: money('100'),
};
const HELD = { ...flat(COIN.id), quantity: quantity('2'), cost: money('200') };
const mark = (at: string, when = T0) => ({ instrumentId: COIN.id, price: price(at), at: when });

test.each([
  {
    says: 'at its mark: 700 + 100 + 2 x 110',
    marks: [mark('110')],
    equity: '1020',
    unrealized: '20',
    exposure: '220',
    blind: [],
  },
  {
    says: 'at a mark of exactly 60 s',
    marks: [mark('110', plusMs(T0, -60_000))],
    equity: '1020',
    unrealized: '20',
    exposure: '220',
    blind: [],
  },
  {
    says: 'at an older mark, but says that it is blind',
    marks: [mark('110', plusMs(T0, -60_001))],
    equity: '1020',
    unrealized: '20',
    exposure: '220',
    blind: [COIN.id],
  },
  {
    says: 'at cost without any mark, and blind',
    marks: [],
    equity: '1000',
    unrealized: '0',
    exposure: '200',
    blind: [COIN.id],
  },
] as const)('values a holding $says', ({ marks, equity, unrealized, exposure, blind }) => {
  expect(valuation(ACCOUNT, [HELD, flat(GEM.id)], marks, T0)).toEqual({
    equity: money(equity),
    unrealized: money(unrealized),
    exposure: money(exposure),
    blind,
  });
});

test('values a short of a shadow lane: 800 - 2 x 110, exposed by 220', () => {
  const short = { ...flat(COIN.id), quantity: asQuantity(-quantity('2')), cost: asMoney(-money('200')) };
  const worth = valuation(ACCOUNT, [short], [mark('110')], T0);
  expect(worth).toEqual({
    equity: money('580'),
    unrealized: money('-20'),
    exposure: money('220'),
    blind: [],
  });
});

const worth = (equity: string): Valuation => ({
  equity: money(equity),
  unrealized: 0n as Valuation['unrealized'],
  exposure: 0n as Valuation['exposure'],
  blind: [],
});
const START = openingEquity(ACCOUNT, epochMs(0));
const marked = (...steps: readonly (readonly [ms: number, equity: string])[]) =>
  steps.reduce((record, [ms, equity]) => evolveEquity(record, plusMs(T0, ms), worth(equity)), START);

test('an account begins with its cash as equity, peak and day', () => {
  expect([START.equity, START.peak, START.dayOpen, START.beatPeak]).toEqual(Array(4).fill(money('700')));
  expect([START.drawdownBps, START.lastDay, START.blind]).toEqual([0, null, []]);
});

test('keeps the peak and the fall from it: 900 to 720 is 180 or 2000 bps, the largest fall stays', () => {
  const fallen = marked([0, '900'], [1_000, '720']);
  expect([fallen.peak, fallen.drawdown, fallen.drawdownBps]).toEqual([money('900'), money('180'), 2_000]);
  const back = evolveEquity(fallen, plusMs(T0, 2_000), worth('810'));
  expect([back.peak, back.drawdown, back.drawdownBps, back.drawdownMax]).toEqual([
    money('900'),
    money('90'),
    1_000,
    money('180'),
  ]);
});

test('a mark at or before the one recorded changes nothing', () => {
  const record = marked([1_000, '900']);
  expect(evolveEquity(record, plusMs(T0, 1_000), worth('1'))).toBe(record);
  expect(evolveEquity(record, T0, worth('1'))).toBe(record);
});

test('the peak over beats does not know what was marked between them', () => {
  const record = marked([0, '800'], [3_000, '999'], [9_999, '900']);
  expect([record.peak, record.beatPeak, record.beatAt]).toEqual([money('999'), money('800'), T0]);
  const next = evolveEquity(record, plusMs(T0, 12_000), worth('850'));
  expect([next.beatPeak, next.beatAt]).toEqual([money('850'), plusMs(T0, 10_000)]);
});

test('a new day opens with its first mark and remembers how the day before began and ended', () => {
  const midnight = dayStart(plusMs(T0, DAY_MS));
  const evening = evolveEquity(marked([0, '800']), plusMs(midnight, -1), worth('750'));
  const morning = evolveEquity(evening, midnight, worth('760'));
  expect([morning.day, morning.dayOpen]).toEqual([midnight, money('760')]);
  expect(morning.lastDay).toEqual({ day: dayStart(T0), open: money('800'), close: money('750') });
  const later = evolveEquity(morning, plusMs(midnight, 10_000), worth('770'));
  expect([later.dayOpen, later.lastDay]).toEqual([money('760'), morning.lastDay]);
});

test('the first day of an account has no day behind it', () => {
  expect(marked([0, '800']).lastDay).toBeNull();
});

test('a person who resumes accepts the fall: it is measured from here on', () => {
  const rebased = rebasePeak(marked([0, '900'], [1_000, '720']));
  expect([rebased.peak, rebased.beatPeak, rebased.drawdown, rebased.drawdownBps]).toEqual([
    money('720'),
    money('720'),
    0n,
    0,
  ]);
  expect(rebased.drawdownMax).toBe(money('180'));
});

test.each([
  ['100', '100.24', false], // 24 bps
  ['100', '100.25', true],
  ['100', '99.75', true],
  ['100', '99.76', false],
] as const)('a mid of %s that goes to %s is marked at once: %s', (from, to, isMarked) => {
  expect(hasMoved(mark(from), price(to))).toBe(isMarked);
  expect(hasMoved(undefined, price(to))).toBe(true);
});
