import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isFrame, POLL } from '../../../../adapters/venues/frame-source.ts';
import { REFUSED_RETRY_MS } from '../../../../adapters/venues/session/shard-keeper.ts';
import { epochMs, MINUTE_MS } from '../../../../core/time.ts';
import type { Reply, Upgrade } from '../../../support/scripted-venue.ts';
import { openWorld, START, type World } from './session-world.ts';

const SYMBOLS = ['A', 'B', 'C', 'D', 'E'];
const TROUBLE_MS = 10 * MINUTE_MS;
/** Refused keys and locations are waited out, and what was missing from listings for ten minutes is looked for again within eight. */
const WELL_AGAIN_MS = 2 * REFUSED_RETRY_MS;
const LIMITS = {
  sendsPerSecond: 4,
  sendBurst: 3,
  connectsPerMinute: 10,
  silenceMs: 20_000,
  lifetimeMs: 7 * MINUTE_MS,
};
const REST = { spacingMs: 300, burst: 2, weightPerMinute: 90 };

type Trouble =
  | { readonly kind: 'cut' | 'freeze' | 'announce' | 'leave' | 'garbage' | 'oversize' | 'distrust' }
  | { readonly kind: 'upgrade'; readonly upgrade: Upgrade; readonly ms: number }
  | { readonly kind: 'rest'; readonly reply: Reply | Error | 'hang'; readonly ms: number }
  | { readonly kind: 'mute' | 'refuse'; readonly symbol: string; readonly ms: number }
  | { readonly kind: 'doubt'; readonly symbol: string }
  | { readonly kind: 'follow'; readonly symbol: string };

const ms = fc.integer({ min: 1, max: 3 * MINUTE_MS });
const symbol = fc.constantFrom(...SYMBOLS);
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  fc.record({
    kind: fc.constantFrom('cut', 'freeze', 'announce', 'leave', 'garbage', 'oversize', 'distrust'),
  }),
  fc.record({
    kind: fc.constant('upgrade'),
    upgrade: fc.constantFrom<Upgrade[]>(
      'hang',
      { reason: 'connect ECONNREFUSED' },
      { status: 401, reason: '' },
      { status: 403, reason: '' },
      { status: 451, reason: '' },
      { status: 503, reason: '' },
      { status: 429, reason: '', retryAfterMs: 45_000 },
    ),
    ms,
  }),
  fc.record({
    kind: fc.constant('rest'),
    reply: fc.constantFrom<(Reply | Error | 'hang')[]>(
      'hang',
      new Error('broken'),
      { status: 404 },
      { status: 429, headers: { 'retry-after': '20' } },
      { status: 500 },
      { status: 451 },
    ),
    ms,
  }),
  fc.record({ kind: fc.constantFrom('mute', 'refuse'), symbol, ms }),
  fc.record({ kind: fc.constantFrom('doubt', 'follow'), symbol }),
);

/** Makes a trouble happen now. */
function happen(world: World, one: Trouble, n: number): void {
  const { venue, session, timers } = world;
  const { habits } = venue;
  const peer = venue.open[n % Math.max(1, venue.open.length)];
  switch (one.kind) {
    case 'cut':
      peer?.cut();
      return;
    case 'oversize':
      peer?.cut(1009, 'a message of more than 1000000 bytes');
      return;
    case 'freeze':
      if (peer) peer.isFrozen = true;
      return;
    case 'announce':
      peer?.say('{"bye":"restart"}');
      return;
    case 'leave':
      peer?.say('{"leave":"too slow"}');
      return;
    case 'garbage':
      peer?.say('{"c":');
      return;
    case 'distrust': {
      const connection = session.status().connections[0]?.id;
      session.need({ kind: 'reconnect', wire: 'kalshi', connection, symbol: '', why: 'lost' });
      return;
    }
    case 'doubt': {
      const connection = session.status().connections[0]?.id;
      session.need({ kind: 'snapshot', wire: 'kalshi', connection, symbol: one.symbol, why: `gap ${n}` });
      return;
    }
    case 'follow':
      session.follow({ follow: [], unfollow: [one.symbol], detail: '' });
      timers.after(5_000, () => session.follow({ follow: [one.symbol], unfollow: [], detail: '' }));
      return;
    case 'upgrade':
      habits.upgrade = () => one.upgrade;
      timers.after(one.ms, () => {
        habits.upgrade = () => 'open';
      });
      return;
    case 'rest':
      habits.answer = () => one.reply;
      timers.after(one.ms, () => {
        habits.answer = () => undefined;
      });
      return;
    case 'mute':
      habits.isMute = (name) => name === one.symbol;
      timers.after(one.ms, () => {
        habits.isMute = () => false;
      });
      return;
    case 'refuse':
      habits.refuses = (name) => (name === one.symbol ? { why: 'not now', retryMs: 2_000 } : undefined);
      timers.after(one.ms, () => {
        habits.refuses = () => undefined;
      });
      return;
  }
}

