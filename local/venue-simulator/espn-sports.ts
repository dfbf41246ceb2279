import type { League } from '../../core/market/game.ts';
import type { SeededRandom } from '../demo-market/random.ts';
import { ClockedGame, type ClockRules, type SituationFacts } from './espn-clocked-game.ts';
import type { GameEngine } from './espn-engine.ts';
import { InningsGame } from './espn-innings-game.ts';
import type { SimFixture } from './sim-fixtures.ts';

/** Where a league's scoreboard is found. */
export const PATHS: Readonly<Record<League, string>> = {
  nfl: 'football/nfl',
  nba: 'basketball/nba',
  nhl: 'hockey/nhl',
  mlb: 'baseball/mlb',
};

const RULES: Readonly<Record<Exclude<League, 'mlb'>, ClockRules>> = {
  nfl: {
    periods: 4,
    periodS: 900,
    overtimeS: 600,
    breakS: 120,
    halftimeS: 720,
    scoreEveryS: 400,
    points: [7, 7, 3, 3, 6, 8, 2],
    reviewed: 0.1,
    tie: 'once',
  },
  nba: {
    periods: 4,
    periodS: 720,
    overtimeS: 300,
    breakS: 130,
    halftimeS: 900,
    scoreEveryS: 28,
    points: [2, 2, 2, 3, 1],
    reviewed: 0.01,
    tie: 'again',
  },
  nhl: {
    periods: 3,
    periodS: 1_200,
    overtimeS: 300,
    breakS: 900,
    halftimeS: 900,
    scoreEveryS: 600,
    points: [1],
    reviewed: 0.06,
    tie: 'shootout',
  },
};

export function engineOf(fixture: SimFixture, random: SeededRandom): GameEngine {
  const { league } = fixture;
  if (league === 'mlb') return new InningsGame(random);
  return new ClockedGame(RULES[league], random, (facts) => situationOf(fixture, facts));
}

/** Hockey's is not told; basketball's is its last play. */
function situationOf(fixture: SimFixture, facts: SituationFacts): Readonly<Record<string, unknown>> | null {
  const { plays, possession, score } = facts;
  if (fixture.league === 'nhl') return null;
  const lead = score.home - score.away;
  const homeWinPercentage = Math.min(0.99, Math.max(0.01, 0.5 + lead / 40));
  const lastPlay = {
    id: `${fixture.gameId}${plays.toString().padStart(4, '0')}`,
    type: { id: '24', text: 'Play' },
    text: `Play ${plays}`,
    scoreValue: 0,
    probability: { homeWinPercentage, awayWinPercentage: 1 - homeWinPercentage, tiePercentage: 0 },
  };
  if (fixture.league === 'nba') return { lastPlay };
  const yardLine = (plays * 7) % 100;
  const side = yardLine > 50 ? fixture.away : fixture.home;
  return {
    lastPlay,
    down: 1 + (plays % 4),
    distance: 10 - (plays % 4) * 2,
    yardLine,
    possession: fixture[possession].id,
    possessionText: `${side.espn} ${Math.min(yardLine, 100 - yardLine)}`,
    isRedZone: yardLine > 80 || yardLine < 20,
    homeTimeouts: 3,
    awayTimeouts: 3,
  };
}
