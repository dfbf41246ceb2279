import { describe, test, vi } from 'vitest';
import type { SocketLimits } from '../../../adapters/venues/session/protocol.ts';
import { systemTimers } from '../../../adapters/venues/session/timers.ts';
import { wsTransport } from '../../../adapters/venues/session/ws-transport.ts';
import { symbolOf } from '../../../core/market/instrument.ts';
import { DAY_MS, plusMs } from '../../../core/time.ts';
import { espnVenue } from '../../../local/venue-simulator/espn-venue.ts';
import type { Fault, FaultEffect } from '../../../local/venue-simulator/faults.ts';
import { hourlyThresholds } from '../../../local/venue-simulator/kalshi-series.ts';
import { kalshiVenue } from '../../../local/venue-simulator/kalshi-venue.ts';
import { exclusivePlans } from '../../../local/venue-simulator/polymarket-plans.ts';
import { polymarketVenue } from '../../../local/venue-simulator/polymarket-venue.ts';
import { startSimServer } from '../../../local/venue-simulator/sim-server.ts';
import type { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import { Truth } from '../../../local/venue-simulator/truth.ts';
import { KEYS } from './contract-client.ts';
import { startScores } from './espn-follower.ts';
import { kalshiTrial, PUBLIC_KEYS } from './kalshi-trial.ts';
import { polymarketTrial } from './polymarket-trial.ts';
import { startClient } from './sim-world.ts';

const PATIENCE = { timeout: 25_000, interval: 20 };
/** Books stand by then on any machine. */
const AT = 2_500;
const PACE = { stepMs: 20, levels: 10 };

const VENUES = {
  /** Markets that are open for an hour at least. */
  kalshi: (faults: readonly Fault[]) => {
    const series = hourlyThresholds('BTC', PACE);
    const now = systemTimers.now();
    const plans = (series.rolling?.plans(now) ?? []).map((plan) => ({
      ...plan,
      closesAt: plusMs(now, DAY_MS),
    }));
    const [first] = plans;
    return kalshiVenue({
      seed: 7,
      timers: systemTimers,
      faults,
      keys: PUBLIC_KEYS,
      series: [{ ...series, rolling: null }],
      plans: first === undefined ? [] : [first, { ...first, ticker: `${first.ticker}B` }],
    });
  },
  polymarket: (faults: readonly Fault[]) => {
    const plans = exclusivePlans('fed', 'Fed?', plusMs(systemTimers.now(), DAY_MS), PACE).slice(2);
    return polymarketVenue({ seed: 7, timers: systemTimers, faults, series: [], plans });
  },
} as const;
type Name = keyof typeof VENUES;
type Trial = ReturnType<typeof kalshiTrial>;

const TRIALS: Readonly<
  Record<
    Name,
    (symbols: readonly string[], hosts: { ws: string; rest: string }, keys: typeof KEYS.rsa) => Trial
  >
> = {
  kalshi: (symbols, hosts, keys) => kalshiTrial(symbols, {}, { keys, hosts }),
  polymarket: (symbols, hosts) => polymarketTrial(symbols, {}, hosts),
};

const symbolsOf = (venue: SimVenue): readonly string[] =>
  venue.floor.markets.flatMap(({ symbol, listing: { mirror } }) => [
    symbol,
    ...(mirror ? [mirror.symbol] : []),
  ]);

/** The real client code over real sockets, on the machine's clock. */
async function openLoopback(
  name: Name,
  faults: readonly Fault[] = [],
  { limits = {}, keys = KEYS.ed25519 }: { limits?: Partial<SocketLimits>; keys?: typeof KEYS.rsa } = {},
) {
  const venue = VENUES[name](faults);
  const server = await startSimServer(venue);
  const symbols = symbolsOf(venue);
  const trial = TRIALS[name](symbols, server.hosts, keys);
  const truth = new Truth(venue.floor);
  const wrong: string[] = [];
  const seen = { checks: 0, doubts: [] as string[] };
  const protocol = { ...trial.protocol, limits: { ...trial.protocol.limits, ...limits } };
  const client = startClient(
    { ...trial, protocol },
    symbols,
    { transport: wsTransport, timers: systemTimers },
    (update) => {
      if (update.kind === 'book_doubted') seen.doubts.push(update.doubt);
      if (update.kind !== 'book' || update.book.status !== 'live') return;
      seen.checks += 1;
      const { why } = truth.judge(update.book, symbolOf(update.instrumentId));
      if (why !== null) wrong.push(why);
    },
  );
  const close = (): Promise<void> => {
    client.stop();
    return server.close();
  };
  /** A crossed instant of one of them is none of a doubt. */
  const isLive = (): boolean => symbols.every((symbol) => client.books.has(symbol));
  return { ...client, venue, wrong, seen, isLive, close };
}
type Loopback = Awaited<ReturnType<typeof openLoopback>>;

const quality = ({ reader }: Loopback, field: 'bookGaps' | 'bookRepeated'): number =>
  [...reader.quality().values()].reduce((sum, one) => sum + one[field], 0);
const reconnected = ({ venue }: Loopback): boolean => venue.accepted >= 2;

interface Case {
  readonly venue: Name;
  readonly fault: FaultEffect;
  readonly forMs: number;
  readonly proof: (world: Loopback) => boolean;
  readonly limits?: Partial<SocketLimits>;
}

const CASES: readonly Case[] = [
  {
    venue: 'kalshi',
    fault: { kind: 'gap' },
    forMs: 2_000,
    proof: (world) => quality(world, 'bookGaps') >= 2,
  },
  {
    venue: 'kalshi',
    fault: { kind: 'duplicate' },
    forMs: 2_000,
    proof: (world) => quality(world, 'bookRepeated') >= 1,
  },
  {
    venue: 'kalshi',
    fault: { kind: 'freeze' },
    forMs: 10_000,
    limits: { silenceMs: 2_500 },
    proof: reconnected,
  },
  { venue: 'kalshi', fault: { kind: 'oversize', bytes: 5 << 20 }, forMs: 2_000, proof: reconnected },
  { venue: 'kalshi', fault: { kind: 'shutdown' }, forMs: 500, proof: reconnected },
  {
    venue: 'polymarket',
    fault: { kind: 'checksum' },
    forMs: 2_000,
    proof: ({ seen }) => seen.doubts.includes('hash'),
  },
  {
    venue: 'polymarket',
    fault: { kind: 'swap' },
    forMs: 2_000,
    proof: ({ seen }) => seen.doubts.length >= 1,
  },
  { venue: 'polymarket', fault: { kind: 'garbage', as: 'no_text' }, forMs: 2_000, proof: reconnected },
  {
    venue: 'polymarket',
    fault: { kind: 'freeze' },
    forMs: 10_000,
    limits: { silenceMs: 2_500, heartbeat: { everyMs: 1_000, text: 'PING' } },
    proof: reconnected,
  },
  { venue: 'polymarket', fault: { kind: 'close_storm', everyMs: 700 }, forMs: 1_500, proof: reconnected },
];

describe.concurrent('over loopback', () => {
  test.for([
    { name: 'kalshi', keys: KEYS.rsa },
    { name: 'kalshi', keys: KEYS.ed25519 },
    { name: 'polymarket', keys: KEYS.rsa },
  ] as const)(
    'the real client reads live and right books of $name',
    async ({ name, keys }, { expect, onTestFinished }) => {
      const world = await openLoopback(name, [], { keys });
      onTestFinished(world.close);
      await vi.waitFor(
        () => expect([world.isLive(), world.seen.checks > 100]).toEqual([true, true]),
        PATIENCE,
      );
      expect(world.wrong).toEqual([]);
      expect(world.reader.frames).toMatchObject({ malformed: 0, venueErrors: 0 });
      expect([...world.reader.unknown]).toEqual([]);
    },
  );

  test.for(CASES.map((one) => ({ ...one, name: Object.values(one.fault).join(' ') })))(
    'the real client recovers from $name at $venue',
    async ({ venue, fault, forMs, proof, limits }, { expect, onTestFinished }) => {
      const world = await openLoopback(venue, [{ ...fault, atMs: AT, forMs }], limits && { limits });
      onTestFinished(world.close);
      await vi.waitFor(() => expect(world.venue.faults.struck.length).toBeGreaterThan(0), PATIENCE);
      await vi.waitFor(() => expect([proof(world), world.isLive()]).toEqual([true, true]), PATIENCE);
      const { checks } = world.seen;
      await vi.waitFor(() => expect(world.seen.checks).toBeGreaterThan(checks + 10), PATIENCE);
      expect(world.wrong).toEqual([]);
    },
  );

  test('a key that the venue does not know is refused', async ({ expect, onTestFinished }) => {
    const stranger = { ...KEYS.rsa, keyId: KEYS.ed25519.keyId };
    const world = await openLoopback('kalshi', [], { keys: stranger });
    onTestFinished(world.close);
    await vi.waitFor(() => expect(world.session.status().trouble).toMatch(/HTTP 401.*private key/), PATIENCE);
    expect(world.venue.accepted).toBe(0);
  });

  test('the real client reads scores', async ({ expect, onTestFinished }) => {
    const venue = espnVenue({ seed: 7, timers: systemTimers, pace: 20, maxAgeS: 0 });
    const server = await startSimServer(venue);
    const { poller, updates, notes } = startScores({
      leagues: ['nfl', 'mlb'],
      transport: wsTransport,
      timers: systemTimers,
      random: () => 0,
      host: server.hosts.rest,
    });
    onTestFinished(() => {
      poller.stop();
      return server.close();
    });
    await vi.waitFor(() => expect(updates.length).toBe(4), PATIENCE);
    expect([updates.map(({ kind }) => kind), notes]).toEqual([['new', 'new', 'new', 'new'], []]);
  });
});
