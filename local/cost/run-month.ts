import type { DeskMonth } from './desk-usage.ts';
import type { MeteredRun } from './metered-run.ts';
import { HOURS_PER_MONTH } from './prices.ts';

const GB = 1e9;
const DAYS_PER_MONTH = HOURS_PER_MONTH / 24;

/** The month that a run would be a part of, if the market and the desk went on as in the run. */
export function monthOfRun(run: MeteredRun): DeskMonth {
  const scale = HOURS_PER_MONTH / run.hours;
  const scaled = <K>(counts: ReadonlyMap<K, number>): ReadonlyMap<K, number> =>
    new Map([...counts].map(([key, count]) => [key, count * scale]));
  return {
    events: new Map(
      [...run.events].map(([type, { count, chunks }]) => [
        type,
        { count: count * scale, chunks: chunks * scale },
      ]),
    ),
    writeUnits: scaled(run.store.writeUnits),
    readUnits: scaled(run.store.readUnits),
    commitsWithNews: run.store.commitsWithNews * scale,
    historyGb: (run.historyBytesPerHour * HOURS_PER_MONTH) / GB,
    // Bars of a market that is made up, or was recorded, are no history.
    candlesGb: 0,
    windowLogGb: (run.windowLogBytes * scale) / GB,
    logGb: (run.logBytes * scale) / GB,
    // The run ends before any midnight: each account's daily report, and the notice of it, come on top.
    alerts: run.alerts * scale + run.accounts * DAYS_PER_MONTH,
    reports: run.accounts * DAYS_PER_MONTH,
  };
}
