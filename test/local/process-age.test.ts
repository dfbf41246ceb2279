import { expect, test } from 'vitest';
import { parseElapsed, processAgeMs } from '../../local/process-age.ts';

test('this process is as old as it says itself', () => {
  const ageMs = processAgeMs(process.pid);
  expect(ageMs).not.toBeNull();
  expect(Math.abs((ageMs ?? 0) - process.uptime() * 1_000)).toBeLessThan(2_000);
});

test('a pid that no process has is of no age', () => {
  // Beyond what any system gives out.
  expect(processAgeMs(2 ** 30)).toBeNull();
});

test.each([
  ['00:07', 7_000],
  ['05:00', 300_000],
  ['01:00:01', 3_601_000],
  ['2-03:04:05', 183_845_000],
  ['', null],
  ['7', null],
  ['ELAPSED', null],
])('ps means %j as %s ms', (text, ms) => {
  expect(parseElapsed(text)).toBe(ms);
});
