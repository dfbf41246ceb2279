import { expect, test } from 'vitest';
import { toListings } from '../../../../adapters/venues/kalshi/catalogue.ts';
import { rollingAt } from '../../../../adapters/venues/kalshi/rolling.ts';
import { epochMs } from '../../../../core/time.ts';
import { wireMarket } from './frames.ts';

const listed = (...markets: (readonly [ticker: string, opens: string, closes: string])[]) =>
  toListings(
    JSON.stringify({
      markets: markets.map(([ticker, opens, closes]) =>
        wireMarket(ticker, { open_time: `2026-09-26T${opens}:00Z`, close_time: `2026-09-26T${closes}:00Z` }),
      ),
    }),
  ).listings;

const QUARTERS = listed(
  ['KXBTC15M-26SEP261915-15', '23:00', '23:15'],
  ['KXBTC15M-26SEP261845-45', '22:30', '22:45'],
  ['KXBTC15M-26SEP261900-00', '22:45', '23:00'],
  ['KXETH15M-26SEP261900-00', '22:45', '23:00'],
);
// Markets of an hour open a day ahead, several strikes together.
const HOURS = listed(
  ['KXBTCD-26SEP2619-T2', '10:00', '23:00'],
  ['KXBTCD-26SEP2619-T1', '10:00', '23:00'],
  ['KXBTCD-26SEP2618-T1', '10:00', '22:00'],
  ['KXBTCD-26SEP2618-T2', '10:00', '22:00'],
);

test.each([
  {
    series: 'KXBTC15M',
    listings: QUARTERS,
    at: '22:40',
    current: ['KXBTC15M-26SEP261845-45'],
    next: ['KXBTC15M-26SEP261900-00'],
  },
  {
    series: 'KXBTC15M',
    listings: QUARTERS,
    at: '22:45',
    current: ['KXBTC15M-26SEP261900-00'],
    next: ['KXBTC15M-26SEP261915-15'],
  },
  { series: 'KXBTC15M', listings: QUARTERS, at: '23:05', current: ['KXBTC15M-26SEP261915-15'], next: [] },
  { series: 'KXBTC15M', listings: QUARTERS, at: '22:00', current: [], next: ['KXBTC15M-26SEP261845-45'] },
  { series: 'KXBTC15M', listings: QUARTERS, at: '23:15', current: [], next: [] },
  {
    series: 'KXBTCD',
    listings: HOURS,
    at: '21:59',
    current: ['KXBTCD-26SEP2618-T1', 'KXBTCD-26SEP2618-T2'],
    next: ['KXBTCD-26SEP2619-T1', 'KXBTCD-26SEP2619-T2'],
  },
  { series: 'KXDOGE15M', listings: QUARTERS, at: '22:40', current: [], next: [] },
])('at $at of $series trades $current, and then $next', ({ series, listings, at, current, next }) => {
  const rolling = rollingAt(listings, series, epochMs(Date.parse(`2026-09-26T${at}:00Z`)));
  const symbols = (side: 'current' | 'next') => rolling[side].map(({ instrument }) => instrument.symbol);
  expect([symbols('current'), symbols('next')]).toEqual([current, next]);
});
