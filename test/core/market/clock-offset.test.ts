import { expect, test } from 'vitest';
import { ClockOffset, LATE_MS } from '../../../core/market/clock-offset.ts';
import { epochMs } from '../../../core/time.ts';

const START = 1_700_000_000_000;
/** A message received `atMs` after the start, whose venue stamp leads the receive stamp by `leadMs`. */
const observe = (offset: ClockOffset, atMs: number, leadMs: number): number =>
  offset.observe(epochMs(START + atMs + leadMs), epochMs(START + atMs));

test('knows nothing before the first message', () => {
  expect(new ClockOffset().estimateMs).toBeNull();
});

test('a recorder that is 1.27 s behind is measured by its quickest message, and nothing of it is late', () => {
  const offset = new ClockOffset();
  const delays = [1_255, 1_270, 1_262].map((lead, n) => observe(offset, n * 100, lead));
  expect(offset.estimateMs).toBe(1_270);
  expect(delays).toEqual([0, 0, 8]);
});

test('a message six seconds slower than the quickest is late', () => {
  const offset = new ClockOffset();
  observe(offset, 0, -20);
  expect(observe(offset, 100, -6_020)).toBe(6_000);
  expect(6_000).toBeGreaterThan(LATE_MS);
  expect(offset.estimateMs).toBe(-20);
});

test('follows a clock that drifts back once the quickest message is a minute old', () => {
  const offset = new ClockOffset();
  observe(offset, 0, 100);
  for (let second = 1; second <= 50; second += 1) observe(offset, second * 1_000, 40);
  expect(offset.estimateMs).toBe(100);
  for (let second = 51; second <= 70; second += 1) observe(offset, second * 1_000, 40);
  expect(offset.estimateMs).toBe(40);
});

test('one venue stamp far in the future is not believed, two that agree are', () => {
  const offset = new ClockOffset();
  observe(offset, 0, 10);
  expect(observe(offset, 100, 3_600_000)).toBe(0);
  expect(offset.estimateMs).toBe(10);
  expect(observe(offset, 200, 12)).toBe(0);
  observe(offset, 300, 3_600_000);
  observe(offset, 400, 3_600_005);
  expect(offset.estimateMs).toBe(3_600_005);
});
