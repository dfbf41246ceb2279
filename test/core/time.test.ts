import fc from 'fast-check';
import { expect, test } from 'vitest';
import { beatAt, dayStart, epochMs, isoDay, isoTime } from '../../core/time.ts';

test.each([
  [0, '1970-01-01T00:00:00.000Z'],
  [951_782_400_000, '2000-02-29T00:00:00.000Z'], // a leap year although a century
  [951_868_800_000, '2000-03-01T00:00:00.000Z'],
  [1_709_164_799_999, '2024-02-28T23:59:59.999Z'],
  [1_709_164_800_000, '2024-02-29T00:00:00.000Z'],
  [1_740_787_200_000, '2025-03-01T00:00:00.000Z'], // no leap year: the day after February 28
  [4_107_542_400_000, '2100-03-01T00:00:00.000Z'], // a century that is none
  [1_735_689_599_999, '2024-12-31T23:59:59.999Z'],
] as const)('%s is %s', (ms, text) => {
  expect(isoTime(epochMs(ms))).toBe(text);
  expect(isoDay(epochMs(ms))).toBe(text.slice(0, 10));
});

test('every moment from 1970 to 9999 reads as the platform would write it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (ms) => {
      expect(isoTime(epochMs(ms))).toBe(new Date(ms).toISOString());
    }),
    { seed: 21, numRuns: 2_000 },
  );
});

test('every day of four centuries reads as the platform would write it', () => {
  for (let day = 0; day < 146_097; day++)
    if (isoDay(epochMs(day * 86_400_000)) !== new Date(day * 86_400_000).toISOString().slice(0, 10))
      expect.fail(`day ${day}`);
});

test('a beat is the newest multiple at or before a moment', () => {
  expect([beatAt(epochMs(19_999), 10_000), beatAt(epochMs(20_000), 10_000)]).toEqual([10_000, 20_000]);
  expect(dayStart(epochMs(86_400_000 * 3 - 1))).toBe(86_400_000 * 2);
});
