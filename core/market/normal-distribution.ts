/**
 * Probability that a standard normal variable is below `x`. W. J. Cody's rational approximations (Math. Comp. 22, 1969,
 * 631-637), one for each part of the line; relative error below 1e-15 for every result above 1e-300.
 */
export function standardNormal(x: number): number {
  const size = Math.abs(x);
  if (Number.isNaN(size)) return Number.NaN;
  if (size <= CENTER) return 0.5 + x * ratio(CENTER_ABOVE, CENTER_BELOW, x * x);
  const tail = size <= SHOULDER ? shoulder(size) : farTail(size);
  return x > 0 ? 1 - tail : tail;
}

/** Up to here the distribution is close to a straight line, and to here its tail has a ratio of its own. */
const CENTER = 0.674_489_75;
const SHOULDER = Math.sqrt(32);
/** From here on the tail is below the smallest number there is. */
const VANISHED = 38.6;
const ONE_OVER_ROOT_TWO_PI = 0.398_942_280_401_432_7;

// Coefficients of the highest power first.
const CENTER_ABOVE = [
  0.06568233791820745, 2.2352520354606837, 161.02823106855587, 1067.6894854603709, 18154.98125334356,
];
const CENTER_BELOW = [1, 47.20258190468824, 976.0985517377767, 10260.932208618979, 45507.789335026726];
const SHOULDER_ABOVE = [
  1.0765576773720192e-8, 0.39894151208813466, 8.883149794388375, 93.50665613217785, 597.2702763948002,
  2494.5375852903726, 6848.190450536283, 11602.65143764735, 9842.714838383978,
];
const SHOULDER_BELOW = [
  1, 22.266688044328117, 235.387901782625, 1519.3775994075547, 6485.558298266761, 18615.571640885097,
  34900.95272114598, 38912.00328609327, 19685.42967685999,
];
const TAIL_ABOVE = [
  0.02307344176494017, 0.215898534057957, 0.12740116116024736, 0.022235277870649807, 0.0014216191932278934,
  2.9112874951168793e-5,
];
const TAIL_BELOW = [
  1, 1.284260096144911, 0.4682382124808651, 0.06598813786892856, 0.0037823963320275824, 7.297515550839662e-5,
];

const shoulder = (size: number): number => bell(size) * ratio(SHOULDER_ABOVE, SHOULDER_BELOW, size);

function farTail(size: number): number {
  if (size > VANISHED) return 0;
  const square = 1 / (size * size);
  const correction = square * ratio(TAIL_ABOVE, TAIL_BELOW, square);
  return (bell(size) * (ONE_OVER_ROOT_TWO_PI - correction)) / size;
}

/** exp(-x²/2) without the digits that squaring a large x would lose. */
function bell(size: number): number {
  const coarse = Math.trunc(size * 16) / 16;
  const rest = (size - coarse) * (size + coarse);
  return Math.exp(-coarse * coarse * 0.5) * Math.exp(-rest * 0.5);
}

const ratio = (above: readonly number[], below: readonly number[], x: number): number =>
  polynomial(above, x) / polynomial(below, x);

const polynomial = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
