import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterPrefix, compareText } from '../../../adapters/store/key-order.ts';

const SEED = 20_261_121;
const text = fc.string({ unit: 'binary', maxLength: 6 });

test.each([
  { prefix: 'A', next: 'B' },
  { prefix: 'OPEN#', next: 'OPEN$' },
  { prefix: '\u{d7ff}', next: '\u{e000}' }, // over the surrogates
  { prefix: '\u{ffff}', next: '\u{10000}' },
  { prefix: 'a\u{10ffff}', next: 'b' }, // the last character has no next
  { prefix: '\u{10ffff}\u{10ffff}', next: undefined },
  { prefix: '', next: undefined },
])('the first text after all that begin with "$prefix" is "$next"', ({ prefix, next }) => {
  expect(afterPrefix(prefix)).toBe(next);
});

test('a text begins with a prefix exactly when it lies from the prefix up to the text after it', () => {
  fc.assert(
    fc.property(text, text, text, (prefix, tail, other) => {
      const end = afterPrefix(prefix);
      for (const candidate of [prefix + tail, other]) {
        const within =
          compareText(candidate, prefix) >= 0 && (end === undefined || compareText(candidate, end) < 0);
        expect(within).toBe(candidate.startsWith(prefix));
      }
    }),
    { seed: SEED, numRuns: 500 },
  );
});
