import { expect, test } from 'vitest';
import { createGameStore } from '../../adapters/store/game-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import type { GameStore } from '../../core/ports.ts';
import { DAY_MS } from '../../core/time.ts';
import { gameOf, played } from '../core/market/sample-games.ts';
import { at, NOON } from '../core/universe/listings.ts';
import { onBothStores } from './both-stores.ts';

const [before, during] = [played(0, 0, 'pre'), played(7, 3)];
const OTHER = gameOf('nfl', 'SF@SEA', '2026-10-04T20:25Z', { gameId: '2' });
const DATE = '2026-10-04';

onBothStores('games', (open) => {
  const law = (title: string, body: (games: GameStore, store: ItemStore) => Promise<void>): void => {
    test(title, async () => {
      const store = await open();
      try {
        await body(createGameStore(store), store);
      } finally {
        await store.close();
      }
    });
  };

  law('gives back the games of a league and a date exactly, by their ids', async (games) => {
    const withSituation = {
      ...OTHER,
      situation: { down: 3, isRedZone: true, possession: 'SF' },
      clockSeconds: 12.5,
    };
    await games.put([withSituation, before], NOON);
    await games.put([gameOf('mlb', 'BOS@NYY', '2026-10-04T23:00Z')], NOON);
    await games.put([gameOf('nfl', 'LAR@ARI', '2026-10-05T20:00Z')], NOON);
    expect(await games.games('nfl', DATE)).toEqual([
      { game: before, seenAt: NOON },
      { game: withSituation, seenAt: NOON },
    ]);
    expect(await games.games('nba', DATE)).toEqual([]);
  });

  law('the newest state counts, whatever order they came in', async (games) => {
    await games.put([during], at(1));
    await games.put([before], NOON);
    expect(await games.games('nfl', DATE)).toEqual([{ game: during, seenAt: at(1) }]);
    await games.put([played(7, 6)], at(2));
    expect(await games.games('nfl', DATE)).toEqual([{ game: played(7, 6), seenAt: at(2) }]);
  });

  law('several who write the same game at once leave the newest', async (games) => {
    await Promise.all([3, 1, 2].map((n) => games.put([played(n, 0)], at(n))));
    expect(await games.games('nfl', DATE)).toEqual([{ game: played(3, 0), seenAt: at(3) }]);
  });

  law('a game goes three days after it was last seen', async (games, store) => {
    await games.put([before], NOON);
    const { items } = await store.query({ pk: `GAMES#nfl#${DATE}` });
    expect(items.map((one) => one['expiresAt'])).toEqual([(NOON + 3 * DAY_MS) / 1_000]);
  });
});
