import { expect, test } from 'vitest';
import { billOf } from '../../../local/cost/bill.ts';
import type { Price } from '../../../local/cost/prices.ts';
import { PRICES } from '../../../local/cost/prices.ts';
import { taskLines } from '../../../local/cost/task-lines.ts';
import { readTables } from '../../markdown-table.ts';

test('lines share a free allowance by their size', () => {
  const { lines, totalUsd } = billOf(
    [
      { price: 'lambdaRequests', what: 'fills', quantity: 3_000_000 },
      { price: 'lambdaRequests', what: 'risk', quantity: 1_000_000 },
    ],
    'us-east-1',
  );
  expect(lines.map(({ free }) => free)).toEqual([750_000, 250_000]);
  // 4 million less 1 million free, at 0.20
  expect(totalUsd).toBeCloseTo(0.6, 10);
});

test('what stays within its allowance costs nothing, and what is not used has no line', () => {
  const { lines, totalUsd } = billOf(
    [
      { price: 'alarms', what: 'a few', quantity: 10 },
      { price: 'logs', what: 'none', quantity: 0 },
    ],
    'us-east-1',
  );
  expect(lines.map(({ what, free, usd }) => ({ what, free, usd }))).toEqual([
    { what: 'a few', free: 10, usd: 0 },
  ]);
  expect(totalUsd).toBe(0);
});

test('the table is 13 % dearer in Ireland, the bus is not', () => {
  const usage = [
    { price: 'tableWrites', what: 'fills', quantity: 1_000_000 },
    { price: 'busEvents', what: 'windows', quantity: 1_000_000 },
  ] as const;
  const usd = (region: 'us-east-1' | 'eu-west-1') => billOf(usage, region).services.map((one) => one.usd);
  expect(usd('us-east-1')).toEqual([0.625, 1]);
  expect(usd('eu-west-1').map((one) => Number(one.toFixed(6)))).toEqual([0.70625, 1]);
});

test.each([
  { size: 'small', spot: false, usd: 10.86 }, // 7.21 + 3.65
  { size: 'large', spot: false, usd: 18.07 }, // 14.42 + 3.65
  { size: 'small', spot: true, usd: 6.42 }, // 2.77 + 3.65
] as const)('the $size container costs $usd with its address, on Spot: $spot', ({ size, spot, usd }) => {
  const bill = billOf(taskLines(size, spot), 'us-east-1');
  expect(Number(bill.totalUsd.toFixed(2))).toBe(usd);
  expect(bill.variableUsd).toBe(0);
});

test('docs/cost.md lists every price with its allowance, date and source', () => {
  const path = new URL('../../../docs/cost.md', import.meta.url);
  const rows = readTables(path, ['Service', 'Unit', 'Dollars', 'Free a month', 'Read', 'Source']);
  expect(rows).toEqual(
    Object.values<Price>(PRICES).map(({ service, unit, usd, per, free, trust, date, source }) => ({
      Service: service,
      Unit: unit,
      Dollars: String(usd),
      'Free a month': free === 0 ? '' : String(free / per),
      Read: trust === 'read' ? date : `${date}, ${trust}`,
      Source: source,
    })),
  );
});
