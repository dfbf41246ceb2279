import { expect, test } from 'vitest';
import { systemClock } from '../../adapters/clock.ts';

test('tells whole milliseconds since 1970', () => {
  const before = Date.now();
  const now = systemClock.now();
  expect(Number.isSafeInteger(now)).toBe(true);
  expect(now).toBeGreaterThanOrEqual(before);
});

test('a wait of nothing resolves', async () => {
  await expect(systemClock.wait(0)).resolves.toBeUndefined();
});
