import { expect, test } from 'vitest';
import { quantity } from '../../../core/amounts.ts';
import type { InstrumentWindow, MarketWindow } from '../../../core/market/window.ts';
import type { Fill, FillEvidence } from '../../../core/paper/fill.ts';
import type { MakerEvidence } from '../../../core/paper/queue.ts';
import { windowFaults } from '../../../core/reconcile/window-faults.ts';
import type { EpochMs } from '../../../core/time.ts';
import { PaperAccount } from '../../support/paper-account.ts';
import type { MarketText, OrderText } from '../../support/values.ts';
import { anOrder, at, COIN, market, prints, windowOf } from '../../support/values.ts';

/** An order through these windows, from the first on: its base fill of the newest one, and the windows as published. */
function lived(order: OrderText, ...texts: readonly MarketText[]) {
  const account = new PaperAccount();
  account.place(anOrder(order));
  const windows = texts.map((text, i) => windowOf(i + 1, [market(text)]));
  for (const [i, one] of windows.entries()) account.window(i + 1, one.instruments[0]);
  const fill = account.fills.base.at(-1);
  if (fill?.closedAt !== at(texts.length)) throw new Error('the newest window fills the order');
  return { fill, windows };
}

/** What the windows contradict once the n-th shows something else. */
function faults(
  { fill, windows }: { readonly fill: Pick<Fill, 'evidence'>; readonly windows: readonly MarketWindow[] },
  n: number,
  change: Partial<InstrumentWindow>,
): readonly string[] {
  const shown = windows.map((one, i) =>
    i === n - 1 ? { ...one, instruments: one.instruments.map((other) => ({ ...other, ...change })) } : one,
  );
  const windowAt = (closedAt: EpochMs): MarketWindow | null =>
    shown.find((one) => one.closedAt === closedAt) ?? null;
  const newest = shown.at(-1);
  if (!newest) throw new Error('there are windows');
  return windowFaults(fill.evidence, newest, windowAt);
}

/** Takes 2 of the 3 offered within its limit of 101; 101.01 is beyond it. */
const taker = lived(
  { limit: '101', size: '2' },
  {
    asks: [
      ['100.5', '1'],
      ['101', '2'],
      ['101.01', '9'],
    ],
  },
);
const asks = (...levels: readonly (readonly [string, string])[]): Partial<InstrumentWindow> => ({
  asks: market({ asks: levels }).asks,
});

test.each([
  { shows: 'just that', change: {}, published: null },
  {
    shows: 'another level beyond the limit',
    change: asks(['100.5', '1'], ['101', '2'], ['101.02', '1']),
    published: null,
  },
  {
    shows: 'a better level that the evidence leaves out',
    change: asks(['100.4', '1'], ['100.5', '1'], ['101', '2']),
    published: '1 @ 100.4, 1 @ 100.5, 2 @ 101',
  },
  {
    shows: 'a level between that the evidence leaves out',
    change: asks(['100.5', '1'], ['100.9', '1'], ['101', '2']),
    published: '1 @ 100.5, 1 @ 100.9, 2 @ 101',
  },
  { shows: 'a level less', change: asks(['100.5', '1'], ['101.01', '9']), published: '1 @ 100.5' },
  {
    shows: 'less at a level',
    change: asks(['100.5', '1'], ['101', '1.999']),
    published: '1 @ 100.5, 1.999 @ 101',
  },
])('a taker and a window that shows $shows', ({ change, published }) => {
  expect(faults(taker, 1, change)).toEqual(
    published === null
      ? []
      : [`the levels within the limit: published ${published}, in the evidence 1 @ 100.5, 2 @ 101`],
  );
});

test('a fill of a book that was not live, or of an instrument that the window lacks, is none', () => {
  const none = [`the window has no live, clean book of ${COIN.id}`];
  expect(faults(taker, 1, { status: 'stale' })).toEqual(none);
  expect(faults(taker, 1, { quality: ['crossed'] })).toEqual(none);
  expect(windowFaults(taker.fill.evidence, windowOf(1, []), () => null)).toEqual(none);
});

