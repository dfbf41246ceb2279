import type { League } from './game.ts';
import { TEAMS, type TeamRow, type TeamSource } from './teams.ts';

export interface Team {
  readonly league: League;
  /** The league's own code. */
  readonly code: string;
  /** `Kansas City Chiefs`. */
  readonly name: string;
}

/** The team that `source` means by a code, in any case of letters; undefined when it is not in the table. */
export function teamByCode(league: League, source: TeamSource, code: string): Team | undefined {
  return DIRECTORY[league].codes[source].get(code.trim().toUpperCase());
}

/**
 * The team that a name means: full name, nickname, a venue's label, or a place with one team. `several` when teams share
 * it, as both of New York's share `New York`. Case, accents, dots and apostrophes do not count.
 */
export function teamByName(league: League, name: string): Team | 'several' | undefined {
  return DIRECTORY[league].names.get(plainName(name));
}

interface Directory {
  readonly codes: Readonly<Record<TeamSource, ReadonlyMap<string, Team>>>;
  readonly names: ReadonlyMap<string, Team | 'several'>;
}

const SOURCES: readonly TeamSource[] = ['espn', 'kalshi', 'polymarket'];
const DIRECTORY: Readonly<Record<League, Directory>> = {
  nfl: directoryOf('nfl'),
  nba: directoryOf('nba'),
  nhl: directoryOf('nhl'),
  mlb: directoryOf('mlb'),
};

function directoryOf(league: League): Directory {
  const codes: Record<TeamSource, Map<string, Team>> = {
    espn: new Map(),
    kalshi: new Map(),
    polymarket: new Map(),
  };
  const names = new Map<string, Team | 'several'>();
  for (const row of TEAMS[league]) {
    const [code, place, nickname] = row;
    const team = { league, code, name: `${place} ${nickname}`.trim() };
    for (const source of SOURCES) for (const one of codesOf(row, source)) codes[source].set(one, team);
    for (const name of namesOf(row).map(plainName).filter(Boolean)) {
      const other = names.get(name);
      names.set(name, other === undefined || other === team ? team : 'several');
    }
  }
  return { codes, names };
}

function codesOf([code, , , spelling]: TeamRow, source: TeamSource): readonly string[] {
  return [code, ...(spelling?.[source]?.toUpperCase().split(' ') ?? [])];
}

/** A venue also writes code and nickname: `ATL Falcons`. */
function namesOf(row: TeamRow): readonly string[] {
  const [, place, nickname, spelling] = row;
  const withCode = SOURCES.flatMap((source) => codesOf(row, source)).map((code) => `${code} ${nickname}`);
  return [`${place} ${nickname}`, place, nickname, ...withCode, ...(spelling?.names ?? [])];
}

function plainName(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/[.'’]/g, '')
    .replace(/\bsaint\b/g, 'st')
    .replace(/[\s-]+/g, ' ')
    .trim();
}
