import { describe, test } from 'vitest';
import { expected, strike } from './blow.ts';
import { BLOWS } from './blows.ts';
import { LoopbackFeed } from './loopback-feed.ts';
import { PLACES, type PlaceName } from './places.ts';

const NAMES = Object.keys(PLACES) as readonly PlaceName[];
/** On a machine that lets them run; they take a third of it. */
const TIMEOUT_MS = 60_000;

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
