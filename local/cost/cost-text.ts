import type { Bill, BillLine } from './bill.ts';
import type { Price } from './prices.ts';
import { PRICES } from './prices.ts';

/** What is paid in a month for less is one row together. */
const SMALL_USD = 0.005;

/** The bill as a table with its sums. */
export function billText(bill: Bill, all: boolean): string {
  const shown = all ? bill.lines : bill.lines.filter((line) => line.usd >= SMALL_USD);
  const rows = shown.map(row);
  const hidden = bill.lines.filter((line) => !shown.includes(line));
  if (hidden.length > 0) {
    const usd = hidden.reduce((sum, line) => sum + line.usd, 0);
    rows.push(['', `${hidden.length} more, free or below a cent (--all)`, '', '', '', '', usd.toFixed(2)]);
  }
  const services = bill.services.map(({ service, usd }) => `${service} ${usd.toFixed(2)}`).join(', ');
  return [
    ...columns([HEAD, ...rows]),
    '',
    services,
    `${bill.totalUsd.toFixed(2)} dollars a month in ${bill.region}, of which ${(bill.totalUsd - bill.variableUsd).toFixed(2)} for the container and its address`,
  ].join('\n');
}

/** A line with everything that is behind its cost, for programs. */
export const lineDocument = (line: BillLine): object => {
  const { unit, per, date, source, trust }: Price = PRICES[line.price];
  return { ...line, unit, per, date, source, trust };
};

const HEAD = ['service', 'what', 'quantity', 'free', 'unit', 'unit price', 'dollars'];
/** Numbers, which are aligned on the right. */
const NUMERIC = new Set([2, 3, 5, 6]);

function row(line: BillLine): string[] {
  const { unit, per }: Price = PRICES[line.price];
  return [
    line.service,
    line.what,
    amount(line.quantity / per),
    line.free > 0 ? amount(line.free / per) : '-',
    unit,
    `${Number(line.unitUsd.toPrecision(4))}`,
    line.usd.toFixed(2),
  ];
}

const amount = (quantity: number): string => quantity.toFixed(quantity >= 100 ? 0 : 3);

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths = HEAD.map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)));
  return rows.map((cells) =>
    cells
      .map((cell, i) => (NUMERIC.has(i) ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}
