import type { UsageLine } from './bill.ts';
import { SECONDS_PER_MONTH } from './prices.ts';
import type { TaskSize } from './task-lines.ts';
import { taskLines } from './task-lines.ts';

/**
 * Three ways to put a market on a bus, all with one function behind it: `naive` sends an event per instrument, `batched`
 * one for all of them, `gated` only the tenth of those that matter. They are the yardstick, not this desk.
 */
export const REFERENCE_MODELS = ['naive', 'batched', 'gated'] as const;
export type ReferenceModel = (typeof REFERENCE_MODELS)[number];

export interface ReferenceParameters {
  readonly instruments: number;
  readonly windowsPerSecond: number;
  readonly fillsPerInstrumentMonth: number;
  readonly spot: boolean;
}

/** What tells one model from another; docs/cost.md says where each number comes from. */
interface Shape {
  /** Instruments that one event holds. */
  readonly instrumentsPerEvent: number;
  /** Share of the windows that are sent. */
  readonly passShare: number;
  /** Share of the events after which the function writes one unit. */
  readonly writeShare: number;
  readonly msPerInstrument: number;
  readonly logBytesPerEvent: number;
}

const SHAPES: Readonly<Record<ReferenceModel, Shape>> = {
  naive: { instrumentsPerEvent: 1, passShare: 1, writeShare: 1, msPerInstrument: 0, logBytesPerEvent: 500 },
  batched: {
    instrumentsPerEvent: 400,
    passShare: 1,
    writeShare: 0.02,
    msPerInstrument: 0.05,
    logBytesPerEvent: 0,
  },
  gated: {
    instrumentsPerEvent: 400,
    passShare: 0.1,
    writeShare: 0.1,
    msPerInstrument: 0.05,
    logBytesPerEvent: 0,
  },
};

const MEMORY_GB = 0.25;
const INVOCATION_MS = 15;
/** An eventually consistent read of one item. */
const READ_UNITS_PER_EVENT = 0.5;
const WRITE_UNITS_PER_FILL = 10;
/** Everything but the function: the container and the platform's own lines. */
const OTHER_LOGS_GB = 0.5;
/** Beyond so many instruments the container is taken at twice the size. */
const SMALL_TASK_INSTRUMENTS = 10;

/** A month of one of the reference models. Metrics, alarms and dashboards stay within their free allowances. */
export function referenceUsage(model: ReferenceModel, parameters: ReferenceParameters): readonly UsageLine[] {
  const { instruments, windowsPerSecond, fillsPerInstrumentMonth, spot } = parameters;
  const shape = SHAPES[model];
  const windows = windowsPerSecond * SECONDS_PER_MONTH * shape.passShare;
  const events = windows * Math.ceil(instruments / shape.instrumentsPerEvent);
  const seconds = (events * (INVOCATION_MS + shape.msPerInstrument * instruments)) / 1_000;
  const fills = instruments * fillsPerInstrumentMonth;
  const size: TaskSize = instruments <= SMALL_TASK_INSTRUMENTS ? 'small' : 'large';
  return [
    { price: 'busEvents', what: 'windows', quantity: events },
    { price: 'lambdaRequests', what: 'one function per event', quantity: events },
    { price: 'lambdaCompute', what: 'one function per event', quantity: seconds * MEMORY_GB },
    { price: 'tableWrites', what: 'state of the function', quantity: events * shape.writeShare },
    { price: 'tableWrites', what: 'fills', quantity: fills * WRITE_UNITS_PER_FILL },
    { price: 'tableReads', what: 'state of the function', quantity: events * READ_UNITS_PER_EVENT },
    { price: 'logs', what: 'the function', quantity: (events * shape.logBytesPerEvent) / 1e9 },
    { price: 'logs', what: 'everything else', quantity: OTHER_LOGS_GB },
    ...taskLines(size, spot),
  ];
}
