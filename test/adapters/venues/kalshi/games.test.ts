import { expect, test } from 'vitest';
import { gameDayOf, gameOf } from '../../../../adapters/venues/kalshi/games.ts';

test.each([
  { event: 'KXNBAGAME-26FEB19BKNCLE', day: { league: 'nba', date: '2026-02-19', startsAt: null } },
  { event: 'KXNFLGAME-26SEP27LACDEN', day: { league: 'nfl', date: '2026-09-27', startsAt: null } },
  // 15:10 Eastern daylight time.
  {
    event: 'KXMLBGAME-26SEP271510CLEKC',
    day: { league: 'mlb', date: '2026-09-27', startsAt: Date.parse('2026-09-27T19:10:00Z') },
  },
  // 19:00 Eastern standard time.
  {
    event: 'KXNHLGAME-26NOV211900BOSNYR',
    day: { league: 'nhl', date: '2026-11-21', startsAt: Date.parse('2026-11-22T00:00:00Z') },
  },
])('reads the day of $event', ({ event, day }) => {
  expect(gameDayOf(event)).toEqual(day);
});

test.each([
  'KXNBASPREAD-26FEB19BKNCLE',
  'KXNBAGAME-26FEB30BKNCLE',
  'KXNBAGAME-26FOO19BKNCLE',
  'KXNBAGAME-26FEB19',
  'KXBTC15M-26SEP261900',
  'FED-23DEC',
  '',
])("finds no game in '%s'", (event) => {
  expect(gameDayOf(event)).toBeUndefined();
});

test('puts the team first whose win pays, and is about no game where there are three teams', () => {
  const event = 'KXNFLGAME-26SEP27LACDEN';
  const on = (end: string) => ({ ticker: `${event}-${end}`, event, outcome: end });
  const [lac, den, foreign] = [on('LAC'), on('DEN'), { ...on('NE'), event: 'KXNFLGAME-26SEP27NEBUF' }];
  expect(gameOf(den, [lac, den, on('TIE'), foreign])?.teams).toEqual([
    { code: 'DEN', name: 'DEN' },
    { code: 'LAC', name: 'LAC' },
  ]);
  expect(gameOf(on('TIE'), [lac, den, on('TIE')])).toBeNull();
  expect(gameOf(den, [lac, den, on('KC')])).toBeNull();
  expect(gameOf({ ...den, ticker: 'KXOTHER-DEN' }, [lac, den])).toBeNull();
});
