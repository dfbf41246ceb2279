import { formatUnits, ONE, parseUnits } from '../../../core/amounts.ts';

/** A market's newest prints on one connection, on whichever of its tokens, as the venue wrote them. */
export class LastPrices {
  newest: string | undefined;
  previous: string | undefined;

  see(text: string | null | undefined): void {
    if (!text || text === this.newest) return;
    this.previous = this.newest;
    this.newest = text;
  }
}

/** Books name prices with three decimals where prints have fewer. */
const DECIMALS = 3;

/** The same print seen from the market's other token. */
export function complementOf(text: string): string {
  const units = parseUnits(text);
  return units === undefined ? text : formatUnits(ONE - units);
}

/** The ways in which one price may be written, the given one first. */
export function spellings(text: string): readonly string[] {
  if (parseUnits(text) === undefined) return [text];
  const [whole = '', fraction = ''] = text.split('.');
  const shortest = fraction.replace(/0+$/, '');
  return [
    text,
    `${whole}.${shortest.padEnd(DECIMALS, '0')}`,
    shortest === '' ? whole : `${whole}.${shortest}`,
  ];
}
