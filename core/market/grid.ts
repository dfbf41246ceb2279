import { DECIMALS } from '../amounts.ts';
import { invariant } from '../invariant.ts';

/**
 * The multiples of a tick or lot size, so that books count in safe integers: text with `decimals` places read as an
 * integer, divided by `divisor`, is the number of steps. A size of 0.25 has two decimals and a divisor of 25.
 */
export interface Grid {
  /** The step itself, in units of 10^-8. */
  readonly step: bigint;
  readonly decimals: number;
  readonly divisor: number;
}

export function gridOf(step: bigint): Grid {
  invariant(step > 0n, `a tick or lot size must be positive, got ${step}`);
  let decimals = DECIMALS;
  let divisor = step;
  while (decimals > 0 && divisor % 10n === 0n) {
    divisor /= 10n;
    decimals -= 1;
  }
  return { step, decimals, divisor: Number(divisor) };
}

/** How much finer than its instrument's rules a book counts. */
const FINER = 1_000n;

/**
 * The grid on which a book counts prices or sizes: thousandths of the tick or lot size, at least 10^-8. Venues enlarge
 * these sizes and let older orders rest and trade as they are; recordings show such sizes every minute or two.
 */
export const bookGrid = (step: bigint): Grid => gridOf(step % FINER === 0n ? step / FINER : 1n);

/** Why a text is no count of steps; the callers' counts are kept by these words. */
export type StepFault = 'not_decimal' | 'off_grid' | 'too_large';

const PLAIN_DECIMAL = /^\d{1,30}(?:\.\d{1,30})?$/;

/** Steps in a plain unsigned decimal text, exactly; a {@link StepFault} when it is none, off the grid or beyond 2^53. */
export function parseSteps(text: string, grid: Grid): number | StepFault {
  if (!PLAIN_DECIMAL.test(text)) return 'not_decimal';
  const [whole = '', fraction = ''] = text.split('.');
  if (/[1-9]/.test(fraction.slice(grid.decimals))) return 'off_grid';
  const scaled = BigInt(whole + fraction.slice(0, grid.decimals).padEnd(grid.decimals, '0'));
  const divisor = BigInt(grid.divisor);
  if (scaled % divisor !== 0n) return 'off_grid';
  return scaled > BigInt(Number.MAX_SAFE_INTEGER) ? 'too_large' : Number(scaled / divisor);
}

/** Units of 10^-8 of a count of steps. */
export const stepsToUnits = (steps: number, grid: Grid): bigint => BigInt(steps) * grid.step;
