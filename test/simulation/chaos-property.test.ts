import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Chaos } from './chaos.ts';
import { judge } from './verdict.ts';

const RUNS = 4 * Number(process.env['DECKLE_SIMULATION_SEEDS'] ?? 3);
/** Not a measurement: room for a busy machine, and for shrinking. */
const TIMEOUT_MS = 60_000 * RUNS;

/** Mostly nothing, at most so much; shrinks to nothing. */
const share = (max: number) =>
  fc.oneof(
    fc.constant(0),
    fc.nat(1_000).map((n) => (n / 1_000) * max),
  );
const ms = (max: number) => fc.nat(max);

const chaos: fc.Arbitrary<Chaos> = fc.record({
  bus: fc.record({
    base: ms(200),
    jitter: ms(1_500),
    slow: share(0.1),
    slowMs: ms(5_000),
    duplicate: share(0.5),
    flood: share(0.01),
    lose: share(0.1),
    drop: share(0.05),
    outage: share(0.1),
    outageWindows: fc.integer({ min: 1, max: 6 }),
    unpublished: share(0.2),
    streamRepeats: share(0.3),
    eventAgeMs: fc.constantFrom(60_000, 300_000),
  }),
  store: fc.record({
    accessMs: ms(30),
    slow: share(0.02),
    slowMs: ms(800),
    busy: share(0.03),
    throttled: share(0.005),
    lostAnswers: share(0.04),
    ownConflicts: fc.constant(0),
    stale: share(0.05),
    staleMs: ms(2_000),
    killed: share(0.005),
  }),
  unsent: share(0.5),
  halts: fc.boolean(),
  limits: fc.boolean(),
});

test(
  'whatever goes wrong in whatever measure, no difference is silent and the recorded session replays to its own hash',
  async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1_000 }), chaos, async (seed, drawn) => {
        expect((await judge(seed, drawn)).broken).toEqual([]);
      }),
      { seed: 20_261_121, numRuns: RUNS },
    );
  },
  TIMEOUT_MS,
);
