import { sha256 } from '../../adapters/sha256.ts';
import { invariant } from '../../core/invariant.ts';
import type { League } from '../../core/market/game.ts';
import { TEAMS, type TeamSource } from '../../core/market/teams.ts';
import type { EpochMs } from '../../core/time.ts';

/** A team as the score source and the venues call it. */
export interface SimTeam {
  /** The score source's number: always the same for a team. */
  readonly id: string;
  readonly espn: string;
  readonly kalshi: string;
  readonly polymarket: string;
  readonly place: string;
  readonly nickname: string;
  /** `Kansas City Chiefs`. */
  readonly name: string;
  /** What venues write where a place has several teams. */
  readonly label: string;
}

/** A game that the scores tell and on which the venues have markets. */
export interface SimFixture {
  readonly league: League;
  /** The score source's number. */
  readonly gameId: string;
  readonly startsAt: EpochMs;
  readonly home: SimTeam;
  readonly away: SimTeam;
}

/** Names of the same game everywhere; teams by the codes of their league. @throws for a code that it does not have. */
export function fixture(
  league: League,
  game: { readonly gameId: string; readonly startsAt: EpochMs; readonly home: string; readonly away: string },
): SimFixture {
  const { gameId, startsAt, home, away } = game;
  return { league, gameId, startsAt, home: teamOf(league, home), away: teamOf(league, away) };
}

function teamOf(league: League, wanted: string): SimTeam {
  const row = TEAMS[league].find(([code]) => code === wanted);
  invariant(row !== undefined, `no ${league} team has the code '${wanted}'`);
  const [code, place, nickname, spelling] = row;
  const spelt = (source: TeamSource): string => spelling?.[source]?.split(' ')[0] ?? code;
  return {
    id: (1 + (Number.parseInt(sha256(`${league} ${code}`).slice(0, 6), 16) % 9_999)).toString(),
    espn: spelt('espn'),
    kalshi: spelt('kalshi'),
    polymarket: spelt('polymarket').toLowerCase(),
    place,
    nickname,
    name: `${place} ${nickname}`.trim(),
    label: spelling?.names?.[0] ?? (place || nickname),
  };
}
