import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  isMilliseconds,
  orderOf,
  timeOfMs,
  timeOfSeconds,
  timeOfText,
} from '../../../adapters/venues/wire-times.ts';
import { epochMs } from '../../../core/time.ts';

test.each([
  { text: '2026-08-09T21:05:48.228568804Z', ms: Date.UTC(2026, 7, 9, 21, 5, 48, 228) },
  { text: '2026-08-09T21:05:48.999999999Z', ms: Date.UTC(2026, 7, 9, 21, 5, 48, 999) },
  { text: '2026-08-09T21:05:48.41Z', ms: Date.UTC(2026, 7, 9, 21, 5, 48, 410) },
  { text: '2026-08-09T21:05:48.5Z', ms: Date.UTC(2026, 7, 9, 21, 5, 48, 500) },
  { text: '2026-08-09T21:05:48Z', ms: Date.UTC(2026, 7, 9, 21, 5, 48) },
  { text: '1970-01-01T00:00:00Z', ms: null },
  { text: '0001-01-01T00:00:00.000000Z', ms: null },
  { text: '2026-13-09T21:05:48Z', ms: null },
  { text: '2026-08-09T21:05:48', ms: null },
  { text: '2026-08-09 21:05:48.854840045 +0000 UTC m=+41691.260485341', ms: null },
  { text: '9999-01-01T00:00:00Z', ms: null },
  { text: '', ms: null },
  { text: undefined, ms: null },
])('$text is $ms', ({ text, ms }) => {
  expect(timeOfText(text)).toBe(ms);
});

test('a number is a moment where it is one in milliseconds, or in seconds', () => {
  expect([timeOfMs(1_669_149_841_000.7), timeOfMs(12), timeOfMs(1e13), timeOfMs('1669149841000')]).toEqual([
    1_669_149_841_000,
    null,
    null,
    null,
  ]);
  expect([timeOfSeconds(1_757_908_892), timeOfSeconds(1_757_908_892_000), timeOfSeconds('1')]).toEqual([
    1_757_908_892_000,
    null,
    null,
  ]);
  expect([1e12, 1e13, 1e12 - 1, Number.NaN].map(isMilliseconds)).toEqual([true, false, false, false]);
});

test('a stamp more than an hour ahead of when it came gives no order; where nobody kept when it came, it gives its own', () => {
  const at = epochMs(1_757_908_892_000);
  const hour = 3_600_000;
  expect([at, at - hour, at - hour - 1, 0].map((receivedAt) => orderOf(at, epochMs(receivedAt)))).toEqual([
    at,
    at,
    null,
    at,
  ]);
});

test('a time is the same whichever was read before it', () => {
  const digits = (max: number) => fc.nat(max).map((n) => String(n).padStart(2, '0'));
  const text = fc
    .tuple(
      fc.constantFrom(
        '2026-08-09T21:05:',
        '2026-08-09T21:06:',
        '1970-01-01T00:00:',
        '2026-08-09T24:00:',
        '-',
      ),
      digits(61),
      fc.constantFrom('', '.', '.5', '.41', '.999', '.9996', '.228568804', '.2285688041', '.2x', ',5'),
      fc.constantFrom('Z', 'z', '', '+00:00', 'ZZ'),
    )
    .map((parts) => parts.join(''));
  const plain = (one: string): number | null => {
    const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(one);
    const ms = isTime ? Date.parse(one) : Number.NaN;
    return ms >= 1e12 ? ms : null;
  };
  fc.assert(
    fc.property(fc.array(text, { maxLength: 6 }), (texts) => {
      expect(texts.map(timeOfText)).toEqual(texts.map(plain));
    }),
    { seed: 43, numRuns: 5_000 },
  );
});
