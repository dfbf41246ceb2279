import { describe, test, vi } from 'vitest';
import type { SocketLimits } from '../../../adapters/venues/session/protocol.ts';
import type { FaultEffect } from '../../../local/venue-simulator/faults.ts';
import { type Loopback, openLoopback } from './loopback.ts';
import { TRIAL_NAMES, type TrialName } from './trials.ts';

const PATIENCE = { timeout: 20_000, interval: 20 };
/** Books stand by then on any machine. */
const AT = 1_500;

interface Case {
  readonly venue: TrialName;
  readonly fault: FaultEffect;
  readonly forMs: number;
  /** What the client must have done about it in the end. */
  readonly proof: (world: Loopback) => boolean;
  readonly limits?: Partial<SocketLimits>;
  /** New connections only feel it. */
  readonly isFeltAnew?: true;
}

const counts = (world: Loopback) => world.session.status().counts;
const hasNote = (world: Loopback, words: RegExp): boolean => world.notes.some((note) => words.test(note));
const quality = (world: Loopback, field: 'bookGaps' | 'bookRepeated'): number =>
  [...world.reader.quality().values()].reduce((sum, one) => sum + one[field], 0);
const hasReconnected = (world: Loopback): boolean => counts(world).opened >= 2;

const CASES: readonly Case[] = [
  {
    venue: 'binance',
    fault: { kind: 'gap' },
    forMs: 2_000,
    proof: (world) => quality(world, 'bookGaps') >= 1,
  },
  { venue: 'coinbase', fault: { kind: 'gap' }, forMs: 2_000, proof: (world) => world.seen.doubts >= 1 },
  {
    venue: 'mexc',
    fault: { kind: 'duplicate' },
    forMs: 2_000,
    proof: (world) => quality(world, 'bookRepeated') === 1,
  },
  { venue: 'mexc', fault: { kind: 'swap' }, forMs: 2_000, proof: (world) => quality(world, 'bookGaps') >= 1 },
  {
    venue: 'binance',
    fault: { kind: 'drop', share: 0.3 },
    forMs: 500,
    proof: (world) => quality(world, 'bookGaps') >= 1,
  },
  {
    venue: 'coinbase-exchange',
    fault: { kind: 'garbage', as: 'half' },
    forMs: 2_000,
    proof: (world) => world.reader.frames.malformed === 1,
  },
  {
    venue: 'coinbase',
    fault: { kind: 'garbage', as: 'no_text' },
    forMs: 2_000,
    proof: (world) => counts(world).garbage === 1 && hasReconnected(world),
  },
  {
    venue: 'binance',
    fault: { kind: 'oversize', bytes: 5 << 20 },
    forMs: 2_000,
    proof: (world) => counts(world).oversize === 1 && hasReconnected(world),
  },
  {
    venue: 'coinbase',
    fault: { kind: 'freeze' },
    forMs: 10_000,
    limits: { silenceMs: 2_500 },
    proof: hasReconnected,
  },
  {
    venue: 'mexc',
    fault: { kind: 'freeze' },
    forMs: 10_000,
    limits: { silenceMs: 2_500, heartbeat: { everyMs: 1_000, text: '{"method":"PING"}' } },
    proof: hasReconnected,
  },
  {
    venue: 'coinbase-exchange',
    fault: { kind: 'close_storm', everyMs: 700 },
    forMs: 1_500,
    proof: (world) => counts(world).lost >= 1,
  },
  {
    venue: 'binance',
    fault: { kind: 'shutdown' },
    forMs: 5_000,
    proof: (world) => hasReconnected(world) && hasNote(world, /announced a restart/),
  },
  {
    venue: 'mexc',
    fault: { kind: 'slow_snapshot', byMs: 1_500 },
    forMs: 2_000,
    isFeltAnew: true,
    proof: hasReconnected,
  },
  {
    venue: 'coinbase-exchange',
    fault: { kind: 'late_ack', byMs: 1_500 },
    forMs: 3_000,
    isFeltAnew: true,
    proof: hasReconnected,
  },
  {
    venue: 'binance',
    fault: { kind: 'http', status: 429, retryAfterS: 1 },
    forMs: 3_000,
    isFeltAnew: true,
    proof: hasReconnected,
  },
  {
    venue: 'coinbase',
    fault: { kind: 'upgrade', status: 503 },
    forMs: 1_500,
    isFeltAnew: true,
    proof: (world) => counts(world).failedAttempts >= 1 && hasReconnected(world),
  },
  {
    venue: 'binance',
    fault: { kind: 'ids_back' },
    forMs: 1_000,
    proof: (world) => quality(world, 'bookGaps') >= 1,
  },
  {
    venue: 'coinbase-exchange',
    fault: { kind: 'clock_skew', byMs: -60_000 },
    forMs: 1_000,
    proof: (world) => world.seen.doubts === 0,
  },
  {
    venue: 'mexc',
    fault: { kind: 'paused' },
    forMs: 1_000,
    proof: (world) => world.seen.doubts === 0,
  },
];

