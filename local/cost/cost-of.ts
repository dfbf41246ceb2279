import type { DeskConfig } from '../../core/config/desk-config.ts';
import { DeskError } from '../desk-error.ts';
import type { DeskInput } from '../input.ts';
import type { Bill, BillLine } from './bill.ts';
import { billOf } from './bill.ts';
import { monthOfDesk } from './desk-model.ts';
import type { DeskParameters } from './desk-parameters.ts';
import { BUSY_READS } from './desk-units.ts';
import type { DeskMonth } from './desk-usage.ts';
import { deskUsage, HISTORY_LINE } from './desk-usage.ts';
import type { MeteredRun, MeterOptions } from './metered-run.ts';
import { meterRun } from './metered-run.ts';
import { UNITS_ALONE } from './metered-store.ts';
import type { Region } from './prices.ts';
import { SECONDS_PER_MONTH, usdIn } from './prices.ts';
import type { ReferenceModel, ReferenceParameters } from './reference-model.ts';
import { referenceUsage } from './reference-model.ts';
import { monthOfRun } from './run-month.ts';
import type { TaskSize } from './task-lines.ts';

/** Where the bill is paid, and on what the feeds run. */
export interface Place {
  readonly region: Region;
  readonly task: TaskSize;
  readonly spot: boolean;
}

/** A bill, what it is the bill of, and what a reader must know about it; all in words. */
export interface Costing {
  readonly subject: string;
  readonly bill: Bill;
  readonly notes: readonly string[];
}

/** The month of a desk with these parameters. */
export function costOfDesk(parameters: DeskParameters, place: Place): Costing {
  const { instruments, accounts, strategies, ordersPerHour, windowsPerSecond } = parameters;
  const { series, exchanges } = parameters.universe;
  const lists = [
    ...(series > 0 ? [counted(series, 'series', 'series')] : []),
    ...(exchanges > 0 ? [`the whole list of ${counted(exchanges, 'exchange')}`] : []),
  ];
  const subject =
    `this desk with ${counted(instruments, 'instrument')} at ${perSecond(windowsPerSecond)}, ` +
    `${counted(accounts, 'account')}, ${counted(strategies, 'strategy', 'strategies')} on candles of ${parameters.candleSeconds} s, ` +
    `${counted(ordersPerHour, 'order')} an hour that keep their account busy for ${parameters.busySecondsPerOrder} s each` +
    (lists.length > 0 ? `, and a universe of ${lists.join(' and ')}` : '');
  return deskCosting(subject, monthOfDesk(parameters), windowsPerSecond, place);
}

/** The month that a run of the input would be a part of. @throws DeskError when the run settled no window. */
export async function costOfRun(
  config: DeskConfig,
  input: DeskInput,
  place: Place,
  options: MeterOptions,
): Promise<Costing & { readonly run: MeteredRun }> {
  const run = await meterRun(config, input, options);
  if (run.windows === 0)
    throw new DeskError(
      `${input.description} gave no window, so there is nothing to count; take a longer one`,
    );
  const subject =
    `this desk as in ${input.description}: ${run.windows} windows (${(run.hours * 60).toFixed(1)} minutes of market) of ` +
    `${counted(run.instruments, 'instrument')}, ${counted(run.accounts, 'account')}, scaled to 730 hours`;
  const costing = deskCosting(subject, monthOfRun(run), 1_000 / config.feed.windowMs, place);
  return { ...costing, notes: [...costing.notes, ...reconciliationNotes(run)], run };
}

/** The month of one of the reference models, the yardstick. */
export function costOfReference(
  model: ReferenceModel,
  parameters: ReferenceParameters,
  region: Region,
): Costing {
  const { instruments, windowsPerSecond, fillsPerInstrumentMonth } = parameters;
  return {
    subject:
      `the reference model '${model}', not this desk: ${counted(instruments, 'instrument')} at ${perSecond(windowsPerSecond)}, ` +
      `${counted(fillsPerInstrumentMonth, 'fill')} per instrument`,
    bill: billOf(referenceUsage(model, parameters), region),
    notes: [],
  };
}

function deskCosting(subject: string, month: DeskMonth, windowsPerSecond: number, place: Place): Costing {
  const bill = billOf(deskUsage(month, place), place.region);
  return { subject, bill, notes: [restingNote(windowsPerSecond, place.region), ...historyNotes(bill.lines)] };
}

/** What patience costs: in each window in which an order could fill, its account is read and its cursor written. */
function restingNote(windowsPerSecond: number, region: Region): string {
  const windows = (windowsPerSecond * SECONDS_PER_MONTH) / 1e6;
  const writes = windows * UNITS_ALONE * usdIn('tableWrites', region);
  const reads = windows * BUSY_READS * usdIn('tableReads', region);
  return `an account whose orders always rest writes its cursor and reads its state in each window: ${writes.toFixed(2)} and ${reads.toFixed(2)} a month at this beat`;
}

/** Each month reads what all months before it added, so the line grows by twice its first amount every month. */
function historyNotes(lines: readonly BillLine[]): readonly string[] {
  const usd = lines.find((line) => line.what === HISTORY_LINE)?.usd ?? 0;
  if (usd < 0.01) return [];
  return [
    `this is the first month of a new ledger: reading the whole history costs ${(usd * 3).toFixed(2)} in the second month and ${(usd * 5).toFixed(2)} in the third`,
  ];
}

/** What a run did not meet is not scaled to a month. */
function reconciliationNotes({ events }: MeteredRun): readonly string[] {
  return events.has('reconciliation.finished')
    ? []
    : ['the run met no quarter of an hour: what reconcile costs between two midnights is not in the bill'];
}

const counted = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;
const perSecond = (n: number): string => `${counted(n, 'window')} a second`;
