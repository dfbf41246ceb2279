import { asPrice, ONE, type Price, parseUnits } from '../../../core/amounts.ts';
import type { Instrument, PriceRange } from '../../../core/market/instrument.ts';
import { short } from '../json-fields.ts';
import type { WirePriceRange } from './schema.ts';

export type PriceRules = Pick<Instrument, 'tickSize' | 'priceRanges' | 'priceMin' | 'priceMax'>;

/** What a market that names a structure and no ranges means by it. Names beyond these wait for their ranges. */
const STRUCTURES: Readonly<Record<string, readonly WirePriceRange[]>> = {
  linear_cent: [{ start: '0', end: '1', step: '0.01' }],
  deci_cent: [{ start: '0', end: '1', step: '0.001' }],
  tapered_deci_cent: [
    { start: '0', end: '0.1', step: '0.001' },
    { start: '0.1', end: '0.9', step: '0.01' },
    { start: '0.9', end: '1', step: '0.001' },
  ],
};

/**
 * Which prices between 0 and 1 dollar an order may name. The ranges decide; the structure's name stands in only where a
 * message has none. A text says what cannot be read.
 */
export function toPriceRules(
  wire: readonly WirePriceRange[] | undefined,
  structure: string | undefined,
): PriceRules | string {
  const named =
    structure === undefined || !Object.hasOwn(STRUCTURES, structure) ? undefined : STRUCTURES[structure];
  const given = wire === undefined || wire.length === 0 ? named : wire;
  if (given === undefined)
    return `price_ranges: missing, and price_level_structure '${short(structure ?? '')}' is not known`;
  const ranges = toRanges(given);
  if (typeof ranges === 'string') return ranges;
  const [first] = ranges;
  const last = ranges.at(-1);
  if (first === undefined || last === undefined) return 'price_ranges: empty';
  return {
    // Where steps are no multiples of each other, books count by what divides them all, and the dollar.
    tickSize: asPrice(ranges.reduce((divisor, { start, step }) => gcd(gcd(divisor, step), start), ONE)),
    ...(ranges.length > 1 && { priceRanges: ranges }),
    priceMin: first.step,
    priceMax: asPrice(ONE - last.step),
  };
}

function toRanges(wire: readonly WirePriceRange[]): PriceRange[] | string {
  const ranges: PriceRange[] = [];
  for (const [n, one] of wire.entries()) {
    const [start, end, step] = [priceOf(one.start), priceOf(one.end), priceOf(one.step)];
    if (start === undefined) return `price_ranges.${n}.start: no price, '${short(one.start)}'`;
    if (end === undefined || end <= start)
      return `price_ranges.${n}.end: no price above its start, '${short(one.end)}'`;
    if (step === undefined || step === 0n) return `price_ranges.${n}.step: no step, '${short(one.step)}'`;
    if ((end - start) % step !== 0n)
      return `price_ranges.${n}.step: does not divide its range, '${short(one.step)}'`;
    ranges.push({ start, end, step });
  }
  ranges.sort((a, b) => (a.start < b.start ? -1 : 1));
  let reached = asPrice(0n);
  for (const { start, end } of ranges) {
    if (start !== reached) return 'price_ranges: they leave a hole or overlap';
    reached = end;
  }
  return reached === ONE ? ranges : 'price_ranges: they do not end at 1 dollar';
}

function priceOf(text: string): Price | undefined {
  const units = parseUnits(text);
  return units === undefined || units < 0n || units > ONE ? undefined : asPrice(units);
}

const gcd = (a: bigint, b: bigint): bigint => (b === 0n ? a : gcd(b, a % b));
