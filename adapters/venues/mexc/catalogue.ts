import {
  asPrice,
  asQuantity,
  asRate,
  formatBps,
  formatUnits,
  notionalFloor,
  parseUnits,
} from '../../../core/amounts.ts';
import type { Listing, PublishedFees } from '../../../core/market/listing.ts';
import { NOT_JSON, parseJson, short } from '../json-fields.ts';
import type { RestRequest } from '../session/transport.ts';
import { dayTickersRequest, exchangeInfoRequest } from './requests.ts';
import { rulesOf } from './rules.ts';
import {
  parseDayTicker,
  parseDayTickers,
  parseExchangeInfo,
  parseExchangeSymbol,
  type WireDayTicker,
  type WireExchangeSymbol,
} from './schema.ts';

/** What an answer of the venue's list holds. `next` asks for the rest of it; this venue's answers are whole. */
export interface ListingsPage {
  readonly listings: readonly Listing[];
  readonly next: string | null;
  /** Entries that could not be read, and why. */
  readonly problems: readonly string[];
}

/** Asks for all symbols. */
export const listingsRequest = (host?: string): RestRequest => exchangeInfoRequest(host);
/** Asks for best prices and turnover of all symbols: {@link addTickers} joins them. */
export const tickersRequest = (host?: string): RestRequest => dayTickersRequest(host);

/** The venue's symbols from an `exchangeInfo` answer, without prices. Never throws. */
export function toListings(text: string): ListingsPage {
  const value = parseJson(text);
  const info = value === undefined ? NOT_JSON.detail : parseExchangeInfo(value);
  if (typeof info === 'string') return { listings: [], next: null, problems: [`exchangeInfo ${info}`] };
  const listings: Listing[] = [];
  const problems: string[] = [];
  for (const value of info.symbols) {
    const wire = parseExchangeSymbol(value);
    const listing = typeof wire === 'string' ? wire : toListing(wire);
    if (typeof listing === 'string') problems.push(`${short(value.symbol)} ${listing}`);
    else listings.push(listing);
  }
  return { listings, next: null, problems };
}

/** Listings with turnover and best prices of a `ticker/24hr` answer; what it does not name stays without. Never throws. */
export function addTickers(listings: readonly Listing[], text: string): ListingsPage {
  const rows = parseDayTickers(parseJson(text));
  if (typeof rows === 'string') return { listings, next: null, problems: [`ticker/24hr ${rows}`] };
  const problems: string[] = [];
  const tickers = new Map<string, WireDayTicker>();
  for (const [n, row] of rows.entries()) {
    const ticker = parseDayTicker(row);
    if (typeof ticker === 'string') problems.push(`ticker/24hr ${n}.${ticker}`);
    else tickers.set(ticker.symbol, ticker);
  }
  const priced = listings.map((listing) => {
    const ticker = tickers.get(listing.instrument.symbol);
    return ticker === undefined ? listing : { ...listing, ...pricesOf(ticker) };
  });
  return { listings: priced, next: null, problems };
}

function toListing(wire: WireExchangeSymbol): Listing | string {
  const rules = rulesOf(wire);
  if (typeof rules === 'string') return rules;
  const name = wire.fullName === undefined || wire.fullName === '' ? '' : ` (${short(wire.fullName)})`;
  return {
    ...rules,
    status: wire.status,
    title: `${wire.baseAsset}/${wire.quoteAsset}${name}`,
    volume24h: null,
    bestBid: null,
    bestAsk: null,
    depth: null,
    fees: feesOf(wire),
    game: null,
  };
}

/** The only exchange whose fees are public per symbol: shares of the notional, e.g. `0.0005` is 5 basis points. */
function feesOf({ makerCommission, takerCommission }: WireExchangeSymbol): PublishedFees | null {
  const makerBps = bpsOf(makerCommission);
  const takerBps = bpsOf(takerCommission);
  if (makerBps === null && takerBps === null) return null;
  const detail = `makerCommission ${makerCommission ?? 'absent'}, takerCommission ${takerCommission ?? 'absent'}`;
  return { model: 'proportional', makerBps, takerBps, detail };
}

function bpsOf(share: string | undefined): string | null {
  const units = share === undefined ? undefined : parseUnits(share);
  return units === undefined ? null : formatBps(asRate(units));
}

function pricesOf(ticker: WireDayTicker): Pick<Listing, 'volume24h' | 'bestBid' | 'bestAsk' | 'depth'> {
  const bid = unitsOf(ticker.bidPrice);
  const ask = unitsOf(ticker.askPrice);
  const bidSize = unitsOf(ticker.bidQty);
  const askSize = unitsOf(ticker.askQty);
  const isWhole = bid !== null && ask !== null && bidSize !== null && askSize !== null;
  const depth = isWhole ? notional(bid, bidSize) + notional(ask, askSize) : null;
  return {
    volume24h: textOf(unitsOf(ticker.quoteVolume)),
    bestBid: textOf(bid),
    bestAsk: textOf(ask),
    depth: textOf(depth),
  };
}

/** Empty texts and zeros stand for a side without orders; digits beyond 10^-8 are of no interest in a list. */
function unitsOf(text: string | null | undefined): bigint | null {
  if (text === null || text === undefined) return null;
  const units = parseUnits(text.replace(/(\.\d{8})\d+$/, '$1'));
  return units === undefined || units <= 0n ? null : units;
}

const notional = (price: bigint, size: bigint): bigint => notionalFloor(asPrice(price), asQuantity(size));
const textOf = (units: bigint | null): string | null => (units === null ? null : formatUnits(units));
