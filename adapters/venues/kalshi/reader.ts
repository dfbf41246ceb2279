import type { ReaderPorts } from '../venue-reader.ts';
import { type WireOptions, WireReader } from '../wire-reader.ts';
import { MarketCalendar } from './calendar.ts';
import { KalshiConnection } from './connection.ts';
import { POLL_EVERY_MS, USES_YES_PRICE } from './conventions.ts';
import type { KalshiRules, SharedKnowledge } from './market-books.ts';

export interface KalshiReaderOptions extends Omit<WireOptions, 'wire' | 'connection'> {
  /** See {@link KalshiRules}; true where nothing else is said. */
  readonly gapCheck?: boolean;
  /** As the books were subscribed. */
  readonly usesYesPrice?: boolean;
  /** How often pictures are asked for where there is no stream; three missing ones make them stale. */
  readonly pollEveryMs?: number;
}

/** Reads Kalshi's stream, and REST answers in the same clothes. */
export function kalshiReader(options: KalshiReaderOptions, ports: ReaderPorts): WireReader {
  const { gapCheck = true, usesYesPrice = USES_YES_PRICE, pollEveryMs = POLL_EVERY_MS, ...common } = options;
  const rules: KalshiRules = { gapCheck, usesYesPrice, polledMaxMs: 3 * pollEveryMs };
  const shared: SharedKnowledge = {
    calendar: new MarketCalendar(),
    habit: { takeNone: false },
    gaveUpAt: new WeakMap(),
  };
  return new WireReader(
    { ...common, wire: 'kalshi', connection: (desk) => new KalshiConnection(desk, shared, rules) },
    ports,
  );
}
