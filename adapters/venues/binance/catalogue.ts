import { asPrice, asQuantity, formatUnits, notionalFloor, parseUnits } from '../../../core/amounts.ts';
import type { Listing } from '../../../core/market/listing.ts';
import { checked, NOT_JSON, parseJson, short, Unreadable, wordOf } from '../json-fields.ts';
import { toInstrument } from './rules.ts';
import { dayTicker, exchangeInfo, type WireDayTicker, type WireExchangeInfo } from './schema.ts';

/** What an answer of the venue's list holds. `next` asks for the rest of it; this venue's answers are whole. */
export interface ListingsPage {
  readonly listings: readonly Listing[];
  readonly next: string | null;
  /** Entries that could not be read, and why. */
  readonly problems: readonly string[];
}

/** The venue's symbols from an `exchangeInfo` answer, without prices. Never throws. */
export function toListings(text: string): ListingsPage {
  const value = parseJson(text);
  const info = value === undefined ? NOT_JSON : checked(exchangeInfo, value);
  if (info instanceof Unreadable)
    return { listings: [], next: null, problems: [`exchangeInfo ${info.detail}`] };
  const listings: Listing[] = [];
  const problems: string[] = [];
  for (const wire of info.symbols) {
    const listing = toListing(wire);
    if (typeof listing === 'string') problems.push(`${short(wire.symbol)} ${listing}`);
    else listings.push(listing);
  }
  return { listings, next: null, problems };
}

/** Listings with turnover and best prices of a `ticker/24hr` answer; what it does not name stays without. Never throws. */
export function addTickers(listings: readonly Listing[], text: string): ListingsPage {
  const value = parseJson(text);
  // Asked for one symbol, the venue answers without a list.
  const rows: readonly unknown[] = Array.isArray(value) ? value : [value];
  const tickers = new Map<string, WireDayTicker>();
  const problems: string[] = [];
  for (const [n, row] of rows.entries()) {
    const ticker = checked(dayTicker, row);
    if (ticker instanceof Unreadable) problems.push(`ticker/24hr ${n}.${ticker.detail}`);
    else tickers.set(ticker.symbol, ticker);
  }
  const priced = listings.map((listing) => {
    const ticker = tickers.get(listing.instrument.symbol);
    return ticker === undefined ? listing : { ...listing, ...pricesOf(ticker) };
  });
  return { listings: priced, next: null, problems };
}

/** Fees depend on the account and are told to its owner only. */
function toListing(wire: WireExchangeInfo['symbols'][number]): Listing | string {
  const rules = toInstrument(wire);
  if (typeof rules === 'string') return rules;
  const { baseAsset, quoteAsset } = rules.instrument;
  return {
    ...rules,
    status: short(wordOf(wire.status)),
    title: short(`${baseAsset}/${quoteAsset}`),
    volume24h: null,
    bestBid: null,
    bestAsk: null,
    depth: null,
    fees: null,
    game: null,
  };
}

function pricesOf(ticker: WireDayTicker): Pick<Listing, 'volume24h' | 'bestBid' | 'bestAsk' | 'depth'> {
  const [bid, bidSize] = [unitsOf(ticker.bidPrice), unitsOf(ticker.bidQty)];
  const [ask, askSize] = [unitsOf(ticker.askPrice), unitsOf(ticker.askQty)];
  const isWhole = bid !== null && ask !== null && bidSize !== null && askSize !== null;
  return {
    volume24h: ticker.quoteVolume === undefined ? null : textOf(amountOf(ticker.quoteVolume)),
    bestBid: textOf(bid),
    bestAsk: textOf(ask),
    depth: isWhole ? textOf(notional(bid, bidSize) + notional(ask, askSize)) : null,
  };
}

/** Digits beyond 10^-8 are of no interest in a list. */
const amountOf = (text: string): bigint | null => parseUnits(text.replace(/(\.\d{8})\d+$/, '$1')) ?? null;

/** Zeros stand for a side without orders. */
function unitsOf(text: string | undefined): bigint | null {
  const units = text === undefined ? null : amountOf(text);
  return units === null || units <= 0n ? null : units;
}

const notional = (price: bigint, size: bigint): bigint => notionalFloor(asPrice(price), asQuantity(size));
const textOf = (units: bigint | null): string | null => (units === null ? null : formatUnits(units));
