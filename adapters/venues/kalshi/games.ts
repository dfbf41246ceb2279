import { easternMoment } from '../../../core/market/eastern-time.ts';
import type { League } from '../../../core/market/game.ts';
import type { ListedGame } from '../../../core/market/listing.ts';
import type { TeamLabel } from '../../../core/market/market-to-join.ts';
import type { EpochMs } from '../../../core/time.ts';

/** Series of markets on which team wins a game, of the leagues whose games are followed. */
const LEAGUE_OF: Readonly<Record<string, League>> = {
  KXNFLGAME: 'nfl',
  KXNBAGAME: 'nba',
  KXNHLGAME: 'nhl',
  KXMLBGAME: 'mlb',
};
const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const EVENT = /^([A-Z]+)-(\d\d)([A-Z]{3})(\d\d)(?:(\d\d)(\d\d))?[A-Z]/;
/** Ends of markets that are on no team. */
const NO_TEAM: ReadonlySet<string> = new Set(['TIE', 'DRAW']);

export interface GameDay {
  readonly league: League;
  /** Eastern date, `YYYY-MM-DD`. */
  readonly date: string;
  /** Where the ticker has a clock time, as baseball's do. */
  readonly startsAt: EpochMs | null;
}

/** Which day's game an event is about, by its ticker: `KXMLBGAME-26SEP271510CLEKC`. Undefined for any other event. */
export function gameDayOf(eventTicker: string): GameDay | undefined {
  const [, series = '', year, month = '', day, hour, minute] = EVENT.exec(eventTicker) ?? [];
  const league = Object.hasOwn(LEAGUE_OF, series) ? LEAGUE_OF[series] : undefined;
  const n = MONTHS.indexOf(month);
  if (league === undefined || n < 0) return undefined;
  const date = `20${year}-${String(n + 1).padStart(2, '0')}-${day}`;
  if (easternMoment(date, 0, 0) === undefined) return undefined;
  const startsAt = hour === undefined ? undefined : easternMoment(date, Number(hour), Number(minute));
  return { league, date, startsAt: startsAt ?? null };
}

/** A market of an event as far as its game goes. */
export interface GameMarket {
  readonly ticker: string;
  readonly event: string;
  /** The team by its name. */
  readonly outcome: string | null;
}

/**
 * The game that a market is about: the team whose win pays, then the other one, by the ends of the tickers of the event's
 * markets. Null for a market on no team, and where the event has more teams than a game.
 */
export function gameOf(market: GameMarket, all: readonly GameMarket[]): ListedGame | null {
  const day = gameDayOf(market.event);
  const team = teamOf(market);
  if (day === undefined || team === undefined) return null;
  const others = all.filter(({ event, ticker }) => event === market.event && ticker !== market.ticker);
  const [other, third] = others.flatMap((one) => teamOf(one) ?? []);
  if (third !== undefined) return null;
  return { eventId: market.event, ...day, teams: [team, other ?? { code: null, name: null }] };
}

function teamOf({ ticker, event, outcome }: GameMarket): TeamLabel | undefined {
  const code = ticker.startsWith(`${event}-`) ? ticker.slice(event.length + 1) : '';
  return code === '' || NO_TEAM.has(code) ? undefined : { code, name: outcome };
}
