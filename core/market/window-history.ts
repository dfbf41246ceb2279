import type { MarketWindow } from './window.ts';

/** What every event repeats: the windows of the last two seconds and never fewer than the two before the newest. */
const HISTORY_MS = 2_000;
const BEFORE_MIN = 2;

/** The windows that an event for `newest` carries, oldest first and `newest` last, given those of the event before. */
export function withHistory(before: readonly MarketWindow[], newest: MarketWindow): readonly MarketWindow[] {
  const oldest = newest.closedAt - HISTORY_MS;
  const kept = before.filter((one, n) => one.closedAt >= oldest || n >= before.length - BEFORE_MIN);
  return [...kept, newest];
}
