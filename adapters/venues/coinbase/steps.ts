import { type Grid, parseSteps, type StepFault } from '../../../core/market/grid.ts';

const DOT = 46;
const ZERO = 48;
const NINE = 57;
/** Longer texts go the careful way. */
const LENGTH_MAX = 15;

/**
 * As `parseSteps`, for the many texts of a busy book: whole numbers below 10^15 are counted digit by digit, exactly, and
 * whatever is unusual is left to it.
 */
export function quickSteps(text: string, grid: Grid): number | StepFault {
  const { length } = text;
  if (length === 0 || length > LENGTH_MAX) return parseSteps(text, grid);
  let value = 0;
  let places = -1;
  for (let n = 0; n < length; n += 1) {
    const code = text.charCodeAt(n);
    if (code >= ZERO && code <= NINE) {
      value = value * 10 + (code - ZERO);
      if (places >= 0) places += 1;
    } else if (code === DOT && places < 0 && n > 0 && n < length - 1) places = 0;
    else return parseSteps(text, grid);
  }
  const missing = grid.decimals - Math.max(places, 0);
  if (missing < 0) return parseSteps(text, grid);
  const scaled = value * (POWERS[missing] ?? Number.NaN);
  // A product of two whole numbers that stays below 2^53 was not rounded.
  const isExact = scaled <= Number.MAX_SAFE_INTEGER && scaled % grid.divisor === 0;
  return isExact ? scaled / grid.divisor : parseSteps(text, grid);
}

/** 10^0 to 10^8: a grid has at most eight decimals. */
const POWERS = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
