import { beatAt, type EpochMs, epochMs, plusMs } from '../time.ts';
import { type Candle, type CandleInterval, INTERVAL_MS } from './candle.ts';
import { inOrder } from './candle-fold.ts';

/** Bars in a row that are not there, or that are there and may miss prints: what a request for history has to bring. */
export interface CandleGap {
  readonly kind: 'missing' | 'incomplete';
  /** Starts of the first and of the last bar. */
  readonly from: EpochMs;
  readonly through: EpochMs;
  readonly bars: number;
}

/** Gaps among the bars that start in `[from, through]`, oldest first. The bars may come in any order and repeated. */
export const findGaps = (
  candles: readonly Candle[],
  interval: CandleInterval,
  from: EpochMs,
  through: EpochMs,
): CandleGap[] => gapsAt(INTERVAL_MS[interval], inOrder(candles), from, through);

/** As {@link findGaps}, for bars of any length, each once and in order: venues have lengths that are none of ours. */
export function gapsAt(
  stepMs: number,
  bars: readonly Pick<Candle, 'start' | 'complete'>[],
  from: EpochMs,
  through: EpochMs,
): CandleGap[] {
  const gaps: CandleGap[] = [];
  const last = beatAt(through, stepMs);
  let expected = epochMs(Math.ceil(from / stepMs) * stepMs);
  for (const { start, complete } of bars) {
    if (start < expected) continue;
    if (start > last) break;
    if (start > expected) addGap(gaps, stepMs, 'missing', expected, plusMs(start, -stepMs));
    if (!complete) addGap(gaps, stepMs, 'incomplete', start, start);
    expected = plusMs(start, stepMs);
  }
  if (expected <= last) addGap(gaps, stepMs, 'missing', expected, last);
  return gaps;
}

/** Adds a gap; one that goes on where the newest of its kind ends makes that one longer. */
function addGap(
  gaps: CandleGap[],
  stepMs: number,
  kind: CandleGap['kind'],
  from: EpochMs,
  through: EpochMs,
): void {
  const newest = gaps.at(-1);
  const goesOn = newest !== undefined && newest.kind === kind && plusMs(newest.through, stepMs) === from;
  if (goesOn) gaps.pop();
  const first = goesOn ? newest.from : from;
  gaps.push({ kind, from: first, through, bars: (through - first) / stepMs + 1 });
}
