import { describe, expect, test } from 'vitest';
import { createCandleStore } from '../../adapters/store/candle-store.ts';
import { StoreError } from '../../adapters/store/item-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import type { Need } from '../../adapters/venues/frame-source.ts';
import type { WireId } from '../../adapters/venues/wire.ts';
import type { Candle, CandleInterval, HistoryInterval } from '../../core/market/candle.ts';
import { type InstrumentId, instrumentId, symbolOf } from '../../core/market/instrument.ts';
import { feedId, type InstrumentStatus, type MarketWindow } from '../../core/market/window.ts';
import type { CandleStore } from '../../core/ports.ts';
import { type EpochMs, MINUTE_MS, plusMs, SECOND_MS } from '../../core/time.ts';
import { CandleKeeper } from '../../fargate/candle-keeper.ts';
import { aBar, barStart } from '../support/bars.ts';
import { market } from '../support/values.ts';

const OAK = instrumentId('binance', 'OAKUSDT');
const KX = instrumentId('kalshi', 'KXOAK-26');
const POLY = instrumentId('polymarket', '123');
const NOON = barStart('1h', 12);
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const WIRES: Readonly<Record<string, WireId>> = {
  binance: 'binance-spot',
  kalshi: 'kalshi',
  polymarket: 'polymarket',
};

interface Shown {
  readonly id: InstrumentId;
  readonly status?: InstrumentStatus;
  readonly candles?: readonly Candle[];
}

