import { easternDate } from '../../core/market/eastern-time.ts';
import type { GameState, League } from '../../core/market/game.ts';
import type { GameStore, SeenGame } from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';

/** Games of yesterday to tomorrow, Eastern time: those that run, and those whose markets still trade. */
const DAYS = [-1, 0, 1];

/** The games of some leagues around a moment, each as it was last seen. */
export async function knownGames(
  now: EpochMs,
  leagues: readonly League[],
  store: GameStore,
): Promise<readonly GameState[]> {
  const dates = DAYS.map((days) => easternDate(now, days));
  const seen = await Promise.all(leagues.flatMap((league) => dates.map((date) => store.games(league, date))));
  // A game that was moved is on both dates.
  const newest = new Map<string, SeenGame>();
  for (const one of seen.flat()) {
    const key = `${one.game.league} ${one.game.gameId}`;
    if (one.seenAt >= (newest.get(key)?.seenAt ?? 0)) newest.set(key, one);
  }
  return [...newest.values()].map(({ game }) => game);
}
