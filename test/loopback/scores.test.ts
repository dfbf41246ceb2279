import { describe, test } from 'vitest';
import type { League } from '../../core/market/game.ts';
import { plusMs } from '../../core/time.ts';
import type { EspnMisanswer } from '../../local/venue-simulator/espn-dialect.ts';
import { espnVenue } from '../../local/venue-simulator/espn-venue.ts';
import type { Fault } from '../../local/venue-simulator/faults.ts';
import { fixture } from '../../local/venue-simulator/sim-fixtures.ts';
import { LoopbackFeed } from './loopback-feed.ts';
import { PLACES } from './places.ts';
import type { WallTime } from './wall-time.ts';

/** Polls come each eight seconds while a game is played: the first is well, the second falls into this span. */
const SPAN = { atMs: 4_000, forMs: 9_000 };

interface Trouble {
  readonly name: string;
  readonly league: League;
  readonly teams: readonly [string, string];
  readonly faults?: readonly Fault[];
  readonly misanswers?: readonly EspnMisanswer[];
  /** How long it leaves the host alone, at least. */
  readonly waitMs: number;
  readonly says: RegExp;
}

const TROUBLES: readonly Trouble[] = [
  {
    name: 'is told that it asks too much',
    league: 'nfl',
    teams: ['NE', 'BUF'],
    faults: [{ kind: 'http', status: 429, retryAfterS: 5, ...SPAN }],
    waitMs: 14_500,
    says: /^nfl: poll failed: .*HTTP 429/,
  },
  {
    name: 'gets a server error',
    league: 'nba',
    teams: ['LAL', 'GSW'],
    faults: [{ kind: 'http', status: 503, ...SPAN }],
    waitMs: 11_500,
    says: /^nba: poll failed: .*HTTP 503/,
  },
  {
    name: 'gets a page for people',
    league: 'nba',
    teams: ['BOS', 'NYK'],
    misanswers: [{ as: 'html', ...SPAN }],
    waitMs: 11_500,
    says: /^nba: poll failed: .*not JSON/,
  },
];

/** One game that has begun, twenty seconds of it in one. */
const scoreboard =
  ({ league, teams: [home, away], faults = [], misanswers = [] }: Trouble) =>
  (time: WallTime) =>
    espnVenue({
      seed: 7,
      timers: time,
      pace: 20,
      maxAgeS: 0,
      faults,
      misanswers,
      fixtures: [fixture(league, { gameId: '401000001', startsAt: plusMs(time.now(), -60_000), home, away })],
    });

describe.concurrent('over loopback', () => {
  test.for(TROUBLES)(
    'the poller of scores $name, says so once, leaves the host alone and goes on',
    { timeout: 60_000 },
    async (trouble, { expect, onTestFinished }) => {
      const { league, waitMs, says } = trouble;
      const scores = { leagues: [league], open: scoreboard(trouble) };
      // Nothing spreads the polls, so that they come as soon as they may.
      const feed = await LoopbackFeed.open({ places: [PLACES.coinbase], scores, random: () => 0 });
      onTestFinished(() => feed.close());
      const { time, events } = feed;
      const openedAt = time.now();
      const session = () => feed.health.report().venues.find(({ wire }) => wire === 'espn');
      const games = () => events.filter(({ type }) => type === 'game.updated');
      await feed.until(
        () => session()?.counts.pollsFailed === 1,
        () => `no poll failed: ${JSON.stringify(session())}`,
      );
      const failedAt = time.now();
      const before = games().length;
      expect(session()).toMatchObject({ connected: true, counts: { messages: 1, pollRounds: 2 } });
      await feed.until(
        () => session()?.counts.messages === 2,
        () => `the poller does not go on: ${JSON.stringify(session())}`,
      );
      // Fifteen seconds; less a fifth, by which polls are spread, where it did not ask for less of us.
      expect(time.now() - failedAt).toBeGreaterThanOrEqual(waitMs);
      await feed.until(
        () => games().length > before,
        () => 'the game does not go on',
      );
      expect(session()).toMatchObject({ connected: true, counts: { pollRounds: 3, pollsFailed: 1 } });
      const notes = feed.logged.flatMap(({ fields }) =>
        fields['venue'] === 'ESPN scores' ? [fields['detail']] : [],
      );
      expect(notes).toEqual([expect.stringMatching(says)]);
      const { feed: report } = await feed.document();
      expect(report.venues).toMatchObject([
        { wire: 'coinbase-advanced' },
        { wire: 'espn', connected: true, trouble: null },
      ]);
      // Scores in trouble are nobody else's.
      expect([feed.judge.wrong, feed.judge.missed, feed.alerts]).toEqual([[], 0, []]);
      expect(feed.judge.wasDeadSince(openedAt)).toBe(false);
    },
  );
});
