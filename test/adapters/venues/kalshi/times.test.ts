import { expect, test } from 'vitest';
import { timeOfEvent } from '../../../../adapters/venues/kalshi/times.ts';

test('reads moments in milliseconds, as text and in seconds, and takes the year 1 for none', () => {
  expect(timeOfEvent({ ts_ms: 1_669_149_841_000, ts: '2026-04-18T05:34:57Z' })).toBe(1_669_149_841_000);
  expect(timeOfEvent({ ts: '2026-04-18T05:34:57.999999999Z' })).toBe(1_776_490_497_999);
  expect(timeOfEvent({ ts: 1_786_398_370 })).toBe(1_786_398_370_000);
  expect(timeOfEvent({ ts_ms: 12, ts: 'soon' })).toBeNull();
  expect(timeOfEvent({ ts: '0001-01-01T00:00:00Z' })).toBeNull();
});
