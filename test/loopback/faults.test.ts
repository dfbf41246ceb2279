import { describe, expect, test } from 'vitest';
import type { FaultKind } from '../../local/venue-simulator/faults.ts';
import { expected, strike } from './blow.ts';
import { BLOWS } from './blows.ts';
import { LoopbackFeed } from './loopback-feed.ts';
import { PLACES, type PlaceName } from './places.ts';

const NAMES = Object.keys(PLACES) as readonly PlaceName[];
/** On a machine that lets them run; they take a third of it. */
const TIMEOUT_MS = 60_000;

const CLASSES: readonly FaultKind[] = [
  'gap',
  'duplicate',
  'garbage',
  'oversize',
  'checksum',
  'freeze',
  'close_storm',
  'slow_snapshot',
  'late_ack',
  'hidden_refusal',
  'http',
  'upgrade',
  'region',
  'clock_skew',
  'ids_back',
];

test('every class of faults meets a venue, and every venue three of them', () => {
  const kindsOf = (name: PlaceName): ReadonlySet<FaultKind> =>
    new Set(BLOWS[name].flatMap(({ fault, beside }) => [fault.kind, ...(beside ? [beside.kind] : [])]));
  const met = new Set(NAMES.flatMap((name) => [...kindsOf(name)]));
  expect(CLASSES.filter((kind) => !met.has(kind))).toEqual([]);
  expect(NAMES.filter((name) => kindsOf(name).size < 3)).toEqual([]);
});

// Most of them wait.
describe.concurrent('over loopback', () => {
  test.for(NAMES.map((name) => ({ name, kinds: BLOWS[name].map(({ fault }) => fault.kind).join(', ') })))(
    '$name: right live books in time after each of $kinds, proven anew once, and none shown live that is wrong',
    { timeout: TIMEOUT_MS },
    async ({ name }, { expect, onTestFinished }) => {
      const place = PLACES[name];
      const feed = await LoopbackFeed.open({ places: [place] });
      onTestFinished(() => feed.close());
      for (const blow of BLOWS[name])
        expect(await strike(feed, place.venue, blow), blow.fault.kind).toEqual(expected(blow));
      expect(feed.judge.checks).toBeGreaterThan(50);
    },
  );
});
