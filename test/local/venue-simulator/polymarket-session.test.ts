import { describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import type { PolymarketVenueOptions } from '../../../local/venue-simulator/polymarket-venue.ts';
import {
  countsOf,
  doubts,
  type FaultCase,
  named,
  reconnected,
  repeat,
  type Standing,
  settlements,
  survive,
  surviveHalfAnHour,
  undisturbed,
} from './contract-faults.ts';
import { type ContractWorld, openContractWorld } from './contract-world.ts';
import { FED, polymarketTrial, upDownPlan } from './polymarket-trial.ts';

/** The last of the three, in whole cents, and the second, in tenths. */
const STANDING = FED.slice(1);
const TOKENS = STANDING.flatMap(({ tokens }) => tokens);
const [Y = '', N = ''] = TOKENS;

const open = (symbols: readonly string[], options: Partial<PolymarketVenueOptions> = {}): ContractWorld =>
  openContractWorld(polymarketTrial(symbols, { series: [], plans: STANDING, ...options }));

const counted = (world: ContractWorld, symbol: string) => countsOf(world, 'polymarket', symbol);
/** What is followed throughout. */
const ALL: Standing = { symbols: TOKENS, open: (options) => open(TOKENS, options) };

describe('the real client', () => {
  test('reads ten minutes over a roll-over without a message that it does not know, and every live book is right', () => {
    const [ended, next] = [upDownPlan(), upDownPlan(1)];
    const symbols = [...TOKENS, ...ended.tokens, ...next.tokens];
    const world = openContractWorld(polymarketTrial(symbols));
    world.pass(10 * MINUTE_MS);
    expect(world.wrong).toEqual([]);
    expect(world.checks).toBeGreaterThan(10_000);
    expect(world.reader.frames).toMatchObject({ malformed: 0, venueErrors: 0 });
    expect([...world.reader.unknown]).toEqual([]);
    expect([...TOKENS, ...next.tokens].every(world.isLive)).toBe(true);
    for (const token of [...TOKENS, ...next.tokens]) {
      const counts = counted(world, token);
      expect(counts).toMatchObject({
        bookGaps: 0,
        bookRepeated: 0,
        bookCrossed: 0,
        bookLocked: 0,
        refused: 0,
      });
      expect([counts.touchAgreed, counts.hashAgreed]).toEqual([counts.touchChecks, counts.hashChecks]);
      expect(counts.hashChecks).toBeGreaterThan(500);
    }
    expect(settlements(world)).toEqual([
      [`polymarket:${ended.tokens[0]}`, 0n, true],
      [`polymarket:${ended.tokens[1]}`, 100_000_000n, true],
    ]);
  });

  test('goes on with finer steps of prices', () => {
    const token = FED[2]?.tokens[0] ?? '';
    const world = open([token], {
      plans: FED,
      actions: [{ kind: 'tick', atMs: 20_000, symbol: token, tick: '0.001' }],
    });
    world.pass(MINUTE_MS);
    const ticks = world.updates.flatMap((update) =>
      update.kind === 'instrument' ? [update.instrument.tickSize] : [],
    );
    expect([...new Set(ticks)]).toEqual([1_000_000n, 100_000n]);
    expect([world.wrong, world.isLive(token)]).toEqual([[], true]);
  });

  test('gets the same frames again from the same seed, and others from another', () => repeat(ALL));

  test('asks anew for a token that never delivers, while the others go on', () => {
    const world = open(TOKENS, { faults: [{ kind: 'hidden_refusal', symbol: Y, atMs: 0, forMs: 45_000 }] });
    world.pass(20 * SECOND_MS);
    expect(TOKENS.map(world.isLive)).toEqual([false, true, true, true]);
    world.pass(100 * SECOND_MS);
    expect([world.wrong, ...TOKENS.map(world.isLive)]).toEqual([[], true, true, true, true]);
    expect(counted(world, N).bookGaps).toBe(0);
  });
});

/** Every kind but `ids_back`: this venue numbers nothing. */
const CASES: readonly FaultCase[] = [
  { fault: { kind: 'gap' }, symbol: Y, proof: (world) => doubts(world).length >= 1 },
  { fault: { kind: 'duplicate' }, symbol: Y, proof: (world) => counted(world, Y).bookRepeated === 1 },
  { fault: { kind: 'swap' }, symbol: Y, proof: (world) => doubts(world).length >= 1 },
  { fault: { kind: 'garbage', as: 'half' }, proof: ({ reader }) => reader.frames.malformed === 1 },
  { fault: { kind: 'garbage', as: 'letters' }, proof: ({ reader }) => reader.frames.malformed === 1 },
  { fault: { kind: 'garbage', as: 'binary' }, proof: ({ reader }) => reader.frames.malformed === 1 },
  { fault: { kind: 'garbage', as: 'no_text' }, proof: reconnected },
  { fault: { kind: 'oversize', bytes: 17 << 20 }, proof: reconnected },
  // A hash that differs often is believed no more, so that only a short loss is sure to be found.
  { fault: { kind: 'drop', share: 0.1 }, forMs: 5 * SECOND_MS, proof: (world) => doubts(world).length >= 1 },
  { fault: { kind: 'freeze' }, forMs: 2 * MINUTE_MS, proof: reconnected },
  { fault: { kind: 'mute' }, symbol: Y, proof: undisturbed },
  {
    fault: { kind: 'mute' },
    symbol: Y,
    forMs: 3 * MINUTE_MS,
    proof: (world) => doubts(world).includes('gap'),
  },
  { fault: { kind: 'close_storm', everyMs: 4 * SECOND_MS }, proof: ({ venue }) => venue.accepted > 3 },
  { fault: { kind: 'shutdown' }, proof: reconnected },
  { fault: { kind: 'slow_snapshot', byMs: 8 * SECOND_MS }, isFeltAnew: true, proof: reconnected },
  { fault: { kind: 'late_ack', byMs: 8 * SECOND_MS }, isFeltAnew: true, proof: reconnected },
  { fault: { kind: 'hidden_refusal' }, symbol: Y, isFeltAnew: true, proof: reconnected },
  { fault: { kind: 'http', status: 425, retryAfterS: 5 }, proof: undisturbed },
  { fault: { kind: 'http', status: 503 }, proof: undisturbed },
  { fault: { kind: 'http_hang' }, proof: undisturbed },
  { fault: { kind: 'upgrade', status: 503 }, isFeltAnew: true, proof: reconnected },
  { fault: { kind: 'upgrade', status: 'hang' }, isFeltAnew: true, proof: reconnected },
  { fault: { kind: 'region' }, proof: reconnected },
  { fault: { kind: 'clock_skew', byMs: 20 * SECOND_MS }, proof: ({ venue }) => venue.accepted === 1 },
  { fault: { kind: 'clock_skew', byMs: -20 * SECOND_MS }, proof: ({ venue }) => venue.accepted === 1 },
  { fault: { kind: 'checksum' }, symbol: Y, proof: (world) => doubts(world).includes('hash') },
  { fault: { kind: 'paused' }, symbol: Y, proof: undisturbed },
  { fault: { kind: 'paused' }, proof: undisturbed },
];

test.each(CASES.map(named))('no live book is wrong, and all are live again, after $name', (one) => {
  survive(ALL, one);
});

test.each([1, 2])('no live book is wrong in half an hour of faults, seed %i', (seed) => {
  const kinds = [
    'gap',
    'duplicate',
    'swap',
    'garbage',
    'checksum',
    'freeze',
    'mute',
    'close_storm',
    'late_ack',
    'upgrade',
  ] as const;
  surviveHalfAnHour(ALL, seed, kinds);
});
