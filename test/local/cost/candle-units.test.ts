import { expect, test } from 'vitest';
import { createCandleStore } from '../../../adapters/store/candle-store.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite-store.ts';
import { price, quantity } from '../../../core/amounts.ts';
import {
  type Candle,
  HISTORY_INTERVALS,
  type HistoryInterval,
  INTERVAL_MS,
} from '../../../core/market/candle.ts';
import { instrumentId } from '../../../core/market/instrument.ts';
import { beatAt, DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, plusMs } from '../../../core/time.ts';
import { CandleWriter } from '../../../fargate/candle-writer.ts';
import { KeptBars } from '../../../fargate/kept-bars.ts';
import { candleUse } from '../../../local/cost/candle-units.ts';
import { MeteredStore } from '../../../local/cost/metered-store.ts';
import { HOURS_PER_MONTH } from '../../../local/cost/prices.ts';
import { MIDNIGHT } from '../../support/bars.ts';

const BTC = instrumentId('binance', 'BTCUSDT');
/** A block of days. */
const DAYS = 60;

/** As long as recorded bars are: 50 bytes. */
const bar = (interval: HistoryInterval, start: EpochMs): Candle => ({
  interval,
  start,
  open: price('75711.69'),
  high: price('75711.7'),
  low: price('75674.55'),
  close: price('75708.57'),
  volume: quantity('7.55452'),
  trades: 3_609,
  complete: true,
});

test('the model prices candles as they are written: minutes each hour, longer bars each five', async () => {
  const metered = new MeteredStore(openSqliteStore({ path: ':memory:' }));
  const log = { info: () => undefined, warn: () => undefined };
  const writer = new CandleWriter({ store: createCandleStore(metered), cadence: 'blocks', log });
  const kept = new KeptBars();
  const all = new Map([[BTC, kept]]);
  const start = beatAt(MIDNIGHT, DAYS * DAY_MS);
  writer.look(start, all);
  metered.start();
  for (let minute = 1; minute <= DAYS * 24 * 60; minute += 1) {
    const now = plusMs(start, minute * MINUTE_MS);
    for (const interval of HISTORY_INTERVALS)
      if (now % INTERVAL_MS[interval] === 0)
        kept.put({ ...bar(interval, plusMs(now, -INTERVAL_MS[interval])), source: 'own' });
    if (now % HOUR_MS !== 0) continue;
    writer.look(now, all);
    while (writer.isWriting) await new Promise((resolve) => setImmediate(resolve));
  }
  const { writeUnits, readUnits } = metered.use;
  const share = (DAYS * 24) / HOURS_PER_MONTH;
  const model = candleUse(1);
  expect((model.writeUnits * share) / (writeUnits.get('candles') ?? 0)).toBeCloseTo(1, 1);
  expect((model.readUnits * share) / (readUnits.get('candles') ?? 0)).toBeCloseTo(1, 1);
  await metered.close();
});

test('candles of ten instruments are a few cents, of a hundred ten times as much', () => {
  const cents = ({ writeUnits, readUnits, gb }: ReturnType<typeof candleUse>): number =>
    (writeUnits * 0.625 + readUnits * 0.125) / 1e4 + (gb / 2) * 20;
  expect(cents(candleUse(10))).toBeGreaterThan(2.5);
  expect(cents(candleUse(10))).toBeLessThan(4);
  expect(cents(candleUse(100))).toBeCloseTo(10 * cents(candleUse(10)), 6);
});
