import { expect, test } from 'vitest';
import { LiveFeed } from '../../../../adapters/venues/live-feed.ts';
import { MINUTE_MS, plusMs } from '../../../../core/time.ts';
import { VirtualTimers } from '../../../../local/venue-simulator/virtual-timers.ts';
import { ScoreHost } from '../../../support/score-host.ts';
import { NFL_LIVE, scoreboard } from './samples.ts';
import { openWorld, START } from './score-world.ts';

/** What a live feed tells of its scores, which a host refuses from the second minute to the tenth. */
function told(scoresHost?: string): readonly string[] {
  const timers = new VirtualTimers(START);
  const host = new ScoreHost(timers);
  host.boards.set('nfl', scoreboard(NFL_LIVE));
  const details: string[] = [];
  const feed = new LiveFeed({
    access: {},
    keys: {},
    ids: [],
    leagues: ['nfl', 'nhl'],
    venues: [],
    windowMs: 1_000,
    ...(scoresHost !== undefined && { scoresHost }),
    transport: host,
    timers,
    random: () => 0.5,
    note: () => undefined,
  });
  feed.start((item) => {
    if ('outage' in item) details.push(`${item.outage}: ${item.detail}`);
  });
  timers.runUntil(plusMs(START, MINUTE_MS - 5_000));
  host.answer = (league) => (league === 'nfl' ? { status: 503 } : undefined);
  timers.runUntil(plusMs(START, 10 * MINUTE_MS));
  host.answer = () => undefined;
  timers.runUntil(plusMs(START, 30 * MINUTE_MS));
  feed.stop();
  return details;
}

test.each([
  { scoresHost: undefined, name: 'site.api.espn.com' },
  { scoresHost: 'http://127.0.0.1:9000', name: '127.0.0.1:9000' },
])(
  'scores that do not come from $name are told as what they are: polled, and by whom',
  ({ scoresHost, name }) => {
    // The newest good answer is the sixth: five pauses of 10 s, and six trips of 40 ms.
    const since = '2026-10-04T19:00:50.240Z';
    expect(told(scoresHost)).toEqual([
      `begun: ESPN scores: ${name} gave no good answer for nfl since ${since}: ${name}/apis/site/v2/sports/football/nfl/scoreboard: HTTP 503. It is asked again and again, less and less often, down to once in 10 minutes.`,
      `over: ESPN scores: ${name} answers for all leagues again; there was no good answer for nfl since ${since}.`,
    ]);
  },
);

test('a poller whose last league is let go is idle, and its outage ends for that reason', () => {
  const world = openWorld({ host: (host) => Object.assign(host, { answer: () => ({ status: 503 }) }) });
  world.pass(10 * MINUTE_MS);
  expect(world.poller.status()).toMatchObject({ connected: false, idleBecause: null });
  world.poller.follow({ follow: [], unfollow: ['nfl'], detail: 'left' });
  expect(world.poller.status()).toMatchObject({
    connected: null,
    idleBecause: 'no league is followed',
    trouble: null,
  });
  expect(world.outages.map(({ kind, idleBecause }) => [kind, idleBecause])).toEqual([
    ['begun', undefined],
    ['over', 'no league is followed'],
  ]);
});

test('a poller without a league is idle from the start', () => {
  const world = openWorld({ leagues: [] });
  world.pass(MINUTE_MS);
  expect(world.poller.status()).toMatchObject({ connected: null, since: START, trouble: null });
  expect([world.host.questions, world.outages]).toEqual([[], []]);
});
