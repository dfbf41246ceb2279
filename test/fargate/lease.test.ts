import { expect, test } from 'vitest';
import { type ItemStore, StoreError } from '../../adapters/store/item-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { feedId } from '../../core/market/window.ts';
import type { Clock } from '../../core/ports.ts';
import { epochMs } from '../../core/time.ts';
import { acquireLease, LEASE_MS, type Lease } from '../../fargate/lease.ts';

const FEED = feedId('main');

function world() {
  let now = 1_700_000_000_000;
  const clock: Clock = { now: () => epochMs(now), wait: async () => undefined };
  const store = openSqliteStore({ path: ':memory:' });
  return {
    clock,
    store,
    pass: (ms: number) => {
      now += ms;
    },
    acquire: (owner: string, from: ItemStore = store) =>
      acquireLease({ store: from, feedId: FEED, owner, clock }),
  };
}

function held(result: Awaited<ReturnType<typeof acquireLease>>): Lease {
  if (result.kind !== 'acquired') throw new Error('the lease was not acquired');
  return result.lease;
}

test('the first owner gets epoch 1, and another is told who holds it until when', async () => {
  const { acquire, clock } = world();
  expect(held(await acquire('a')).epoch).toBe(1);
  expect(await acquire('b')).toEqual({ kind: 'held', owner: 'a', until: clock.now() + LEASE_MS });
});

test('each acquisition raises the epoch: after a release, after an owner fell silent, and by the same owner', async () => {
  const { acquire, pass } = world();
  await held(await acquire('a')).release('stopped', null);
  expect(held(await acquire('b')).epoch).toBe(2);
  pass(LEASE_MS);
  expect(held(await acquire('c')).epoch).toBe(3);
  expect(held(await acquire('c')).epoch).toBe(4);
});

test('an owner that keeps the lease holds it past its first fifteen seconds', async () => {
  const { acquire, pass } = world();
  const lease = held(await acquire('a'));
  for (let n = 0; n < 10; n += 1) {
    pass(4_000);
    expect(await lease.keep(null)).toBe('held');
    expect(await acquire('b')).toMatchObject({ kind: 'held', owner: 'a' });
  }
});

test('an owner that slept while another took over has lost it, and cannot take it away by releasing', async () => {
  const { acquire, pass } = world();
  const slow = held(await acquire('a'));
  pass(LEASE_MS + 1);
  const next = held(await acquire('b'));
  expect(await slow.keep(null)).toBe('lost');
  await slow.release('stopped', null);
  pass(6_000);
  expect(await next.keep(null)).toBe('held');
  expect(await slow.keep(null)).toBe('lost');
  expect(await acquire('c')).toMatchObject({ kind: 'held', owner: 'b' });
});

test('an owner that slept is still the owner when nobody came', async () => {
  const { acquire, pass } = world();
  const lease = held(await acquire('a'));
  pass(LEASE_MS * 10);
  expect(await lease.keep(null)).toBe('held');
  expect(await acquire('b')).toMatchObject({ kind: 'held', owner: 'a' });
});

test('of two that start at the same instant one gets it', async () => {
  const { store, acquire } = world();
  let other: Promise<unknown> | undefined;
  const raced: ItemStore = {
    ...store,
    get: (key) => store.get(key),
    transact: async (writes) => {
      other ??= acquire('b');
      await other;
      return store.transact(writes);
    },
  };
  expect(await acquire('a', raced)).toMatchObject({ kind: 'held', owner: 'b' });
  expect(await other).toMatchObject({ kind: 'acquired', lease: { epoch: 1 } });
});

test('a store that does not answer costs the lease only once its time has passed', async () => {
  const { store, acquire, pass } = world();
  let isDown = false;
  const shaky: ItemStore = {
    ...store,
    get: (key) => store.get(key),
    transact: (writes) =>
      isDown ? Promise.reject(new StoreError('unavailable', 'no answer')) : store.transact(writes),
  };
  const lease = held(await acquire('a', shaky));
  isDown = true;
  pass(6_000);
  expect(await lease.keep(null)).toBe('held');
  pass(10_000);
  await expect(lease.keep(null)).rejects.toThrow('no answer');
});
