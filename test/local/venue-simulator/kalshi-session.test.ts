import { describe, expect, test } from 'vitest';
import { MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import type { KalshiVenueOptions } from '../../../local/venue-simulator/kalshi-venue.ts';
import { KEYS } from './contract-client.ts';
import {
  countsOf,
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
import { HOURS, kalshiTrial, PUBLIC_KEYS, QUARTERS, tickersOf } from './kalshi-trial.ts';

const STANDING = tickersOf(HOURS);
const [A = '', B = ''] = STANDING;
const [RUNNING = ''] = tickersOf(QUARTERS);
const [NEXT = ''] = tickersOf(QUARTERS, 1);

const open = (
  symbols: readonly string[],
  options: Partial<KalshiVenueOptions> = {},
  access: Parameters<typeof kalshiTrial>[2] = {},
): ContractWorld => openContractWorld(kalshiTrial(symbols, options, access));

const counted = (world: ContractWorld, symbol: string) => countsOf(world, 'kalshi', symbol);
/** What is followed throughout. */
const ALL: Standing = { symbols: STANDING, open: (options) => open(STANDING, options) };

describe('the real client', () => {
  test('reads ten minutes over a roll-over without a message that it does not know, and every live book is right', () => {
    const world = open([...STANDING, RUNNING, NEXT]);
    world.pass(10 * MINUTE_MS);
    expect(world.wrong).toEqual([]);
    expect(world.checks).toBeGreaterThan(10_000);
    expect({ ...world.reader.frames, frames: 0 }).toEqual({
      frames: 0,
      malformed: 0,
      venueErrors: 0,
      unfollowed: expect.any(Number),
    });
    expect([...world.reader.unknown]).toEqual([]);
    expect([A, B, NEXT].map(world.isLive)).toEqual([true, true, true]);
    for (const symbol of [A, B, NEXT]) {
      const counts = counted(world, symbol);
      expect(counts).toMatchObject({ bookGaps: 0, bookRepeated: 0, refused: 0, tradeGaps: 0, resyncs: 0 });
      // Tickers tell the best prices of a whole second, changes come before them.
      expect(counts.touchAgreed / counts.touchChecks).toBeGreaterThan(0.99);
      expect(counts.bookCrossed).toBeGreaterThan(50);
    }
    expect(settlements(world)).toEqual([
      [`kalshi:${RUNNING}`, 0n, false],
      [`kalshi:${RUNNING}`, 0n, true],
    ]);
  });

  test('is let in with a key of RSA, too, and told what helps with one that the venue does not know', () => {
    const welcome = open([A], {}, { keys: KEYS.rsa });
    const stranger = open([A], { keys: [PUBLIC_KEYS[0] ?? KEYS.rsa] }, { keys: KEYS.ed25519 });
    for (const world of [welcome, stranger]) world.pass(20 * SECOND_MS);
    expect([welcome.isLive(A), welcome.venue.accepted]).toEqual([true, 1]);
    expect([stranger.venue.accepted, stranger.session.status().trouble]).toEqual([
      0,
      expect.stringMatching(/HTTP 401.*check the key id/),
    ]);
  });

  test('polls right books without a key', () => {
    const world = open(STANDING, {}, { keys: null });
    world.pass(MINUTE_MS);
    expect(world.wrong).toEqual([]);
    expect([world.checks > 20, world.venue.accepted, ...STANDING.map(world.isLive)]).toEqual([
      true,
      0,
      true,
      true,
    ]);
    expect([...world.reader.messages.keys()].toSorted()).toEqual(['markets', 'orderbooks', 'trades']);
  });

  test('gets the same frames again from the same seed, and others from another', () => repeat(ALL));

  test.each([true, false])('reads numbers that answers take: %s', (answersTakeNumbers) => {
    const world = open([A], { answersTakeNumbers });
    world.pass(10 * SECOND_MS);
    world.session.follow({ follow: [B], unfollow: [], detail: 'more' });
    world.pass(20 * SECOND_MS);
    world.session.follow({ follow: [], unfollow: [A], detail: 'less' });
    world.pass(20 * SECOND_MS);
    expect(world.wrong).toEqual([]);
    expect([world.isLive(B), counted(world, B).bookGaps, world.venue.accepted]).toEqual([true, 0, 1]);
  });

  test('drops a connection that overflowed, and takes a new one', () => {
    const world = open(STANDING, { actions: [{ kind: 'overflow', atMs: 20_000 }] });
    world.pass(MINUTE_MS);
    expect(world.wrong).toEqual([]);
    expect([world.venue.accepted, world.reader.frames.venueErrors, world.isLive(A)]).toEqual([2, 1, true]);
  });
});

const gaps = (world: ContractWorld): number => counted(world, B).bookGaps;

/** Every kind but `checksum`, which this venue has not. */
const CASES: readonly FaultCase[] = [
  // One count for all markets: what is missing of the one puts the other in doubt.
  { fault: { kind: 'gap' }, symbol: A, proof: (world) => gaps(world) === 1 },
  { fault: { kind: 'duplicate' }, symbol: A, proof: (world) => counted(world, A).bookRepeated === 1 },
  {
    fault: { kind: 'swap' },
    symbol: A,
    proof: (world) => gaps(world) === 1 && counted(world, A).bookDisordered === 1,
  },
  { fault: { kind: 'ids_back' }, proof: (world) => gaps(world) === 1 },
  { fault: { kind: 'garbage', as: 'half' }, proof: ({ reader }) => reader.frames.malformed === 1 },
  { fault: { kind: 'garbage', as: 'letters' }, proof: ({ reader }) => reader.frames.malformed === 1 },
  { fault: { kind: 'garbage', as: 'binary' }, proof: ({ reader }) => reader.frames.malformed === 1 },
  { fault: { kind: 'garbage', as: 'no_text' }, proof: reconnected },
  { fault: { kind: 'oversize', bytes: 5 << 20 }, proof: reconnected },
  { fault: { kind: 'drop', share: 0.1 }, proof: (world) => gaps(world) > 5 },
  { fault: { kind: 'freeze' }, forMs: 2 * MINUTE_MS, proof: reconnected },
  { fault: { kind: 'mute' }, symbol: A, proof: undisturbed },
  // Two minutes of silence of one book are suspect, and REST shows that it is dead.
  { fault: { kind: 'mute' }, symbol: A, forMs: 3 * MINUTE_MS, proof: reconnected },
  { fault: { kind: 'close_storm', everyMs: 4 * SECOND_MS }, proof: ({ venue }) => venue.accepted > 3 },
  { fault: { kind: 'shutdown' }, proof: reconnected },
  { fault: { kind: 'slow_snapshot', byMs: 8 * SECOND_MS }, isFeltAnew: true, proof: reconnected },
  { fault: { kind: 'late_ack', byMs: 8 * SECOND_MS }, isFeltAnew: true, proof: reconnected },
  {
    fault: { kind: 'hidden_refusal' },
    symbol: A,
    isFeltAnew: true,
    proof: ({ reader }) => reader.frames.venueErrors > 0,
  },
  { fault: { kind: 'http', status: 429 }, proof: undisturbed },
  { fault: { kind: 'http', status: 503 }, proof: undisturbed },
  { fault: { kind: 'http_hang' }, proof: undisturbed },
  { fault: { kind: 'upgrade', status: 503 }, isFeltAnew: true, proof: reconnected },
  { fault: { kind: 'upgrade', status: 'hang' }, isFeltAnew: true, proof: reconnected },
  { fault: { kind: 'region' }, proof: reconnected },
  { fault: { kind: 'clock_skew', byMs: 20 * SECOND_MS }, proof: undisturbed },
  { fault: { kind: 'clock_skew', byMs: -20 * SECOND_MS }, proof: undisturbed },
  {
    fault: { kind: 'paused' },
    symbol: A,
    proof: (world) => world.updates.filter(({ kind }) => kind === 'trading').length === 2,
  },
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
    'drop',
    'freeze',
    'mute',
    'close_storm',
    'late_ack',
    'upgrade',
  ] as const;
  surviveHalfAnHour(ALL, seed, kinds);
});
