import { type EpochMs, isoTime, MINUTE_MS, plusMs } from '../../core/time.ts';
import type { KalshiFrames } from './kalshi-frames.ts';
import { SETTLED_MS } from './kalshi-lives.ts';
import type { KalshiMarket, KalshiPhase } from './kalshi-market.ts';
import type { KalshiPlan, KalshiSeries, PriceStructure } from './kalshi-plans.ts';

const RANGES: Readonly<
  Record<PriceStructure, readonly (readonly [start: string, end: string, step: string])[]>
> = {
  linear_cent: [['0.0000', '1.0000', '0.0100']],
  deci_cent: [['0.0000', '1.0000', '0.0010']],
  tapered_deci_cent: [
    ['0.0000', '0.1000', '0.0010'],
    ['0.1000', '0.9000', '0.0100'],
    ['0.9000', '1.0000', '0.0010'],
  ],
};

/** Words of the filter for those of an object. */
export const FILTER_OF: Readonly<Record<KalshiPhase, string>> = {
  initialized: 'unopened',
  active: 'open',
  inactive: 'paused',
  closed: 'closed',
  determined: 'closed',
  finalized: 'settled',
};

/** A market as REST describes it. An empty side is a price that nobody can have. */
export function marketObject(market: KalshiMarket, frames: KalshiFrames): object {
  const { plan, phase, told, opensAt, closesAt, volumeLots, lastTrade } = market;
  const { prices, sizes } = frames;
  const isOver = phase === 'determined' || phase === 'finalized';
  const volume = sizes.of(volumeLots);
  return {
    ticker: plan.ticker,
    event_ticker: plan.event,
    market_type: 'binary',
    title: plan.title,
    status: phase,
    ...namesOf(plan, phase),
    created_time: timeText(plan.createdAt),
    open_time: timeText(opensAt),
    close_time: timeText(closesAt),
    expected_expiration_time: timeText(plan.expectedAt ?? plusMs(closesAt, 5 * MINUTE_MS)),
    latest_expiration_time: timeText(plusMs(closesAt, 7 * 24 * 60 * MINUTE_MS)),
    settlement_timer_seconds: 1,
    yes_bid_dollars: prices.of(told.bestBid),
    yes_ask_dollars: prices.of(told.bestAsk),
    no_bid_dollars: frames.noPrice(told.bestAsk),
    no_ask_dollars: frames.noPrice(told.bestBid),
    yes_bid_size_fp: sizes.of(told.lotsAt('bids', told.bestBid)),
    yes_ask_size_fp: sizes.of(told.lotsAt('asks', told.bestAsk)),
    last_price_dollars: lastTrade === undefined ? '0.0000' : prices.of(lastTrade.tick),
    volume_fp: volume,
    volume_24h_fp: volume,
    open_interest_fp: volume,
    liquidity_dollars: '0.0000',
    notional_value_dollars: '1.0000',
    result: isOver ? plan.result : '',
    can_close_early: true,
    expiration_value: isOver ? plan.expirationValue : '',
    ...(isOver && { settlement_value_dollars: plan.settlementValue }),
    ...(phase === 'finalized' && { settlement_ts: timeText(plusMs(closesAt, SETTLED_MS)) }),
    price_level_structure: plan.structure,
    price_ranges: RANGES[plan.structure].map(([start, end, step]) => ({ start, end, step })),
    exchange_index: plan.series.startsWith('KXBTC') ? 2 : 0,
    rules_primary: `${plan.title} By the mean of sixty seconds before the close.`,
    rules_secondary: '',
  };
}

/** The threshold, and the words with it, are not known before the window opens. */
function namesOf({ strike, outcome }: KalshiPlan, phase: KalshiPhase): object {
  if (strike === null) return { yes_sub_title: outcome, no_sub_title: outcome };
  const isKnown = phase !== 'initialized' || strike.floor === null;
  return {
    yes_sub_title: isKnown ? outcome : 'Target price: TBD',
    no_sub_title: isKnown ? outcome : 'TBD',
    strike_type: strike.kind,
    ...(isKnown && strike.floor !== null && { floor_strike: strike.floor }),
  };
}

export function eventObject({ plan }: KalshiMarket, series: KalshiSeries | undefined): object {
  return {
    event_ticker: plan.event,
    series_ticker: plan.series,
    title: plan.eventTitle,
    sub_title: '',
    category: series?.category ?? '',
    mutually_exclusive: plan.isExclusive,
    collateral_return_type: plan.isExclusive ? 'MECNET' : '',
    settlement_sources: sourcesOf(series),
    strike_date: timeText(plan.closesAt),
    fee_type_override: null,
    fee_multiplier_override: null,
  };
}

export function seriesObject(series: KalshiSeries): object {
  const { ticker, title, category, frequency, feeType, feeMultiplier } = series;
  return {
    ticker,
    title,
    category,
    frequency,
    fee_type: feeType,
    fee_multiplier: feeMultiplier,
    settlement_sources: sourcesOf(series),
    contract_terms_url: '',
    tags: null,
  };
}

const sourcesOf = (series: KalshiSeries | undefined): object[] =>
  series === undefined ? [] : [{ name: series.source, url: 'https://example.com' }];

/** Whole seconds, as the venue writes its plans. */
export const timeText = (at: EpochMs): string => isoTime(at).replace('.000Z', 'Z');
