import { expect, test } from 'vitest';
import { KINDS } from './chaos.ts';
import { Counts } from './counts.ts';
import { judge } from './verdict.ts';

const SEEDS = Number(process.env['DECKLE_SIMULATION_SEEDS'] ?? 3);
/** Not a measurement: room for a busy machine. */
const TIMEOUT_MS = 30_000 * SEEDS;

/** What a kind must show over all seeds, so that it is seen to exercise what it is about. */
const SHOWS: Readonly<Record<string, readonly string[]>> = {
  calm: ['same'],
  duplicates: ['same', 'bus.duplicate', 'stream.repeated'],
  reorder: ['late', 'different', 'bus.outOfOrder'],
  coldStart: ['same', 'bus.slow'],
  loss: ['late', 'different', 'bus.lost'],
  dropped: ['different', 'bus.dropped', 'redriven'],
  outage: ['holes', 'candlesMissed', 'different', 'bus.outage'],
  hundredfold: ['same', 'bus.flood', 'store.conflict'],
  unpublished: ['bus.unpublished', 'bus.retried', 'stream.untold', 'failed.signals'],
  interleaved: ['same', 'store.conflict'],
  slowTable: ['store.slow', 'late'],
  conflicts: ['store.busy', 'bus.deadLetter', 'redriven'],
  throttled: ['store.throttled', 'bus.deadLetter', 'redriven'],
  lostAnswers: ['store.lostAnswer', 'bus.deadLetter', 'redriven'],
  ownConflicts: ['store.ownConflict', 'late'],
  staleReads: ['store.stale', 'store.conflict'],
  killed: [
    'store.killed',
    'stream.killed',
    'bus.deadLetter',
    'failed.fills',
    'failed.risk',
    'failed.signals',
  ],
  killedAndTriedAgain: ['store.killed', 'bus.retried', 'late'],
  outageAndKilled: ['store.killed', 'bus.outage', 'bus.retried', 'holes'],
  halted: ['alerts', 'store.conflict'],
  guarded: ['guardActions', 'alerts', 'alertsDeduplicated'],
  refusedAlerts: ['sns.refused', 'failed.alerts', 'alerts'],
  storm: ['late', 'different', 'bus.lost'],
  stormInterleaved: ['late', 'different'],
  everything: [
    'alerts',
    'bus.deadLetter',
    'bus.flood',
    'store.lostAnswer',
    'store.stale',
    'store.killed',
    'late',
  ],
};

test.each(Object.entries(KINDS))(
  'no difference is silent, no news is lost, and the recorded session replays to its own hash: %s',
  async (kind, chaos) => {
    const counts = new Counts();
    for (let seed = 1; seed <= SEEDS; seed++) {
      const verdict = await judge(seed, chaos);
      expect(verdict.broken, `${kind}, seed ${seed}`).toEqual([]);
      counts.addAll(verdict.counts);
    }
    console.info(`${kind}, ${SEEDS} seeds: ${JSON.stringify(counts)}`);
    for (const what of ['fills', 'news', ...(SHOWS[kind] ?? [])])
      expect(counts.of(what), what).toBeGreaterThan(0);
  },
  TIMEOUT_MS,
);
