import { asMoney, asPrice, asQuantity, ONE, parseUnits } from '../../../core/amounts.ts';
import { type Instrument, instrumentId } from '../../../core/market/instrument.ts';
import { checked, short, Unreadable } from '../json-fields.ts';
import { exchangeSymbol } from './schema.ts';

/** One symbol's rules as Deckle has them. */
export interface SymbolRules {
  readonly instrument: Instrument;
  readonly tradable: boolean;
}

/** The rules of one symbol and whether it trades now; a text names the wrong field. A size or bound of 0 is switched off. */
export function toInstrument(wire: unknown): SymbolRules | string {
  const result = checked(exchangeSymbol, wire);
  if (result instanceof Unreadable) return result.detail;
  const { symbol, status, isSpotTradingAllowed, baseAsset, quoteAsset, filters } = result;
  const filter = (type: string) => filters.find((one) => one.filterType === type);
  const price = filter('PRICE_FILTER');
  const lot = filter('LOT_SIZE');
  // A symbol has the one or the older other.
  const notional = filter('NOTIONAL') ?? filter('MIN_NOTIONAL');
  const texts = {
    tickSize: price?.tickSize,
    lotSize: lot?.stepSize,
    quantityMin: lot?.minQty,
    quantityMax: lot?.maxQty,
    notionalMin: notional?.minNotional,
    priceMin: price?.minPrice,
    priceMax: price?.maxPrice,
  };
  const units = new Map<string, bigint>();
  for (const [field, text] of Object.entries(texts)) {
    const value = text === undefined ? 0n : parseUnits(text);
    if (value === undefined || value < 0n)
      return `${field}: not an unsigned decimal of at most 8 places, '${short(text ?? '')}'`;
    units.set(field, value);
  }
  const of = (field: keyof typeof texts, ifOff: bigint): bigint => units.get(field) || ifOff;
  return {
    // Unknown words are future states; whatever is not plainly trading is not tradable.
    tradable: status === 'TRADING' && isSpotTradingAllowed !== false,
    instrument: {
      id: instrumentId('binance', symbol),
      venue: 'binance',
      symbol,
      baseAsset,
      quoteAsset,
      tickSize: asPrice(of('tickSize', SMALLEST)),
      lotSize: asQuantity(of('lotSize', SMALLEST)),
      quantityMin: asQuantity(of('quantityMin', SMALLEST)),
      quantityMax: asQuantity(of('quantityMax', UNBOUNDED)),
      notionalMin: asMoney(of('notionalMin', 0n)),
      priceMin: asPrice(of('priceMin', SMALLEST)),
      priceMax: asPrice(of('priceMax', UNBOUNDED)),
    },
  };
}

const SMALLEST = 1n;
/** Stands for "no bound": a thousand times what any listed instrument has. */
const UNBOUNDED = 10n ** 15n * ONE;
