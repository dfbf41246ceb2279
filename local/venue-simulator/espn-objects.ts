import type { League } from '../../core/market/game.ts';
import { isoTime } from '../../core/time.ts';
import type { GameMoment, HomeAway } from './espn-engine.ts';
import type { SimGame, StatusName } from './espn-game.ts';
import type { SimFixture } from './sim-fixtures.ts';

/** The source's words for a status: its number, whether it is over, and what people read. */
const STATUSES: Readonly<
  Record<StatusName, readonly [id: string, state: 'pre' | 'in' | 'post', completed: boolean, words: string]>
> = {
  STATUS_SCHEDULED: ['1', 'pre', false, 'Scheduled'],
  STATUS_IN_PROGRESS: ['2', 'in', false, 'In Progress'],
  STATUS_END_PERIOD: ['22', 'in', false, 'End of Period'],
  STATUS_HALFTIME: ['23', 'in', false, 'Halftime'],
  STATUS_OVERTIME: ['2', 'in', false, 'Overtime'],
  STATUS_SHOOTOUT: ['2', 'in', false, 'Shootout'],
  STATUS_RAIN_DELAY: ['7', 'in', false, 'Rain Delay'],
  STATUS_DELAYED: ['7', 'in', false, 'Delayed'],
  STATUS_FINAL: ['3', 'post', true, 'Final'],
  STATUS_FINAL_OT: ['3', 'post', true, 'Final/OT'],
  STATUS_POSTPONED: ['6', 'post', false, 'Postponed'],
  STATUS_CANCELED: ['5', 'post', false, 'Canceled'],
  STATUS_SUSPENDED: ['8', 'post', false, 'Suspended'],
};

/** What a league calls its periods. */
const PERIOD: Readonly<Record<League, string>> = {
  nfl: 'Quarter',
  nba: 'Quarter',
  nhl: 'Period',
  mlb: 'Inning',
};

/** A game as the scoreboard has it. The status stands on the event and on its competition; which team is first varies. */
export function eventObject(game: SimGame): object {
  const { fixture, status: name, hasBegun, moment } = game;
  const { gameId, startsAt, home, away } = fixture;
  const date = `${isoTime(startsAt).slice(0, 16)}Z`;
  const status = statusObject(fixture, name, hasBegun, moment);
  const isOver = STATUSES[name][2];
  const sides: readonly HomeAway[] = Number(gameId) % 2 === 0 ? ['home', 'away'] : ['away', 'home'];
  const competition = {
    id: gameId,
    date,
    neutralSite: false,
    competitors: sides.map((side) => competitor(fixture, side, hasBegun ? moment : null, isOver)),
    ...(STATUSES[name][1] === 'in' && moment.situation !== null && { situation: moment.situation }),
    ...(name === 'STATUS_SCHEDULED' && {
      odds: [
        { provider: { name: 'Simulated' }, details: `${home.espn} -2.5`, spread: -2.5, overUnder: 44.5 },
      ],
    }),
    status,
  };
  return {
    id: gameId,
    date,
    name: `${away.name} at ${home.name}`,
    shortName: `${away.espn} @ ${home.espn}`,
    season: { year: Number(date.slice(0, 4)), type: 2, slug: 'regular-season' },
    competitions: [competition],
    status,
  };
}

/** A whole scoreboard. */
export const scoreboardObject = (league: League, games: readonly SimGame[]): object => ({
  leagues: [{ abbreviation: league.toUpperCase(), slug: league }],
  events: games.map(eventObject),
});

function competitor(fixture: SimFixture, side: HomeAway, moment: GameMoment | null, isOver: boolean): object {
  const { id, espn, name, nickname, place } = fixture[side];
  const other = side === 'home' ? 'away' : 'home';
  return {
    id,
    homeAway: side,
    score: moment === null ? '0' : String(moment.score[side]),
    ...(isOver && moment !== null && { winner: moment.score[side] > moment.score[other] }),
    team: {
      id,
      abbreviation: espn,
      displayName: name,
      shortDisplayName: nickname,
      location: place,
      name: nickname,
    },
    records: [{ type: 'total', summary: '1-1' }],
    ...(moment !== null && { linescores: moment.lines[side].map((value) => ({ value })) }),
  };
}

function statusObject(fixture: SimFixture, name: StatusName, hasBegun: boolean, moment: GameMoment): object {
  const [id, state, completed, description] = STATUSES[name];
  const { clock, period } = moment;
  const detail = detailOf(fixture, name, moment);
  return {
    clock: hasBegun ? clock : 0,
    displayClock: fixture.league === 'mlb' ? '0:00' : clockText(hasBegun ? clock : 0),
    period: hasBegun ? period : 0,
    type: { id, name, state, completed, description, detail, shortDetail: detail },
  };
}

function detailOf({ league }: SimFixture, name: StatusName, { period, clock, half }: GameMoment): string {
  const [, state, , words] = STATUSES[name];
  const isPlaying = name === 'STATUS_IN_PROGRESS' || name === 'STATUS_OVERTIME';
  if (state === 'in' && half !== null && isPlaying) return `${half} ${ordinal(period)}`;
  if (isPlaying) return `${clockText(clock)} - ${ordinal(period)} ${PERIOD[league]}`;
  return name === 'STATUS_END_PERIOD' ? `End of ${ordinal(period)} ${PERIOD[league]}` : words;
}

const clockText = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${(seconds % 60).toString().padStart(2, '0')}`;

function ordinal(n: number): string {
  const teen = n % 100 >= 11 && n % 100 <= 13;
  const end = teen ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${end}`;
}
