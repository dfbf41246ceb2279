import { expect, test } from 'vitest';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { createUniverseStore } from '../../adapters/store/universe-store.ts';
import type { FeedId } from '../../core/market/window.ts';
import type { Universe, UniverseFindings, UniverseStore } from '../../core/ports.ts';
import { asset, at, NOON, quarter } from '../core/universe/listings.ts';
import { onBothStores } from './both-stores.ts';

const MAIN = 'main' as FeedId;
const UNIVERSE: Universe = {
  feedId: MAIN,
  members: [
    { instrument: asset('BTCUSDT').instrument, rule: 'majors', reason: 'majors: volume', since: at(-60) },
    { instrument: quarter(0).instrument, rule: 'btc', reason: 'btc: current', since: NOON },
  ],
  changedAt: NOON,
  changes: 3,
  added: [{ instrumentId: quarter(0).instrument.id, reason: 'btc: current' }],
  removed: [{ instrumentId: quarter(-15).instrument.id, reason: 'btc: expired' }],
};
const NONE = { matched: 0, unmatched: 0, ambiguous: 0 };
const FINDINGS: UniverseFindings = {
  feedId: MAIN,
  configHash: 'abc',
  at: NOON,
  size: 2,
  rules: [
    { rule: 'majors', words: 'binance', listed: 400, members: 1 },
    { rule: 'btc', words: 'kalshi', listed: null, members: 1 },
  ],
  leftOut: [
    {
      rule: 'majors',
      reason: 'volume_low',
      count: 399,
      examples: [{ instrumentId: asset('OAKUSDT').instrument.id, detail: 'too low' }],
    },
  ],
  catalogues: [
    {
      venue: 'kalshi',
      query: 'series:KXBTC15M',
      state: 'missing',
      listings: 0,
      readAt: null,
      storedAt: null,
      failingSince: at(-30),
      trouble: 'HTTP 500',
    },
  ],
  games: {
    counts: { nfl: { matched: 1, unmatched: 1, ambiguous: 0 }, nba: NONE, nhl: NONE, mlb: NONE },
    matched: [
      { instrumentId: quarter(0).instrument.id, league: 'nfl', gameId: '1', sides: ['home', 'away'] },
    ],
    unmatched: [
      { instrumentId: quarter(15).instrument.id, league: 'nfl', reason: 'no_game', detail: 'none is known' },
    ],
    ambiguous: [],
    bareCounts: { nfl: 1, nba: 0, nhl: 0, mlb: 0 },
    bare: [{ league: 'nfl', gameId: '2', away: 'SEA', home: 'SF', startsAt: at(60) }],
  },
};

onBothStores('universes', (open) => {
  const law = (title: string, body: (universes: UniverseStore, store: ItemStore) => Promise<void>): void => {
    test(title, async () => {
      const store = await open();
      try {
        await body(createUniverseStore(store), store);
      } finally {
        await store.close();
      }
    });
  };

  law('there is none before one was committed', async (universes) => {
    expect(await universes.universe(MAIN)).toBeUndefined();
    expect(await universes.findings(MAIN)).toBeUndefined();
  });

  law('gives back the universe exactly, with its version', async (universes) => {
    expect(await universes.commitUniverse(undefined, UNIVERSE)).toBe('committed');
    const stored = await universes.universe(MAIN);
    expect(stored).toEqual({ value: UNIVERSE, version: 1 });
    const next = { ...UNIVERSE, members: [], changes: 4 };
    expect(await universes.commitUniverse(stored, next)).toBe('committed');
    expect(await universes.universe(MAIN)).toEqual({ value: next, version: 2 });
    expect(await universes.universe('other' as FeedId)).toBeUndefined();
  });

  law('whoever rests on an older one is told', async (universes) => {
    await universes.commitUniverse(undefined, UNIVERSE);
    const stored = await universes.universe(MAIN);
    await universes.commitUniverse(stored, UNIVERSE);
    expect(await universes.commitUniverse(stored, UNIVERSE)).toBe('conflict');
    expect(await universes.commitUniverse(undefined, UNIVERSE)).toBe('conflict');
  });

  law('gives back the newest findings exactly', async (universes) => {
    await universes.putFindings({ ...FINDINGS, size: 1, games: null });
    await universes.putFindings(FINDINGS);
    expect(await universes.findings(MAIN)).toEqual(FINDINGS);
  });

  law('a universe that was changed in its place is not read', async (universes, store) => {
    const item = { pk: 'FEED#main', sk: 'UNIVERSE', version: 1, changes: 1, packed: 'garbage' };
    await store.transact([{ kind: 'put', item, condition: { kind: 'absent' } }]);
    await expect(universes.universe(MAIN)).rejects.toThrow(
      /FEED#main \/ UNIVERSE is not readable: packed is not gzip\+base64 of JSON/,
    );
  });
});
