import { expect, test } from 'vitest';
import { createAsideStore } from '../../../adapters/store/aside-store.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite-store.ts';
import type { AsideRecord } from '../../../core/ports.ts';
import { plusMs } from '../../../core/time.ts';
import { T0 } from '../../support/values.ts';

const record = (some: Partial<AsideRecord> = {}): AsideRecord => ({
  id: 'e1',
  function: 'fills',
  reason: 'version: unknown',
  text: '{}',
  at: T0,
  ...some,
});
const openAside = () => createAsideStore(openSqliteStore({ path: ':memory:' }));

test('lists what was put aside, the newest first', async () => {
  const aside = openAside();
  for (const n of [1, 3, 2]) await aside.put(record({ id: `e${n}`, at: plusMs(T0, n) }));
  expect((await aside.list(2)).map((one) => one.id)).toEqual(['e3', 'e2']);
});

test('the same thing put aside twice is one record', async () => {
  const aside = openAside();
  for (const reason of ['first', 'second']) await aside.put(record({ reason }));
  expect(await aside.list(10)).toEqual([record({ reason: 'first' })]);
});

test('a text that no item holds is cut to what one does', async () => {
  const aside = openAside();
  await aside.put(record({ text: 'x'.repeat(500_000), reason: 'y'.repeat(10_000) }));
  const [kept] = await aside.list(1);
  expect([kept?.text.length, kept?.reason.length]).toEqual([100_000, 2_000]);
});

test.each([
  ['an id longer than a key may be', { id: `order/${'x'.repeat(5_000)}` }],
  ['an id of characters that take four bytes each', { id: '😀'.repeat(400) }],
  ['half a surrogate pair in the id', { id: 'e\ud83d' }],
  ['half a surrogate pair in the text', { text: 'broken \ud83d here' }],
  ['a character that the cut goes through', { text: `${'x'.repeat(99_999)}😀` }],
  ['half a surrogate pair in the reason', { reason: 'broken \udc00' }],
])('%s is kept all the same', async (_, some) => {
  const aside = openAside();
  await aside.put(record(some));
  expect(await aside.list(10)).toHaveLength(1);
});

test('two long ids that begin alike are two records', async () => {
  const aside = openAside();
  for (const end of ['a', 'b']) await aside.put(record({ id: `${'x'.repeat(2_000)}${end}` }));
  expect(await aside.list(10)).toHaveLength(2);
});
