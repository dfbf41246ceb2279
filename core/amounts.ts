/**
 * Exact amounts: prices, quantities and money are `bigint` counts of 10^-8 units (docs/adr/0001). Decimal strings on
 * every wire. Multiplication and division name their rounding.
 */
export type Price = bigint & { readonly brand: 'Price' };
export type Quantity = bigint & { readonly brand: 'Quantity' };
/** A signed amount of one currency; a base asset that changes hands is money of that currency. */
export type Money = bigint & { readonly brand: 'Money' };
/** A proportion (a fee, a fraction of equity) in 10^-8: 0.1 % is 100 000. */
export type Rate = bigint & { readonly brand: 'Rate' };

export const DECIMALS = 8;
export const ONE = 100_000_000n;
export const ZERO_MONEY = 0n as Money;
export const ZERO_QUANTITY = 0n as Quantity;

const DECIMAL_TEXT = /^(-?)(\d{1,30})(?:\.(\d{1,30}))?$/;

/** Units of 10^-8 in a decimal text, or undefined when it is no plain decimal or finer than 10^-8. */
export function parseUnits(text: string): bigint | undefined {
  const match = DECIMAL_TEXT.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = ''] = match;
  // Venues pad with zeros; anything else beyond the eighth digit would be lost, so it is refused.
  if (fraction.length > DECIMALS && /[1-9]/.test(fraction.slice(DECIMALS))) return undefined;
  const units = BigInt(whole) * ONE + BigInt(fraction.slice(0, DECIMALS).padEnd(DECIMALS, '0'));
  return sign === '-' ? -units : units;
}

/** Plain decimal text without trailing zeros: `12.5`, `-0.001`, `0`. */
export function formatUnits(units: bigint): string {
  const negative = units < 0n;
  const digits = (negative ? -units : units).toString().padStart(DECIMALS + 1, '0');
  const fraction = digits.slice(-DECIMALS).replace(/0+$/, '');
  const whole = digits.slice(0, -DECIMALS);
  return `${negative ? '-' : ''}${whole}${fraction ? `.${fraction}` : ''}`;
}

/** For people: a fixed number of digits, rounded half away from zero. Never for arithmetic. */
export function formatRounded(units: bigint, digits: number): string {
  const step = 10n ** BigInt(DECIMALS - digits);
  const half = units < 0n ? -step / 2n : step / 2n;
  const rounded = ((units + half) / step) * step;
  const text = formatUnits(rounded);
  if (digits === 0) return text;
  const [whole = '0', fraction = ''] = text.split('.');
  return `${whole}.${fraction.padEnd(digits, '0')}`;
}

function parseAs<T extends bigint>(what: string, text: string): T {
  const units = parseUnits(text);
  if (units === undefined)
    throw new RangeError(`${what} must be a decimal with at most 8 places, got '${text}'`);
  return units as T;
}

/** @throws RangeError when the text is not a decimal of at most 8 places. */
export const price = (text: string): Price => parseAs<Price>('price', text);
/** @throws RangeError as {@link price}; a quantity is unsigned by convention, `side` carries the direction. */
export const quantity = (text: string): Quantity => parseAs<Quantity>('quantity', text);
/** @throws RangeError as {@link price}. */
export const money = (text: string): Money => parseAs<Money>('amount', text);
/** Units of 10^-8 as each kind of amount: for codecs and exact arithmetic whose result's kind the caller knows. */
export const asPrice = (units: bigint): Price => units as Price;
export const asQuantity = (units: bigint): Quantity => units as Quantity;
export const asMoney = (units: bigint): Money => units as Money;
export const asRate = (units: bigint): Rate => units as Rate;

/**
 * A proportion from basis points given as a decimal text (`'7.5'` is 0.075 %).
 * @throws RangeError when it is no decimal, or finer than a ten-thousandth of a basis point.
 */
export function rateFromBps(bps: string): Rate {
  const units = parseAs<bigint>('basis points', bps);
  if (units % 10_000n !== 0n) throw new RangeError(`basis points must have at most 4 decimals, got '${bps}'`);
  return asRate(units / 10_000n);
}
/** Basis points of a proportion, as decimal text. */
export const formatBps = (rate: Rate): string => formatUnits(rate * 10_000n);

/** Quotient rounded toward negative infinity. */
export function divFloor(numerator: bigint, denominator: bigint): bigint {
  const quotient = numerator / denominator;
  return numerator % denominator !== 0n && numerator < 0n !== denominator < 0n ? quotient - 1n : quotient;
}

/** Quotient rounded toward positive infinity. */
export const divCeil = (numerator: bigint, denominator: bigint): bigint => -divFloor(-numerator, denominator);

/** price x quantity in the quote asset, rounded down: what a seller may count on. */
export const notionalFloor = (at: Price, of: Quantity): Money => divFloor(at * of, ONE) as Money;
/** price x quantity in the quote asset, rounded up: what a buyer must be able to pay. */
export const notionalCeil = (at: Price, of: Quantity): Money => divCeil(at * of, ONE) as Money;
/** A proportion of an amount, rounded up: costs round against us. */
export const shareCeil = <T extends bigint>(of: T, rate: Rate): T => divCeil(of * rate, ONE) as T;
/** A proportion of an amount, rounded down. */
export const shareFloor = <T extends bigint>(of: T, rate: Rate): T => divFloor(of * rate, ONE) as T;

/** `part / whole` in basis points, rounded down; 0 when there is no whole. For ratios shown or compared with limits. */
export const ratioBps = (part: bigint, whole: bigint): number =>
  whole === 0n ? 0 : Number(divFloor(part * 10_000n, whole));

export const min = <T extends bigint>(a: T, b: T): T => (a < b ? a : b);
export const max = <T extends bigint>(a: T, b: T): T => (a > b ? a : b);
export const abs = <T extends bigint>(a: T): T => (a < 0n ? ((0n - a) as T) : a);
