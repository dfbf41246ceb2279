import { expect, test } from 'vitest';
import { JUMP_MS, ReceiveStamps } from '../../../../adapters/venues/session/receive-stamps.ts';
import { epochMs } from '../../../../core/time.ts';

/** Stamps of a clock that shows these moments one after the other. */
function stampsOf(moments: readonly number[], news: { jumped?: (stamps: ReceiveStamps) => void } = {}) {
  const told: string[] = [];
  const left = [...moments];
  const stamps: ReceiveStamps = new ReceiveStamps(
    { now: () => epochMs(left.shift() ?? -1), after: () => () => undefined },
    {
      setBack: (byMs) => told.push(`back ${byMs}`),
      jumped: (byMs) => {
        told.push(`jump ${byMs}`);
        news.jumped?.(stamps);
      },
    },
  );
  return { told, stamps, all: () => moments.map(() => stamps.now()) };
}

test('stamps follow the clock, and stand still while it catches up after it was set back', () => {
  const { all, told } = stampsOf([100, 105, 90, 95, 105, 106, 101]);
  expect(all()).toEqual([100, 105, 105, 105, 105, 106, 106]);
  // Each step is told once, not each stamp that it holds.
  expect(told).toEqual(['back 15', 'back 5']);
});

test('tells when nobody looked at the clock for too long', () => {
  const { all, told } = stampsOf([0, JUMP_MS, 2 * JUMP_MS + 1]);
  expect(all()).toEqual([0, JUMP_MS, 2 * JUMP_MS + 1]);
  expect(told).toEqual([`jump ${JUMP_MS + 1}`]);
});

test('what is stamped because of a jump is stamped before it', () => {
  const within: number[] = [];
  const { stamps, told } = stampsOf([10, 90_000, 90_001], {
    jumped: (one) => within.push(one.now(), one.now()),
  });
  expect([stamps.now(), stamps.now(), stamps.now()]).toEqual([10, 90_000, 90_001]);
  expect({ within, told }).toEqual({ within: [10, 10], told: ['jump 89990'] });
});
