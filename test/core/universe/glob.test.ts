import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesAny, matchesGlob } from '../../../core/universe/glob.ts';

test.each([
  ['BTCUSDT', 'BTCUSDT', true],
  ['BTCUSDT', 'BTCUSDC', false],
  ['*USDT', 'BTCUSDT', true],
  ['*USDT', 'USDTBRL', false],
  ['BTC*', 'BTCUSDT', true],
  ['*BTC*', 'WBTCUSDT', true],
  ['BTC??T', 'BTCUSDT', false], // three letters are between, not two
  ['BTC????', 'BTCUSDT', true],
  ['?TC*T', 'BTCUSDT', true],
  ['*', '', true],
  ['?', '', false],
  ['', '', true],
  ['', 'A', false],
  ['a*', 'ABC', false], // letters count by case
  ['*.*', 'KXBTCD-T114999.99', true],
  ['*A*B*C', 'xAxBxCxC', true],
  ['BTC.USDT', 'BTCxUSDT', false], // nothing but * and ? is special
  ['[A-Z]*', 'BTC', false],
] as const)('%j matches %j: %s', (pattern, text, expected) => {
  expect(matchesGlob(pattern, text)).toBe(expected);
});

test('one of several patterns is enough, and none matches nothing', () => {
  expect(matchesAny(['A*', 'B*'], 'BTC')).toBe(true);
  expect(matchesAny([], 'BTC')).toBe(false);
});

test('agrees with a regular expression of the same meaning', () => {
  const letters = fc.string({ unit: fc.constantFrom('A', 'B', '*', '?'), maxLength: 8 });
  const text = fc.string({ unit: fc.constantFrom('A', 'B'), maxLength: 10 });
  fc.assert(
    fc.property(letters, text, (pattern, one) => {
      const same = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`);
      expect(matchesGlob(pattern, one)).toBe(same.test(one));
    }),
    { seed: 20_261_121, numRuns: 2_000 },
  );
});

test('many stars that do not match end soon', () => {
  expect(matchesGlob(`${'*A'.repeat(40)}B`, 'A'.repeat(2_000))).toBe(false);
});
