import { easternDate } from '../../../core/market/eastern-time.ts';
import type { League } from '../../../core/market/game.ts';
import type { EpochMs } from '../../../core/time.ts';

export const ESPN_HOST = 'https://site.api.espn.com';

const PATHS: Readonly<Record<League, string>> = {
  nfl: 'football/nfl',
  nba: 'basketball/nba',
  nhl: 'hockey/nhl',
  mlb: 'baseball/mlb',
};

/** More than two days of any league; without it the wire may cut the list. */
const GAMES_MAX = 200;

/**
 * Where a league's games of yesterday and today are read, by the US Eastern calendar. Without the dates the answer rolls
 * over to the next day at an hour of its own, and games that end late would vanish.
 */
export function scoreboardUrl(league: League, now: EpochMs, host = ESPN_HOST): string {
  const [yesterday, today] = [easternDate(now, -1), easternDate(now)].map((date) => date.replaceAll('-', ''));
  return `${host}/apis/site/v2/sports/${PATHS[league]}/scoreboard?dates=${yesterday}-${today}&limit=${GAMES_MAX}`;
}
