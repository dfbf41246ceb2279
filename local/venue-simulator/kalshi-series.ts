import { DAY_MS, type EpochMs, HOUR_MS, MINUTE_MS, plusMs } from '../../core/time.ts';
import { type BookPace, type ContractBook, USUAL_PACE } from './contract-listing.ts';
import { easternParts } from './eastern-text.ts';
import { indexCents } from './index-price.ts';
import type { KalshiPlan, KalshiSeries } from './kalshi-plans.ts';
import type { SimFixture } from './sim-fixtures.ts';

const QUARTER_MS = 15 * MINUTE_MS;
/** Four steps of a strike around the index. */
const STRIKE_STEP_CENTS = 25_000;

const middling = (pace: BookPace): ContractBook => ({
  ...pace,
  tick: '0.01',
  openingTicks: 50,
  // Between these bounds the tapered structure has whole cents only.
  ticksMin: 10,
  ticksMax: 90,
  usualLots: 12_345,
});

/** Below ten cents, where the tapered structure has tenths of a cent. */
const unlikely = (pace: BookPace): ContractBook => ({
  ...pace,
  tick: '0.001',
  openingTicks: 45,
  ticksMin: 1,
  ticksMax: 99,
  usualLots: 25_075,
});

/** What series on the price of a coin have in common. */
const ON_AN_INDEX = {
  category: 'Crypto',
  feeType: 'quadratic',
  feeMultiplier: 1,
  source: 'CF Benchmarks',
} as const satisfies Partial<KalshiSeries>;

/** `KXBTC15M`: whether an index is at the end of a quarter of an hour at least where it was at its beginning. */
export function quarterHours(asset: 'BTC' | 'ETH', pace: BookPace = USUAL_PACE): KalshiSeries {
  const ticker = `KX${asset}15M`;
  return {
    ...ON_AN_INDEX,
    ticker,
    title: `${asset} price up in next 15 mins?`,
    frequency: 'fifteen_min',
    rolling: {
      lengthMs: QUARTER_MS,
      aheadMs: QUARTER_MS,
      plans: (opensAt) => [quarterPlan(ticker, asset, opensAt, pace)],
    },
  };
}

function quarterPlan(series: string, asset: string, opensAt: EpochMs, pace: BookPace): KalshiPlan {
  const closesAt = plusMs(opensAt, QUARTER_MS);
  const { year, month, day, hour, minute } = easternParts(closesAt);
  const event = `${series}-${year}${month}${day}${hour}${minute}`;
  const [floor, value] = [indexCents(asset, opensAt), indexCents(asset, closesAt)];
  const isYes = value >= floor;
  return {
    ticker: `${event}-${minute}`,
    event,
    eventTitle: `${asset} 15 min · $${dollars(floor)} target`,
    series,
    title: `${asset} price up in next 15 mins?`,
    outcome: `Target Price: $${dollars(floor)}`,
    structure: 'tapered_deci_cent',
    isExclusive: false,
    createdAt: plusMs(opensAt, -QUARTER_MS),
    opensAt,
    closesAt,
    strike: { kind: 'greater_or_equal', floor: floor / 100 },
    result: isYes ? 'yes' : 'no',
    settlementValue: isYes ? '1.0000' : '0.0000',
    expirationValue: dollars(value),
    book: middling(pace),
  };
}

/** `KXBTCD`: whether an index is above some thresholds at the end of an hour. The likeliest one is first. */
export function hourlyThresholds(asset: 'BTC' | 'ETH', pace: BookPace = USUAL_PACE): KalshiSeries {
  const ticker = `KX${asset}D`;
  return {
    ...ON_AN_INDEX,
    ticker,
    title: `${asset} price at the hour`,
    frequency: 'hourly',
    rolling: {
      lengthMs: HOUR_MS,
      aheadMs: HOUR_MS,
      plans: (opensAt) => [0, 1].map((n) => thresholdPlan(ticker, asset, opensAt, n, pace)),
    },
  };
}

function thresholdPlan(
  series: string,
  asset: string,
  opensAt: EpochMs,
  n: number,
  pace: BookPace,
): KalshiPlan {
  const closesAt = plusMs(opensAt, HOUR_MS);
  const { year, month, day, hour } = easternParts(closesAt);
  const event = `${series}-${year}${month}${day}${hour}`;
  const now = indexCents(asset, opensAt);
  // One cent below a round number, and above means above.
  const strike = (Math.floor(now / STRIKE_STEP_CENTS) + 8 * n) * STRIKE_STEP_CENTS - 1;
  const value = indexCents(asset, closesAt);
  const isYes = value > strike;
  return {
    ticker: `${event}-T${dollars(strike)}`,
    event,
    eventTitle: `${asset} price at ${hour}:00 Eastern time`,
    series,
    title: `${asset} price above $${dollars(strike)}?`,
    outcome: `$${dollars(strike + 1)} or above`,
    structure: n === 0 ? 'linear_cent' : 'tapered_deci_cent',
    isExclusive: false,
    createdAt: plusMs(opensAt, -HOUR_MS),
    opensAt,
    closesAt,
    strike: { kind: 'greater', floor: strike / 100 },
    result: isYes ? 'yes' : 'no',
    settlementValue: isYes ? '1.0000' : '0.0000',
    expirationValue: dollars(value),
    book: n === 0 ? { ...middling(pace), ticksMin: 2, ticksMax: 98 } : unlikely(pace),
  };
}

/** `KXNFLGAME`: which team wins a game. Two markets for each game, of which at most one pays. */
export const gameSeries = (league: SimFixture['league']): KalshiSeries => ({
  ticker: `KX${league.toUpperCase()}GAME`,
  title: `${league.toUpperCase()} game`,
  category: 'Sports',
  frequency: 'custom',
  feeType: league === 'mlb' ? 'quadratic' : 'quadratic_with_maker_fees',
  feeMultiplier: league === 'mlb' ? 0.5 : 1,
  source: 'ESPN',
  rolling: null,
});

/** The two markets of a game, listed since two days before it and open until two weeks after it. */
export function gamePlans(fixture: SimFixture, pace: BookPace = USUAL_PACE): readonly KalshiPlan[] {
  const { league, startsAt, home, away } = fixture;
  const series = `KX${league.toUpperCase()}GAME`;
  const { year, month, day, hour, minute } = easternParts(startsAt);
  // Baseball teams may play each other twice a day.
  const clock = league === 'mlb' ? `${hour}${minute}` : '';
  const event = `${series}-${year}${month}${day}${clock}${away.kalshi}${home.kalshi}`;
  return [home, away].map((team, n) => ({
    ticker: `${event}-${team.kalshi}`,
    event,
    eventTitle: `${away.place} at ${home.place}`,
    series,
    title: `${away.place} at ${home.place} Winner?`,
    outcome: team.label,
    structure: 'linear_cent',
    isExclusive: true,
    createdAt: plusMs(startsAt, -2 * DAY_MS),
    opensAt: plusMs(startsAt, -2 * DAY_MS),
    closesAt: plusMs(startsAt, 14 * DAY_MS),
    expectedAt: plusMs(startsAt, 3 * HOUR_MS),
    strike: { kind: 'structured', floor: null },
    result: n === 0 ? 'yes' : 'no',
    settlementValue: n === 0 ? '1.0000' : '0.0000',
    expirationValue: '',
    book: { ...middling(pace), openingTicks: n === 0 ? 58 : 42, ticksMin: 2, ticksMax: 98 },
  }));
}

const dollars = (cents: number): string =>
  `${Math.floor(cents / 100)}.${(cents % 100).toString().padStart(2, '0')}`;
