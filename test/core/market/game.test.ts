import { expect, test } from 'vitest';
import { type GameState, type GameStatus, isInPlay, sameGame } from '../../../core/market/game.ts';
import { played, utc } from './sample-games.ts';

const situation = { down: 3, distance: 7, isRedZone: false };
const GAME = played(21, 17, 'live', { clockSeconds: 485, situation });

test.each<[what: string, change: Partial<GameState>, same: boolean]>([
  ['nothing', {}, true],
  ['the words for it', { detail: '8:05 - 4th' }, true],
  ['a name', { home: { ...GAME.home, name: 'New England Patriots' } }, true],
  ['an equal situation', { situation: { isRedZone: false, distance: 7, down: 3 } }, true],
  ['another game', { gameId: '2' }, false],
  ['another league', { league: 'nba' }, false],
  ['a moved start', { startsAt: utc('2026-10-04T18:00Z') }, false],
  ['the home score', { home: { ...GAME.home, score: 20 } }, false],
  ['the away team', { away: { ...GAME.away, code: 'MIA' } }, false],
  ['the status', { status: 'delayed' }, false],
  ['the period', { period: 5 }, false],
  ['the clock', { clockSeconds: 484 }, false],
  ['no clock', { clockSeconds: null }, false],
  ['the ground', { neutralSite: true }, false],
  ['the down', { situation: { ...situation, down: 4 } }, false],
  ['a further field', { situation: { ...situation, possession: 'home' } }, false],
  ['no situation', { situation: null }, false],
])('a difference in %s: %o is the same game: %s', (_what, change, same) => {
  const other = { ...GAME, ...change };
  expect([sameGame(GAME, other), sameGame(other, GAME)]).toEqual([same, same]);
});

test('a game is in play from its start until it is over, also while nothing moves', () => {
  const statuses: readonly GameStatus[] = ['pre', 'live', 'break', 'delayed', 'final', 'void'];
  expect(statuses.filter(isInPlay)).toEqual(['live', 'break', 'delayed']);
});
