import { asQuantity, max, min } from '../amounts.ts';
import { invariant } from '../invariant.ts';
import { beatAt, type EpochMs } from '../time.ts';
import { betterOf, type Candle, type CandleInterval, hasTraded, INTERVAL_MS } from './candle.ts';

/**
 * What is known of a stretch of time: its bar; or `quiet`, when all of it was seen and nothing had ever traded by its end;
 * or, undefined, nothing for certain.
 */
export type CandlePart = Candle | 'quiet' | undefined;

/**
 * One bar of the parts that it is made of, oldest first. Its prices are those of the parts in which something traded; where
 * nothing did, it repeats the newest close. It is complete when each part is there and complete.
 */
export function joinParts(
  interval: CandleInterval,
  start: EpochMs,
  parts: readonly CandlePart[],
): CandlePart {
  const bars = parts.filter((part) => typeof part === 'object');
  const complete = parts.every(isWhole);
  const traded = bars.filter(hasTraded);
  const [first = bars.at(-1)] = traded;
  if (first === undefined) return complete ? 'quiet' : undefined;
  let { high, low, close, volume, trades } = first;
  for (const part of traded.slice(1)) {
    high = max(high, part.high);
    low = min(low, part.low);
    ({ close } = part);
    volume = asQuantity(volume + part.volume);
    trades += part.trades;
  }
  return { interval, start, open: first.open, high, low, close, volume, trades, complete };
}

/** A part that will not become better: all of its prints were seen. */
export const isWhole = (part: CandlePart): boolean =>
  typeof part === 'object' ? part.complete : part === 'quiet';

/**
 * Bars of one interval folded into a longer one, oldest first: `1m` into `5m` to `1d`. They may come in any order, and
 * repeated ones count once. A bar is incomplete when a part is missing or incomplete; without any part there is no bar.
 */
export function foldCandles(candles: readonly Candle[], interval: CandleInterval): Candle[] {
  const part = candles[0]?.interval;
  if (part === undefined) return [];
  invariant(INTERVAL_MS[part] < INTERVAL_MS[interval], 'bars are folded into longer ones only');
  invariant(
    candles.every((one) => one.interval === part),
    'bars of one interval are folded at a time',
  );
  const lengthMs = INTERVAL_MS[interval];
  const folded: Candle[] = [];
  for (const [start, parts] of Map.groupBy(inOrder(candles), (one) => beatAt(one.start, lengthMs))) {
    // A part that begins between two places has none.
    const byPlace = new Map(parts.map((one) => [(one.start - start) / INTERVAL_MS[part], one]));
    const places = Array.from({ length: lengthMs / INTERVAL_MS[part] }, (_, n) => byPlace.get(n));
    const bar = joinParts(interval, start, places);
    if (typeof bar === 'object') folded.push(bar);
  }
  return folded;
}

/** Bars by their start, each stretch of time once: of two bars of one the {@link betterOf better}. */
export function inOrder<T extends Candle>(candles: readonly T[]): T[] {
  const byStart = new Map<EpochMs, T>();
  for (const candle of candles) {
    const kept = byStart.get(candle.start);
    byStart.set(candle.start, kept === undefined ? candle : betterOf(kept, candle));
  }
  return [...byStart.values()].sort((a, b) => a.start - b.start);
}
