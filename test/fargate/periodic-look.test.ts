import { expect, test } from 'vitest';
import { MINUTE_MS, plusMs } from '../../core/time.ts';
import { PeriodicLook } from '../../fargate/periodic-look.ts';
import { NOON } from '../core/universe/listings.ts';

/** Looks each minute; a look ends when it is told to. */
function openLook() {
  let now = NOON;
  const ends: ((error?: Error) => void)[] = [];
  const failures: string[] = [];
  const look = new PeriodicLook({
    everyMs: MINUTE_MS,
    clock: { now: () => now, wait: async () => undefined },
    look: () =>
      new Promise<void>((resolve, reject) => {
        ends.push((error) => (error === undefined ? resolve() : reject(error)));
      }),
    failed: (why) => void failures.push(why),
  });
  return {
    look,
    ends,
    failures,
    pass: (ms: number) => {
      now = plusMs(now, ms);
    },
    end: async (error?: Error) => {
      ends.at(-1)?.(error);
      await look.settled();
    },
  };
}

test('the first look is due at once, the next one a while after its beginning', async () => {
  const { look, ends, pass, end } = openLook();
  look.whenDue();
  await end();
  pass(MINUTE_MS - 1);
  look.whenDue();
  expect(ends).toHaveLength(1);
  pass(1);
  look.whenDue();
  expect(ends).toHaveLength(2);
});

test('a look that takes long is not joined by another one', async () => {
  const { look, ends, pass, end } = openLook();
  look.whenDue();
  pass(10 * MINUTE_MS);
  look.whenDue();
  expect(ends).toHaveLength(1);
  await end();
  look.whenDue();
  expect(ends).toHaveLength(2);
});

test('what failed is said and looked for again when the next look is due, not sooner', async () => {
  const { look, ends, failures, pass, end } = openLook();
  look.whenDue();
  await end(new Error('the store does not answer'));
  look.whenDue();
  expect([failures, ends.length]).toEqual([['the store does not answer'], 1]);
  pass(MINUTE_MS);
  look.whenDue();
  await end();
  expect([failures.length, ends.length]).toEqual([1, 2]);
});

test('who looked by other means puts the next look off', () => {
  const { look, ends, pass } = openLook();
  look.looked();
  pass(MINUTE_MS - 1);
  look.whenDue();
  expect(ends).toHaveLength(0);
});

test('is settled when no look is under way', async () => {
  const { look, ends } = openLook();
  await look.settled();
  look.whenDue();
  let isSettled = false;
  const settled = look.settled().then(() => {
    isSettled = true;
  });
  await Promise.resolve();
  expect(isSettled).toBe(false);
  ends[0]?.();
  await settled;
  expect(isSettled).toBe(true);
});
