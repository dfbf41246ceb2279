import { type Grid, parseSteps, type StepFault } from '../../../core/market/grid.ts';

const DOT = 46;
const ZERO = 48;
const NINE = 57;
/** So many digits are below 2^53 whatever they are. */
const EXACT_DIGITS = 15;

/** As {@link parseSteps}, without a big integer for ordinary numbers: a busy book has thousands of them each second. */
export function stepsOf(text: string, grid: Grid): number | StepFault {
  const steps = quickSteps(text, grid);
  return steps >= 0 ? steps : parseSteps(text, grid);
}

/** Steps of a plain decimal of few digits on the grid; -1 for anything else. */
function quickSteps(text: string, grid: Grid): number {
  const { length } = text;
  let i = 0;
  let value = 0;
  for (; i < length; i += 1) {
    const code = text.charCodeAt(i);
    if (code < ZERO || code > NINE) break;
    value = value * 10 + (code - ZERO);
  }
  if (i === 0 || i + grid.decimals > EXACT_DIGITS) return -1;
  let places = grid.decimals;
  if (i < length) {
    if (text.charCodeAt(i) !== DOT || i + 1 === length || length - i > EXACT_DIGITS) return -1;
    for (i += 1; i < length; i += 1) {
      const code = text.charCodeAt(i);
      if (code < ZERO || code > NINE) return -1;
      if (places === 0) {
        if (code !== ZERO) return -1;
        continue;
      }
      value = value * 10 + (code - ZERO);
      places -= 1;
    }
  }
  for (; places > 0; places -= 1) value *= 10;
  if (grid.divisor === 1) return value;
  return value % grid.divisor === 0 ? value / grid.divisor : -1;
}
