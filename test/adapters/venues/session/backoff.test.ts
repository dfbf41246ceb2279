import { expect, test } from 'vitest';
import { Backoff } from '../../../../adapters/venues/session/backoff.ts';

const waits = (random: number, count: number): number[] => {
  const backoff = new Backoff(1_000, 60_000, () => random);
  return Array.from({ length: count }, () => backoff.nextMs());
};

test('waits double up to the longest, drawn between half and all', () => {
  expect(waits(0, 9)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  expect(waits(0.999_999_9, 9)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
});

test('begins anew after a success', () => {
  const backoff = new Backoff(1_000, 60_000, () => 0);
  const before = [backoff.nextMs(), backoff.nextMs()];
  backoff.reset();
  expect([...before, backoff.nextMs()]).toEqual([500, 1_000, 500]);
});
