import { expect, test } from 'vitest';
import { epochMs } from '../../core/time.ts';
import { eventsOf } from '../support/desk.ts';
import { seeded } from '../support/random.ts';
import { syntheticMarket } from '../support/synthetic-market.ts';
import { COIN, T0 } from '../support/values.ts';
import { VirtualTime } from '../support/virtual-time.ts';
import type { BusFaults } from './chaos.ts';
import { chaosOf } from './chaos.ts';
import { Counts } from './counts.ts';
import type { Invocation } from './invocation.ts';
import { SimulatedBus } from './simulated-bus.ts';

const [WINDOW] = eventsOf(syntheticMarket(1, 1, [COIN]));
if (!WINDOW) throw new Error('a market has windows');
const CHANGED = {
  type: 'mode.changed',
  version: 1,
  id: 'mode.changed/2',
  at: T0,
  was: 'active',
  mode: { mode: 'halted', version: 2, cause: 'person', reason: '', author: '', changedAt: T0, until: null },
} as const;

type Handle = (name: string, invocation: Invocation) => Promise<void>;

/** A bus whose hand-offs take nothing, and when each function ran, in milliseconds since the beginning. */
function openBus(faults: Partial<BusFaults>, handle: Handle) {
  const time = new VirtualTime(epochMs(0));
  const counts = new Counts();
  const ran: string[] = [];
  const bus = new SimulatedBus({
    time,
    faults: { ...chaosOf({}).bus, base: 0, jitter: 0, ...faults },
    random: seeded(1),
    counts,
    handle: async (name, _event, invocation) => {
      ran.push(`${name}@${time.now()}`);
      await handle(name, invocation);
    },
  });
  return { bus, time, counts, ran };
}
const failing: Handle = async () => {
  throw new Error('it cannot');
};

test('a function that fails is tried again after one and two minutes and is then a dead letter', async () => {
  const { bus, time, ran, counts } = openBus({}, failing);
  await bus.publish([CHANGED]);
  await time.run();
  expect(ran).toEqual(['alerts@0', 'alerts@60000', 'alerts@180000']);
  expect(bus.deadLetters).toMatchObject([
    { function: 'alerts', about: 'mode.changed/2', reason: 'it cannot', attempts: 3, at: 180_000 },
  ]);
  expect(counts.of('bus.deadLetter')).toBe(1);
});

test('an event older than its function allows is not tried again', async () => {
  const { bus, time, ran } = openBus({ eventAgeMs: 60_000 }, failing);
  await bus.publish([WINDOW]);
  await time.run();
  expect(ran).toEqual(['fills@0', 'signals@0']);
  expect(bus.deadLetters.map((one) => [one.function, one.reason, one.attempts])).toEqual([
    ['fills', 'it cannot; too old to try again', 1],
    ['signals', 'it cannot; too old to try again', 1],
  ]);
});

test('a dead letter that is redriven is done, and is one no more', async () => {
  let works = false;
  const { bus, time, ran } = openBus({}, async () => {
    if (!works) throw new Error('it cannot');
  });
  await bus.publish([WINDOW]);
  await time.run();
  works = true;
  expect(bus.redrive()).toBe(2);
  await time.run();
  expect(bus.deadLetters).toEqual([]);
  expect(ran).toHaveLength(4);
});

test('what is dropped is never handed over, and listed', async () => {
  const { bus, time, ran } = openBus({ drop: 1 }, async () => {});
  await bus.publish([WINDOW]);
  await time.run();
  expect(ran).toEqual([]);
  expect(bus.deadLetters.map((one) => one.reason)).toEqual(Array(2).fill('it was never handed over'));
});

test('an invocation that ends without a word is tried again', async () => {
  let tries = 0;
  const { bus, time } = openBus({ eventAgeMs: 300_000 }, async (_name, invocation) => {
    tries += 1;
    if (tries <= 2) await invocation.kill();
  });
  await bus.publish([WINDOW]);
  await time.run();
  expect(tries).toBe(4);
  expect(bus.deadLetters).toEqual([]);
});

test.each([
  { fault: 'duplicate', times: 2 },
  { fault: 'flood', times: 101 },
])('a $fault is handed over $times times', async ({ fault, times }) => {
  const { bus, time, ran } = openBus({ [fault]: 1 }, async () => {});
  await bus.publish([CHANGED]);
  await time.run();
  expect(ran).toHaveLength(times);
});

test('a publication that fails has taken none, some or all of its events', async () => {
  const taken = new Set<number>();
  const { bus } = openBus({ unpublished: 1 }, async () => {});
  for (let n = 0; n < 30; n++) {
    const before = bus.taken.length;
    await expect(bus.publish([CHANGED, WINDOW])).rejects.toThrow('the bus did not answer');
    taken.add(bus.taken.length - before);
  }
  expect([...taken].sort((a, b) => a - b)).toEqual([0, 1, 2]);
});
