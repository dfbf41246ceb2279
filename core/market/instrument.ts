import type { Money, Price, Quantity } from '../amounts.ts';

export type VenueId = 'binance';
/** `<venue>:<venue's own symbol>`, e.g. `binance:BTCUSDT`. */
export type InstrumentId = string & { readonly brand: 'InstrumentId' };

export const instrumentId = (venue: VenueId, symbol: string): InstrumentId =>
  `${venue}:${symbol}` as InstrumentId;

/** One tradable contract on one venue with the rules its orders must obey. Amounts in units of 10^-8. */
export interface Instrument {
  readonly id: InstrumentId;
  readonly venue: VenueId;
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  /** Smallest step of price; every book price and order price is a multiple. */
  readonly tickSize: Price;
  /** Smallest step of quantity. */
  readonly lotSize: Quantity;
  readonly quantityMin: Quantity;
  readonly quantityMax: Quantity;
  /** Smallest price x quantity that the venue accepts, in the quote asset. */
  readonly notionalMin: Money;
  readonly priceMin: Price;
  readonly priceMax: Price;
}

/** The largest multiple of `step` not above `value`. */
export const floorTo = <T extends bigint>(value: T, step: T): T =>
  (BigInt(value) - (BigInt(value) % step)) as T;
/** The smallest multiple of `step` not below `value`. */
export const ceilTo = <T extends bigint>(value: T, step: T): T =>
  floorTo((BigInt(value) + step - 1n) as T, step);
