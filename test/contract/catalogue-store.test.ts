import { expect, test } from 'vitest';
import { createCatalogueStore } from '../../adapters/store/catalogue-store.ts';
import { type ItemStore, StoreError } from '../../adapters/store/item-store.ts';
import { asPrice, ONE } from '../../core/amounts.ts';
import type { Listing } from '../../core/market/listing.ts';
import type { Catalogue, CatalogueStore } from '../../core/ports.ts';
import { DAY_MS, plusMs } from '../../core/time.ts';
import { asset, at, contract, NOON } from '../core/universe/listings.ts';
import { seeded } from '../support/random.ts';
import { onBothStores } from './both-stores.ts';

/** With everything that a listing can hold. */
const FULL: Listing = {
  ...contract('KXNFLGAME-26OCT04BUFNE-BUF', {
    event: 'KXNFLGAME-26OCT04BUFNE',
    series: 'KXNFLGAME',
    opensAt: at(-60),
    closesAt: at(600),
    strike: { kind: 'between', floor: '1.5', cap: null },
    settlementSource: 'the league',
  }),
  fees: { model: 'quadratic', makerBps: '0', takerBps: null, detail: 'quadratic x 1' },
  game: {
    eventId: 'KXNFLGAME-26OCT04BUFNE',
    league: 'nfl',
    teams: [
      { code: 'BUF', name: 'Buffalo' },
      { code: null, name: null },
    ],
    date: '2026-10-04',
    startsAt: at(60),
  },
  expectedAt: at(240),
};
const RANGES: Listing = {
  ...FULL,
  instrument: {
    ...FULL.instrument,
    priceRanges: [{ start: asPrice(0n), end: asPrice(ONE), step: asPrice(ONE / 100n) }],
  },
};
const of = (listings: readonly Listing[], readAt = NOON, query = 'all'): Catalogue => ({
  venue: 'binance',
  query,
  host: 'http://127.0.0.1:9000',
  readAt,
  listings,
});

onBothStores('catalogues', (open) => {
  const law = (
    title: string,
    body: (catalogues: CatalogueStore, store: ItemStore) => Promise<void>,
  ): void => {
    test(title, async () => {
      const store = await open();
      try {
        await body(createCatalogueStore(store), store);
      } finally {
        await store.close();
      }
    });
  };

  law('there is none before one was put', async (catalogues) => {
    expect(await catalogues.newest('binance', 'all', NOON)).toBeUndefined();
  });

  law('gives back each listing exactly', async (catalogues) => {
    const catalogue = of([asset('BTCUSDT'), FULL, RANGES]);
    await catalogues.put(catalogue);
    expect(await catalogues.newest('binance', 'all', NOON)).toEqual(catalogue);
  });

  law(
    'the newest counts, whatever order they came in, and venues and queries are apart',
    async (catalogues) => {
      const [older, newer] = [of([asset('OLD')], NOON), of([asset('NEW')], at(15))];
      await catalogues.put(newer);
      await catalogues.put(older);
      await catalogues.put(of([asset('SOME')], at(20), 'series:S'));
      await catalogues.put({ ...of([asset('ELSE')], at(30)), venue: 'mexc' });
      expect(await catalogues.newest('binance', 'all', at(30))).toEqual(newer);
      expect((await catalogues.newest('binance', 'series:S', at(30)))?.readAt).toBe(at(20));
    },
  );

  law('one put twice is there once', async (catalogues, store) => {
    await catalogues.put(of([asset('BTCUSDT')]));
    await catalogues.put(of([asset('BTCUSDT')]));
    expect((await store.query({ pk: 'CATALOGUE#binance#all' })).items).toHaveLength(1);
  });

  law('one of a day ago is none, and says by when it goes', async (catalogues, store) => {
    await catalogues.put(of([asset('BTCUSDT')]));
    expect(await catalogues.newest('binance', 'all', plusMs(NOON, DAY_MS - 1))).toBeDefined();
    expect(await catalogues.newest('binance', 'all', plusMs(NOON, DAY_MS))).toBeUndefined();
    const { items } = await store.query({ pk: 'CATALOGUE#binance#all' });
    expect(items.map((one) => one['expiresAt'])).toEqual([(NOON + DAY_MS) / 1_000]);
  });

  law('one that is larger than an item is cut into parts, each of which fits', async (catalogues, store) => {
    const random = seeded(20_261_121);
    // Random letters, so that packing does not make them small.
    const noise = (): string => Array.from({ length: 200 }, () => random().toString(36).slice(2, 8)).join('');
    const catalogue = of(Array.from({ length: 700 }, (_, n) => asset(`A${n}USDT`, { title: noise() })));
    await catalogues.put(catalogue);
    const { items } = await store.query({ pk: 'CATALOGUE#binance#all' });
    expect(items.length).toBeGreaterThan(2);
    for (const item of items) expect(JSON.stringify(item).length).toBeLessThan(390_000);
    expect(await catalogues.newest('binance', 'all', NOON)).toEqual(catalogue);
  });

  law('one whose parts are not all there is not taken for a list', async (catalogues, store) => {
    const key = { pk: 'CATALOGUE#binance#all', sk: `HEAD#${String(NOON).padStart(15, '0')}` };
    const item = { ...key, version: 1, packed: 'H4sIA', readAt: NOON, parts: 1 };
    await store.transact([{ kind: 'put', item, condition: { kind: 'absent' } }]);
    await expect(catalogues.newest('binance', 'all', NOON)).rejects.toThrow(StoreError);
    await expect(catalogues.newest('binance', 'all', NOON)).rejects.toThrow(
      /CATALOGUE#binance#all .* not readable/,
    );
  });
});
