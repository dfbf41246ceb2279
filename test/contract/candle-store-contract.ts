import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCandleStore } from '../../adapters/store/candle-store.ts';
import type { Item, ItemStore } from '../../adapters/store/item-store.ts';
import { asPrice, asQuantity, price, quantity } from '../../core/amounts.ts';
import {
  type Candle,
  type CandleInterval,
  HISTORY_INTERVALS,
  INTERVAL_MS,
  type StoredCandle,
} from '../../core/market/candle.ts';
import { inOrder } from '../../core/market/candle-fold.ts';
import { instrumentId } from '../../core/market/instrument.ts';
import type { CandleStore } from '../../core/ports.ts';
import { DAY_MS, type EpochMs, epochMs, plusMs } from '../../core/time.ts';

const SEED = 20_261_121;
const OAK = instrumentId('binance', 'OAKUSDT');
const ELM = instrumentId('binance', 'ELMUSDT');
/** 00:00 UTC of a day that begins a block of each interval but the day's. */
export const MIDNIGHT = epochMs(20_250 * DAY_MS);
const MINUTE = 60_000;

export const bar = (interval: CandleInterval, n: number, some: Partial<Candle> = {}): Candle => ({
  interval,
  start: plusMs(MIDNIGHT, n * INTERVAL_MS[interval]),
  open: price('10'),
  high: price('12.5'),
  low: price('9.00000001'),
  close: price('11'),
  volume: quantity('3.25'),
  trades: 4,
  complete: true,
  ...some,
});
const minutes = (from: number, through: number, some: Partial<Candle> = {}): Candle[] =>
  Array.from({ length: through - from + 1 }, (_, n) => bar('1m', from + n, some));
const by = (source: StoredCandle['source'], candles: readonly Candle[]): StoredCandle[] =>
  candles.map((candle) => ({ ...candle, source }));
const blockOf = async (store: ItemStore, hour: number): Promise<Item | undefined> =>
  store.get({
    pk: `CANDLES#${OAK}#1m`,
    sk: String(MIDNIGHT + hour * 60 * MINUTE).padStart(15, '0'),
  });

