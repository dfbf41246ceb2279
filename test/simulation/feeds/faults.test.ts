import { expect, test } from 'vitest';
import type { InstrumentId } from '../../../core/market/instrument.ts';
import { SECOND_MS } from '../../../core/time.ts';
import { SeededRandom } from '../../../local/demo-market/random.ts';
import type { FaultBoard, Strike } from '../../../local/venue-simulator/fault-board.ts';
import {
  FAULT_KINDS,
  type Fault,
  type FaultEffect,
  type FaultKind,
} from '../../../local/venue-simulator/faults.ts';
import { faultKindsAt, STRIKES_NEVER } from '../../../local/venue-simulator/venue-faults.ts';
import { KEYS } from '../../local/venue-simulator/contract-client.ts';
import { SIDE_NAMES, SIDES, type SideName } from './sides.ts';
import { accessOf, SimFeed, START } from './sim-feed.ts';

const RECOVERED_WITHIN_MS = 5 * SECOND_MS;
/** Whose silence alone is to be noticed by the connection's own signs of life. */
const FROZEN_MS_MAX = 9 * SECOND_MS;
const CALM_MS = 12 * SECOND_MS;
const SEEDS = [1, 2];
const JITTER = 0.1;
const BREAKS: ReadonlySet<FaultKind> = new Set(['drop', 'clock_skew']);

/** One way in which a venue can go wrong, as long and as strong as the dice say. */
interface Trouble {
  readonly name: string;
  readonly effect: (random: SeededRandom) => FaultEffect;
  /** Felt by whoever connects, subscribes or asks anew, so that connections are cut with it. */
  readonly isFeltAnew?: true;
  /** From the first moment on. */
  readonly isColdStart?: true;
  readonly shortestS?: number;
  readonly longestS?: number;
}

const seconds = (random: SeededRandom, least: number, most: number): number =>
  SECOND_MS * random.integer(least, most);

const REST_TROUBLES: readonly Trouble[] = [
  {
    name: 'says 429',
    effect: (random) => ({ kind: 'http', status: 429, retryAfterS: random.integer(1, 9) }),
  },
  {
    name: 'says 418',
    effect: (random) => ({ kind: 'http', status: 418, retryAfterS: random.integer(5, 20) }),
  },
  { name: 'says 451', effect: () => ({ kind: 'http', status: 451 }) },
  { name: 'says 503', effect: () => ({ kind: 'http', status: 503 }) },
  { name: 'does not answer', effect: () => ({ kind: 'http_hang' }) },
];

const MINUTES = { shortestS: 90, longestS: 150 };

const TROUBLES: readonly Trouble[] = [
  { name: 'a lost change', effect: () => ({ kind: 'gap' }) },
  { name: 'a doubled change', effect: () => ({ kind: 'duplicate' }) },
  { name: 'two changes that change places', effect: () => ({ kind: 'swap' }) },
  { name: 'half a message', effect: () => ({ kind: 'garbage', as: 'half' }) },
  { name: 'letters', effect: () => ({ kind: 'garbage', as: 'letters' }) },
  { name: 'bytes', effect: () => ({ kind: 'garbage', as: 'binary' }) },
  { name: 'a text that is none', effect: () => ({ kind: 'garbage', as: 'no_text' }) },
  { name: 'a message of 80 MB', effect: () => ({ kind: 'oversize', bytes: 80 << 20 }) },
  { name: 'a wrong checksum', effect: () => ({ kind: 'checksum' }) },
  { name: 'one message in twenty lost', effect: () => ({ kind: 'drop', share: 0.05 }), longestS: 5 },
  { name: 'a freeze without a close', effect: () => ({ kind: 'freeze' }), longestS: 40 },
  { name: 'silence about everything', effect: () => ({ kind: 'mute' }) },
  { name: 'a storm of cuts', effect: (random) => ({ kind: 'close_storm', everyMs: seconds(random, 1, 4) }) },
  { name: 'a restart that is announced', effect: () => ({ kind: 'shutdown' }) },
  {
    name: 'pictures that come late',
    effect: (random) => ({ kind: 'slow_snapshot', byMs: seconds(random, 1, 8) }),
    isFeltAnew: true,
  },
  {
    name: 'acknowledgements that come late',
    effect: (random) => ({ kind: 'late_ack', byMs: seconds(random, 1, 8) }),
    isFeltAnew: true,
  },
  {
    name: 'subscriptions that are not carried',
    effect: () => ({ kind: 'hidden_refusal' }),
    isFeltAnew: true,
  },
  ...REST_TROUBLES.map(({ name, effect }) => ({
    name: `REST that ${name}, for pictures`,
    effect,
    isFeltAnew: true as const,
  })),
  ...REST_TROUBLES.map(({ name, effect }) => ({
    name: `REST that ${name}, from the beginning`,
    effect,
    isColdStart: true as const,
  })),
  {
    name: 'sockets refused with 503',
    effect: () => ({ kind: 'upgrade', status: 503 }),
    isFeltAnew: true,
    longestS: 40,
  },
  {
    name: 'sockets that do not open',
    effect: () => ({ kind: 'upgrade', status: 'hang' }),
    isFeltAnew: true,
    longestS: 40,
  },
  { name: 'a place that is not served', effect: () => ({ kind: 'region' }) },
  {
    name: 'a place that is not served for minutes',
    effect: () => ({ kind: 'region' }),
    ...MINUTES,
  },
  {
    name: 'a place that is not served for minutes, from the beginning',
    effect: () => ({ kind: 'region' }),
    isColdStart: true,
    ...MINUTES,
  },
  {
    name: 'a clock that is wrong',
    effect: (random) => ({
      kind: 'clock_skew',
      byMs: (random.chance(0.5) ? 1 : -1) * seconds(random, 1, 60),
    }),
  },
  { name: 'ids that go backwards', effect: () => ({ kind: 'ids_back' }) },
  { name: 'a pause of the exchange', effect: () => ({ kind: 'paused' }) },
];

