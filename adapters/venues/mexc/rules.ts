import { asMoney, asPrice, asQuantity, DECIMALS, ONE, parseUnits } from '../../../core/amounts.ts';
import { type Instrument, instrumentId } from '../../../core/market/instrument.ts';
import { parseExchangeSymbol, type WireExchangeSymbol } from './schema.ts';

/** One symbol's rules as Deckle has them. */
export interface SymbolRules {
  readonly instrument: Instrument;
  readonly tradable: boolean;
}

/** The rules of one symbol of `exchangeInfo` and whether it trades now; a text names the wrong field. */
export function toInstrument(value: unknown): SymbolRules | string {
  const wire = parseExchangeSymbol(value);
  return typeof wire === 'string' ? wire : rulesOf(wire);
}

/**
 * Prices have `quotePrecision` decimals. `baseSizePrecision` is the smallest order and the step of orders, while sizes in
 * books and trades have up to `baseAssetPrecision` decimals (market orders by amount leave such remainders): the lot is
 * never so coarse that those could not be counted. There is no largest quantity, only a largest amount.
 */
export function rulesOf(wire: WireExchangeSymbol): SymbolRules | string {
  const { symbol, baseAsset, quoteAsset } = wire;
  const tick = unitOf(wire.quotePrecision);
  if (tick === undefined) return `quotePrecision: finer than 10^-${DECIMALS}, ${wire.quotePrecision}`;
  const smallest = parseUnits(wire.baseSizePrecision);
  if (smallest === undefined) return tooFine('baseSizePrecision', wire.baseSizePrecision);
  const notionalMin = parseUnits(wire.quoteAmountPrecision);
  if (notionalMin === undefined) return tooFine('quoteAmountPrecision', wire.quoteAmountPrecision);
  // Finer decimals than Deckle's are padding until a size proves otherwise; that size is then refused.
  const unit = unitOf(Math.min(wire.baseAssetPrecision, DECIMALS)) ?? 1n;
  const lot = smallest === 0n ? unit : min(smallest, unit * BOOK_STEPS);
  return {
    tradable: isTradable(wire),
    instrument: {
      id: instrumentId('mexc', symbol),
      venue: 'mexc',
      symbol,
      baseAsset,
      quoteAsset,
      tickSize: asPrice(tick),
      lotSize: asQuantity(lot),
      quantityMin: asQuantity(smallest === 0n ? unit : smallest),
      quantityMax: asQuantity(UNBOUNDED),
      notionalMin: asMoney(notionalMin),
      priceMin: asPrice(tick),
      priceMax: asPrice(UNBOUNDED),
    },
  };
}

/** Stands for "no bound": a thousand times what any listed instrument has. */
const UNBOUNDED = 10n ** 15n * ONE;
/** A book counts in thousandths of the lot. */
const BOOK_STEPS = 1_000n;

/** 10^-places in units, undefined when that is less than one. */
const unitOf = (places: number): bigint | undefined =>
  places > DECIMALS ? undefined : 10n ** BigInt(DECIMALS - places);

const min = (a: bigint, b: bigint): bigint => (a < b ? a : b);

const tooFine = (field: string, text: string): string =>
  `${field}: not an unsigned decimal of at most ${DECIMALS} places, '${text.slice(0, 40)}'`;

/** Whatever is not plainly trading on both sides is not tradable; unknown words are future states. */
const isTradable = ({ status, isSpotTradingAllowed, tradeSideType }: WireExchangeSymbol): boolean =>
  (status === '1' || status === 'ENABLED') &&
  isSpotTradingAllowed !== false &&
  (tradeSideType === undefined || tradeSideType === 1);
