import type { EventType } from '../../core/events.ts';
import type { FunctionName, FunctionWiring } from '../../lambdas/topology.ts';
import { TOPOLOGY } from '../../lambdas/topology.ts';
import type { UsageLine } from './bill.ts';
import { UNITS_ALONE } from './metered-store.ts';
import { HOURS_PER_MONTH, SECONDS_PER_MONTH } from './prices.ts';
import type { Purpose } from './purpose.ts';
import { FULL_RECONCILIATIONS_PER_MONTH, timesPerMonth } from './schedule-times.ts';
import type { TaskSize } from './task-lines.ts';
import { taskLines } from './task-lines.ts';

/** A month of the desk as it is built: what its market and its orders cause, whether counted in a run or worked out. */
export interface DeskMonth {
  /** Events by type, and the 64 KB chunks they are billed as. */
  readonly events: ReadonlyMap<EventType, { readonly count: number; readonly chunks: number }>;
  readonly writeUnits: ReadonlyMap<Purpose, number>;
  readonly readUnits: ReadonlyMap<Purpose, number>;
  /** Committed transactions that are news: each wakes the relay. */
  readonly commitsWithNews: number;
  /** How much the journal, fills, orders and decisions grow by. */
  readonly historyGb: number;
  /** The same of the bars that are kept as history: none on the demo market. */
  readonly candlesGb: number;
  readonly windowLogGb: number;
  readonly logGb: number;
  readonly alerts: number;
  readonly reports: number;
}

export interface DeskStack {
  readonly task: TaskSize;
  readonly spot: boolean;
}

/**
 * Milliseconds billed per invocation. Assumed, not measured: 15 of its own, 5 for each read in a row and 15 for each
 * write (docs/cost.md compares them with published figures). Memory is the topology's.
 */
const INVOCATION_MS: Readonly<Record<FunctionName, number>> = {
  fills: 45,
  signals: 40,
  risk: 90,
  relay: 30,
  alerts: 70,
  guard: 50,
  reconcile: 300,
  report: 1_000,
  // Without rules, which is what the model is about: it reads the configuration, and that is all.
  universe: 45,
};

/** The feeds process writes its sign of life with its lease, every five seconds: one small item by itself. */
const SIGNS_PER_MONTH = SECONDS_PER_MONTH / 5;
/** Alarms are billed by the metrics they watch: the errors of functions, and eight for the desk as a whole. */
export const ALARM_METRICS = TOPOLOGY.filter((one) => one.ownAlarm).length + 8;
/**
 * Own metrics are billed by name, each for the hours in which it is sent. Of the sixteen there are five are sent in every
 * hour; the others count what went wrong, and here five of them do.
 */
const OWN_METRICS = 10;
const DASHBOARDS = 1;
const WINDOW_LOG_MONTHS = 90 / 30;
/** The container's lines, a notable thing each, and what the platform writes. */
const TASK_LOGS_GB = 0.1;
const BLOCKS_PER_MONTH = HOURS_PER_MONTH * 60;
const OBJECTS_PER_REPORT = 2;
/** The line of what reads an account's books from their beginning. */
export const HISTORY_LINE = 'the whole history, by reconcile and report';
/** The lines of what keeps it. */
export const HISTORY_KEPT = 'journal, fills, orders and decisions';
export const CANDLES_KEPT = 'candles';
const READ_UNIT_BYTES = 4_096;
const GB = 1e9;

/** The desk's month as lines of a bill: its first month, in which the history begins with nothing. */
export function deskUsage(month: DeskMonth, { task, spot }: DeskStack): readonly UsageLine[] {
  return [
    ...[...month.events].map(
      ([type, { chunks }]): UsageLine => ({ price: 'busEvents', what: type, quantity: chunks }),
    ),
    {
      price: 'schedules',
      what: 'scheduled functions',
      quantity: TOPOLOGY.reduce((sum, { name }) => sum + timesPerMonth(name), 0),
    },
    ...functionLines(month),
    ...tableLines(month),
    {
      price: 'objectPuts',
      what: 'window log, a block a minute, and reports',
      quantity: BLOCKS_PER_MONTH + month.reports * OBJECTS_PER_REPORT,
    },
    {
      price: 'objectStorage',
      what: 'window log, kept for 90 days (in full after the third month)',
      quantity: month.windowLogGb * WINDOW_LOG_MONTHS,
    },
    { price: 'topicPublishes', what: 'alerts', quantity: month.alerts },
    { price: 'topicEmails', what: 'alerts, to one address', quantity: month.alerts },
    { price: 'logs', what: 'decisions, fills and reconciliations', quantity: month.logGb },
    { price: 'logs', what: 'feeds container', quantity: TASK_LOGS_GB },
    { price: 'metrics', what: 'desk metrics that are sent', quantity: OWN_METRICS },
    { price: 'alarms', what: 'metrics under an alarm', quantity: ALARM_METRICS },
    { price: 'dashboards', what: 'desk dashboard', quantity: DASHBOARDS },
    ...taskLines(task, spot),
  ];
}

function functionLines(month: DeskMonth): readonly UsageLine[] {
  const calls = TOPOLOGY.map((wiring) => ({ wiring, count: invocations(wiring, month) }));
  const compute = calls.reduce(
    (sum, { wiring, count }) => sum + (count * INVOCATION_MS[wiring.name] * wiring.memoryMb) / 1_000 / 1_024,
    0,
  );
  return [
    ...calls.map(
      ({ wiring, count }): UsageLine => ({ price: 'lambdaRequests', what: wiring.name, quantity: count }),
    ),
    { price: 'lambdaCompute', what: 'all functions', quantity: compute },
  ];
}

function invocations({ name, listens, stream }: FunctionWiring, month: DeskMonth): number {
  const woken = listens.reduce((sum, type) => sum + (month.events.get(type)?.count ?? 0), 0);
  return woken + (stream.length > 0 ? month.commitsWithNews : 0) + timesPerMonth(name);
}

/** How often something reads the books of every account from their beginning: twice a day. */
const historyReadsPerMonth = (): number => FULL_RECONCILIATIONS_PER_MONTH + timesPerMonth('report');

function tableLines(month: DeskMonth): readonly UsageLine[] {
  const sign = {
    purpose: 'fence and sign of life',
    units: SIGNS_PER_MONTH * UNITS_ALONE,
  } as const;
  const writes = [...month.writeUnits].filter(([purpose]) => purpose !== sign.purpose);
  const reads = [...month.readUnits].filter(([purpose]) => purpose !== 'the whole history');
  // On average a reading meets half of what the month adds.
  const historyUnits = ((month.historyGb * GB) / 2 / READ_UNIT_BYTES) * historyReadsPerMonth();
  return [
    ...writes.map(
      ([purpose, units]): UsageLine => ({ price: 'tableWrites', what: purpose, quantity: units }),
    ),
    { price: 'tableWrites', what: 'sign of life of the feed', quantity: sign.units },
    ...reads.map(([purpose, units]): UsageLine => ({ price: 'tableReads', what: purpose, quantity: units })),
    { price: 'tableReads', what: HISTORY_LINE, quantity: historyUnits },
    { price: 'tableStorage', what: HISTORY_KEPT, quantity: month.historyGb },
    { price: 'tableRecovery', what: HISTORY_KEPT, quantity: month.historyGb },
    // On average half of what the first month adds is there.
    { price: 'tableStorage', what: CANDLES_KEPT, quantity: month.candlesGb / 2 },
    { price: 'tableRecovery', what: CANDLES_KEPT, quantity: month.candlesGb / 2 },
  ];
}