/** What a wire has no means to show, since it numbers nothing. */
const UNSEEN: Readonly<Partial<Record<SideName, readonly FaultKind[]>>> = {
  'coinbase-exchange': ['gap', 'swap', 'drop'],
};

/** Whose stream brings pictures itself. */
const NEEDS_NO_REST: ReadonlySet<SideName> = new Set([
  'coinbase',
  'coinbase-exchange',
  'kalshi',
  'polymarket',
]);

const CASES = SIDE_NAMES.flatMap((side) =>
  TROUBLES.flatMap((trouble) => {
    const { kind } = trouble.effect(new SeededRandom(0, 'kind'));
    if (trouble.isFeltAnew && kind.startsWith('http') && NEEDS_NO_REST.has(side)) return [];
    const isOut = UNSEEN[side]?.includes(kind) === true || !faultKindsAt(side).includes(kind);
    return isOut ? [] : SEEDS.map((seed) => ({ side, trouble, seed, name: trouble.name }));
  }),
);

test('every kind of fault is among the troubles', () => {
  const tried = TROUBLES.map(({ effect }) => effect(new SeededRandom(0, 'kind')).kind);
  expect(new Set(tried)).toEqual(new Set(FAULT_KINDS));
});

test.each(
  SIDE_NAMES.flatMap((side) =>
    TROUBLES.filter(({ effect, isColdStart }) => {
      const { kind } = effect(new SeededRandom(0, 'kind'));
      return !isColdStart && STRIKES_NEVER[side]?.includes(kind) === true;
    }).map((trouble) => ({ side, trouble, name: trouble.name })),
  ),
)('$side has nothing for $name to strike', ({ side, trouble }) => {
  const effect = trouble.effect(new SeededRandom(1, side));
  const feed = openFeed(side, [{ ...effect, atMs: CALM_MS, forMs: 10 * SECOND_MS }], 1);
  feed.pass(CALM_MS + 10 * SECOND_MS);
  expect(boardOf(feed, side).struck).toEqual([]);
});

