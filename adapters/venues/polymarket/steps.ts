import { type Grid, parseSteps, type StepFault } from '../../../core/market/grid.ts';

const DOT = 46;
const ZERO = 48;
const NINE = 57;
/** Whole numbers of so many digits are exact; longer texts go the careful way. */
const LENGTH_MAX = 15;
/** 10^0 to 10^8: a grid has at most eight decimals. */
const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];

/** Steps in a decimal text, exactly; as `parseSteps`, only faster on short texts. Older samples write `.48` for `0.48`. */
export function stepsOf(text: string, grid: Grid): number | StepFault {
  return countSteps(text, grid) ?? parseSteps(text.startsWith('.') ? `0${text}` : text, grid);
}

/** Counts digit by digit; undefined for whatever is unusual. */
function countSteps(text: string, grid: Grid): number | undefined {
  const { length } = text;
  if (length === 0 || length > LENGTH_MAX) return undefined;
  let value = 0;
  let places = -1;
  for (let n = 0; n < length; n += 1) {
    const code = text.charCodeAt(n);
    if (code >= ZERO && code <= NINE) {
      value = value * 10 + (code - ZERO);
      if (places >= 0) places += 1;
    } else if (code === DOT && places < 0 && n < length - 1) places = 0;
    else return undefined;
  }
  const scaled = value * (POWERS[grid.decimals - Math.max(places, 0)] ?? Number.NaN);
  // A product of two whole numbers that stays below 2^53 was not rounded.
  if (!(scaled <= Number.MAX_SAFE_INTEGER) || scaled % grid.divisor !== 0) return undefined;
  return scaled / grid.divisor;
}

/** What is wrong with a text that is no count of steps, in words. */
export const WHY: Readonly<Record<StepFault, string>> = {
  not_decimal: 'not a plain decimal',
  off_grid: 'not a multiple of the step',
  too_large: 'too large to count exactly',
};
