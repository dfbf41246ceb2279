import { DECIMALS, formatUnits } from '../../core/amounts.ts';

const UNITS_PER_ONE = 10 ** DECIMALS;
/** Texts of small counts are kept. */
const KEPT = 16_384;

/** Decimal texts of whole steps, at least `places` digits behind the point, as many as the step needs. */
export class StepText {
  private readonly unitsPerStep: number;
  private readonly places: number;
  private readonly from: number;
  private readonly kept: (string | undefined)[] = Array.from({ length: KEPT });

  /** `from`: the smallest count that is likely, so that the texts from there on are kept. */
  constructor(step: bigint, places = placesOf(step), from = 0) {
    this.unitsPerStep = Number(step);
    this.places = Math.max(places, placesOf(step));
    this.from = from;
  }

  of(steps: number): string {
    const place = steps - this.from;
    if (place < 0 || place >= KEPT) return this.write(steps);
    const known = this.kept[place];
    if (known !== undefined) return known;
    const text = this.write(steps);
    this.kept[place] = text;
    return text;
  }

  private write(steps: number): string {
    const units = steps * this.unitsPerStep;
    const whole = Math.floor(units / UNITS_PER_ONE);
    if (this.places === 0) return `${whole}`;
    const fraction = (units - whole * UNITS_PER_ONE).toString().padStart(DECIMALS, '0');
    return `${whole}.${fraction.slice(0, this.places)}`;
  }
}

/** Digits behind the point that a step needs. */
export const placesOf = (step: bigint): number => formatUnits(step).split('.')[1]?.length ?? 0;