test.each(CASES)(
  '$side recovers from $name within five seconds of its end ($seed)',
  ({ side, trouble, seed }) => {
    const random = new SeededRandom(seed, `${side} ${trouble.name}`);
    const atMs = trouble.isColdStart ? 0 : CALM_MS + random.integer(0, 3_000);
    // What is left out in less than four seconds Coinbase Exchange has no means to show.
    const shownS = side === 'coinbase-exchange' ? 5 : 2;
    const forMs = seconds(random, trouble.shortestS ?? shownS, trouble.longestS ?? 15);
    const fault: Fault = { ...trouble.effect(random), atMs, forMs };
    const feed = openFeed(side, trouble.isFeltAnew ? [fault, cutAt(atMs + 1)] : [fault], seed);
    if (!trouble.isColdStart) feed.pass(CALM_MS);
    feed.behindMs.clear();
    const wholeMs = atMs + forMs + 30 * SECOND_MS;
    feed.pass(wholeMs - (trouble.isColdStart ? 0 : CALM_MS));

    const { struck } = boardOf(feed, side);
    const strikes = struck.filter((strike) => strike.fault === fault);
    expect(strikes.length).toBeGreaterThan(0);
    expect({ wrong: feed.wrong, missed: feed.missed }).toEqual({ wrong: [], missed: 0 });
    const endMs = Math.max(atMs + forMs, askedToWaitUntil(strikes));
    // Each message that is lost and each cut is a fault of its own.
    const faults = fault.kind === 'drop' || fault.kind === 'close_storm' ? strikes.length : 1;
    for (const id of standingAt(side, trouble.shortestS === undefined ? CALM_MS : wholeMs)) {
      expect((feed.deadAt.get(id) ?? START) - START, id).toBeLessThanOrEqual(endMs + RECOVERED_WITHIN_MS);
      expect(feed.resyncs(id), id).toBeLessThanOrEqual(faults);
      if (fault.kind === 'freeze') expect(feed.behindMs.get(id), id).toBeLessThanOrEqual(FROZEN_MS_MAX);
      // Stamps that are a minute old, and many holes, are more failures than a breaker lets pass.
      if (BREAKS.has(fault.kind)) continue;
      expect(feed.haltedAt.get(id), id).toBeUndefined();
    }
  },
);

/** Markets that have not begun, or are over, are shown as such. */
const standing = new Map<string, readonly InstrumentId[]>();
function standingAt(side: SideName, ms: number): readonly InstrumentId[] {
  const known = standing.get(`${side} ${ms}`);
  if (known !== undefined) return known;
  const feed = openFeed(side, [], 1);
  feed.pass(CALM_MS);
  const begun = feed.ids.filter((id) => !feed.dead().includes(id));
  feed.pass(ms - CALM_MS);
  const found = begun.filter((id) => !feed.dead().includes(id));
  expect(found.length).toBeGreaterThan(0);
  standing.set(`${side} ${ms}`, found);
  return found;
}

const cutAt = (atMs: number): Fault => ({ kind: 'close_storm', everyMs: SECOND_MS, atMs, forMs: 1 });

function openFeed(side: SideName, faults: readonly Fault[], seed: number): SimFeed {
  const access = accessOf(side === 'coinbase-exchange' ? 'exchange' : 'advanced');
  return new SimFeed({ seed, sides: [SIDES[side](faults)], access, keys: { kalshi: KEYS.ed25519 } }).start();
}

function boardOf(feed: SimFeed, side: SideName): FaultBoard {
  const { venue } = SIDES[side]();
  const sim = feed.sides.get(venue)?.sim;
  if (sim === undefined) throw new Error(`${venue} is not simulated`);
  return sim.faults;
}

/** Who is asked too much is left alone for 4 s, 8 s, 16 s and so on, or for as long as it says. */
function askedToWaitUntil(strikes: readonly Strike[]): number {
  let [tries, lastMs, untilMs] = [0, Number.NEGATIVE_INFINITY, 0];
  for (const { fault, at } of strikes) {
    if (fault.kind !== 'http' || (fault.status !== 429 && fault.status !== 418)) continue;
    if (at - lastMs > SECOND_MS) tries += 1;
    lastMs = at;
    const ownMs = 4 * SECOND_MS * 2 ** (tries - 1) * (1 + JITTER);
    untilMs = at - START + Math.max(SECOND_MS * (fault.retryAfterS ?? 0), ownMs);
  }
  return untilMs;
}

test('a venue that never answers the question for a picture is asked over another connection', () => {
  const feed = openFeed('kalshi', [{ kind: 'gap', atMs: CALM_MS, forMs: 10 * SECOND_MS }], 1);
  const { dialect } = feed.sides.get('kalshi')?.sim ?? expect.fail('Kalshi is not simulated');
  const hear = dialect.heard.bind(dialect);
  dialect.heard = (connection, text) => {
    if (!text.includes('get_snapshot')) hear(connection, text);
  };
  feed.pass(CALM_MS);
  const before = feed.dead();
  feed.pass(15 * SECOND_MS);
  expect(feed.dead().length).toBeGreaterThan(before.length);
  feed.pass(20 * SECOND_MS);
  expect({ dead: feed.dead(), wrong: feed.wrong }).toEqual({ dead: before, wrong: [] });
  expect(feed.sides.get('kalshi')?.sim.accepted).toBe(2);
});
