import type { EventType } from '../../core/events.ts';
import { candleUse } from './candle-units.ts';
import type { DeskParameters } from './desk-parameters.ts';
import type { Times } from './desk-units.ts';
import { readUnits, STEPS_PER_ORDER, writeUnits } from './desk-units.ts';
import type { DeskMonth } from './desk-usage.ts';
import { CHUNK_BYTES } from './meters.ts';
import { HOURS_PER_MONTH, SECONDS_PER_MONTH } from './prices.ts';
import { timesPerMonth } from './schedule-times.ts';

const GB = 1e9;
/** A window event repeats the windows of the last two seconds, and never fewer than two. */
const HISTORY_SECONDS = 2;
const HISTORY_MIN = 2;
const BEAT_SECONDS = 10;

// Measured on the demo market with three strategies (docs/cost.md); a test holds the model against metered runs.
const EVENT_BYTES = { base: 600, perInstrumentWindow: 230 } as const;
/** Of each instrument: what its market does in a second is written once, however often a window closes. */
const WINDOW_LOG_BYTES = { perSecond: 110, perWindow: 40 } as const;
const HISTORY_BYTES = { order: 8_200, denial: 1_600 } as const;
const LOG_BYTES_PER_ORDER = 1_600;
const DENIED_PER_ORDER = 0.3;

/** A month of the desk, worked out from what each use case reads and writes per window, beat, decision and order. */
export function monthOfDesk(parameters: DeskParameters): DeskMonth {
  const { instruments, windowsPerSecond, accounts, ordersPerHour, candleSeconds } = parameters;
  const windows = windowsPerSecond * SECONDS_PER_MONTH;
  const windowsPerEvent = 1 + Math.max(HISTORY_MIN, Math.floor(HISTORY_SECONDS * windowsPerSecond));
  const eventBytes = EVENT_BYTES.base + EVENT_BYTES.perInstrumentWindow * instruments * windowsPerEvent;
  const orders = ordersPerHour * HOURS_PER_MONTH;
  const denied = orders * DENIED_PER_ORDER;
  const busySeconds = Math.min(orders * parameters.busySecondsPerOrder, accounts * SECONDS_PER_MONTH);
  const month: Times = {
    windows,
    orders,
    decisions: orders + denied,
    busy: busySeconds * windowsPerSecond,
    beats: Math.min(windows, SECONDS_PER_MONTH / BEAT_SECONDS),
    candles: Math.min(windows, SECONDS_PER_MONTH / candleSeconds),
  };
  const events = new Map<EventType, { readonly count: number; readonly chunks: number }>([
    ['market.window', { count: windows, chunks: windows * Math.ceil(eventBytes / CHUNK_BYTES) }],
  ]);
  const small = (type: EventType, count: number): void => void events.set(type, { count, chunks: count });
  small('signals.raised', month.decisions);
  small('order.accepted', orders);
  small('order.denied', denied);
  small('fill.recorded', orders);
  small('order.closed', orders);
  small('reconciliation.finished', timesPerMonth('reconcile') * accounts);
  small('report.ready', timesPerMonth('report') * accounts);
  const news = month.decisions + orders * STEPS_PER_ORDER + timesPerMonth('reconcile') * accounts;
  return {
    events,
    writeUnits: writeUnits(parameters, month),
    readUnits: readUnits(parameters, month),
    commitsWithNews: news,
    historyGb: (orders * HISTORY_BYTES.order + denied * HISTORY_BYTES.denial) / GB,
    candlesGb: candleUse(instruments).gb,
    windowLogGb:
      (instruments *
        (SECONDS_PER_MONTH * WINDOW_LOG_BYTES.perSecond + windows * WINDOW_LOG_BYTES.perWindow)) /
      GB,
    logGb: (orders * LOG_BYTES_PER_ORDER) / GB,
    alerts: timesPerMonth('report') * accounts,
    reports: timesPerMonth('report') * accounts,
  };
}
