import { asRate, formatBps, formatUnits, ONE } from '../../../core/amounts.ts';
import type { Listing, PublishedFees } from '../../../core/market/listing.ts';
import { isObject, isText, parseJson, short } from '../json-fields.ts';
import type { RestRequest } from '../session/transport.ts';
import { decimalOf, unitsOf } from './amounts.ts';
import { marketPageOf } from './gamma.ts';
import { get, HOSTS } from './hosts.ts';
import { listedGame } from './listed-game.ts';
import { type MarketFacts, statusOf, toInstrument, toMarketFacts } from './market-facts.ts';

/** What one answer of the catalogue holds. `next` asks for the rest of it; null on the last page. */
export interface ListingsPage {
  readonly listings: readonly Listing[];
  readonly next: string | null;
  /** Markets that could not be read, and why. */
  readonly problems: readonly string[];
}

/** The most that the catalogue gives at once. */
const PAGE = 100;

/** Asks for a page of all open markets, those with the most trade of the last day first. */
export const listingsRequest = (cursor: string | null = null, host: string = HOSTS.gamma): RestRequest =>
  get(
    `${host}/markets/keyset?limit=${PAGE}&active=true&closed=false&order=volume24hr&ascending=false${
      cursor === null ? '' : `&after_cursor=${encodeURIComponent(cursor)}`
    }`,
  );

/** Asks for one market, by the last part of its address. */
export const marketRequest = (slug: string, host: string = HOSTS.gamma): RestRequest =>
  get(`${host}/markets/slug/${encodeURIComponent(slug)}`);

/** Asks for all markets of one event, by the last part of its address. */
export const eventRequest = (slug: string, host: string = HOSTS.gamma): RestRequest =>
  get(`${host}/events/slug/${encodeURIComponent(slug)}`);

/** Asks for the open markets that some words find. */
export const searchRequest = (words: string, host: string = HOSTS.gamma): RestRequest =>
  get(`${host}/public-search?q=${encodeURIComponent(words)}&events_status=active&keep_closed_markets=0`);

/** Every outcome of every market of an answer, whichever of the requests above it answers. Never throws. */
export function toListings(text: string): ListingsPage {
  const page = marketPageOf(parseJson(text));
  if (page === undefined) return { listings: [], next: null, problems: [`no markets: ${short(text)}`] };
  const listings: Listing[] = [];
  const problems: string[] = [];
  for (const { market, event } of page.markets) {
    const facts = toMarketFacts(market, event);
    if (typeof facts === 'string') problems.push(`${nameOf(market)}: ${facts}`);
    else listings.push(...facts.tokens.map((_, index) => toListing(facts, index)));
  }
  return { listings, next: page.next, problems };
}

function nameOf(market: unknown): string {
  const slug = isObject(market) ? market['slug'] : undefined;
  return isText(slug) ? short(slug) : 'a market';
}

function toListing(facts: MarketFacts, index: number): Listing {
  const { wire, outcomes, isTradable } = facts;
  const instrument = toInstrument(facts, index);
  const [bestBid, bestAsk] = bestOf(facts, index);
  return {
    instrument,
    tradable: isTradable,
    status: statusOf(wire),
    title: `${instrument.contract?.title ?? ''} (${outcomes[index] ?? ''})`,
    volume24h: decimalOf(wire.volume24hr),
    bestBid,
    bestAsk,
    depth: null,
    fees: feesOf(facts),
    game: listedGame(facts, index),
  };
}

/** The catalogue's best prices are of the first outcome; the second one's are what is left of the dollar. */
function bestOf({ wire, tokens }: MarketFacts, index: number): readonly [string | null, string | null] {
  const bid = priceOf(unitsOf(wire.bestBid));
  const ask = priceOf(unitsOf(wire.bestAsk));
  if (index === 0) return [bid, ask];
  if (tokens.length !== 2) return [null, null];
  return [ask && priceOf(ONE - (unitsOf(ask) ?? 0n)), bid && priceOf(ONE - (unitsOf(bid) ?? 0n))];
}

/** 0 and 1 stand for a side without orders. */
const priceOf = (units: bigint | undefined): string | null =>
  units === undefined || units <= 0n || units >= ONE ? null : formatUnits(units);

/**
 * Only `feeSchedule` counts; other fields of the catalogue hold a ceiling. The formula has an exponent, which is 1 on every
 * live market; with another one the fee cannot be said in this form.
 */
function feesOf({ wire }: MarketFacts): PublishedFees | null {
  const { feesEnabled, feeType, feeSchedule: schedule } = wire;
  if (feesEnabled === false) return { ...FREE, detail: feeType ? short(feeType) : 'no fees' };
  const rate = unitsOf(schedule?.rate);
  if (!schedule || rate === undefined) return null;
  const exponent = decimalOf(schedule.exponent) ?? '1';
  const takerBps = exponent === '1' ? formatBps(asRate(rate)) : null;
  const words = [
    feeType ? short(feeType) : 'no type',
    `rate ${formatUnits(rate)}`,
    `exponent ${exponent}`,
    `rebate of makers ${decimalOf(schedule.rebateRate) ?? '0'}`,
  ];
  return {
    model: 'quadratic',
    makerBps: schedule.takerOnly === false ? takerBps : '0',
    takerBps,
    detail: words.join(', '),
  };
}

const FREE = { model: 'quadratic', makerBps: '0', takerBps: '0' } as const;
