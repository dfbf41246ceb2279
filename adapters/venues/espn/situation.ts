import type { GameState, League } from '../../../core/market/game.ts';
import type { WireCompetition } from './schema.ts';

/** Fields taken as they are, by sport. Hockey's power play is not reliable on the scoreboard. */
const FIELDS: Readonly<Record<League, readonly string[]>> = {
  nfl: ['down', 'distance', 'yardLine', 'possessionText', 'isRedZone', 'homeTimeouts', 'awayTimeouts'],
  nba: [],
  nhl: [],
  mlb: ['balls', 'strikes', 'outs', 'onFirst', 'onSecond', 'onThird'],
};

/** Long enough for "the ruling on the field is under review", short enough for every message it travels in. */
const TEXT_MAX = 400;

type Scalar = string | number | boolean;

/**
 * What the wire says of the moment in a game in play; null when it says nothing. `possession` is the side with the ball,
 * `half` the half of the inning, `lastPlay` the words for the last play, `homeWinPercentage` the source's own estimate,
 * 0 to 1, which lags its plays.
 */
export function readSituation(
  league: League,
  competition: WireCompetition,
  shortDetail: string,
): GameState['situation'] {
  const wire = competition.situation;
  const half = league === 'mlb' ? halfOf(shortDetail) : undefined;
  const entries: (readonly [string, unknown])[] = [
    ...FIELDS[league].map((field) => [field, wire?.[field]] as const),
    ['possession', possessionOf(competition)],
    ['lastPlay', wire?.lastPlay?.text],
    ['homeWinPercentage', wire?.lastPlay?.probability?.homeWinPercentage],
    ['half', half],
  ];
  const known = entries.flatMap(([field, value]) => (isScalar(value) ? [[field, cut(value)] as const] : []));
  return known.length === 0 ? null : Object.fromEntries(known);
}

/** The wire names the team by its id. */
function possessionOf({ situation, competitors }: WireCompetition): string | undefined {
  const id = situation?.possession;
  if (id === undefined || id === null) return undefined;
  return competitors.find(({ team }) => team.id === id)?.homeAway;
}

const HALVES: Readonly<Record<string, string>> = { top: 'top', mid: 'middle', bot: 'bottom', end: 'end' };
const halfOf = (shortDetail: string): string | undefined => HALVES[shortDetail.slice(0, 3).toLowerCase()];

const isScalar = (value: unknown): value is Scalar =>
  typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
const cut = (value: Scalar): Scalar => (typeof value === 'string' ? value.slice(0, TEXT_MAX) : value);