function world(
  over: { store?: CandleStore; strategyIntervals?: readonly CandleInterval[]; refuses?: boolean } = {},
) {
  const items = openSqliteStore({ path: ':memory:' });
  const store = over.store ?? createCandleStore(items);
  const needs: Need[] = [];
  const said: string[] = [];
  const say =
    (level: string) =>
    (event: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      void said.push(
        [level, event, fields['instrumentId'], fields['interval'], fields['wire']].filter(Boolean).join(' '),
      );
  const keeper = new CandleKeeper({
    store,
    cadence: 'minutes',
    strategyIntervals: over.strategyIntervals ?? [],
    log: { info: say('info'), warn: say('warn') },
    need: (need) => needs.push(need) > 0 && over.refuses !== true,
    wireOf: (id) => WIRES[id.slice(0, id.indexOf(':'))],
  });
  let now = NOON;
  /** A window five seconds after the one before. */
  const window = async (...shown: readonly Shown[]): Promise<void> => {
    now = plusMs(now, 5 * SECOND_MS);
    keeper.saw(windowAt(now, shown));
    await settle();
  };
  return {
    keeper,
    store,
    said,
    needs,
    window,
    /** Windows that show the same, one after the other. */
    pass: async (ms: number, ...shown: readonly Shown[]): Promise<void> => {
      for (const end = now + ms; now < end; ) await window(...shown);
    },
    asked: (id: InstrumentId, interval?: HistoryInterval) =>
      needs
        .filter(
          (one) =>
            one.symbol === symbolOf(id) && (interval ?? one.candles?.interval) === one.candles?.interval,
        )
        .map(({ candles }) => candles),
    /** The venue tells these bars, in answer to a question about the bars of these numbers. */
    tell: (
      id: InstrumentId,
      interval: HistoryInterval,
      [from, through]: readonly [number, number],
      candles: readonly Candle[] = [],
    ) =>
      keeper.told({
        kind: 'candles',
        instrumentId: id,
        interval,
        from: barStart(interval, from),
        through: barStart(interval, through),
        candles,
        source: 'venue',
      }),
  };
}

const windowAt = (closedAt: EpochMs, shown: readonly Shown[]): MarketWindow => ({
  feedId: feedId('main'),
  closedAt,
  previousClosedAt: plusMs(closedAt, -5 * SECOND_MS),
  seq: 1,
  epoch: 1,
  configHash: 'test',
  clockOffsets: {},
  settlements: [],
  games: [],
  closes: [],
  instruments: shown.map(({ id, status = 'live', candles = [] }) => ({ ...market({ id, status }), candles })),
});

describe('what a feed asks for when it begins', () => {
  test('a day of minutes, and of longer bars what one answer holds; of those that strategies listen to a thousand', async () => {
    const { pass, asked } = world({ strategyIntervals: ['5s', '1h'] });
    await pass(15_000, { id: OAK });
    expect(asked(OAK)).toEqual([
      { interval: '1m', from: barStart('1m', 720 - 1_440), through: barStart('1m', 718) },
      { interval: '5m', from: barStart('5m', 144 - 300), through: barStart('5m', 142) },
      { interval: '15m', from: barStart('15m', 48 - 300), through: barStart('15m', 46) },
      { interval: '1h', from: barStart('1h', 12 - 1_000), through: barStart('1h', 10) },
      { interval: '1d', from: barStart('1d', -300), through: barStart('1d', -1) },
    ]);
  });

  test('nothing before the instrument was seen, since nobody knows that the venue lists it', async () => {
    const { pass, needs } = world();
    await pass(10 * MINUTE_MS, { id: OAK, status: 'stale' });
    expect(needs).toEqual([]);
    await pass(15_000, { id: OAK, status: 'closed' });
    expect(needs).toHaveLength(5);
  });

  test('of longer bars only what the store lacks', async () => {
    const { pass, asked, store } = world();
    const hours = Array.from({ length: 400 }, (_, n) => aBar('1h', n - 390));
    const known = hours.filter(({ start }) => start < barStart('1h', -2) || start === barStart('1h', 3));
    await store.put(OAK, known, 'own');
    await pass(15_000, { id: OAK });
    // -2 to 2 and 4 to 11: the newest hole first, which is not over yet.
    expect(asked(OAK, '1h')).toEqual([
      { interval: '1h', from: barStart('1h', 4 - 15), through: barStart('1h', 10) },
    ]);
  });

  test('a store that cannot be read is told once; its answer is waited for, and minutes are asked for in any case', async () => {
    let isDown = true;
    const inner = createCandleStore(openSqliteStore({ path: ':memory:' }));
    const store: CandleStore = {
      ...inner,
      gaps: async (...of) => {
        if (isDown) throw new StoreError('unavailable', 'the table does not answer');
        return inner.gaps(...of);
      },
    };
    const { pass, asked, said } = world({ store });
    await pass(3 * MINUTE_MS, { id: OAK });
    expect([asked(OAK, '1m').length, asked(OAK, '5m').length]).toEqual([1, 0]);
    expect(said).toEqual(['warn candles not read']);
    isDown = false;
    await pass(2 * MINUTE_MS, { id: OAK });
    expect(asked(OAK, '5m')).toHaveLength(1);
    expect(said).toHaveLength(1);
  });
});

describe('what a feed asks for while it runs', () => {
  test('bars that closed incomplete, and bars between two of ours, once the book is proven again', async () => {
    const { pass, window, tell, asked } = world();
    await pass(15_000, { id: OAK });
    tell(OAK, '1m', [-720, 719]);
    const incomplete = aBar('1m', 726, 'own', { complete: false });
    await window({ id: OAK, candles: [aBar('1m', 720), aBar('1m', 724), aBar('1m', 725), incomplete] });
    await pass(10 * MINUTE_MS, { id: OAK, status: 'stale' });
    expect(asked(OAK, '1m')).toHaveLength(1);
    await window({ id: OAK });
    // 726 and a quarter of an hour before it, in which 721 to 723 are, too.
    expect(asked(OAK, '1m').slice(1)).toEqual([
      { interval: '1m', from: barStart('1m', 711), through: barStart('1m', 726) },
    ]);
    tell(OAK, '1m', [711, 726]);
    await pass(10 * MINUTE_MS, { id: OAK });
    expect(asked(OAK, '1m')).toHaveLength(2);
  });

  test('the next page follows the answer to the one before at once', async () => {
    const { pass, tell, asked } = world();
    await pass(15_000, { id: OAK });
    tell(OAK, '1m', [-720, 279]);
    expect(asked(OAK, '1m')[1]).toEqual({
      interval: '1m',
      from: barStart('1m', 280),
      through: barStart('1m', 718),
    });
  });

  test('a question without an answer is put again, and said once', async () => {
    const { pass, asked, said } = world();
    await pass(50 * MINUTE_MS, { id: OAK });
    // After 5, 10 and 20 minutes.
    expect(asked(OAK, '1d')).toHaveLength(4);
    expect(said.filter((line) => line.endsWith('1d'))).toEqual(['warn candles not told binance:OAKUSDT 1d']);
  });

  test('few questions are on their way to one venue at once, however many instruments there are', async () => {
    const { pass, tell, needs } = world();
    const ids = Array.from({ length: 30 }, (_, n) => instrumentId('binance', `S${n}`));
    await pass(60_000, ...ids.map((id) => ({ id })), { id: KX });
    const binance = () => needs.filter(({ wire }) => wire === 'binance-spot');
    expect(binance()).toHaveLength(8);
    expect(needs.filter(({ wire }) => wire === 'kalshi')).toHaveLength(2);
    for (let n = 0; n < 200; n += 1) {
      const { symbol, candles } = binance()[n] ?? {};
      if (symbol === undefined || candles === undefined) break;
      const answered = n + 1;
      const numbers = [-2_000, 2_000] as const;
      tell(instrumentId('binance', symbol), candles.interval, numbers);
      expect(binance().length - answered).toBeLessThanOrEqual(8);
    }
    // Five intervals of thirty instruments, each asked for once.
    expect(binance()).toHaveLength(150);
  });
});

describe('a venue that does not tell all bars', () => {
  test('those that it does not tell are folded from those that it does, where none is missing', async () => {
    const { pass, tell, asked, store, keeper } = world();
    await pass(15_000, { id: KX });
    expect(asked(KX).map((one) => one?.interval)).toEqual(['1m', '1h']);
    const minutes = Array.from({ length: 40 }, (_, n) => aBar('1m', 660 + n, 'venue')).filter(
      (_, n) => n !== 7,
    );
    tell(KX, '1m', [660, 679], minutes.slice(0, 19));
    tell(KX, '1m', [680, 699], minutes.slice(19));
    tell(
      KX,
      '1h',
      [-30, 10],
      Array.from({ length: 41 }, (_, n) => aBar('1h', n - 30, 'venue')),
    );
    await keeper.close();
    const starts = async (interval: HistoryInterval) =>
      (await store.read(KX, interval, { count: 1_000 })).map(({ start, source, complete }) => ({
        start,
        source,
        complete,
      }));
    const bars = (interval: HistoryInterval, ...numbers: readonly number[]) =>
      numbers.map((n) => ({ start: barStart(interval, n), source: 'venue', complete: true }));
    // Minute 667 is missing, and so are bars that hold it.
    expect(await starts('5m')).toEqual(bars('5m', 132, 134, 135, 136, 137, 138, 139));
    expect(await starts('15m')).toEqual(bars('15m', 45));
    // Hours of 00:00 of the day before to 23:00 are all there.
    expect(await starts('1d')).toEqual(bars('1d', -1));
  });

  test('where it tells none, nothing is asked, that is said once, and our own bars are kept', async () => {
    const { pass, window, needs, said, store, keeper } = world();
    const other = instrumentId('polymarket', '456');
    await pass(15_000, { id: POLY }, { id: other });
    await window({ id: POLY, candles: [aBar('1m', 720, 'own', { complete: false }), aBar('1m', 721)] });
    await pass(5 * MINUTE_MS, { id: POLY });
    expect(needs).toEqual([]);
    expect(said).toEqual(['info the venue tells no candles polymarket']);
    expect(keeper.report()).toMatchObject({ asked: 0, wanted: 0 });
    await keeper.close();
    expect(await store.gaps(POLY, '1m', barStart('1m', 718), barStart('1m', 721))).toEqual([
      { kind: 'missing', from: barStart('1m', 718), through: barStart('1m', 719), bars: 2 },
      { kind: 'incomplete', from: barStart('1m', 720), through: barStart('1m', 720), bars: 1 },
    ]);
  });

  test('a source that cannot tell them is not asked again', async () => {
    const { pass, needs, keeper } = world({ refuses: true });
    await pass(10 * MINUTE_MS, { id: OAK });
    expect(needs).toHaveLength(5);
    expect(keeper.report()).toMatchObject({ asked: 0, wanted: 0 });
  });
});

describe('what is kept', () => {
  test("our own bars from a minute on, and the venue's for what we did not see", async () => {
    const { window, tell, store, keeper } = world();
    await window({ id: OAK });
    await window({
      id: OAK,
      candles: [
        aBar('1s', 43_200),
        aBar('1m', 720),
        aBar('1m', 721, 'own', { complete: false }),
        aBar('5m', 144),
      ],
    });
    tell(
      OAK,
      '1m',
      [719, 721],
      [719, 720, 721].map((n) => aBar('1m', n, 'venue')),
    );
    await keeper.close();
    expect(await store.read(OAK, '1m', { count: 9 })).toEqual([
      aBar('1m', 719, 'venue'),
      aBar('1m', 720),
      aBar('1m', 721, 'venue'),
    ]);
    expect(await store.read(OAK, '5m', { count: 9 })).toEqual([aBar('5m', 144)]);
    // Minute 721 twice: incomplete within its minute, and as the venue told it.
    expect(keeper.report()).toMatchObject({ stored: 5, unstored: 0, answered: 1 });
  });

  test('bars of an instrument that is followed no longer are stored, and it is forgotten', async () => {
    const { window, pass, tell, store, keeper } = world();
    await window({ id: OAK });
    await window({ id: OAK, candles: [aBar('1m', 720)] });
    await pass(2 * MINUTE_MS);
    expect(await store.read(OAK, '1m', { count: 9 })).toEqual([aBar('1m', 720)]);
    tell(OAK, '1m', [700, 719], [aBar('1m', 700, 'venue')]);
    expect(keeper.report()).toMatchObject({ answered: 0, unstored: 0, wanted: 0 });
  });

  test('a store that takes nothing at the end costs the bars, which is said', async () => {
    const store: CandleStore = {
      put: async () => {
        throw new StoreError('unavailable', 'the table does not answer');
      },
      read: async () => [],
      gaps: async () => [],
    };
    const { window, keeper, said } = world({ store });
    await window({ id: OAK });
    await window({ id: OAK, candles: [aBar('1m', 720)] });
    await keeper.close();
    expect(said).toEqual(['warn candles not stored', 'warn candles lost']);
  });

  test('what is no fault of the store ends the feed with the next window', async () => {
    const store: CandleStore = {
      put: async () => undefined,
      read: async () => [],
      gaps: async () => {
        throw new RangeError('a bug');
      },
    };
    const { window } = world({ store });
    await window({ id: OAK });
    await window({ id: OAK });
    await expect(window({ id: OAK })).rejects.toThrow('a bug');
  });
});
