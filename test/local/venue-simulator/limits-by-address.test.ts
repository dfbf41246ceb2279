import { expect, test } from 'vitest';
import { HostLimits } from '../../../local/venue-simulator/limits-by-address.ts';
import { RateMeter } from '../../../local/venue-simulator/rate-meter.ts';

test('a meter admits its limit in any span, and counts what was too much as well', () => {
  const meter = new RateMeter(2, 1_000);
  expect([0, 400, 800].map((at) => meter.take(at))).toEqual([true, true, false]);
  // At 1300 only those of 400 and 800 are in the span.
  expect(meter.used(1_300)).toBe(2);
  expect(meter.take(1_300)).toBe(false);
  expect(meter.take(2_400)).toBe(true);
});

test('an address that asks too much gets 429, one that goes on gets 418 until its ban is over', () => {
  const limits = new HostLimits({ limit: 100, spanMs: 60_000, refusalsMax: 2, banMs: 120_000 });
  expect(limits.take(0, 60)).toEqual({ status: 200, used: 60, retryAfterS: 0 });
  expect(limits.take(1, 40)).toEqual({ status: 200, used: 100, retryAfterS: 0 });
  expect(limits.take(2, 1)).toEqual({ status: 429, used: 100, retryAfterS: 60 });
  expect(limits.take(3, 1).status).toBe(429);
  expect(limits.take(4, 1)).toEqual({ status: 418, used: 100, retryAfterS: 120 });
  // The weight is free again after a minute, the address is not.
  expect(limits.take(61_000, 1).status).toBe(418);
  expect(limits.take(120_005, 1)).toEqual({ status: 200, used: 1, retryAfterS: 0 });
});

test('one that waits as it was told is never banned', () => {
  const limits = new HostLimits({ limit: 1, spanMs: 1_000, refusalsMax: 1, banMs: 60_000 });
  for (let at = 0; at < 20_000; at += 1_000) {
    expect(limits.take(at, 1).status).toBe(200);
    expect(limits.take(at + 1, 1).status).toBe(429);
  }
});

test('a venue that does not ban answers 429 however long', () => {
  const limits = new HostLimits({ limit: 1, spanMs: 1_000, refusalsMax: null, banMs: 0 });
  limits.take(0, 1);
  for (let n = 0; n < 50; n += 1) expect(limits.take(1, 1).status).toBe(429);
});
