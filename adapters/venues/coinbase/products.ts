import * as z from 'zod/mini';
import { asMoney, asPrice, asQuantity, ONE, parseUnits } from '../../../core/amounts.ts';
import { type Instrument, instrumentId } from '../../../core/market/instrument.ts';
import { checked, short, Unreadable } from '../json-fields.ts';

const flag = z.optional(z.boolean());
/** What keeps a product from trading freely; both interfaces use these names. */
const flags = {
  status: z.string(),
  is_disabled: flag,
  trading_disabled: flag,
  cancel_only: flag,
  view_only: flag,
  auction_mode: flag,
  limit_only: flag,
  post_only: flag,
};

const advancedProduct = z.object({
  product_id: z.string(),
  product_type: z.literal('SPOT', { error: 'must be SPOT: other products have contract sizes and expiries' }),
  base_currency_id: z.string(),
  quote_currency_id: z.string(),
  price_increment: z.string(),
  base_increment: z.string(),
  base_min_size: z.string(),
  base_max_size: z.string(),
  quote_min_size: z.string(),
  alias: z.optional(z.string()),
  ...flags,
});

/** Sizes without bounds since the venue dropped them: only the smallest notional remains. */
const exchangeProduct = z.object({
  id: z.string(),
  base_currency: z.string(),
  quote_currency: z.string(),
  quote_increment: z.string(),
  base_increment: z.string(),
  min_market_funds: z.string(),
  ...flags,
});

/** A product's rules, and why it may not be traded; null when it may. */
export interface ProductRules {
  readonly instrument: Instrument;
  readonly closed: string | null;
  /** The product whose book it shows; empty where it has one of its own. */
  readonly alias: string;
}

/** Rules of one product of Advanced Trade's list; a text names the wrong field. */
export function toAdvancedProduct(wire: unknown): ProductRules | string {
  const product = checked(advancedProduct, wire);
  if (product instanceof Unreadable) return product.detail;
  const instrument = toInstrument(product.product_id, product.base_currency_id, product.quote_currency_id, {
    tickSize: ['price_increment', product.price_increment],
    lotSize: ['base_increment', product.base_increment],
    quantityMin: ['base_min_size', product.base_min_size],
    quantityMax: ['base_max_size', product.base_max_size],
    notionalMin: ['quote_min_size', product.quote_min_size],
  });
  return typeof instrument === 'string'
    ? instrument
    : { instrument, closed: whyClosed(product), alias: product.alias ?? '' };
}

/** Rules of one product of Exchange's list or status message; a text names the wrong field. */
export function toExchangeProduct(wire: unknown): ProductRules | string {
  const product = checked(exchangeProduct, wire);
  if (product instanceof Unreadable) return product.detail;
  const instrument = toInstrument(product.id, product.base_currency, product.quote_currency, {
    tickSize: ['quote_increment', product.quote_increment],
    lotSize: ['base_increment', product.base_increment],
    quantityMin: ['base_increment', product.base_increment],
    quantityMax: ['', ''],
    notionalMin: ['min_market_funds', product.min_market_funds],
  });
  return typeof instrument === 'string' ? instrument : { instrument, closed: whyClosed(product), alias: '' };
}

type Flags = Readonly<Partial<Record<Exclude<keyof typeof flags, 'status'>, boolean | undefined>>>;
const CLOSING = [
  'is_disabled',
  'trading_disabled',
  'cancel_only',
  'view_only',
  'auction_mode',
  // Takers are refused, or refused without a limit price; orders here are of both kinds.
  'limit_only',
  'post_only',
] as const;

/** Status words are the venue's; one that nobody knows is not `online`. */
function whyClosed({ status, ...product }: Flags & { readonly status: string }): string | null {
  if (status !== 'online') return short(status);
  return CLOSING.find((name) => product[name]) ?? null;
}

/** Field and text of each size; an empty text is no bound. */
type Sizes = Readonly<
  Record<'tickSize' | 'lotSize' | 'quantityMin' | 'quantityMax' | 'notionalMin', readonly [string, string]>
>;

const SMALLEST = 1n;
/** Stands for "no bound": a thousand times what any listed instrument has. */
const UNBOUNDED = 10n ** 15n * ONE;

function toInstrument(
  symbol: string,
  baseAsset: string,
  quoteAsset: string,
  sizes: Sizes,
): Instrument | string {
  const units = new Map<string, bigint>();
  for (const [name, [field, text]] of Object.entries(sizes)) {
    const value = text === '' ? 0n : parseUnits(name === 'quantityMax' ? floorText(text) : text);
    if (value === undefined || value < 0n)
      return `${field}: not an unsigned decimal of at most 8 places, '${text.slice(0, 40)}'`;
    if (value === 0n && (name === 'tickSize' || name === 'lotSize')) return `${field}: must be above zero`;
    units.set(name, value);
  }
  const of = (name: keyof Sizes, ifNone: bigint): bigint => units.get(name) || ifNone;
  const tickSize = asPrice(of('tickSize', SMALLEST));
  return {
    id: instrumentId('coinbase', symbol),
    venue: 'coinbase',
    symbol,
    baseAsset,
    quoteAsset,
    tickSize,
    lotSize: asQuantity(of('lotSize', SMALLEST)),
    quantityMin: asQuantity(of('quantityMin', SMALLEST)),
    quantityMax: asQuantity(of('quantityMax', UNBOUNDED)),
    notionalMin: asMoney(of('notionalMin', 0n)),
    priceMin: tickSize,
    priceMax: asPrice(UNBOUNDED),
  };
}

/** The venue derives its largest sizes from an amount of dollars and writes all digits of the quotient. */
const floorText = (text: string): string => text.replace(/(\.\d{8})\d+$/, '$1');
