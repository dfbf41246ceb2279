import type { MarketWindow } from '../../core/market/window.ts';
import { eventsOf, flagged, openDesk, runSequentially } from '../support/desk.ts';
import { syntheticMarket } from '../support/synthetic-market.ts';
import { COIN, GEM } from '../support/values.ts';
import { TAIL } from './cloud-run.ts';

const WINDOWS = 70;

/** A seeded market whose last windows bring no signals: their candles are not complete. */
export function marketOf(seed: number): readonly MarketWindow[] {
  const windows = syntheticMarket(seed, WINDOWS, [COIN, GEM]);
  return windows.map((window, i) =>
    i < WINDOWS - TAIL
      ? window
      : {
          ...window,
          instruments: window.instruments.map((one) => ({
            ...one,
            candles: one.candles.map((candle) => ({ ...candle, complete: false })),
          })),
        },
  );
}

const hashes = new Map<number, Promise<string>>();

/** The ledger of a market in which every window settles before the next is taken. */
export function sequentialHash(seed: number): Promise<string> {
  const known = hashes.get(seed) ?? runAlone(seed);
  hashes.set(seed, known);
  return known;
}

async function runAlone(seed: number): Promise<string> {
  const desk = await openDesk();
  await runSequentially(desk, eventsOf(marketOf(seed)));
  if (flagged(desk.metrics) > 0) throw new Error(`the sequential run of market ${seed} is flagged`);
  const hash = await desk.hash();
  await desk.store.close();
  return hash;
}