/** Ends whatever lasts. */
function heal({ venue }: World): void {
  venue.habits.upgrade = () => 'open';
  venue.habits.answer = () => undefined;
  venue.habits.isMute = () => false;
  venue.habits.refuses = () => undefined;
  for (const peer of venue.peers) peer.isFrozen = false;
}

/** Where more than burst + t / spacing lie in a span of t. */
const crowds = (at: readonly number[], burst: number, spacingMs: number): number[] =>
  at.filter((from, n) => at.slice(n).some((to, more) => more + 1 > burst + (to - from) / spacingMs));

/** Where more than `max` lie within a minute. */
const rushes = (at: readonly number[], max: number): number[] =>
  at.filter((from, n) => (at[n + max] ?? Number.POSITIVE_INFINITY) < from + MINUTE_MS);

const passedLimits = ({ venue }: World) => {
  const attempts = venue.attempts.map(({ at }) => at);
  const requests = venue.requests.map(({ at }) => at);
  return {
    sends: venue.peers.flatMap(({ sent }) =>
      crowds(
        sent.map(({ at }) => at),
        LIMITS.sendBurst,
        1_000 / LIMITS.sendsPerSecond,
      ),
    ),
    requests: [...crowds(requests, REST.burst, REST.spacingMs), ...rushes(requests, REST.weightPerMinute)],
    attempts: [...crowds(attempts, 1, 250), ...rushes(attempts, LIMITS.connectsPerMinute)],
  };
};

/** Stamps that go back, and what a connection brings before its opening or after its one end. */
function flaws({ items }: World): unknown[] {
  const open = new Set<string>();
  const over = new Set<string>();
  let last = 0;
  return items.filter((item) => {
    if (!('receivedAt' in item)) return true;
    const isBack = item.receivedAt < last;
    last = item.receivedAt;
    if (isFrame(item)) return isBack || (item.connection !== undefined && !open.has(item.connection));
    if (!('change' in item)) return isBack;
    const { connection, change } = item;
    const isOdd = open.has(connection) === (change === 'opened') || over.has(connection);
    if (change === 'opened') open.add(connection);
    else open.delete(connection);
    if (change !== 'opened' && connection !== POLL) over.add(connection);
    return isBack || isOdd;
  });
}

