import { asQuantity } from '../../core/amounts.ts';
import { type Candle, type CandleInterval, INTERVAL_MS } from '../../core/market/candle.ts';
import { type EpochMs, plusMs } from '../../core/time.ts';

/**
 * Bars in order, with a flat one wherever there is none behind one of them, up to the one that starts at `through`: it repeats
 * the close before it. Before the first bar no price is known, so that nothing is added there.
 */
export function withQuietBars(
  told: readonly Candle[],
  interval: CandleInterval,
  through: EpochMs,
): readonly Candle[] {
  const stepMs = INTERVAL_MS[interval];
  const bars: Candle[] = [];
  for (const [n, bar] of told.entries()) {
    bars.push(bar);
    const next = told[n + 1]?.start ?? plusMs(through, stepMs);
    for (let start = plusMs(bar.start, stepMs); start < next; start = plusMs(start, stepMs))
      bars.push(flatBar(bar, start));
  }
  return bars;
}

const flatBar = ({ interval, close }: Candle, start: EpochMs): Candle => ({
  interval,
  start,
  open: close,
  high: close,
  low: close,
  close,
  volume: asQuantity(0n),
  trades: 0,
  complete: true,
});
