import { expect, test } from 'vitest';
import type { Listing } from '../../../core/market/listing.ts';
import { joinListedGames } from '../../../core/universe/universe-games.ts';
import { gameOf, utc } from '../market/sample-games.ts';
import { asset, contract } from './listings.ts';

const nfl = (
  symbol: string,
  teams: readonly [string, string],
  venue: 'kalshi' | 'polymarket' = 'kalshi',
): Listing =>
  contract(
    symbol,
    { event: symbol.slice(0, symbol.lastIndexOf('-')) },
    {
      game: {
        eventId: symbol.slice(0, symbol.lastIndexOf('-')),
        league: 'nfl',
        teams: [
          { code: venue === 'kalshi' ? teams[0] : null, name: teams[0] },
          { code: venue === 'kalshi' ? teams[1] : null, name: teams[1] },
        ],
        date: venue === 'kalshi' ? '2026-10-04' : null,
        startsAt: venue === 'kalshi' ? null : utc('2026-10-04T17:00Z'),
      },
    },
    venue,
  );
const GAME = gameOf('nfl', 'BUF@NE', '2026-10-04T17:00Z', { gameId: '1' });

test('contracts of both venues are joined to the same game; what is about no game is not looked at', () => {
  const listings = [
    asset('BTCUSDT'),
    nfl('E-BUF', ['BUF', 'NE']),
    nfl('P-1', ['Patriots', 'Bills'], 'polymarket'),
  ];
  expect(joinListedGames(['nfl'], [GAME], listings)).toMatchObject({
    counts: { nfl: { matched: 2, unmatched: 0, ambiguous: 0 } },
    matched: [
      { instrumentId: 'kalshi:E-BUF', gameId: '1', sides: ['away', 'home'] },
      { instrumentId: 'polymarket:P-1', gameId: '1', sides: ['home', 'away'] },
    ],
    unmatched: [],
    ambiguous: [],
  });
});

test('leagues that are not followed are neither matched nor missing', () => {
  expect(joinListedGames(['mlb'], [GAME], [nfl('E-BUF', ['BUF', 'NE'])]).counts.nfl).toEqual({
    matched: 0,
    unmatched: 0,
    ambiguous: 0,
  });
});

test('two games that a start does not tell apart leave the contract to neither', () => {
  const second = { ...GAME, gameId: '2' };
  const { ambiguous, counts } = joinListedGames(['nfl'], [GAME, second], [nfl('E-BUF', ['BUF', 'NE'])]);
  expect(counts.nfl).toEqual({ matched: 0, unmatched: 0, ambiguous: 1 });
  expect(ambiguous).toMatchObject([{ instrumentId: 'kalshi:E-BUF', reason: 'several_games' }]);
});

test('of many that fit nothing the first are listed, and all are counted', () => {
  const many = Array.from({ length: 60 }, (_, n) => nfl(`E${String(n).padStart(2, '0')}-SF`, ['SF', 'SEA']));
  const { unmatched, counts } = joinListedGames(['nfl'], [GAME], many);
  expect(counts.nfl.unmatched).toBe(60);
  expect(unmatched).toHaveLength(50);
  expect(unmatched[0]?.instrumentId).toBe('kalshi:E00-SF');
});

test('a game to come or in play that no contract is joined to is told, by league and start; one that is over is not', () => {
  const games = [
    GAME,
    gameOf('mlb', 'PHI@WSH', '2026-10-04T20:00Z', { gameId: '6' }),
    gameOf('nfl', 'SEA@SF', '2026-10-04T20:25Z', { gameId: '2', status: 'live' }),
    gameOf('nfl', 'DAL@TB', '2026-10-04T17:00Z', { gameId: '3' }),
    gameOf('nfl', 'KC@LV', '2026-10-03T17:00Z', { gameId: '4', status: 'final' }),
    gameOf('nfl', 'NYJ@MIA', '2026-10-04T17:00Z', { gameId: '5', status: 'void' }),
    gameOf('nba', 'NYK@UTA', '2026-10-04T17:00Z', { gameId: '7' }), // a league that is not followed
  ];
  const { bare, bareCounts } = joinListedGames(['nfl', 'mlb'], games, [nfl('E-BUF', ['BUF', 'NE'])]);
  expect(bareCounts).toEqual({ nfl: 2, nba: 0, nhl: 0, mlb: 1 });
  expect(bare).toEqual([
    { league: 'nfl', gameId: '3', away: 'DAL', home: 'TB', startsAt: utc('2026-10-04T17:00Z') },
    { league: 'nfl', gameId: '2', away: 'SEA', home: 'SF', startsAt: utc('2026-10-04T20:25Z') },
    { league: 'mlb', gameId: '6', away: 'PHI', home: 'WSH', startsAt: utc('2026-10-04T20:00Z') },
  ]);
});

test('of many games without a contract the first are listed, and all are counted', () => {
  const many = Array.from({ length: 60 }, (_, n) => ({ ...GAME, gameId: String(n) }));
  const { bare, bareCounts } = joinListedGames(['nfl'], many, []);
  expect([bareCounts.nfl, bare.length]).toEqual([60, 50]);
});