/** What a store of candles promises, over every driver. `open` opens an empty item store; the suite closes it. */
export function keepsCandles(open: () => Promise<ItemStore>, runs: number): void {
  const law = (title: string, body: (candles: CandleStore, store: ItemStore) => Promise<void>): void => {
    test(title, async () => {
      const store = await open();
      try {
        await body(createCandleStore(store), store);
      } finally {
        await store.close();
      }
    });
  };

  law('finds no bars where none were put, and says that all are missing', async (candles) => {
    expect(await candles.read(OAK, '1m', { count: 10 })).toEqual([]);
    expect(await candles.gaps(OAK, '5m', MIDNIGHT, plusMs(MIDNIGHT, 10 * MINUTE))).toEqual([
      { kind: 'missing', from: MIDNIGHT, through: plusMs(MIDNIGHT, 10 * MINUTE), bars: 3 },
    ]);
  });

  law('gives back bars of each kept interval exactly, and leaves shorter ones out', async (candles) => {
    const kept = HISTORY_INTERVALS.flatMap((interval) => [
      bar(interval, 0),
      bar(interval, 1, { complete: false, trades: 0 }),
      bar(interval, 2, {
        open: price('11'),
        high: price('11'),
        low: price('11'),
        volume: quantity('0'),
        trades: 0,
      }),
      bar(interval, 3, {
        high: asPrice(10n ** 20n),
        low: asPrice(0n),
        volume: asQuantity(1n),
        trades: 9_007_199,
      }),
    ]);
    await candles.put(OAK, [bar('1s', 0), ...kept, bar('15s', 1), bar('5s', 2)], 'own');
    for (const interval of HISTORY_INTERVALS) {
      const expected = by(
        'own',
        kept.filter((one) => one.interval === interval),
      );
      expect(await candles.read(OAK, interval, { count: 10 })).toEqual(expected);
    }
  });

  law('keeps instruments apart', async (candles) => {
    await candles.put(OAK, [bar('1m', 0)], 'own');
    await candles.put(ELM, [bar('1m', 1)], 'venue');
    expect(await candles.read(OAK, '1m', { count: 10 })).toEqual(by('own', [bar('1m', 0)]));
    expect(await candles.read(ELM, '1m', { count: 10 })).toEqual(by('venue', [bar('1m', 1)]));
  });

  law(
    'reads the newest bars up to a moment, oldest first, over as many blocks as it takes',
    async (candles) => {
      await candles.put(OAK, minutes(0, 1_499), 'own');
      const through = (n: number): EpochMs => plusMs(MIDNIGHT, n * MINUTE);
      const read = async (range: { through?: EpochMs; count: number }) => candles.read(OAK, '1m', range);
      expect(await read({ count: 1_000 })).toEqual(by('own', minutes(500, 1_499)));
      expect(await read({ count: 1 })).toEqual(by('own', minutes(1_499, 1_499)));
      expect(await read({ count: 61, through: through(119) })).toEqual(by('own', minutes(59, 119)));
      expect(await read({ count: 3, through: plusMs(through(60), -1) })).toEqual(by('own', minutes(57, 59)));
      expect(await read({ count: 1_000, through: through(30) })).toEqual(by('own', minutes(0, 30)));
      expect(await read({ count: 5, through: plusMs(MIDNIGHT, -1) })).toEqual([]);
    },
  );

  law('goes on past blocks that hold few bars until it has enough', async (candles) => {
    const sparse = Array.from({ length: 30 }, (_, hour) => bar('1m', hour * 60 + 7));
    await candles.put(OAK, sparse, 'own');
    expect(await candles.read(OAK, '1m', { count: 25 })).toEqual(by('own', sparse.slice(5)));
  });

  for (const count of [0, -1, 1_001, 2.5, Number.NaN])
    law(`refuses to read ${count} bars`, async (candles) => {
      await expect(candles.read(OAK, '1m', { count })).rejects.toThrow('count must be 1 to 1000');
    });

  law('refuses a bar that begins between two places, and stores nothing', async (candles) => {
    const between = { ...bar('1h', 1), start: plusMs(MIDNIGHT, MINUTE) };
    await expect(candles.put(OAK, [bar('1h', 0), between], 'own')).rejects.toThrow(
      'start of a 1h bar must be a multiple of it',
    );
    expect(await candles.read(OAK, '1h', { count: 10 })).toEqual([]);
  });

  law('completes an incomplete bar, from our own prints or from the venue', async (candles) => {
    const part = { complete: false, volume: quantity('1') };
    await candles.put(OAK, minutes(0, 2, part), 'own');
    await candles.put(OAK, [bar('1m', 0)], 'own');
    await candles.put(OAK, [bar('1m', 1)], 'venue');
    expect(await candles.read(OAK, '1m', { count: 10 })).toEqual([
      ...by('own', [bar('1m', 0)]),
      ...by('venue', [bar('1m', 1)]),
      ...by('own', [bar('1m', 2, part)]),
    ]);
  });

  law('never replaces a complete bar of our own', async (candles) => {
    await candles.put(OAK, minutes(0, 1), 'own');
    await candles.put(OAK, minutes(0, 2, { volume: quantity('99') }), 'venue');
    await candles.put(OAK, minutes(0, 1, { complete: false, volume: quantity('100') }), 'own');
    expect(await candles.read(OAK, '1m', { count: 10 })).toEqual([
      ...by('own', minutes(0, 1)),
      ...by('venue', minutes(2, 2, { volume: quantity('99') })),
    ]);
  });

  law('writes a block once for all of its bars, and not again for what it holds', async (candles, store) => {
    await candles.put(OAK, minutes(0, 59), 'own');
    await candles.put(OAK, minutes(10, 20), 'own');
    await candles.put(OAK, minutes(0, 59), 'venue');
    expect(await blockOf(store, 0)).toMatchObject({ version: 1 });
    expect((await store.changes(undefined, 10)).changes).toHaveLength(1);
    await candles.put(OAK, minutes(59, 60), 'own');
    expect([await blockOf(store, 0), await blockOf(store, 1)]).toMatchObject([
      { version: 1 },
      { version: 1 },
    ]);
  });

  law('two who write one block at once lose nothing', async (candles) => {
    const parts = [0, 15, 30, 45].map((n) => minutes(n, n + 14));
    await Promise.all(parts.map((part) => candles.put(OAK, part, 'own')));
    expect(await candles.read(OAK, '1m', { count: 60 })).toEqual(by('own', minutes(0, 59)));
  });

  law(
    'merges into what a faster one wrote meanwhile, and gives up when that never ends',
    async (candles, store) => {
      let left = 0;
      let next = 0;
      const overtaken = createCandleStore({
        get: (key) => store.get(key),
        query: (query) => store.query(query),
        changes: (position, limit) => store.changes(position, limit),
        close: () => store.close(),
        transact: async (writes) => {
          if (left > 0) {
            left -= 1;
            next += 1;
            await candles.put(OAK, [bar('1m', next)], 'own');
          }
          return store.transact(writes);
        },
      });
      left = 4;
      await overtaken.put(OAK, [bar('1m', 0)], 'own');
      expect(await candles.read(OAK, '1m', { count: 60 })).toEqual(by('own', minutes(0, 4)));
      left = 5;
      await expect(overtaken.put(OAK, [bar('1m', 30)], 'own')).rejects.toMatchObject({ fault: 'busy' });
      expect(await candles.read(OAK, '1m', { count: 60 })).toEqual(by('own', minutes(0, 9)));
    },
  );

  law('finds what is missing and what is incomplete, over blocks', async (candles) => {
    await candles.put(OAK, [...minutes(0, 57), ...minutes(62, 70, { complete: false })], 'own');
    const at = (n: number): EpochMs => plusMs(MIDNIGHT, n * MINUTE);
    expect(await candles.gaps(OAK, '1m', at(50), at(65))).toEqual([
      { kind: 'missing', from: at(58), through: at(61), bars: 4 },
      { kind: 'incomplete', from: at(62), through: at(65), bars: 4 },
    ]);
  });

  test.each([
    { interval: '1m', days: 90 },
    { interval: '5m', days: 180 },
    { interval: '15m', days: 365 },
    { interval: '1h', days: 5 * 365 },
    { interval: '1d', days: 5 * 365 },
  ] as const)(
    'keeps each bar of $interval for $days days, and its block little longer',
    async ({ interval, days }) => {
      const store = await open();
      const last = bar(interval, 59);
      await createCandleStore(store).put(OAK, [last], 'own');
      const [item] = (await store.query({ pk: `CANDLES#${OAK}#${interval}` })).items;
      const keptMs = Number(item?.['expiresAt']) * 1_000 - (last.start + INTERVAL_MS[interval]);
      expect(keptMs).toBeGreaterThanOrEqual(days * DAY_MS);
      expect(keptMs).toBeLessThan(days * DAY_MS + 60 * INTERVAL_MS[interval]);
      expect(item?.['expiresAt']).toBe(Math.floor(Number(item?.['expiresAt'])));
      await store.close();
    },
  );

  test.each([
    { what: 'a row of other words', rows: ['0 10 12'], why: "rows holds '0 10 12'" },
    { what: 'a finer amount than ours', rows: ['0 0.123456789'], why: 'rows holds' },
    { what: 'no rows', rows: null, why: 'rows' },
  ])('a block with $what is named, neither read nor written over', async ({ rows, why }) => {
    const store = await open();
    const candles = createCandleStore(store);
    await candles.put(OAK, [bar('1m', 0)], 'own');
    const found = await blockOf(store, 0);
    if (found === undefined) throw new Error('the block was stored');
    const broken: Item = { ...found, rows, version: 2 };
    await store.transact([{ kind: 'put', item: broken, condition: { kind: 'version', version: 1 } }]);
    for (const use of [
      () => candles.read(OAK, '1m', { count: 1 }),
      () => candles.gaps(OAK, '1m', MIDNIGHT, MIDNIGHT),
      () => candles.put(OAK, [bar('1m', 1)], 'own'),
    ]) {
      await expect(use()).rejects.toMatchObject({ fault: 'corrupt', message: expect.stringContaining(why) });
      await expect(use()).rejects.toThrow(`CANDLES#${OAK}#1m`);
    }
    expect(await blockOf(store, 0)).toEqual(broken);
    await store.close();
  });

  test('holds, after any puts, the best bar that came for each start', async () => {
    const anyBar = fc
      .tuple(fc.nat(150), fc.bigInt({ min: 0n, max: 4n }), fc.boolean())
      .map(([n, volume, complete]) => bar('1m', n, { volume: asQuantity(volume), complete }));
    const anyPut = fc.tuple(
      fc.array(anyBar, { maxLength: 20 }),
      fc.constantFrom('own' as const, 'venue' as const),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(anyPut, { maxLength: 8 }), async (puts) => {
        const store = await open();
        const candles = createCandleStore(store);
        for (const [bars, source] of puts) await candles.put(OAK, bars, source);
        const best = inOrder(puts.flatMap(([bars, source]) => by(source, bars)));
        expect(await candles.read(OAK, '1m', { count: 1_000 })).toEqual(best);
        await store.close();
      }),
      { seed: SEED, numRuns: runs },
    );
  });
}
