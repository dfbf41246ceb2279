import { beforeAll, expect, test } from 'vitest';
import { venueOf } from '../../../core/market/instrument.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import { FAULT_KINDS } from '../../../local/venue-simulator/faults.ts';
import { brokenBounds, type SoakFigures, SoakMeter } from './soak-figures.ts';
import { SoakRun } from './soak-run.ts';
import { PER_VENUE } from './soak-sides.ts';

// Two minutes of `npm run test:soak`.
const SEED = 3;
const FOR_MS = 2 * MINUTE_MS;
const run = new SoakRun({ seed: SEED, forMs: FOR_MS });
const meter = new SoakMeter(run, SEED);
let figures: SoakFigures;

beforeAll(() => {
  run.pass(FOR_MS);
  meter.look(FOR_MS);
  figures = meter.end();
}, 120_000);

test('a hundred instruments are followed, twenty at each of five venues, also after some of them ended', () => {
  const venues = ['binance', 'mexc', 'coinbase', 'polymarket', 'kalshi'] as const;
  expect(run.ids).toHaveLength(venues.length * PER_VENUE);
  for (const venue of venues) expect(run.ids.filter((id) => venueOf(id) === venue)).toHaveLength(PER_VENUE);
  expect(run.feed.newest?.instruments.map((one) => one.instrumentId)).toEqual([...run.ids].sort());
  // The quarter of an hour ends after 100 s: two tokens of each of two markets, and two markets.
  expect(figures.rolled).toBe(2 * 2 + 2);
});

test('no window is missed', () => {
  expect(figures.missed).toBe(0);
  expect(figures.windows).toBeGreaterThanOrEqual(FOR_MS / SECOND_MS - 2);
});

test('no live book is one that its venue never had', () => {
  expect(figures.examples).toEqual([]);
  expect(figures.wrong).toBe(0);
  expect(figures.liveShare).toBeGreaterThan(0.7);
  expect(figures.checked).toBeGreaterThan(8_000);
});

test('every instrument is live at the end, or it is known why not', () => {
  expect(figures.dead.filter(({ why }) => why === null)).toEqual([]);
  expect(figures.dead.length).toBeLessThan(run.ids.length / 10);
});

test('instruments make about as many frames as they should, less what faults take', () => {
  const stated = new Map(run.sides.map((side) => [String(side.venue), side.framesPerSecond]));
  for (const [wire, rate] of Object.entries(figures.rates)) {
    const wanted = stated.get(wire.replace(/-(spot|advanced)$/, '')) ?? 0;
    expect([wire, rate > 0.7 * wanted && rate < 1.1 * wanted, rate]).toEqual([wire, true, rate]);
  }
  expect(Object.keys(figures.rates)).toHaveLength(5);
});

test('faults of all kinds had an effect', () => {
  const struck = new Set(Object.values(figures.struck).flatMap((kinds) => Object.keys(kinds)));
  expect(FAULT_KINDS.filter((kind) => !struck.has(kind))).toEqual([]);
});

test('nothing is broken', () => {
  expect(brokenBounds(figures)).toEqual([]);
});

const MB = 1_000_000;
/** A tenth more than 300 is 330, a fifth more than 200 is 240. */
const SOUND_RSS = {
  seenAfterHour: 300 * MB,
  seen: 330 * MB,
  most: 399 * MB,
  heldAfterHour: 200 * MB,
  heldAtEnd: 240 * MB,
};

test.each([
  { name: 'a missed window', change: { missed: 1 }, words: '1 windows are missing' },
  {
    name: 'a wrong book',
    change: { wrong: 2, examples: ['5 ms: BTCUSDT: the venue never had this book'] },
    words: '2 live pictures of a book that its venue never had: 5 ms: BTCUSDT',
  },
  {
    name: 'an instrument that is dead without a reason',
    change: { dead: [{ id: 'binance:BTCUSDT', status: 'stale', why: null }] },
    words: 'binance:BTCUSDT is stale at the end and nobody knows why',
  },
  {
    name: 'memory that grows by more than a tenth',
    change: { rss: { ...SOUND_RSS, seen: 331 * MB } },
    words: 'RSS grew from 300 MB after the first hour to 331 MB',
  },
  {
    name: 'a leak that garbage hides',
    change: { rss: { ...SOUND_RSS, heldAtEnd: 241 * MB } },
    words: 'what is held grew from 200 MB after the first hour to 241 MB',
  },
  {
    name: 'too much memory',
    change: { rss: { ...SOUND_RSS, most: 400 * MB } },
    words: 'RSS was 400 MB, not under 400 MB',
  },
])('$name breaks a bound', ({ change, words }) => {
  const sound = { ...figures, dead: [], simulatedMs: 6 * HOUR_MS, rss: SOUND_RSS } as SoakFigures;
  expect(brokenBounds(sound)).toEqual([]);
  const broken = brokenBounds({ ...sound, ...change } as SoakFigures);
  expect(broken).toHaveLength(1);
  expect(broken[0]).toContain(words);
});
