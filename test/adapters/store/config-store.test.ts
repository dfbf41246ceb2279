import { expect, test } from 'vitest';
import { createConfigStore } from '../../../adapters/store/config-store.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite-store.ts';
import { plusMs } from '../../../core/time.ts';
import { T0 } from '../../support/values.ts';

const first = { hash: 'a1', document: { feed: { id: 'main' }, '': 1 }, pushedAt: T0, pushedBy: 'ann' };
const second = {
  hash: 'b2',
  document: { feed: { id: 'other' } },
  pushedAt: plusMs(T0, 1_000),
  pushedBy: 'bob',
};

test('nothing is in force before the first push', async () => {
  const configs = createConfigStore(openSqliteStore({ path: ':memory:' }));
  expect(await configs.current()).toBeUndefined();
  expect(await configs.currentHash()).toBeUndefined();
  expect(await configs.version('a1')).toBeUndefined();
});

test('the newest push is in force, and every version stays readable', async () => {
  const configs = createConfigStore(openSqliteStore({ path: ':memory:' }));
  await configs.push(first);
  await configs.push(second);
  expect(await configs.current()).toEqual(second);
  expect(await configs.currentHash()).toBe('b2');
  expect(await configs.version('a1')).toEqual(first);
});

test('a version that is pushed again is in force since then, by whoever did it', async () => {
  const configs = createConfigStore(openSqliteStore({ path: ':memory:' }));
  await configs.push(first);
  await configs.push(second);
  const again = { ...first, pushedAt: plusMs(T0, 5_000), pushedBy: 'cat' };
  await configs.push(again);
  expect(await configs.current()).toEqual(again);
  expect(await configs.version('a1')).toEqual(first);
});
