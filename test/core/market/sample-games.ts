import { easternDate } from '../../../core/market/eastern-time.ts';
import type { GameState, GameStatus, League } from '../../../core/market/game.ts';
import { type EpochMs, epochMs } from '../../../core/time.ts';

/** `2026-10-04T17:00Z` as a moment. */
export const utc = (text: string): EpochMs => epochMs(Date.parse(text));

/** `AWAY@HOME`, in the league's own codes, at a UTC time. */
export function gameOf(
  league: League,
  teams: string,
  startsAt: string,
  change: Partial<GameState> = {},
): GameState {
  const [away = '', home = ''] = teams.split('@');
  const start = utc(startsAt);
  return {
    league,
    gameId: `${teams} ${startsAt}`,
    startsAt: start,
    easternDate: easternDate(start),
    home: { code: home, name: `the ${home} team`, score: 0 },
    away: { code: away, name: `the ${away} team`, score: 0 },
    status: 'pre',
    period: 0,
    clockSeconds: null,
    fractionRemaining: 1,
    situation: null,
    neutralSite: false,
    detail: '',
    source: 'espn',
    ...change,
  };
}

const BASE = gameOf('nfl', 'BUF@NE', '2026-10-04T17:00Z', { gameId: '1' });

/** Buffalo at New England, with this score and status. */
export const played = (
  away: number,
  home: number,
  status: GameStatus = 'live',
  change: Partial<GameState> = {},
): GameState => ({
  ...BASE,
  away: { ...BASE.away, score: away },
  home: { ...BASE.home, score: home },
  status,
  period: status === 'pre' ? 0 : 4,
  ...change,
});