describe.concurrent('over loopback', () => {
  test.for(TRIAL_NAMES)(
    'the real client reads live and right books of %s',
    async (name, { expect, onTestFinished }) => {
      const world = await openLoopback(name);
      onTestFinished(world.close);
      await vi.waitFor(
        () => expect([world.isLive(), world.seen.checks > 50]).toEqual([true, true]),
        PATIENCE,
      );
      expect(world.wrong).toEqual([]);
      expect(world.reader.frames).toMatchObject({ malformed: 0, venueErrors: 0 });
      expect([...world.reader.unknown]).toEqual([]);
    },
  );

  test.for(CASES.map((one) => ({ ...one, name: Object.values(one.fault).join(' ') })))(
    'the real client recovers from $name at $venue',
    async ({ venue, fault, forMs, proof, limits = {}, isFeltAnew }, { expect, onTestFinished }) => {
      const faults = [{ ...fault, atMs: AT, forMs }];
      const cut = { kind: 'close_storm', everyMs: 1_000, atMs: AT + 1, forMs: 1 } as const;
      const world = await openLoopback(venue, { faults: isFeltAnew ? [...faults, cut] : faults, limits });
      onTestFinished(world.close);
      const isStruck = (): boolean =>
        world.venue.faults.struck.some(({ fault: { kind } }) => kind === fault.kind);
      await vi.waitFor(() => expect(isStruck()).toBe(true), PATIENCE);
      await vi.waitFor(() => expect([proof(world), world.isLive()]).toEqual([true, true]), PATIENCE);
      const { checks } = world.seen;
      await vi.waitFor(() => expect(world.seen.checks).toBeGreaterThan(checks + 10), PATIENCE);
      expect(world.wrong).toEqual([]);
    },
  );

  test('an acknowledgement that comes late and hides a failure is read as a refusal', async ({
    expect,
    onTestFinished,
  }) => {
    const span = { atMs: 0, forMs: 20_000 };
    const world = await openLoopback('mexc', {
      faults: [
        { kind: 'hidden_refusal', symbol: 'BTCUSDT', ...span },
        { kind: 'late_ack', byMs: 500, ...span },
      ],
    });
    onTestFinished(world.close);
    const refused = () => world.session.status().refused;
    await vi.waitFor(() => expect(refused()).toEqual([{ symbol: 'BTCUSDT', why: 'Blocked!' }]), PATIENCE);
    await vi.waitFor(() => expect([...world.books.keys()]).toEqual(['ETHUSDT']), PATIENCE);
    expect(world.wrong).toEqual([]);
  });

  test('a place that is not served is told in words that help', async ({ expect, onTestFinished }) => {
    const world = await openLoopback('binance', { faults: [{ kind: 'region', atMs: AT, forMs: 60_000 }] });
    onTestFinished(world.close);
    await vi.waitFor(() => expect(world.isLive()).toBe(true), PATIENCE);
    await vi.waitFor(
      () => expect(world.session.status().trouble).toMatch(/HTTP 451.*does not serve this location/),
      PATIENCE,
    );
    expect(world.books.size).toBe(0);
  });

  test('rejected keys, as far as this venue has any, are no reason to try again at once', async ({
    expect,
    onTestFinished,
  }) => {
    const world = await openLoopback('coinbase', {
      faults: [{ kind: 'upgrade', status: 401, atMs: 0, forMs: 60_000 }],
    });
    onTestFinished(world.close);
    await vi.waitFor(() => expect(world.session.status().trouble).toMatch(/HTTP 401/), PATIENCE);
    expect(counts(world).failedAttempts).toBe(1);
  });
});
