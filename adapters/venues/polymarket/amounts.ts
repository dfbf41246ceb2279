import { DECIMALS, formatUnits, parseUnits } from '../../../core/amounts.ts';

const EXPONENT = /^(\d)(?:\.(\d+))?e-(\d{1,2})$/;

/**
 * Units of 10^-8 of an amount that comes as a JSON number or as text; undefined when it is neither. JSON numbers have the
 * fewest digits that name them, so that their text is what the venue wrote. Digits beyond the eighth decimal are cut off.
 */
export function unitsOf(value: unknown): bigint | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined;
  return parseUnits(plain(String(value)).replace(CUT, '$1'));
}

const CUT = new RegExp(`(\\.\\d{${DECIMALS}})\\d+$`);

/** The same as plain decimal text, null when there is none. */
export function decimalOf(value: unknown): string | null {
  const units = unitsOf(value);
  return units === undefined ? null : formatUnits(units);
}

/** JSON numbers below a millionth are written with an exponent. */
function plain(text: string): string {
  const match = EXPONENT.exec(text);
  if (match === null) return text.startsWith('.') ? `0${text}` : text;
  const [, first = '', rest = '', exponent = '0'] = match;
  return `0.${'0'.repeat(Number(exponent) - 1)}${first}${rest}`;
}