test('whatever fails, no limit is passed, the story holds, and all is well again within the stated time', () => {
  const counted = new Map<string, number>();
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(TROUBLE_MS), trouble), { minLength: 1, maxLength: 25 }),
      fc.nat(),
      fc.integer({ min: 1, max: 5 }),
      (script, seed, symbolsPerConnection) => {
        const world = openWorld({
          symbols: SYMBOLS,
          seed,
          limits: LIMITS,
          protocol: {
            symbolsPerConnection,
            restLimits: REST,
            channels: [{ name: 'book', firstDataMs: 5_000, suspectMs: 15_000, againMs: 2_000 }],
          },
        });
        const inOrder = script.toSorted(([a], [b]) => a - b);
        for (const [n, [at, one]] of inOrder.entries()) {
          world.timers.runUntil(epochMs(START + at));
          happen(world, one, n);
          counted.set(one.kind, (counted.get(one.kind) ?? 0) + 1);
        }
        // Longer than what the last change of symbols waits for.
        world.timers.runUntil(epochMs(START + TROUBLE_MS + 10_000));
        heal(world);
        world.pass(WELL_AGAIN_MS);
        const status = world.session.status();
        expect(status).toMatchObject({
          connected: true,
          polling: [],
          refused: [],
          trouble: null,
          gaveUp: false,
        });
        expect(new Set(world.venue.open.flatMap(({ symbols }) => [...symbols]))).toEqual(new Set(SYMBOLS));
        // A connection that takes over just now may not have shown its symbols yet, beside one that has.
        expect(status.channels[0]?.shown).toBeGreaterThanOrEqual(SYMBOLS.length);
        expect(status.channels[0]?.mute).toEqual([]);
        expect(passedLimits(world)).toEqual({ sends: [], requests: [], attempts: [] });
        expect(flaws(world)).toEqual([]);
        // Each outage that was told is over.
        expect(world.outages.length % 2).toBe(0);
        const before = world.items.length;
        world.session.stop();
        world.pass(60 * MINUTE_MS);
        expect(world.items.length).toBe(before);
        expect(world.venue.open).toEqual([]);
      },
    ),
    { seed: 31, numRuns: 60 },
  );
  // Each kind of trouble was really made.
  expect([...counted.keys()].sort()).toEqual([
    'announce',
    'cut',
    'distrust',
    'doubt',
    'follow',
    'freeze',
    'garbage',
    'leave',
    'mute',
    'oversize',
    'refuse',
    'rest',
    'upgrade',
  ]);
});

test('there is at most one snapshot request for a doubt, and never two under way for a symbol', () => {
  const doubt = fc.record({
    gap: fc.nat(400),
    symbol,
    isRepeated: fc.boolean(),
    latencyMs: fc.integer({ min: 1, max: 400 }),
  });
  fc.assert(
    fc.property(fc.array(doubt, { minLength: 1, maxLength: 60 }), fc.nat(), (doubts, seed) => {
      const world = openWorld({
        symbols: SYMBOLS,
        seed,
        protocol: { restLimits: { ...REST, weightPerMinute: 1_000 } },
      });
      world.pass(2_000);
      const whys = new Map<string, string[]>();
      for (const [n, { gap, symbol: name, isRepeated, latencyMs }] of doubts.entries()) {
        world.pass(gap);
        world.venue.habits.latencyMs = latencyMs;
        const known = whys.get(name) ?? [];
        // The same doubt again, as a reader says it that waits for its answer.
        const why = (isRepeated ? known.at(-1) : undefined) ?? `gap ${n}`;
        if (!known.includes(why)) known.push(why);
        whys.set(name, known);
        world.session.need({ kind: 'snapshot', wire: 'kalshi', connection: 'kalshi/1', symbol: name, why });
      }
      world.pass(10 * MINUTE_MS);
      for (const [name, known] of whys) {
        const asked = world.venue.asked(`picture?symbols=${name}`).map(({ at }) => at);
        const answered = world.frames().filter(({ url }) => url?.endsWith(`picture?symbols=${name}`));
        expect(asked.length).toBeGreaterThan(0);
        expect(answered.length).toBe(asked.length);
        for (const [n, at] of asked.slice(1).entries())
          expect(at).toBeGreaterThanOrEqual(answered[n]?.receivedAt ?? 0);
        // A repetition after its answer has come is a new doubt, since the answer did not settle it.
        const repeats = doubts.filter((one) => one.symbol === name && one.isRepeated).length;
        expect(asked.length).toBeLessThanOrEqual(known.length + repeats);
      }
    }),
    { seed: 32, numRuns: 60 },
  );
});
