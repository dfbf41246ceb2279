import { DECIMALS, formatUnits } from '../../core/amounts.ts';

const UNITS_PER_ONE = 10 ** DECIMALS;
/** Texts that are kept: of counts that are equal modulo this one, the one that was asked for last. */
const KEPT = 1_024;

/** Decimal texts of whole steps, at least `places` digits behind the point, as many as the step needs. */
export class StepText {
  private readonly unitsPerStep: number;
  private readonly places: number;
  private readonly counts = new Float64Array(KEPT).fill(-1);
  private readonly texts = Array.from({ length: KEPT }, () => '');

  constructor(step: bigint, places = placesOf(step)) {
    this.unitsPerStep = Number(step);
    this.places = Math.max(places, placesOf(step));
  }

  of(steps: number): string {
    const place = steps % KEPT;
    const known = this.counts[place] === steps ? this.texts[place] : undefined;
    if (known !== undefined) return known;
    const text = this.write(steps);
    this.counts[place] = steps;
    this.texts[place] = text;
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
