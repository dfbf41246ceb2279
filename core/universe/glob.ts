/**
 * Whether a text matches a pattern as a whole: `*` stands for any run of characters, `?` for one; letters count by case.
 * Takes time in proportion to both lengths, whatever the pattern.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  let [at, from] = [0, 0];
  /** The last star met and the text that it has taken so far: where to go on when what follows it does not fit. */
  let star: { readonly at: number; readonly taken: number } | undefined;
  while (from < text.length) {
    const wanted = pattern[at];
    if (wanted === '*') {
      star = { at, taken: from };
      at += 1;
    } else if (wanted !== undefined && (wanted === '?' || wanted === text[from])) {
      at += 1;
      from += 1;
    } else if (star !== undefined) {
      star = { at: star.at, taken: star.taken + 1 };
      at = star.at + 1;
      from = star.taken;
    } else return false;
  }
  while (pattern[at] === '*') at += 1;
  return at === pattern.length;
}

export const matchesAny = (patterns: readonly string[], text: string): boolean =>
  patterns.some((pattern) => matchesGlob(pattern, text));
