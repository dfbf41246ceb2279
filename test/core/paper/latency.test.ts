import { expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { drawLatency } from '../../../core/paper/latency.ts';
import type { OrderId } from '../../../core/paper/order.ts';

const MODEL = { minMs: 100, medianMs: 200, p99Ms: 690 };
const ORDER = '00000000000000aa' as OrderId;
/** A hash whose first 32 bits are the share `u` of their range: stands in for the draw. */
const drawing = (u: number) => () =>
  Math.min(0xffff_ffff, Math.round(u * 0x1_0000_0000))
    .toString(16)
    .padStart(8, '0')
    .padEnd(64, '0');

test.each([
  { u: 0, base: 100, pessimistic: 690 }, // the adverse side of the fastest draw is the slowest
  { u: 0.25, base: 150, pessimistic: 450 }, // 200 + 490 x 0.25/0.49
  { u: 0.5, base: 200, pessimistic: 200 },
  { u: 0.745, base: 445, pessimistic: 445 }, // 200 + 490 x 0.245/0.49
  { u: 0.992, base: 690, pessimistic: 690 },
  { u: 1, base: 690, pessimistic: 690 }, // the last percent is as slow as the 99th
] as const)(
  'a draw of $u takes $base ms, $pessimistic in the pessimistic lane',
  ({ u, base, pessimistic }) => {
    const drawn = drawLatency(MODEL, drawing(u), ORDER, 'new');
    expect([drawn.optimistic, drawn.base]).toEqual([base, base]);
    // The draw has 32 bits: a millisecond of rounding is theirs.
    expect(Math.abs(drawn.pessimistic - pessimistic)).toBeLessThanOrEqual(1);
  },
);

test('the same order draws the same, its cancel and other orders something else', () => {
  const drawn = drawLatency(MODEL, sha256, ORDER, 'new');
  expect(drawLatency(MODEL, sha256, ORDER, 'new')).toEqual(drawn);
  const others = [
    drawLatency(MODEL, sha256, ORDER, 'cancel').base,
    drawLatency(MODEL, sha256, '00000000000000ab' as OrderId, 'new').base,
  ];
  expect(others).not.toContain(drawn.base);
});

test('over many orders half are faster than the median and the pessimistic lane is never faster', () => {
  const drawn = Array.from({ length: 4_000 }, (_, i) =>
    drawLatency(MODEL, sha256, `order-${i}` as OrderId, 'new'),
  );
  const fast = drawn.filter((one) => one.base < 200).length;
  expect(fast).toBeGreaterThan(1_900);
  expect(fast).toBeLessThan(2_100);
  expect(drawn.every((one) => one.pessimistic >= one.base && one.base >= 100 && one.pessimistic <= 690)).toBe(
    true,
  );
  expect(drawn.every((one) => one.pessimistic >= 199)).toBe(true);
});
