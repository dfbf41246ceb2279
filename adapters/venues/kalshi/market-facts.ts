import * as z from 'zod/mini';
import { asMoney, asPrice, asQuantity, ONE, parseUnits } from '../../../core/amounts.ts';
import { type Contract, type Instrument, instrumentId } from '../../../core/market/instrument.ts';
import type { EpochMs } from '../../../core/time.ts';
import { checked, isObject, listOf, short, textOf, Unreadable } from '../json-fields.ts';
import { timeOfSeconds, timeOfText } from '../wire-times.ts';
import { decimalOf } from './amounts.ts';
import type { EventFacts } from './event-facts.ts';
import { toPayout } from './payout.ts';
import { type PriceRules, toPriceRules } from './price-rules.ts';
import { priceRange, type WireLifecycle } from './schema.ts';

/** A market's rules and where it stands, from whichever message told them. */
export interface MarketFacts {
  readonly instrument: Instrument;
  /** The venue's word for where it stands; null while no message said it. */
  readonly phase: string | null;
  /** What one contract pays, once the venue says so; a text says what cannot be read. */
  readonly payout: bigint | string | null;
  readonly settledAt: EpochMs | null;
}

const number = z.nullish(z.number());
const text = z.nullish(z.string());

/** Fields in use of a market; all but its name may be missing, and of unknown values nothing is expected. */
export const wireMarket = z.object({
  ticker: z.string().check(z.minLength(1)),
  event_ticker: z.string().check(z.minLength(1)),
  status: text,
  title: text,
  yes_sub_title: text,
  open_time: text,
  close_time: text,
  expected_expiration_time: text,
  notional_value_dollars: text,
  price_level_structure: text,
  price_ranges: z.nullish(listOf(priceRange)),
  strike_type: text,
  floor_strike: number,
  cap_strike: number,
  result: text,
  settlement_value_dollars: text,
  settlement_ts: text,
  yes_bid_dollars: text,
  yes_ask_dollars: text,
  yes_bid_size_fp: text,
  yes_ask_size_fp: text,
  last_price_dollars: text,
  volume_24h_fp: text,
});
export type WireMarket = z.output<typeof wireMarket>;

/** One market of an answer; a text names the field that cannot be read. */
export function toMarketFacts(
  wire: unknown,
  event: EventFacts | undefined,
  known?: Instrument,
): MarketFacts | string {
  const market = checked(wireMarket, wire);
  return market instanceof Unreadable ? market.detail : factsOfMarket(market, event, known);
}

/** The name of a market in an answer, whatever else can be read of it. */
export const tickerOf = (wire: unknown): string | undefined =>
  isObject(wire) ? textOf(wire['ticker']) : undefined;

export function factsOfMarket(
  market: WireMarket,
  event: EventFacts | undefined,
  known?: Instrument,
): MarketFacts | string {
  const { notional_value_dollars: notional, strike_type: kind } = market;
  if (typeof notional === 'string' && parseUnits(notional) !== ONE)
    return `notional_value_dollars: only contracts that pay up to 1 dollar are understood, not '${short(notional)}'`;
  const prices = toPriceRules(market.price_ranges ?? undefined, market.price_level_structure ?? undefined);
  if (typeof prices === 'string') return prices;
  const before = known?.contract;
  const contract: Contract = {
    event: market.event_ticker,
    title: event?.title ?? market.title ?? before?.title ?? market.ticker,
    outcome: market.yes_sub_title || before?.outcome || 'Yes',
    opposite: null,
    series: event?.series ?? before?.series ?? seriesOf(market.event_ticker),
    opensAt: timeOfText(market.open_time) ?? before?.opensAt ?? null,
    closesAt: timeOfText(market.close_time) ?? before?.closesAt ?? null,
    strike: kind ? strikeOf(kind, market.floor_strike, market.cap_strike) : null,
    settlementSource: event?.settlementSource ?? before?.settlementSource ?? null,
  };
  return {
    instrument: toInstrument(market.ticker, prices, contract),
    phase: market.status ?? null,
    payout: toPayout(market.settlement_value_dollars, market.result),
    settledAt: timeOfText(market.settlement_ts),
  };
}

/** The rules of a market that was just created; a text names the field that cannot be read. */
export function factsOfCreation(msg: WireLifecycle): MarketFacts | string {
  const { market_ticker: ticker, additional_metadata: more } = msg;
  return factsOfMarket(
    {
      ticker,
      event_ticker: more?.event_ticker ?? ticker,
      title: more?.title,
      yes_sub_title: more?.yes_sub_title,
      price_level_structure: msg.price_level_structure,
      price_ranges: msg.price_ranges,
      strike_type: msg.strike_type ?? more?.strike_type,
      floor_strike: msg.floor_strike ?? more?.floor_strike,
      cap_strike: msg.cap_strike ?? more?.cap_strike,
      open_time: isoOf(msg.open_ts),
      close_time: isoOf(msg.close_ts),
    },
    undefined,
  );
}

/** A market by rules that nobody announced: the finest tick in use, so that every recorded price can be counted. */
export const assumedMarket = (ticker: string): Instrument =>
  toInstrument(ticker, FINEST, {
    event: ticker,
    title: ticker,
    outcome: 'Yes',
    opposite: null,
    series: seriesOf(ticker),
    opensAt: null,
    closesAt: null,
    strike: null,
    settlementSource: null,
  });

export const strikeOf = (kind: string, floor: unknown, cap: unknown): NonNullable<Contract['strike']> => ({
  kind,
  floor: decimalOf(floor),
  cap: decimalOf(cap),
});

function toInstrument(ticker: string, prices: PriceRules, contract: Contract): Instrument {
  return {
    id: instrumentId('kalshi', ticker),
    venue: 'kalshi',
    symbol: ticker,
    baseAsset: ticker,
    quoteAsset: 'USD',
    ...prices,
    lotSize: asQuantity(HUNDREDTH),
    quantityMin: asQuantity(HUNDREDTH),
    quantityMax: asQuantity(UNBOUNDED),
    notionalMin: asMoney(0n),
    contract,
  };
}

/** Contracts are traded in hundredths. */
const HUNDREDTH = ONE / 100n;
/** Stands for "no bound": more contracts than the venue ever listed in one market, a thousand times over. */
const UNBOUNDED = 10n ** 12n * ONE;
const FINEST: PriceRules = {
  tickSize: asPrice(ONE / 1_000n),
  priceMin: asPrice(ONE / 1_000n),
  priceMax: asPrice(ONE - ONE / 1_000n),
};

/** Tickers of events begin with their series; where an answer names the series, that counts. */
const seriesOf = (eventTicker: string): string => eventTicker.split('-', 1)[0] ?? eventTicker;

const isoOf = (seconds: number | undefined): string | undefined => {
  const at = timeOfSeconds(seconds);
  return at === null ? undefined : new Date(at).toISOString();
};
