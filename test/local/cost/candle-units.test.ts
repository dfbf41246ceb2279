import { readFileSync } from 'node:fs';
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
import { type CandleUse, candleUse } from '../../../local/cost/candle-units.ts';
import { MeteredStore } from '../../../local/cost/metered-store.ts';
import { HOURS_PER_MONTH, PRICES } from '../../../local/cost/prices.ts';
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

test('docs/cost.md and the decision say what candles cost: of a hundred instruments ten times as much as of ten', () => {
  const read = (name: string): string =>
    readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8').replaceAll(/\s+/g, ' ');
  const units = (n: number): string => Math.round(n).toLocaleString('en-US');
  const [one, ten, hundred] = [candleUse(1), candleUse(10), candleUse(100)];
  const tableCents = ({ writeUnits, readUnits }: CandleUse): number =>
    (writeUnits * PRICES.tableWrites.usd + readUnits * PRICES.tableReads.usd) / 1e4;
  // On average half of what the first month adds is there.
  const keptCents = ({ gb }: CandleUse): number => (gb / 2) * PRICES.tableRecovery.usd * 100;
  expect(read('cost.md')).toContain(
    `${units(one.writeUnits)} write units and ${units(one.readUnits)} read units a month, whatever the beat: ` +
      `${tableCents(ten).toFixed(1)} cents for ten instruments and ${keptCents(ten).toFixed(1)} in the first month to keep them`,
  );
  expect(read('cost.md')).toContain(
    `Candles add ${(2 * keptCents(ten)).toFixed(1)} cents a month to what is kept`,
  );
  expect(read('adr/0013-candles-in-blocks.md')).toContain(
    `${tableCents(ten).toFixed(1)} cents a month for ten instruments and ${keptCents(ten).toFixed(1)} in the first month ` +
      `for point-in-time recovery, ${(tableCents(ten) + keptCents(ten)).toFixed(1)} of the four; ` +
      `${tableCents(hundred).toFixed(0)} and ${keptCents(hundred).toFixed(0)} for a hundred.`,
  );
});
