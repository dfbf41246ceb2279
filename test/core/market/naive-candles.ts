import { asQuantity, type Price, type Quantity } from '../../../core/amounts.ts';
import { type Candle, type CandleInterval, INTERVAL_MS } from '../../../core/market/candle.ts';
import { beatAt, type EpochMs, plusMs } from '../../../core/time.ts';

export type FeedEvent =
  | { readonly kind: 'print'; readonly at: EpochMs; readonly price: Price; readonly quantity: Quantity }
  | { readonly kind: 'doubt'; readonly at: EpochMs; readonly isDoubtful: boolean }
  | { readonly kind: 'taint'; readonly at: EpochMs };

/**
 * The bars of one interval that end by `end`, straight from what the words mean: every bar looks at all events. A feed
 * begins in doubt.
 */
export function barsOf(
  interval: CandleInterval,
  feedStart: EpochMs,
  events: readonly FeedEvent[],
  end: EpochMs,
): Candle[] {
  const lengthMs = INTERVAL_MS[interval];
  const prints = events.filter((one) => one.kind === 'print');
  const bars: Candle[] = [];
  for (let start = beatAt(feedStart, lengthMs); start + lengthMs <= end; start = plusMs(start, lengthMs)) {
    const barEnd = plusMs(start, lengthMs);
    const inside = prints.filter((one) => one.at >= start && one.at < barEnd);
    const last = prints.filter((one) => one.at < barEnd).at(-1);
    if (last === undefined) continue;
    const prices = inside.length === 0 ? [last.price] : inside.map((one) => one.price);
    bars.push({
      interval,
      start,
      open: prices[0] ?? last.price,
      high: prices.reduce((a, b) => (a > b ? a : b)),
      low: prices.reduce((a, b) => (a < b ? a : b)),
      close: last.price,
      volume: asQuantity(inside.reduce((sum, one) => sum + one.quantity, 0n)),
      trades: inside.length,
      complete: !mayMissPrints(feedStart, events, start, barEnd),
    });
  }
  return bars;
}

/** The feed began in the bar, the bar began in doubt, or something was doubted or lost in it. */
function mayMissPrints(
  feedStart: EpochMs,
  events: readonly FeedEvent[],
  start: EpochMs,
  end: EpochMs,
): boolean {
  if (feedStart >= start) return true;
  const doubts = events.filter((one) => one.kind === 'doubt');
  if (doubts.filter((one) => one.at < start).at(-1)?.isDoubtful ?? true) return true;
  return events.some(
    (one) =>
      one.at >= start && one.at < end && (one.kind === 'taint' || (one.kind === 'doubt' && one.isDoubtful)),
  );
}
