import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pause, SpanLimit, TokenBucket } from '../../../../adapters/venues/session/rates.ts';
import { type EpochMs, epochMs } from '../../../../core/time.ts';

/** When each of `count` passes, asked for as early as the limit lets it. */
function passes(
  limit: { wait(now: EpochMs): number; take(now: EpochMs): void },
  gaps: readonly number[],
): number[] {
  let now = epochMs(0);
  return gaps.map((gap) => {
    now = epochMs(now + gap);
    for (let wait = limit.wait(now); wait > 0; wait = limit.wait(now)) now = epochMs(now + wait);
    limit.take(now);
    return now;
  });
}

const bucketOf = (spacingMs: number, burst: number) => {
  const bucket = new TokenBucket(spacingMs, burst);
  return { wait: (now: EpochMs) => bucket.waitMs(now), take: (now: EpochMs) => bucket.take(now) };
};

test('a bucket lets its burst pass at once, then one per spacing', () => {
  expect(passes(bucketOf(100, 3), [0, 0, 0, 0, 0])).toEqual([0, 0, 0, 100, 200]);
});

test('a bucket that rested has its whole burst again, and no more', () => {
  expect(passes(bucketOf(100, 2), [0, 0, 10_000, 0, 0])).toEqual([0, 0, 10_000, 10_000, 10_100]);
});

test('a bucket without a burst still lets one pass', () => {
  expect(passes(bucketOf(100, 0), [0, 0])).toEqual([0, 100]);
});

test('a clock that is set back costs a bucket nothing', () => {
  const bucket = new TokenBucket(100, 1);
  bucket.take(epochMs(1_000_000));
  bucket.waitMs(epochMs(1_000_040));
  expect(bucket.waitMs(epochMs(5_000))).toBe(60); // 100 - 40 that had passed
});

test('in any span of t a bucket lets at most burst + t / spacing pass', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.nat(700), { minLength: 2, maxLength: 60 }),
      (spacingMs, burst, gaps) => {
        const at = passes(bucketOf(spacingMs, burst), gaps);
        for (const [n, from] of at.entries())
          for (const [m, to] of at.entries())
            if (m > n) expect(m - n + 1).toBeLessThanOrEqual(burst + (to - from) / spacingMs);
      },
    ),
    { seed: 11, numRuns: 200 },
  );
});

test('a span limit lets a weight pass as soon as enough of what went before is old', () => {
  const limit = new SpanLimit(10, 1_000);
  limit.take(epochMs(0), 6);
  limit.take(epochMs(100), 3);
  expect([1, 2, 7, 8, 10].map((weight) => limit.waitMs(epochMs(200), weight))).toEqual([
    0, // 9 + 1
    800, // the 6 of 0 is old at 1000
    800,
    900, // and the 3 of 100 at 1100
    900,
  ]);
  expect([limit.admits(10), limit.admits(11)]).toEqual([true, false]);
});

test('a clock that is set back makes a span limit forget the future', () => {
  const limit = new SpanLimit(1, 1_000);
  limit.take(epochMs(1_000_000), 1);
  expect(limit.waitMs(epochMs(5_000), 1)).toBe(0);
});

test('in no span does a span limit let more than its weight pass', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 5, max: 40 }),
      fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 5 })), { minLength: 2, maxLength: 80 }),
      (weightMax, asked) => {
        const limit = new SpanLimit(weightMax, 1_000);
        let next = 0;
        const weightOf = (n: number): number => asked[n]?.[1] ?? 0;
        const at = passes(
          {
            wait: (now) => limit.waitMs(now, weightOf(next)),
            take: (now) => limit.take(now, weightOf(next++)),
          },
          asked.map(([gap]) => gap),
        );
        for (const from of at) {
          const sum = at.reduce(
            (total, to, n) => (to >= from && to < from + 1_000 ? total + weightOf(n) : total),
            0,
          );
          expect(sum).toBeLessThanOrEqual(weightMax);
        }
      },
    ),
    { seed: 12, numRuns: 200 },
  );
});

test('a pause lasts as long as its longest hold, and no longer when the clock is set back', () => {
  const pause = new Pause();
  expect(pause.waitMs(epochMs(0))).toBe(0);
  pause.hold(epochMs(10_000), 1_000);
  pause.hold(epochMs(10_000), 300);
  expect([10_000, 10_400, 11_000].map((now) => pause.waitMs(epochMs(now)))).toEqual([1_000, 600, 0]);
  pause.hold(epochMs(20_000), 500);
  expect(pause.waitMs(epochMs(3_000))).toBe(500);
});
