import { LEAGUES, type League } from '../../../core/market/game.ts';
import type { ListedGame } from '../../../core/market/listing.ts';
import type { MarketFacts } from './market-facts.ts';
import { timeOfText } from './times.ts';

/** Markets on who wins have one outcome for each team; spreads and totals have others. */
const WINNER = 'moneyline';

/**
 * The game that a market's outcomes are the teams of, as the token of one of them is about it: the team whose win pays it
 * comes first. Null for any other market.
 */
export function listedGame({ wire, event, outcomes }: MarketFacts, index: number): ListedGame | null {
  const slug = event?.slug || wire.slug || '';
  const league = leagueOf(slug);
  const [first, second] = index === 0 ? outcomes : outcomes.toReversed();
  if (wire.sportsMarketType !== WINNER || league === undefined || outcomes.length !== 2) return null;
  if (first === undefined || second === undefined) return null;
  return {
    eventId: slug,
    league,
    // The codes in the slug are not in the order of the outcomes; names are what this venue is joined by.
    teams: [
      { code: null, name: first },
      { code: null, name: second },
    ],
    // The date in the slug survives a postponement.
    date: null,
    startsAt: timeOfText(wire.gameStartTime),
  };
}

/** Slugs of games begin with their league: `nfl-lac-buf-2025-01-26`. */
function leagueOf(slug: string): League | undefined {
  const [start] = slug.split('-', 1);
  return LEAGUES.find((league) => league === start);
}
