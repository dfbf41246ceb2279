import { expect, test } from 'vitest';
import { scoreboardUrl } from '../../../../adapters/venues/espn/scoreboard-url.ts';
import { utc } from '../../../core/market/sample-games.ts';

const SITE = 'https://site.api.espn.com/apis/site/v2/sports';

test.each([
  ['nfl', '2026-10-04T17:00Z', 'football/nfl/scoreboard?dates=20261003-20261004&limit=200'],
  ['nba', '2026-11-05T03:30Z', 'basketball/nba/scoreboard?dates=20261103-20261104&limit=200'], // 22:30 of the 4th
  ['nhl', '2027-01-01T06:00Z', 'hockey/nhl/scoreboard?dates=20261231-20270101&limit=200'],
  ['mlb', '2026-11-02T04:30Z', 'baseball/mlb/scoreboard?dates=20261031-20261101&limit=200'], // a day of 25 hours
] as const)('asks %s at %s for the Eastern yesterday and today', (league, now, path) => {
  expect(scoreboardUrl(league, utc(now))).toBe(`${SITE}/${path}`);
});

test('asks another host where one is given', () => {
  expect(scoreboardUrl('nfl', utc('2026-10-04T17:00Z'), 'http://127.0.0.1:8080')).toBe(
    'http://127.0.0.1:8080/apis/site/v2/sports/football/nfl/scoreboard?dates=20261003-20261004&limit=200',
  );
});
