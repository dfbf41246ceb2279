import { easternDate } from '../../../core/market/eastern-time.ts';
import {
  type GameState,
  type GameStatus,
  type GameTeam,
  isInPlay,
  type League,
} from '../../../core/market/game.ts';
import { fractionRemaining, hasClock } from '../../../core/market/game-clock.ts';
import { teamByCode } from '../../../core/market/team-aliases.ts';
import { type EpochMs, epochMs, isoDay } from '../../../core/time.ts';
import type { WireCompetition, WireEvent, WireScore, WireStatus } from './schema.ts';
import { readSituation } from './situation.ts';
import { readStatus } from './status.ts';

/** Why a game cannot be told: the field and what is wrong with it. */
export class Refusal {
  readonly kind: 'malformed' | 'unknown_team';
  readonly detail: string;
  constructor(kind: Refusal['kind'], detail: string) {
    this.kind = kind;
    this.detail = detail;
  }
}

export interface MappedGame {
  readonly game: GameState;
  /** The name of a status that is new or contradicts the rest; null when it was understood. */
  readonly oddStatus: string | null;
}

/** A well-formed event as a game. */
export function toGame(league: League, event: WireEvent): MappedGame | Refusal {
  const [competition] = event.competitions;
  const wireStatus = competition?.status ?? event.status;
  if (!competition || !wireStatus) return new Refusal('malformed', 'status: is missing or has no type');
  const date = event.date ?? competition.date ?? '';
  const startsAt = parseMoment(date);
  if (startsAt === undefined)
    return new Refusal('malformed', `date: must be a UTC time, not '${date.slice(0, 40)}'`);
  const { status, isUnderstood } = readStatus(wireStatus);
  const fault = faultOf(wireStatus);
  if (fault !== null) return new Refusal('malformed', fault);
  const progress = progressOf(league, status, wireStatus, event.season?.type === POSTSEASON);
  const isBegun = progress.period > 0 && status !== 'void';
  const home = toTeam(league, 'home', competition, isBegun);
  if (home instanceof Refusal) return home;
  const away = toTeam(league, 'away', competition, isBegun);
  if (away instanceof Refusal) return away;
  if (home.code === away.code) return new Refusal('malformed', `competitors: both are ${home.code}`);
  const { shortDetail, detail, description, name } = wireStatus.type;
  const game: GameState = {
    league,
    gameId: event.id,
    startsAt,
    easternDate: easternDate(startsAt),
    home,
    away,
    status,
    ...progress,
    situation: isInPlay(status) ? readSituation(league, competition, shortDetail ?? detail ?? '') : null,
    neutralSite: competition.neutralSite ?? false,
    detail: (shortDetail ?? detail ?? description ?? name).slice(0, 80),
    source: 'espn',
  };
  return { game, oddStatus: isUnderstood ? null : name };
}

/** `season.type` of the playoffs, whose overtimes are longer. */
const POSTSEASON = 3;

/** Baseball's longest game had 26 innings. */
const PERIOD_MAX = 99;
/** Three times the longest period of any league. */
const CLOCK_SECONDS_MAX = 3_600;

/** What of a status no game can have; null when all is well. */
function faultOf({ period, clock }: WireStatus): string | null {
  if (typeof period === 'number' && !(Number.isInteger(period) && period >= 0 && period <= PERIOD_MAX))
    return `status.period: must be a whole number from 0 to ${PERIOD_MAX}, not ${period}`;
  if (typeof clock === 'number' && !(clock >= 0 && clock <= CLOCK_SECONDS_MAX))
    return `status.clock: must be seconds from 0 to ${CLOCK_SECONDS_MAX}, not ${clock}`;
  return null;
}

/** Before the start the wire shows a full or an empty clock, in period 0 or 1, as the day goes: that says nothing. */
function progressOf(
  league: League,
  status: GameStatus,
  wire: WireStatus,
  isPlayoff: boolean,
): Pick<GameState, 'period' | 'clockSeconds' | 'fractionRemaining'> {
  const period = status === 'pre' ? 0 : (wire.period ?? 0);
  const isClocked = hasClock(league) && period > 0 && status !== 'void';
  const clockSeconds = isClocked && typeof wire.clock === 'number' ? wire.clock : null;
  const fraction = fractionRemaining({ league, status, period, clockSeconds, isPlayoff });
  return { period, clockSeconds, fractionRemaining: fraction };
}

/** The order of the two competitors varies: the side is a field. */
function toTeam(
  league: League,
  side: 'home' | 'away',
  competition: WireCompetition,
  isBegun: boolean,
): GameTeam | Refusal {
  const found = competition.competitors.find(({ homeAway }) => homeAway === side);
  if (found === undefined) return new Refusal('malformed', `competitors: none is ${side}`);
  const { abbreviation, displayName } = found.team;
  const team = teamByCode(league, 'espn', abbreviation);
  if (team === undefined)
    return new Refusal('unknown_team', `no ${league} team in the table has '${abbreviation.slice(0, 40)}'`);
  const score = parseScore(found.score) ?? (isBegun ? undefined : 0);
  if (score === undefined)
    return new Refusal('malformed', `score of ${team.code}: must be a whole number once the game has begun`);
  return { code: team.code, name: displayName ?? team.name, score };
}

function parseScore(score: WireScore | null | undefined): number | undefined {
  if (typeof score === 'object' && score !== null)
    return parseScore(score.value) ?? parseScore(score.displayValue);
  if (typeof score === 'string') return /^\d{1,4}$/.test(score) ? Number(score) : undefined;
  return Number.isSafeInteger(score) && (score ?? -1) >= 0 ? (score ?? undefined) : undefined;
}

/** `2026-10-04T17:00Z`: the wire leaves out the seconds. */
function parseMoment(text: string): EpochMs | undefined {
  const shape = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d+)?)?Z$/.exec(text);
  const ms = epochMs(Date.parse(text));
  // A day such as February 30 is read as one of March.
  return shape !== null && isoDay(ms) === shape[1] ? ms : undefined;
}
