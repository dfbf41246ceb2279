import { describe, expect, test } from 'vitest';
import { scoreboardUrl } from '../../../adapters/venues/espn/scoreboard-url.ts';
import { LEAGUES } from '../../../core/market/game.ts';
import { DAY_MS, type EpochMs, epochMs, MINUTE_MS, plusMs, SECOND_MS } from '../../../core/time.ts';
import type { EspnMisanswer } from '../../../local/venue-simulator/espn-dialect.ts';
import { espnVenue } from '../../../local/venue-simulator/espn-venue.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import { fixture } from '../../../local/venue-simulator/sim-fixtures.ts';
import { openContracts } from './contract-client.ts';
import { follow, type Options, PACE } from './espn-follower.ts';
import { START } from './sim-world.ts';

describe('an answer', () => {
  const open = (options: Options = {}) =>
    openContracts((timers) => espnVenue({ seed: 7, timers, pace: PACE, ...options }));
  const url = scoreboardUrl('nfl', START);

  test('is kept for its age, named by a tag, and not told again to who names it', () => {
    const world = open();
    world.until(3 * MINUTE_MS);
    const first = world.ask(url);
    const etag = first.headers['etag'] ?? '';
    expect(first.headers).toMatchObject({
      'cache-control': 'max-age=5',
      age: '0',
      date: 'Mon, 21 Sep 2026 14:16:20 GMT',
    });
    world.until(3 * MINUTE_MS + 4_999);
    const kept = world.ask(url, { headers: { 'if-none-match': etag } });
    expect([kept.status, kept.body, kept.headers['age']]).toEqual([304, '', '4']);
    world.until(3 * MINUTE_MS + 5_000);
    const fresh = world.ask(url, { headers: { 'if-none-match': etag } });
    expect([fresh.status, fresh.headers['etag'] === etag]).toEqual([200, false]);
  });

  test('has the games of the Eastern days that were asked for', () => {
    const late = epochMs(Date.parse('2026-09-22T03:30:00Z'));
    const fixtures = [START, late, plusMs(late, DAY_MS)].map((startsAt: EpochMs, n) =>
      fixture('nfl', { gameId: String(n), startsAt, home: 'NE', away: 'BUF' }),
    );
    const ids = (dates: string): string[] => {
      const body = open({ fixtures }).read(
        `https://site.api.espn.com/apis/site/v2/sports/football/nfl/scoreboard?${dates}`,
      );
      return (JSON.parse(body).events as { id: string }[]).map(({ id }) => id);
    };
    expect([
      ids('dates=20260921'),
      ids('dates=20260920-20260922'),
      ids(''),
      ids('dates=20260920-20260922&limit=1'),
    ]).toEqual([['0', '1'], ['0', '1', '2'], ['0', '1'], ['0']]);
  });

  test('is none of another place, nor a socket', () => {
    const world = open();
    expect(world.ask('https://site.api.espn.com/apis/site/v2/sports/tennis/atp/scoreboard').status).toBe(404);
    expect(world.knock('wss://site.api.espn.com/')).toMatchObject({ status: 404 });
  });

  test('names the teams in any order', () => {
    const { events } = JSON.parse(open().read(url)) as {
      events: { competitions: { competitors: { homeAway: string }[] }[] }[];
    };
    const firsts = events.map(({ competitions }) => competitions[0]?.competitors[0]?.homeAway);
    expect(new Set(firsts)).toEqual(new Set(['home', 'away']));
  });
});

describe('when answers are none', () => {
  const AT = 3 * MINUTE_MS;
  const LONG = 3 * MINUTE_MS;

  test.each([
    { as: 'html', why: /it begins with '<!DOCTYPE html>/ },
    { as: 'blocked', why: /HTTP 403.*firewall/ },
    { as: 'shape', why: /events: is not a list/ },
    { as: 'empty', why: /2 of 2 have no competitors/ },
    { as: 'cut', why: /not JSON/ },
  ] as const)('$as: the league is out of date after three of them, and comes back', ({ as, why }) => {
    const misanswers: EspnMisanswer[] = [{ as, league: 'nfl', atMs: AT, forMs: LONG }];
    const world = follow({ misanswers });
    world.pass(AT + LONG - SECOND_MS);
    expect(world.statusOf('nfl')).toMatchObject({ stale: true, failedBecause: expect.stringMatching(why) });
    expect(world.statusOf('nba')).toMatchObject({ stale: false });
    world.pass(5 * MINUTE_MS);
    expect(world.statusOf('nfl')).toMatchObject({ stale: false, failures: 0 });
  });

  test('a team that nobody knows costs its own game only', () => {
    const world = follow({ misanswers: [{ as: 'stranger', league: 'nba', atMs: 0, forMs: MINUTE_MS }] }, [
      'nba',
    ]);
    world.pass(30 * SECOND_MS);
    expect([...world.reader.problems]).toEqual([['unknown_team', expect.any(Number)]]);
    expect(new Set(world.updates.map(({ game }) => game.gameId)).size).toBe(1);
  });

  // One host says no to all leagues, which are asked one after the other.
  const SPAN = { atMs: AT, forMs: 8 * MINUTE_MS };
  test.each([
    { fault: { kind: 'http', status: 403, ...SPAN }, why: /HTTP 403/ },
    { fault: { kind: 'http', status: 429, retryAfterS: 20, ...SPAN }, why: /429/ },
    { fault: { kind: 'http', status: 503, ...SPAN }, why: /503/ },
    { fault: { kind: 'http_hang', ...SPAN }, why: /no answer within 5000 ms/ },
    { fault: { kind: 'region', ...SPAN }, why: /HTTP 451/ },
  ] as const satisfies readonly { fault: Fault; why: RegExp }[])(
    '$fault.kind $fault.status: all leagues are out of date, and come back',
    ({ fault, why }) => {
      const world = follow({ faults: [fault] });
      world.pass(AT + 8 * MINUTE_MS - SECOND_MS);
      const stale = LEAGUES.map((league) => world.statusOf(league));
      expect(stale.map((one) => one?.stale)).toEqual([true, true, true, true]);
      for (const one of stale) expect(one?.failedBecause).toMatch(why);
      world.pass(11 * MINUTE_MS);
      expect(LEAGUES.map((league) => world.statusOf(league)?.stale)).toEqual([false, false, false, false]);
    },
  );

  test('a clock that is wrong makes answers look old, and nothing else', () => {
    const world = follow({ faults: [{ kind: 'clock_skew', byMs: -60_000, ...SPAN }] });
    world.pass(AT + MINUTE_MS);
    const ages = LEAGUES.map((league) => world.statusOf(league)?.answerAgeMs ?? 0);
    expect([
      ages.every((age) => age >= 60_000),
      LEAGUES.some((league) => world.statusOf(league)?.stale),
    ]).toEqual([true, false]);
  });
});
