import { expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import {
  FAULT_KINDS,
  type Fault,
  type FaultEffect,
  type FaultTarget,
} from '../../../local/venue-simulator/faults.ts';
import { seededFaults } from '../../../local/venue-simulator/seeded-faults.ts';
import { openSimWorld, type SimWorld } from './sim-world.ts';
import { TRIAL_NAMES, TRIALS, type TrialName } from './trials.ts';

test.each(TRIAL_NAMES)(
  'ten minutes of %s are read without a word that is not understood, and every live book is right',
  (name) => {
    const world = openSimWorld(TRIALS[name]());
    world.pass(10 * MINUTE_MS);
    const { reader, session } = world;
    expect(reader.frames).toMatchObject({ malformed: 0, venueErrors: 0, unfollowed: 0 });
    expect([...reader.unknown]).toEqual([]);
    expect(world.wrong).toEqual([]);
    expect(world.checks).toBeGreaterThan(10_000);
    expect(world.isLive()).toBe(true);
    for (const counts of reader.quality().values())
      expect(counts).toMatchObject({
        snapshots: 1,
        bookGaps: 0,
        bookCrossed: 0,
        bookLocked: 0,
        refused: 0,
        tradeGaps: 0,
      });
    expect(session.status()).toMatchObject({ connected: true, polling: [], refused: [], reconnects: 0 });
    expect(session.status().counts).toMatchObject({ opened: 1, lost: 0, garbage: 0, oversize: 0 });
  },
);

test.each(TRIAL_NAMES)('the same seed gives the same frames of %s, another seed others', (name) => {
  const run = (seed: number): string => {
    const world = openSimWorld(TRIALS[name](), {
      seed,
      faults: seededFaults({ seed, hours: 1, symbols: [] }),
    });
    world.pass(2 * MINUTE_MS);
    return world.digest();
  };
  expect(run(3)).toBe(run(3));
  expect(run(4)).not.toBe(run(3));
});

const AT = 30 * SECOND_MS;

interface Case {
  readonly venue: TrialName;
  readonly fault: FaultEffect & FaultTarget;
  readonly forMs: number;
  /** Felt by new connections only, so that those that are open are cut. */
  readonly isFeltAnew?: true;
  /** All books stand again so long after the fault's end, at most; null where none of them falls. */
  readonly backMs: number | null;
}

/** Each kind of fault at one venue at least. How soon a client is back is its own affair: these are the ends of patience. */
const CASES: readonly Case[] = [
  { venue: 'binance', fault: { kind: 'gap' }, forMs: 5_000, backMs: 0 },
  { venue: 'mexc', fault: { kind: 'swap' }, forMs: 5_000, backMs: 0 },
  { venue: 'coinbase', fault: { kind: 'duplicate' }, forMs: 5_000, backMs: null },
  { venue: 'mexc', fault: { kind: 'garbage', as: 'half' }, forMs: 5_000, backMs: 0 },
  { venue: 'coinbase', fault: { kind: 'garbage', as: 'letters' }, forMs: 5_000, backMs: 0 },
  { venue: 'binance', fault: { kind: 'garbage', as: 'binary' }, forMs: 5_000, backMs: null },
  { venue: 'coinbase-exchange', fault: { kind: 'garbage', as: 'no_text' }, forMs: 5_000, backMs: 0 },
  { venue: 'binance', fault: { kind: 'oversize', bytes: 5 << 20 }, forMs: 5_000, backMs: 0 },
  { venue: 'coinbase', fault: { kind: 'oversize', bytes: 65 << 20 }, forMs: 5_000, backMs: 0 },
  { venue: 'binance', fault: { kind: 'drop', share: 0.1 }, forMs: 20_000, backMs: 10_000 },
  { venue: 'coinbase', fault: { kind: 'freeze' }, forMs: 60_000, backMs: 0 },
  { venue: 'mexc', fault: { kind: 'mute', symbol: 'BTCUSDT' }, forMs: 90_000, backMs: 30_000 },
  { venue: 'binance', fault: { kind: 'close_storm', everyMs: 3_000 }, forMs: 20_000, backMs: 30_000 },
  { venue: 'binance', fault: { kind: 'shutdown' }, forMs: 10_000, backMs: null },
  { venue: 'mexc', fault: { kind: 'shutdown' }, forMs: 10_000, backMs: 10_000 },
  {
    venue: 'mexc',
    fault: { kind: 'slow_snapshot', byMs: 2_000 },
    forMs: 30_000,
    isFeltAnew: true,
    backMs: 0,
  },
  { venue: 'coinbase', fault: { kind: 'late_ack', byMs: 3_000 }, forMs: 30_000, isFeltAnew: true, backMs: 0 },
  { venue: 'binance', fault: { kind: 'hidden_refusal' }, forMs: 40_000, isFeltAnew: true, backMs: 60_000 },
  { venue: 'coinbase', fault: { kind: 'hidden_refusal' }, forMs: 20_000, isFeltAnew: true, backMs: 90_000 },
  {
    venue: 'binance',
    fault: { kind: 'http', status: 429, retryAfterS: 5 },
    forMs: 20_000,
    isFeltAnew: true,
    backMs: 40_000,
  },
  {
    venue: 'mexc',
    fault: { kind: 'http', status: 418, retryAfterS: 20 },
    forMs: 20_000,
    isFeltAnew: true,
    backMs: 40_000,
  },
  {
    venue: 'binance',
    fault: { kind: 'http', status: 503, path: '/depth' },
    forMs: 20_000,
    isFeltAnew: true,
    backMs: 40_000,
  },
  { venue: 'mexc', fault: { kind: 'http_hang' }, forMs: 20_000, isFeltAnew: true, backMs: 40_000 },
  {
    venue: 'coinbase-exchange',
    fault: { kind: 'upgrade', status: 503 },
    forMs: 40_000,
    isFeltAnew: true,
    backMs: 60_000,
  },
  {
    venue: 'mexc',
    fault: { kind: 'upgrade', status: 'hang' },
    forMs: 40_000,
    isFeltAnew: true,
    backMs: 60_000,
  },
  { venue: 'coinbase', fault: { kind: 'region' }, forMs: 30_000, backMs: 90_000 },
  { venue: 'binance', fault: { kind: 'clock_skew', byMs: -30_000 }, forMs: 30_000, backMs: null },
  { venue: 'mexc', fault: { kind: 'clock_skew', byMs: 30_000 }, forMs: 30_000, backMs: null },
  { venue: 'binance', fault: { kind: 'ids_back' }, forMs: 5_000, backMs: 0 },
  { venue: 'coinbase', fault: { kind: 'ids_back' }, forMs: 5_000, backMs: 0 },
  { venue: 'coinbase-exchange', fault: { kind: 'paused' }, forMs: 30_000, backMs: null },
];

/** For how long books did not stand from the fault on, and when that was for the last time. */
function watch(world: SimWorld, forMs: number): { readonly downMs: number; readonly lastMs: number } {
  let [downMs, lastMs] = [0, 0];
  for (let ms = 100; ms <= forMs; ms += 100) {
    world.pass(100);
    if (world.isLive()) continue;
    downMs += 100;
    lastMs = ms;
  }
  return { downMs, lastMs };
}

test.each(
  CASES.map((one) => ({
    ...one,
    name: `${one.fault.kind} ${Object.values(one.fault).slice(1).join(' ')}`.trim(),
  })),
)(
  '$venue recovers from $name, and shows no wrong book meanwhile',
  ({ venue, fault, forMs, isFeltAnew, backMs }) => {
    const faults: Fault[] = [{ ...fault, atMs: AT, forMs }];
    if (isFeltAnew) faults.push({ kind: 'close_storm', everyMs: 1_000, atMs: AT + 1, forMs: 1 });
    const world = openSimWorld(TRIALS[venue](), { faults });
    world.pass(AT);
    expect(world.isLive()).toBe(true);
    const down = watch(world, forMs + (backMs ?? 0) + 10 * SECOND_MS);
    const struck = world.venue.faults.struck.filter(({ fault: { kind } }) => kind === fault.kind);
    expect(struck.length).toBeGreaterThan(0);
    expect(world.wrong).toEqual([]);
    expect(down.downMs > 0).toBe(backMs !== null);
    expect(down.lastMs).toBeLessThanOrEqual(backMs === null ? 0 : forMs + backMs);
    expect(world.isLive()).toBe(true);
  },
);

test('every kind of fault but checksums is among the cases', () => {
  const tried = new Set(CASES.map(({ fault }) => fault.kind));
  expect(FAULT_KINDS.filter((kind) => !tried.has(kind))).toEqual(['checksum']);
});

test('Exchange numbers nothing, so that a lost change shows a wrong book until it is spoken of again', () => {
  const world = openSimWorld(TRIALS['coinbase-exchange'](), {
    faults: [{ kind: 'drop', share: 0.3, atMs: AT, forMs: 10_000 }],
  });
  world.pass(AT + 10_000);
  expect(world.wrong.length).toBeGreaterThan(10);
  world.pass(6 * MINUTE_MS);
  const before = world.wrong.length;
  world.pass(MINUTE_MS);
  expect([world.wrong.length - before, world.isLive()]).toEqual([0, true]);
});

test.each(TRIAL_NAMES)(
  'an hour of %s with faults of all kinds ends with every book right and none wrong before',
  (name) => {
    const trial = TRIALS[name]();
    const symbols = trial.listings.map(({ instrument }) => instrument.symbol);
    const unseen = new Set(['checksum', ...(name === 'coinbase-exchange' ? ['gap', 'swap', 'drop'] : [])]);
    const kinds = FAULT_KINDS.filter((kind) => !unseen.has(kind));
    const world = openSimWorld(trial, {
      seed: 5,
      faults: seededFaults({ seed: 5, hours: 1, symbols, kinds, calmMs: 2 * MINUTE_MS }),
    });
    world.pass(60 * MINUTE_MS);
    const struck = new Set(world.venue.faults.struck.map(({ fault: { kind } }) => kind));
    expect(struck.size).toBeGreaterThanOrEqual(10);
    expect(world.wrong).toEqual([]);
    expect(world.isLive()).toBe(true);
    expect([...world.reader.unknown]).toEqual([]);
  },
);
