import type { Money, Price, Quantity } from '../amounts.ts';
import type { EpochMs } from '../time.ts';

export const VENUES = ['binance', 'coinbase', 'mexc', 'polymarket', 'kalshi'] as const;
export type VenueId = (typeof VENUES)[number];
/** `<venue>:<venue's own symbol>`, e.g. `binance:BTCUSDT`, `kalshi:KXBTC15M-26MAY110830-30`. */
export type InstrumentId = string & { readonly brand: 'InstrumentId' };

export const instrumentId = (venue: VenueId, symbol: string): InstrumentId =>
  `${venue}:${symbol}` as InstrumentId;

/** The venue's own name of an instrument. */
export const symbolOf = (id: InstrumentId): string => id.slice(id.indexOf(':') + 1);

/** The venue of an instrument; undefined when its id names none that is known. */
export const venueOf = (id: InstrumentId): VenueId | undefined =>
  VENUES.find((venue) => id.startsWith(`${venue}:`));

/** A stretch of prices with a step of its own: a price p in it is valid when `(p - start) mod step` is 0. */
export interface PriceRange {
  readonly start: Price;
  readonly end: Price;
  readonly step: Price;
}

/** What a contract that settles pays on: one outcome of an event. */
export interface Contract {
  /** The venue's id of the event that decides it; contracts of one event may exclude each other. */
  readonly event: string;
  /** The event in words. */
  readonly title: string;
  /** Which outcome this contract pays on, e.g. `Yes`, `Up`, `PHI`. */
  readonly outcome: string;
  /** The venue's symbol of the opposite outcome, where it trades by itself. */
  readonly opposite: string | null;
  /** Series of recurring markets that it belongs to; null when it stands alone. */
  readonly series: string | null;
  /** Trading begins and ends then, as announced; the end may move. */
  readonly opensAt: EpochMs | null;
  readonly closesAt: EpochMs | null;
  /** Threshold of the event where it has one: the venue's kind of comparison, and bounds as decimal text. */
  readonly strike: {
    readonly kind: string;
    readonly floor: string | null;
    readonly cap: string | null;
  } | null;
  /** Who decides the outcome, in the venue's words. */
  readonly settlementSource: string | null;
}

/** One tradable contract on one venue with the rules its orders must obey. Amounts in units of 10^-8. */
export interface Instrument {
  readonly id: InstrumentId;
  readonly venue: VenueId;
  readonly symbol: string;
  readonly baseAsset: string;
  readonly quoteAsset: string;
  /** Smallest step of price; every book price and order price is a multiple. The finest one where `priceRanges` differ. */
  readonly tickSize: Price;
  /** Steps by price, ascending and without holes, where the venue has several. */
  readonly priceRanges?: readonly PriceRange[] | undefined;
  /** Smallest step of quantity. */
  readonly lotSize: Quantity;
  readonly quantityMin: Quantity;
  readonly quantityMax: Quantity;
  /** Smallest price x quantity that the venue accepts, in the quote asset. */
  readonly notionalMin: Money;
  readonly priceMin: Price;
  readonly priceMax: Price;
  /** Absent for assets: they never settle. */
  readonly contract?: Contract | undefined;
}

/** What decides which prices an order may name. */
export type TickRules = Pick<Instrument, 'tickSize' | 'priceRanges'>;

/** The step of price at a price. */
export const tickAt = (instrument: TickRules, price: Price): Price =>
  rangeOf(instrument, price)?.step ?? instrument.tickSize;

/** Whether a price is one that an order may name. */
export const isOnTick = (instrument: TickRules, price: Price): boolean =>
  floorToTick(instrument, price) === price;

/** The largest multiple of `step` not above `value`. */
export const floorTo = <T extends bigint>(value: T, step: T): T =>
  (BigInt(value) - (BigInt(value) % step)) as T;
/** The smallest multiple of `step` not below `value`. */
export const ceilTo = <T extends bigint>(value: T, step: T): T =>
  floorTo((BigInt(value) + step - 1n) as T, step);

/** The highest price that an order may name and that is not above `price`. */
export function floorToTick(instrument: TickRules, price: Price): Price {
  const range = rangeOf(instrument, price);
  const step = range?.step ?? instrument.tickSize;
  const from = range?.start ?? 0n;
  return (BigInt(price) - ((BigInt(price) - from) % step)) as Price;
}

/** The lowest price that an order may name and that is not below `price`. */
export function ceilToTick(instrument: TickRules, price: Price): Price {
  const floor = floorToTick(instrument, price);
  return floor === price ? floor : ((BigInt(floor) + tickAt(instrument, floor)) as Price);
}

const rangeOf = ({ priceRanges }: TickRules, price: Price): PriceRange | undefined =>
  priceRanges?.find(({ start, end }) => price >= start && price < end) ?? priceRanges?.at(-1);