/** Joins behind 5 at 100 in window 1; window 2 prints 2 and shows 4 (3 ahead), window 3 prints 3.5: half of it reaches us. */
const maker = lived(
  { limit: '100', size: '1' },
  { bids: [['100', '5']] },
  { bids: [['100', '4']], prints: [['100', '2', 'sell']] },
  {
    bids: [['100', '1']],
    prints: [
      ['100', '3.5', 'sell'],
      ['100.01', '7', 'buy'],
    ],
  },
);
const printed = (...texts: Parameters<typeof prints>[0]): Partial<InstrumentWindow> => ({
  prints: prints(texts),
});

test('a maker whose windows are as published', () => {
  expect(maker.fill.evidence.market).toMatchObject({ queueBefore: quantity('3') });
  expect(maker.fill.quantity).toBe(quantity('0.5'));
  expect(faults(maker, 3, {})).toEqual([]);
});

test.each([
  {
    shows: 'another print short of the price',
    n: 3,
    change: printed(['100', '3.5', 'sell'], ['100.02', '1', 'buy']),
    what: [],
  },
  {
    shows: 'a print at the price more',
    n: 3,
    change: printed(['100', '3.5', 'buy'], ['100', '3.5', 'sell']),
    what: ['the prints'],
  },
  {
    shows: 'a print through the price more',
    n: 3,
    change: printed(['99.99', '1', 'sell'], ['100', '3.5', 'sell']),
    what: ['the prints'],
  },
  { shows: 'no print', n: 3, change: printed(), what: ['the prints'] },
  { shows: 'another touch', n: 3, change: { lowestAsk: null }, what: ['the touch'] },
  {
    shows: 'a longer queue at the join',
    n: 1,
    change: { bids: market({ bids: [['100', '6']] }).bids },
    what: ['the queue at the join'],
  },
  {
    shows: 'an empty queue at the join',
    n: 1,
    change: { bids: market({ bids: [['99', '5']] }).bids, bidsComplete: true },
    what: ['the queue at the join'],
  },
  {
    shows: 'less printed while it waited',
    n: 2,
    change: printed(['100', '1', 'sell']),
    what: ['the queue before the window'],
  },
  {
    shows: 'a shorter queue while it waited',
    n: 2,
    change: { bids: market({ bids: [['100', '2']] }).bids },
    what: ['the queue before the window'],
  },
] as const)('a maker and window $n that shows $shows', ({ n, change, what }) => {
  expect(faults(maker, n, change).map((one) => one.split(':')[0])).toEqual(what);
});

test('a queue that was never joined is not ahead of anything', () => {
  const market: FillEvidence['market'] = maker.fill.evidence.market;
  const evidence = { ...maker.fill.evidence, joinedAt: null };
  expect(faults({ ...maker, fill: { evidence } }, 3, {})).toEqual(['it never joined and has a queue ahead']);
  const unknown = { ...(market as MakerEvidence), queueAtJoin: null, queueBefore: null };
  expect(faults({ ...maker, fill: { evidence: { ...evidence, market: unknown } } }, 3, {})).toEqual([]);
});

test('a price deeper than the shown book is joined in the window that first shows it', () => {
  const { fill, windows } = lived(
    { limit: '99', size: '1' },
    { bids: [['100', '5']] },
    { bids: [['99', '4']] },
    { bids: [['99', '4']], prints: [['99', '4.5', 'sell']] },
  );
  expect(fill.evidence).toMatchObject({ joinedAt: at(2), market: { queueAtJoin: quantity('4') } });
  expect(faults({ fill, windows }, 3, {})).toEqual([]);
});

test('without the windows in between only the window itself is compared', () => {
  const newest = maker.windows.at(-1);
  expect(newest && windowFaults(maker.fill.evidence, newest, () => null)).toEqual([]);
});
