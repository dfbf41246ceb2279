import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemTimers } from '../../../../adapters/venues/session/timers.ts';

const LONG_MS = 2 ** 31 + 5_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('an alarm of more than 24 days goes off at its time, not at once', () => {
  const rung = vi.fn();
  systemTimers.after(LONG_MS, rung);
  vi.advanceTimersByTime(LONG_MS - 1);
  expect(rung).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(rung).toHaveBeenCalledTimes(1);
});

test('such an alarm is taken off at any time', () => {
  const rung = vi.fn();
  const cancel = systemTimers.after(LONG_MS, rung);
  vi.advanceTimersByTime(LONG_MS - 1_000);
  cancel();
  vi.advanceTimersByTime(LONG_MS);
  expect(rung).not.toHaveBeenCalled();
});
