import { expect, test } from 'vitest';
import { Backoff, QUICK, REFUSED } from '../../../../adapters/venues/session/backoff.ts';

const waits = (random: number, count: number): number[] => {
  const backoff = new Backoff({ ...QUICK, maxMs: 32_000 }, () => random);
  return Array.from({ length: count }, () => backoff.nextMs());
};

test('waits double up to the longest, drawn between half and all', () => {
  expect(waits(0, 8)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 16_000, 16_000]);
  expect(waits(0.999_999_9, 8)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 32_000, 32_000]);
});

test('begins anew after a success', () => {
  const backoff = new Backoff(QUICK, () => 0);
  const before = [backoff.nextMs(), backoff.nextMs()];
  backoff.reset();
  expect([...before, backoff.nextMs()]).toEqual([500, 1_000, 500]);
});

test.each([QUICK, REFUSED])('after a while in vain waits go on doubling: %o', (patience) => {
  const backoff = new Backoff(patience, () => 0.999_999_9);
  const all = Array.from({ length: 90 }, () => backoff.nextMs());
  const long = all.findIndex((ms) => ms > QUICK.maxMs);
  expect(all.slice(0, long).reduce((sum, ms) => sum + ms, 0)).toBeGreaterThanOrEqual(patience.tiresAfterMs);
  expect(all.slice(0, long).reduce((sum, ms) => sum + ms, 0)).toBeLessThan(patience.tiresAfterMs + 4_000);
  expect(all.slice(long, long + 3)).toEqual([8_000, 16_000, 32_000]);
  expect(all.slice(-3)).toEqual([patience.tiredMs, patience.tiredMs, patience.tiredMs]);
});
