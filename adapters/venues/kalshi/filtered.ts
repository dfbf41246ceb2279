/** Fewer messages show no pattern. */
const STEPS_MIN = 40;
const PARTS = 4;
/** Of twenty steps, at least this many skip a number. */
const SKIPS_OF_TWENTY = 1;

/**
 * Whether a recording holds only some of its subscription's markets, so that numbers are missing all through it: in each
 * quarter at least one step in twenty skips some. What a lost connection or a lost line leaves out is in one place, and a
 * recording with such a hole must not be taken for one without gaps to check.
 * @param deltaSeqs numbers of the changes of one subscription, in the order of the file; a new connection may count anew.
 */
export function looksFiltered(deltaSeqs: readonly number[]): boolean {
  const steps: boolean[] = [];
  for (const [n, seq] of deltaSeqs.entries()) {
    const before = deltaSeqs[n - 1];
    if (before !== undefined && seq > before) steps.push(seq > before + 1);
  }
  if (steps.length < STEPS_MIN) return false;
  const length = Math.ceil(steps.length / PARTS);
  for (let from = 0; from < steps.length; from += length) {
    const part = steps.slice(from, from + length);
    const skips = part.filter((skips) => skips).length;
    if (skips * 20 < part.length * SKIPS_OF_TWENTY) return false;
  }
  return true;
}
