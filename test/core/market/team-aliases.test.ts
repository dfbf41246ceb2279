import { expect, test } from 'vitest';
import { LEAGUES } from '../../../core/market/game.ts';
import { teamByCode, teamByName } from '../../../core/market/team-aliases.ts';
import { TEAMS, type TeamSource } from '../../../core/market/teams.ts';

const SOURCES: readonly TeamSource[] = ['espn', 'kalshi', 'polymarket'];

test('has every team of the four leagues', () => {
  expect(LEAGUES.map((league) => [league, TEAMS[league].length])).toEqual([
    ['nfl', 32],
    ['nba', 30],
    ['nhl', 32],
    ['mlb', 30],
  ]);
});

test.each(LEAGUES)('no two teams of the %s share a code of any source', (league) => {
  for (const source of SOURCES) {
    const codes = TEAMS[league].flatMap(([code, , , spelling]) => [
      code,
      ...(spelling?.[source]?.toUpperCase().split(' ') ?? []),
    ]);
    expect(codes.length).toBe(new Set(codes).size);
  }
});

test.each(LEAGUES)('every %s team is found by its code and full name, nickname and labels', (league) => {
  for (const [code, place, nickname, spelling] of TEAMS[league]) {
    const names = [
      `${place} ${nickname}`.trim(),
      nickname,
      `${code} ${nickname}`,
      ...(spelling?.names ?? []),
    ];
    const found = names.map((name) => teamByName(league, name));
    expect(found.map((team) => (typeof team === 'object' ? team.code : team))).toEqual(names.map(() => code));
    expect(SOURCES.map((source) => teamByCode(league, source, code)?.code)).toEqual([code, code, code]);
  }
});

test.each([
  ['nfl', 'espn', 'JAX', 'JAX'],
  ['nfl', 'kalshi', 'JAC', 'JAX'],
  ['nfl', 'espn', 'WSH', 'WAS'],
  ['nfl', 'kalshi', 'WAS', 'WAS'],
  ['nfl', 'kalshi', 'LA', 'LAR'],
  ['nfl', 'kalshi', 'LAR', 'LAR'],
  ['nfl', 'kalshi', 'LAC', 'LAC'],
  ['nfl', 'polymarket', 'la', 'LAR'],
  ['nba', 'espn', 'GS', 'GSW'],
  ['nba', 'espn', 'NY', 'NYK'],
  ['nba', 'espn', 'SA', 'SAS'],
  ['nba', 'espn', 'NO', 'NOP'],
  ['nba', 'espn', 'UTAH', 'UTA'],
  ['nba', 'espn', 'WSH', 'WAS'],
  ['nba', 'kalshi', 'GSW', 'GSW'],
  ['nhl', 'espn', 'UTAH', 'UTA'],
  ['nhl', 'espn', 'LA', 'LAK'],
  ['nhl', 'espn', 'VGK', 'VGK'],
  ['nhl', 'espn', 'VEG', 'VGK'],
  ['nhl', 'kalshi', 'SJ', 'SJS'],
  ['nhl', 'kalshi', 'NJ', 'NJD'],
  ['nhl', 'kalshi', 'TB', 'TBL'],
  ['nhl', 'polymarket', 'las', 'VGK'],
  ['nhl', 'polymarket', 'mon', 'MTL'],
  ['mlb', 'espn', 'CHW', 'CWS'],
  ['mlb', 'espn', 'ARI', 'AZ'],
  ['mlb', 'espn', 'ATH', 'ATH'],
  ['mlb', 'espn', 'OAK', 'ATH'],
  ['mlb', 'kalshi', 'AZ', 'AZ'],
  ['mlb', 'kalshi', 'ARI', 'AZ'],
  ['mlb', 'kalshi', 'WSH', 'WSH'],
  ['mlb', 'kalshi', 'KC', 'KC'],
  // Codes that one source has and another has not.
  ['nba', 'kalshi', 'GS', undefined],
  ['nba', 'kalshi', 'LA', undefined],
  ['nfl', 'espn', 'LA', undefined],
  ['nfl', 'kalshi', 'WSH', undefined],
  ['nhl', 'kalshi', 'LAS', undefined],
  ['mlb', 'espn', 'LAR', undefined],
  ['nfl', 'kalshi', '', undefined],
] as const)('%s team of %s code %s is %s', (league, source, code, expected) => {
  expect(teamByCode(league, source, code)?.code).toBe(expected);
});

test.each([
  ['mlb', "A's", 'ATH'],
  ['mlb', 'A’s', 'ATH'],
  ['mlb', 'Athletics', 'ATH'],
  ['mlb', 'Oakland Athletics', 'ATH'],
  ['mlb', 'Chicago WS', 'CWS'],
  ['mlb', 'New York Y', 'NYY'],
  ['mlb', 'st louis', 'STL'],
  ['mlb', 'Saint Louis Cardinals', 'STL'],
  ['mlb', 'Cardinals', 'STL'],
  ['nfl', 'Cardinals', 'ARI'],
  ['nfl', 'NO Saints', 'NO'],
  ['nfl', 'JAC Jaguars', 'JAX'],
  ['nfl', 'LA Rams', 'LAR'],
  ['nfl', 'New  Orleans', 'NO'],
  ['nhl', 'Montréal Canadiens', 'MTL'],
  ['nhl', 'Utah', 'UTA'],
  ['nhl', 'Utah Hockey Club', 'UTA'],
  ['nhl', 'Las Vegas', 'VGK'],
  ['nhl', 'Kings', 'LAK'],
  ['nba', 'Kings', 'SAC'],
  ['nba', 'Utah', 'UTA'],
  ['nba', 'New York', 'NYK'],
  ['nba', 'Trail Blazers', 'POR'],
  ['nba', 'Los Angeles', 'several'],
  ['nfl', 'Los Angeles', 'several'],
  ['nfl', 'New York', 'several'],
  ['nhl', 'New York', 'several'],
  ['mlb', 'Chicago', 'several'],
  ['nhl', 'Arizona Coyotes', undefined],
  ['nfl', 'Oakland', undefined],
  ['mlb', 'Sox', undefined],
  ['mlb', '', undefined],
] as const)('%s team called %s is %s', (league, name, expected) => {
  const team = teamByName(league, name);
  expect(typeof team === 'object' ? team.code : team).toBe(expected);
});

test('a team says its league, code and full name', () => {
  expect(teamByCode('nfl', 'kalshi', ' jac ')).toEqual({
    league: 'nfl',
    code: 'JAX',
    name: 'Jacksonville Jaguars',
  });
  expect(teamByName('mlb', "A's")).toEqual({ league: 'mlb', code: 'ATH', name: 'Athletics' });
});
