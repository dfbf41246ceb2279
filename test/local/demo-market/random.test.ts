import { expect, test } from 'vitest';
import { naturalLog, SeededRandom } from '../../../local/demo-market/random.ts';

const drawn = <T>(count: number, draw: () => T): T[] => Array.from({ length: count }, draw);
const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

test('the same seed and label give the same stream', () => {
  const first = new SeededRandom(7, 'makers');
  const second = new SeededRandom(7, 'makers');
  expect(drawn(50, () => first.next())).toEqual(drawn(50, () => second.next()));
});

test.each([
  { seed: 8, label: 'makers' },
  { seed: 7, label: 'takers' },
  { seed: -7, label: 'makers' },
])('seed $seed with label $label gives another stream than seed 7 with label makers', ({ seed, label }) => {
  const first = new SeededRandom(7, 'makers');
  const other = new SeededRandom(seed, label);
  const shared = drawn(50, () => first.next()).filter((value) => value === other.next());
  expect(shared).toEqual([]);
});

test('the first draws of seed 7 are these on every machine', () => {
  const random = new SeededRandom(7, 'makers');
  expect(drawn(3, () => random.integer(0, 999_999))).toEqual([515_765, 416_021, 648_359]);
  expect(random.exponential(1_000)).toBe(1676.0418556145023);
  expect(random.bell()).toBe(-0.3660968907448065);
});

test('a logarithm agrees with the engine to ten places', () => {
  for (let step = 1; step <= 4_096; step += 1) {
    expect(Math.abs(naturalLog(step / 4_096) - Math.log(step / 4_096))).toBeLessThan(1e-10);
  }
  // The smallest value that an exponential draw can meet.
  expect(Math.abs(naturalLog(2 ** -32) - Math.log(2 ** -32))).toBeLessThan(1e-10);
});

test('uniform draws lie in [0, 1) and fill it evenly', () => {
  const random = new SeededRandom(1, 'uniform');
  const tenths = Array.from({ length: 10 }, () => 0);
  for (const value of drawn(20_000, () => random.next())) {
    const tenth = Math.floor(value * 10);
    tenths[tenth] = (tenths[tenth] ?? 0) + 1;
  }
  expect(tenths).toHaveLength(10);
  for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(200);
});

test('waiting times are positive and average the mean asked for', () => {
  const random = new SeededRandom(1, 'waits');
  const waits = drawn(20_000, () => random.exponential(40));
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(0);
  expect(Math.abs(mean(waits) - 40)).toBeLessThan(1.5);
});

test('bell draws average 0 with deviation 1 and stay within 3.5', () => {
  const random = new SeededRandom(1, 'bell');
  const values = drawn(20_000, () => random.bell());
  expect(Math.abs(mean(values))).toBeLessThan(0.03);
  expect(Math.abs(mean(values.map((value) => value * value)) - 1)).toBeLessThan(0.05);
  expect(Math.max(...values.map(Math.abs))).toBeLessThan(3.5);
});

test('whole numbers include both ends', () => {
  const random = new SeededRandom(1, 'integers');
  const values = new Set(drawn(500, () => random.integer(3, 6)));
  expect([...values].sort((a, b) => a - b)).toEqual([3, 4, 5, 6]);
});

test('picking from nothing is refused in words', () => {
  expect(() => new SeededRandom(1, 'pick').pick([])).toThrow('nothing to pick from');
});
