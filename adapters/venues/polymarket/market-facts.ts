import { asMoney, asPrice, asQuantity, formatUnits, ONE, type Price } from '../../../core/amounts.ts';
import { type Contract, type Instrument, instrumentId } from '../../../core/market/instrument.ts';
import { checked, short, Unreadable } from '../json-fields.ts';
import { decimalOf, unitsOf } from './amounts.ts';
import { textsOf, type WireEvent, type WireMarket, wireMarket } from './gamma.ts';
import { conditionOf, isTokenId } from './ids.ts';
import { parseRollingSlug } from './rolling.ts';
import { timeOfText } from './times.ts';

/** What the catalogue says of a market. */
export interface MarketFacts {
  readonly wire: WireMarket;
  readonly event: WireEvent | undefined;
  /** The condition id in the form that joins all messages. */
  readonly condition: string;
  /** The tokens to trade and their names, in the order of the outcomes. */
  readonly tokens: readonly string[];
  readonly outcomes: readonly string[];
  readonly tickSize: Price;
  readonly isTradable: boolean;
  /** Of a closed market: what each outcome pays by its last price; null where that is not exactly all or nothing. */
  readonly payouts: readonly bigint[] | null;
}

/** Reads a market of the catalogue; a text names the field that cannot be used. */
export function toMarketFacts(value: unknown, around: WireEvent | undefined): MarketFacts | string {
  const wire = checked(wireMarket, value);
  if (wire instanceof Unreadable) return wire.detail;
  const condition = conditionOf(wire.conditionId);
  if (condition === null) return `conditionId: no condition id, '${short(wire.conditionId)}'`;
  const outcomes = textsOf('outcomes', wire.outcomes);
  if (outcomes instanceof Unreadable) return outcomes.detail;
  const tokens = tokensOf(wire);
  if (tokens instanceof Unreadable) return tokens.detail;
  if (tokens.length !== outcomes.length)
    return `outcomes: ${outcomes.length} of them, but ${tokens.length} tokens`;
  const tickSize = tickOf(wire.orderPriceMinTickSize);
  if (typeof tickSize === 'string') return tickSize;
  return {
    wire,
    event: wire.events?.[0] ?? around,
    condition,
    tokens,
    outcomes,
    tickSize,
    isTradable: isTradable(wire),
    payouts: payoutsOf(wire, tokens.length),
  };
}

/** One outcome's token as an instrument; `tick` where the matching engine told a newer one. */
export function toInstrument(facts: MarketFacts, index: number, tick: Price = facts.tickSize): Instrument {
  const { wire, tokens } = facts;
  const symbol = tokens[index] ?? '';
  return {
    id: instrumentId('polymarket', symbol),
    venue: 'polymarket',
    symbol,
    baseAsset: symbol,
    quoteAsset: COLLATERAL,
    ...pricesAt(tick),
    lotSize: asQuantity(LOT),
    quantityMin: asQuantity(unitsOf(wire.orderMinSize) ?? LOT),
    quantityMax: asQuantity(UNBOUNDED),
    notionalMin: asMoney(0n),
    contract: toContract(facts, index),
  };
}

/** Orders may name prices from one tick to one tick below a dollar. */
export const pricesAt = (tick: Price): Pick<Instrument, 'tickSize' | 'priceMin' | 'priceMax'> => ({
  tickSize: tick,
  priceMin: tick,
  priceMax: asPrice(ONE - tick),
});

/** Where a market stands, in the venue's words as far as it has one. */
export function statusOf({ active, closed, acceptingOrders, ...wire }: WireMarket): string {
  const resolution = wire.resolutionStatus || wire.umaResolutionStatus;
  if (closed === true) return resolution ? short(resolution) : 'closed';
  if (active === false) return 'inactive';
  return acceptingOrders === false ? 'not accepting orders' : 'active';
}

/** A tick from a message; a text says what is wrong with it. */
export function tickOf(value: unknown): Price | string {
  const units = unitsOf(value);
  if (units === undefined) return 'tick: missing or no decimal';
  return units > 0n && units < ONE && ONE % units === 0n
    ? asPrice(units)
    : `tick: does not divide 1, '${formatUnits(units)}'`;
}

/** What all markets are paid in since 2026-04-28. */
const COLLATERAL = 'pUSD';
/**
 * Orders are in hundredths of a share, but orders sized in dollars leave remainders of up to six decimals in books and
 * prints; books count in thousandths of the lot, so that this is the coarsest lot in which all of them can be counted.
 */
const LOT = ONE / 1_000n;
/** Stands for "no bound": far more shares than any market ever had. */
const UNBOUNDED = 10n ** 12n * ONE;

/** The market's version decides which ids trade, even where both are there; before there were versions it was the first. */
function tokensOf(wire: WireMarket): readonly string[] | Unreadable {
  const { version = 'v1' } = wire;
  if (version !== null && version !== 'v1' && version !== 'v2')
    return new Unreadable(`version: only v1 and v2 are understood, not '${short(version)}'`);
  const field = version === 'v2' ? 'positionIds' : 'clobTokenIds';
  const tokens = textsOf(field, wire[field]);
  if (tokens instanceof Unreadable) return tokens;
  if (tokens.length === 0) return new Unreadable(`${field}: empty, the market has no order book yet`);
  const wrong = tokens.find((token) => !isTokenId(token));
  return wrong === undefined ? tokens : new Unreadable(`${field}: no token id, '${short(wrong)}'`);
}

const isTradable = ({ active, closed, archived, acceptingOrders, enableOrderBook }: WireMarket): boolean =>
  active !== false &&
  closed !== true &&
  archived !== true &&
  acceptingOrders !== false &&
  enableOrderBook !== false;

/** 0/0 and shapes of more outcomes exist: nothing is concluded from them. */
function payoutsOf({ closed, outcomePrices }: WireMarket, count: number): readonly bigint[] | null {
  if (closed !== true) return null;
  const texts = textsOf('outcomePrices', outcomePrices);
  if (texts instanceof Unreadable || texts.length !== count) return null;
  const units = texts.map((text) => unitsOf(text) ?? -1n);
  const isDecided = units.every((one) => one === 0n || one === ONE);
  return isDecided && units.filter((one) => one === ONE).length === 1 ? units : null;
}

function toContract({ wire, event, tokens, outcomes }: MarketFacts, index: number): Contract {
  const { slug, question, sportsMarketType: kind } = wire;
  const line = decimalOf(wire.line);
  return {
    event: event?.slug || slug || wire.conditionId,
    title: question || event?.title || slug || wire.conditionId,
    outcome: outcomes[index] ?? '',
    opposite: tokens.length === 2 ? (tokens[1 - index] ?? null) : null,
    // Markets that follow each other go by the name that their own addresses begin with.
    series: parseRollingSlug(slug ?? '')?.series ?? (event?.series?.[0]?.slug || event?.seriesSlug || null),
    // Where a market is about a stretch of time, that begins after the market has opened.
    opensAt:
      timeOfText(wire.eventStartTime) ??
      timeOfText(wire.acceptingOrdersTimestamp) ??
      timeOfText(wire.startDate),
    closesAt: timeOfText(wire.endDate),
    strike: kind && line !== null ? { kind: short(kind), floor: line, cap: null } : null,
    settlementSource: wire.resolutionSource || null,
  };
}
