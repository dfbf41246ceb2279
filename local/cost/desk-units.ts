import { LANES } from '../../core/paper/order.ts';
import { candleUse } from './candle-units.ts';
import type { DeskParameters } from './desk-parameters.ts';
import { UNITS_ALONE, UNITS_TOGETHER } from './metered-store.ts';
import { SECONDS_PER_MONTH } from './prices.ts';
import type { Purpose } from './purpose.ts';
import { FULL_RECONCILIATIONS_PER_MONTH, timesPerMonth } from './schedule-times.ts';
import { universeUse } from './universe-units.ts';

/** How often each thing happens in a month. */
export interface Times {
  readonly windows: number;
  readonly orders: number;
  readonly decisions: number;
  /** Windows that met an account with something working or watched, over all accounts. */
  readonly busy: number;
  readonly beats: number;
  readonly candles: number;
}

const LANES_COUNT = LANES.length;

// Measured on the demo market (docs/cost.md); a test holds the model against metered runs.
const MARKS_BYTES = { base: 150, perInstrument: 57 } as const;
const MEMORY_BYTES = { base: 200, perInstrument: 160 } as const;
const CHECKPOINT_BYTES = { base: 1_100, perInstrument: 350 } as const;
/** Of all instruments of the feed. */
const RULES_BYTES = { base: 50, perInstrument: 180 } as const;
/** Of each lane: every instrument that was ever held. */
const HOLDINGS_BYTES = { base: 0, perInstrument: 285 } as const;
/** Read units for each order that moved: itself, its fills in each lane, new entries, and decisions seen twice. */
const MOVED_READS_PER_ORDER = 5;
/** Write units of an order's whole life in its three lanes: decision, order, pointer, balances, journal, fills. */
const WRITE_UNITS_PER_ORDER = 58;
/** Windows in which an order's own state changes, after the one that accepts it. */
export const STEPS_PER_ORDER = 3;

const bytesOf = (
  size: { readonly base: number; readonly perInstrument: number },
  instruments: number,
): number => size.base + size.perInstrument * instruments;
const readUnitsOf = (bytes: number): number => Math.ceil(bytes / 4_096);
const writeUnitsOf = (bytes: number): number => UNITS_ALONE * Math.ceil(bytes / 1_024);
/**
 * Read units of a window that meets a busy account: its state and its holdings in each lane, the pointers of open orders,
 * an order, the cursor and the trading mode.
 */
export const BUSY_READS = 2 * LANES_COUNT + 4;

/** Write units of a month by purpose. */
export function writeUnits(
  { instruments, accounts, strategies, universe }: DeskParameters,
  { orders, decisions, busy, beats, candles }: Times,
): ReadonlyMap<Purpose, number> {
  const marks = writeUnitsOf(bytesOf(MARKS_BYTES, instruments));
  const memory = writeUnitsOf(bytesOf(MEMORY_BYTES, instruments));
  return new Map<Purpose, number>([
    ['cursors', UNITS_ALONE * busy + UNITS_TOGETHER * orders * (1 + STEPS_PER_ORDER)],
    // Something is held most of the time, so that each beat marks all lanes.
    ['marks and equity', beats * (marks + UNITS_ALONE * LANES_COUNT * accounts)],
    // A signal is stored in one transaction with the memory, and marked as told once it is published.
    [
      'strategy memory',
      candles * strategies * memory +
        decisions * ((UNITS_TOGETHER - UNITS_ALONE) * memory + UNITS_TOGETHER + UNITS_ALONE),
    ],
    ['orders, fills and journal', orders * WRITE_UNITS_PER_ORDER],
    [
      'reconcile from its checkpoint',
      timesPerMonth('reconcile') * accounts * writeUnitsOf(bytesOf(CHECKPOINT_BYTES, instruments)),
    ],
    ['trading mode', UNITS_TOGETHER * orders * (1 + STEPS_PER_ORDER)],
    ['alerts and reports', UNITS_ALONE * accounts * (timesPerMonth('reconcile') + timesPerMonth('report'))],
    ['candles', UNITS_ALONE * candleUse(instruments).writeUnits],
    ['universe', universeUse(universe).writeUnits],
  ]);
}

/** Read units of a month by purpose; the reading of the whole history is not among them. */
export function readUnits(parameters: DeskParameters, times: Times): ReadonlyMap<Purpose, number> {
  const { instruments, accounts, strategies } = parameters;
  const { windows, orders, decisions, busy, beats } = times;
  const marks = readUnitsOf(bytesOf(MARKS_BYTES, instruments));
  const memory = readUnitsOf(bytesOf(MEMORY_BYTES, instruments));
  // Fills and signals look at the fence once per event, and fills at cursors and marks.
  // Loading an account without open orders: its state in each lane, and that there is no pointer.
  const load = LANES_COUNT + 1;
  const guards = timesPerMonth('guard');
  const check = guards * accounts;
  return new Map<Purpose, number>([
    ['fence and sign of life', 2 * windows + guards],
    ['cursors', windows * accounts + busy + beats * accounts + decisions + check],
    ['marks and equity', windows * marks + beats * LANES_COUNT * accounts + decisions + check],
    ['strategy memory', windows * (strategies * memory + 1)],
    [
      'orders, fills and journal',
      busy * (BUSY_READS - 2) + beats * (load + LANES_COUNT) * accounts + decisions * (load + 2) + check,
    ],
    ['trading mode', busy + decisions + guards],
    ['reconcile from its checkpoint', sinceReads(parameters) + orders * MOVED_READS_PER_ORDER],
    ['candles', candleUse(instruments).readUnits],
    ['universe', universeUse(parameters.universe).readUnits],
    ['configuration and rules', versionReads() + ruleReads(instruments, times)],
    // The guard looks at the last reconciliation, and the next one before and after its work.
    ['alerts and reports', check + 2 * timesPerMonth('reconcile') * accounts],
  ]);
}

/** The feed looks at the version in force twice a minute, and every scheduled function when it is woken. */
function versionReads(): number {
  const scheduled = ['guard', 'reconcile', 'report', 'universe'] as const;
  return SECONDS_PER_MONTH / 30 + scheduled.reduce((sum, name) => sum + timesPerMonth(name), 0);
}

/** Rules of instruments, which each function reads again after a minute; there is one warm instance of each. */
function ruleReads(instruments: number, { windows, decisions }: Times): number {
  const minutes = SECONDS_PER_MONTH / 60;
  const woken = [windows, windows, decisions, timesPerMonth('guard'), timesPerMonth('reconcile')];
  const reads = woken.reduce((sum, times) => sum + Math.min(times, minutes), 0);
  return reads * readUnitsOf(bytesOf(RULES_BYTES, instruments));
}

/**
 * Read units of the reconciliations that go on from a checkpoint, while nothing moves: the account as it was before and
 * after they read, the checkpoint, the ends of the journals, the pointers, and what each strategy decided about each instrument.
 */
function sinceReads({ instruments, accounts, strategies }: DeskParameters): number {
  const moment = LANES_COUNT + 2 + LANES_COUNT * readUnitsOf(bytesOf(HOLDINGS_BYTES, instruments));
  const perAccount = 2 * moment + readUnitsOf(bytesOf(CHECKPOINT_BYTES, instruments)) + LANES_COUNT + 1;
  const runs = timesPerMonth('reconcile') - FULL_RECONCILIATIONS_PER_MONTH;
  return runs * (accounts * perAccount + strategies * instruments);
}
