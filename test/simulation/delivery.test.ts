import { expect, test } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';
import { loadBooks } from '../../adapters/store/books.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import { reconcile } from '../../core/reconcile/reconcile.ts';
import { replaySession } from '../../local/replay/replay-session.ts';
import type { Desk } from '../support/desk.ts';
import { eventsOf, flagged, instrumentNamed, openDesk, runSequentially } from '../support/desk.ts';
import { syntheticMarket } from '../support/synthetic-market.ts';
import { COIN, GEM } from '../support/values.ts';
import { deliver, KINDS, TAIL } from './delivery.ts';

const SEEDS = Number(process.env['DECKLE_SIMULATION_SEEDS'] ?? 5);
const WINDOWS = 70;
/** Not a measurement: room for a busy machine. */
const TIMEOUT_MS = 20_000 * SEEDS;

async function* each(windows: readonly MarketWindow[]): AsyncGenerator<MarketWindow> {
  yield* windows;
}

const replayed = async (desk: Desk, windows: readonly MarketWindow[]): Promise<string> => {
  const { config, stored: recorded } = desk;
  return (
    await replaySession({ windows: each(windows), recorded, config, instrument: instrumentNamed, sha256 })
  ).ledgerHash;
};

/** The candles of the last windows are not complete, so that no signal is raised on them. */
const quietAtTheEnd = (windows: readonly MarketWindow[]): MarketWindow[] =>
  windows.map((window, i) =>
    i < windows.length - TAIL
      ? window
      : {
          ...window,
          instruments: window.instruments.map((one) => ({
            ...one,
            candles: one.candles.map((candle) => ({ ...candle, complete: false })),
          })),
        },
  );

/** What a kind must show over all seeds, so that it is seen to exercise what it is about. */
const SHOWS: Readonly<Record<string, readonly ('same' | 'different' | 'late' | 'holes')[]>> = {
  calm: ['same'],
  duplicates: ['same'],
  coldStart: ['same'],
  interleaved: ['same'],
  reorder: ['late', 'different'],
  loss: ['late', 'different'],
  storm: ['late', 'holes', 'different'],
  stormInterleaved: ['late', 'different'],
  halted: ['different'],
};

test.each(Object.entries(KINDS))(
  'no difference is silent and the recorded session replays to its own hash: %s',
  async (kind, chaos) => {
    const counts = { late: 0, holes: 0, fills: 0, same: 0, different: 0 };
    for (let seed = 1; seed <= SEEDS; seed++) {
      const windows = quietAtTheEnd(syntheticMarket(seed, WINDOWS, [COIN, GEM]));
      const undisturbed = await openDesk();
      await runSequentially(undisturbed, eventsOf(windows));
      expect(flagged(undisturbed.metrics), `seed ${seed}: the sequential run`).toBe(0);
      const desk = await deliver(windows, seed * 7 + 1, chaos);
      const hash = await desk.hash();
      const isSame = hash === (await undisturbed.hash());
      if (!isSame && !chaos.halts)
        expect(flagged(desk.metrics), `${kind}, seed ${seed}: a silent difference`).toBeGreaterThan(0);
      expect(await replayed(desk, windows), `${kind}, seed ${seed}: the recorded session again`).toBe(hash);
      for (const { id } of desk.config.accounts) {
        const books = await loadBooks(desk.stored, id);
        expect(books && reconcile(books, sha256), `${kind}, seed ${seed}: account ${id} reconciles`).toEqual(
          [],
        );
      }
      counts.late += desk.metrics.total('risk_late_total');
      counts.holes += flagged(desk.metrics) - desk.metrics.total('risk_late_total');
      counts.fills += desk.metrics.total('fills_recorded_total');
      counts[isSame ? 'same' : 'different'] += 1;
      await Promise.all([undisturbed.store.close(), desk.store.close()]);
    }
    console.info(`${kind}, ${SEEDS} seeds: ${JSON.stringify(counts)}`);
    for (const what of ['fills', ...(SHOWS[kind] ?? [])] as const)
      expect(counts[what], what).toBeGreaterThan(0);
    if (counts.late + counts.holes === 0 && !chaos.halts) expect(counts.different).toBe(0);
  },
  TIMEOUT_MS,
);
