import fc from 'fast-check';
import { expect, test } from 'vitest';
import { epochMs } from '../../../core/time.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';

const START = 1_000;

/** Timers that write down what goes off, and when. */
function logged() {
  const timers = new VirtualTimers(epochMs(START));
  const log: string[] = [];
  const set = (ms: number, name: string): (() => void) =>
    timers.after(ms, () => log.push(`${name}@${timers.now() - START}`));
  return { timers, log, set };
}

test('lets alarms go off by their moments, and at one moment in the order in which they were set', () => {
  const { timers, log, set } = logged();
  set(20, 'c');
  set(10, 'a');
  set(20, 'd');
  set(10, 'b');
  timers.runUntil(epochMs(START + 15));
  expect({ log: [...log], now: timers.now() }).toEqual({ log: ['a@10', 'b@10'], now: START + 15 });
  timers.runUntil(epochMs(START + 30));
  expect(log).toEqual(['a@10', 'b@10', 'c@20', 'd@20']);
});

test('lets an alarm that another one sets within the time go off too', () => {
  const { timers, log, set } = logged();
  timers.after(10, () => set(5, 'later'));
  timers.runUntil(epochMs(START + 20));
  expect(log).toEqual(['later@15']);
});

test('an alarm without delay goes off after those already set for now, never within the call', () => {
  const { timers, log, set } = logged();
  set(0, 'a');
  timers.after(0, () => {
    set(0, 'c');
    log.push('b');
  });
  set(-5, 'past');
  timers.runUntil(epochMs(START));
  expect(log).toEqual(['a@0', 'b', 'past@0', 'c@0']);
});

test('an alarm taken off stays silent, also when it is taken off twice or after it went off', () => {
  const { timers, log, set } = logged();
  const off = set(10, 'a');
  const late = set(5, 'b');
  off();
  off();
  timers.runUntil(epochMs(START + 20));
  late();
  expect({ log, next: timers.nextAt() }).toEqual({ log: ['b@5'], next: null });
});

test('tells the next moment, and steps to it', () => {
  const { timers, log, set } = logged();
  set(10, 'gone')();
  set(30, 'a');
  expect(timers.nextAt()).toBe(START + 30);
  expect([timers.runNext(), timers.now(), timers.runNext()]).toEqual([true, START + 30, false]);
  expect(log).toEqual(['a@30']);
});

test('never goes back, and refuses an alarm without a moment', () => {
  const { timers } = logged();
  timers.runUntil(epochMs(START + 10));
  timers.runUntil(epochMs(START));
  expect(timers.now()).toBe(START + 10);
  expect(() => timers.after(Number.NaN, () => undefined)).toThrow(
    'an alarm needs a moment, not NaN ms from now',
  );
});

test('what an alarm throws comes out, and the others still go off', () => {
  const { timers, log, set } = logged();
  timers.after(1, () => {
    throw new Error('broken');
  });
  set(2, 'a');
  expect(() => timers.runUntil(epochMs(START + 5))).toThrow('broken');
  timers.runUntil(epochMs(START + 5));
  expect(log).toEqual(['a@2']);
});

test('however many are set and taken off, what is left goes off as if sorted', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(500), fc.boolean()), { maxLength: 4_000 }), (alarms) => {
      const { timers, log, set } = logged();
      const offs = alarms.map(([ms], n) => set(ms, `${n}`));
      for (const [n, [, isKept]] of alarms.entries()) if (!isKept) offs[n]?.();
      timers.runUntil(epochMs(START + 500));
      const kept = alarms.map(([ms, isKept], n) => ({ ms, isKept, n })).filter(({ isKept }) => isKept);
      expect(log).toEqual(kept.sort((a, b) => a.ms - b.ms || a.n - b.n).map(({ ms, n }) => `${n}@${ms}`));
    }),
    { seed: 7, numRuns: 40 },
  );
});
