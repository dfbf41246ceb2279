import { expect, test } from 'vitest';
import {
  type AttributeValue,
  type Change,
  type Condition,
  type Item,
  type ItemStore,
  type Key,
  queryAll,
  type Write,
} from '../../adapters/store/item-store.ts';

/** Opens an empty store; the suite closes it. */
export type OpenEmpty = () => Promise<ItemStore>;

export const put = (item: Item, condition: Condition = { kind: 'absent' }): Write => ({
  kind: 'put',
  item,
  condition,
});
export const remove = (key: Key, condition: Condition): Write => ({ kind: 'delete', key, condition });
export const check = (key: Key, condition: Condition): Write => ({ kind: 'check', key, condition });
export const atVersion = (version: number): Condition => ({ kind: 'version', version });
export const absent: Condition = { kind: 'absent' };
const equal = (name: string, equals: string | number | boolean): Condition => ({
  kind: 'attribute',
  name,
  equals,
});

const account = (sk: string, version = 1): Item => ({ pk: 'ACCOUNT#a', sk, version });
const state: Key = { pk: 'ACCOUNT#a', sk: 'STATE' };
const committed = { kind: 'committed' } as const;

/** The law of the port, the same for every driver. */
export function holdsTheLaw(open: OpenEmpty): void {
  const law = (title: string, body: (store: ItemStore) => Promise<void>): void => {
    test(title, async () => {
      const store = await open();
      try {
        await body(store);
      } finally {
        await store.close();
      }
    });
  };

  law('finds nothing where nothing was put', async (store) => {
    expect(await store.get(state)).toBeUndefined();
    expect(await store.query({ pk: 'ACCOUNT#a' })).toEqual({ items: [], next: undefined });
  });

  law('gives back an item with every kind of attribute', async (store) => {
    const item: Item = {
      pk: 'ACCOUNT#ü',
      sk: 'all kinds',
      version: 3,
      text: '',
      quotes: '"\\\u0000\n\u{1F40B}',
      amount: '-12.00000001',
      ratio: 0.1,
      small: 1e-9,
      largest: Number.MAX_SAFE_INTEGER,
      negative: -5,
      zero: 0,
      yes: true,
      no: false,
      nothing: null,
      list: ['a', 1, null, [], {}, [['deep']]],
      map: { a: { b: { 'c d': [{ e: '' }] } }, constructor: 'own' },
      deep: nested(31),
      big: 'x'.repeat(300_000),
    };
    expect(await store.transact([put(item)])).toEqual(committed);
    expect(await store.get(item)).toEqual(item);
    expect((await store.query({ pk: item.pk })).items).toEqual([item]);
  });

  law('replaces an item whole, without attributes of the one before', async (store) => {
    await store.transact([put({ ...account('STATE', 1), old: 'gone' })]);
    await store.transact([put({ ...account('STATE', 2), fresh: 'here' }, atVersion(1))]);
    expect(await store.get(state)).toEqual({ ...account('STATE', 2), fresh: 'here' });
  });

  const there: Item = { ...account('STATE', 4), mode: 'active', armed: true, count: 7, note: null };
  test.each<{ condition: Condition; onItem: boolean; onNothing: boolean }>([
    { condition: absent, onItem: false, onNothing: true },
    { condition: atVersion(4), onItem: true, onNothing: false },
    { condition: atVersion(5), onItem: false, onNothing: false },
    { condition: equal('mode', 'active'), onItem: true, onNothing: false },
    { condition: equal('mode', 'halted'), onItem: false, onNothing: false },
    { condition: equal('mode', ''), onItem: false, onNothing: false },
    { condition: equal('armed', true), onItem: true, onNothing: false },
    { condition: equal('armed', false), onItem: false, onNothing: false },
    { condition: equal('count', 7), onItem: true, onNothing: false },
    { condition: equal('count', '7'), onItem: false, onNothing: false },
    { condition: equal('sk', 'STATE'), onItem: true, onNothing: false },
    { condition: equal('note', 'null'), onItem: false, onNothing: false },
    { condition: equal('missing', 'x'), onItem: false, onNothing: false },
    { condition: equal('constructor', 'x'), onItem: false, onNothing: false },
  ])('judges $condition the same on puts, deletes and checks', async ({ condition, onItem, onNothing }) => {
    const writes = [put(account('STATE', 9), condition), remove(state, condition), check(state, condition)];
    for (const write of writes) {
      const store = await open();
      const before = await store.transact([write]);
      expect(before).toEqual(
        onNothing ? committed : { kind: 'conflict', key: state, condition, found: undefined },
      );
      const cleared = await store.get(state);
      await store.transact([cleared ? put(there, atVersion(9)) : put(there)]);
      const after = await store.transact([write]);
      expect(after).toEqual(onItem ? committed : { kind: 'conflict', key: state, condition, found: there });
      await store.close();
    }
  });

  law('writes nothing when one condition of many fails', async (store) => {
    await store.transact([put(account('A')), put(account('B'))]);
    const result = await store.transact([
      put(account('A', 2), atVersion(1)),
      remove(account('B'), atVersion(1)),
      put(account('C')),
      check(account('D'), atVersion(1)),
    ]);
    expect(result).toEqual({
      kind: 'conflict',
      key: { pk: 'ACCOUNT#a', sk: 'D' },
      condition: atVersion(1),
      found: undefined,
    });
    expect((await store.query({ pk: 'ACCOUNT#a' })).items).toEqual([account('A'), account('B')]);
    expect((await store.changes(undefined, 100)).changes).toHaveLength(2);
  });

  law('names the first write in the order given whose condition failed, and what is there', async (store) => {
    await store.transact([put(account('A')), put(account('Z', 7))]);
    expect(
      await store.transact([put(account('M')), put(account('Z', 8), atVersion(6)), put(account('A'))]),
    ).toEqual({
      kind: 'conflict',
      key: { pk: 'ACCOUNT#a', sk: 'Z' },
      condition: atVersion(6),
      found: account('Z', 7),
    });
  });

  law('commits an empty transaction', async (store) => {
    expect(await store.transact([])).toEqual(committed);
  });

  law('commits a hundred writes and refuses one more', async (store) => {
    const writes = Array.from({ length: 101 }, (_, n) => put(account(`N${n}`)));
    await expect(store.transact(writes)).rejects.toThrow(RangeError);
    expect(await store.transact(writes.slice(1))).toEqual(committed);
  });

  test.each<{ title: string; writes: readonly Write[] }>([
    { title: 'two writes on one key', writes: [put(account('A')), check(account('A'), absent)] },
    { title: 'an empty sort key', writes: [put({ pk: 'a', sk: '' })] },
    { title: 'an empty partition key', writes: [put({ pk: '', sk: 'a' })] },
    { title: 'a sort key above 1,024 bytes', writes: [put({ pk: 'a', sk: 'ü'.repeat(513) })] },
    { title: 'a partition key above 2,048 bytes', writes: [put({ pk: 'ü'.repeat(1_025), sk: 'a' })] },
    { title: 'half of a surrogate pair in a key', writes: [put({ pk: 'a', sk: 'x\ud800' })] },
    { title: 'half of a surrogate pair in a text', writes: [put({ pk: 'a', sk: 'b', text: '\udc00' })] },
    { title: 'a number that is none', writes: [put({ pk: 'a', sk: 'b', n: Number.NaN })] },
    { title: 'a number beyond exact integers', writes: [put({ pk: 'a', sk: 'b', n: 2 ** 53 })] },
    { title: 'a number too small for both', writes: [put({ pk: 'a', sk: 'b', n: 1e-200 })] },
    { title: 'an attribute without a name', writes: [put({ pk: 'a', sk: 'b', map: { '': 1 } })] },
    { title: 'what is nested above 32 deep', writes: [put({ pk: 'a', sk: 'b', deep: nested(33) })] },
    { title: 'an item above 400 KB', writes: [put({ pk: 'a', sk: 'b', text: 'x'.repeat(410_000) })] },
    {
      title: 'a transaction above 4 MB',
      writes: Array.from({ length: 11 }, (_, n) => put({ pk: 'a', sk: `${n}`, text: 'x'.repeat(400_000) })),
    },
  ])('refuses $title before anything is written', async ({ writes }) => {
    const store = await open();
    const first = put({ pk: 'FIRST', sk: 'FIRST' });
    await expect(store.transact([first, ...writes])).rejects.toThrow(RangeError);
    expect(await store.get({ pk: 'FIRST', sk: 'FIRST' })).toBeUndefined();
    await store.close();
  });

  // In UTF-8 byte order; U+10000 sorts behind U+FFFD although its UTF-16 units sort before.
  const sorted = [
    '!',
    '%',
    'A',
    'A#1',
    'A#10',
    'A#2',
    'AB',
    'A_',
    'a',
    'z',
    'é',
    '\u{d7ff}',
    '\u{fffd}',
    '\u{10000}',
    '\u{10ffff}',
  ];

  law('sorts by the UTF-8 bytes of the sort key, both ways, and keeps partitions apart', async (store) => {
    await store.transact(sorted.toReversed().map((sk) => put(account(sk))));
    await store.transact([put({ pk: 'ACCOUNT#b', sk: 'A' })]);
    const up = await store.query({ pk: 'ACCOUNT#a' });
    expect(up.items.map((item) => item.sk)).toEqual(sorted);
    const down = await store.query({ pk: 'ACCOUNT#a', descending: true });
    expect(down.items.map((item) => item.sk)).toEqual(sorted.toReversed());
  });

  test.each<{ query: { prefix?: string; from?: string; to?: string }; finds: readonly string[] }>([
    { query: { prefix: 'A#' }, finds: ['A#1', 'A#10', 'A#2'] },
    { query: { prefix: 'A_' }, finds: ['A_'] },
    { query: { prefix: '%' }, finds: ['%'] },
    { query: { prefix: 'A#1' }, finds: ['A#1', 'A#10'] },
    { query: { prefix: '' }, finds: sorted },
    { query: { prefix: '\u{d7ff}' }, finds: ['\u{d7ff}'] },
    { query: { prefix: '\u{10ffff}' }, finds: ['\u{10ffff}'] },
    { query: { prefix: 'nothing' }, finds: [] },
    { query: { from: 'A#1', to: 'A#2' }, finds: ['A#1', 'A#10', 'A#2'] },
    { query: { from: '\u{fffd}' }, finds: ['\u{fffd}', '\u{10000}', '\u{10ffff}'] },
    { query: { to: 'A' }, finds: ['!', '%', 'A'] },
    { query: { from: '', to: 'A' }, finds: ['!', '%', 'A'] },
    { query: { from: 'A', to: '' }, finds: [] },
    { query: { from: 'z', to: 'A' }, finds: [] },
    { query: { from: 'A', to: 'A' }, finds: ['A'] },
  ])('finds $finds for $query, at once and page by page', async ({ query, finds }) => {
    const store = await open();
    await store.transact(sorted.map((sk) => put(account(sk))));
    for (const descending of [false, true]) {
      const expected = descending ? finds.toReversed() : finds;
      const whole = await store.query({ pk: 'ACCOUNT#a', ...query, descending });
      expect(whole).toEqual({ items: expected.map((sk) => account(sk)), next: undefined });
      const pages: string[] = [];
      for await (const item of queryAll(store, { pk: 'ACCOUNT#a', ...query, descending, limit: 2 })) {
        pages.push(item.sk);
      }
      expect(pages).toEqual(expected);
    }
    await store.close();
  });

  law('says on the last page that it is the last, even when it is full', async (store) => {
    await store.transact(['A', 'B', 'C', 'D'].map((sk) => put(account(sk))));
    const first = await store.query({ pk: 'ACCOUNT#a', limit: 2 });
    expect(first.next).toBe('B');
    const second = await store.query({ pk: 'ACCOUNT#a', limit: 2, after: 'B' });
    expect(second).toEqual({ items: [account('C'), account('D')], next: undefined });
  });

  law('pages through more than a page holds, losing and repeating nothing', async (store) => {
    const keys = Array.from({ length: 250 }, (_, n) => `N${String(n).padStart(4, '0')}`);
    for (let n = 0; n < keys.length; n += 50) {
      const part = keys.slice(n, n + 50);
      await store.transact(part.map((sk) => put({ ...account(sk), text: 'x'.repeat(10_000) })));
    }
    expect((await store.query({ pk: 'ACCOUNT#a' })).next).toBeDefined();
    const seen: string[] = [];
    for await (const item of queryAll(store, { pk: 'ACCOUNT#a' })) seen.push(item.sk);
    expect(seen).toEqual(keys);
  });

  test.each([0, -1, 1.5, Number.NaN])('refuses %d as a limit', async (limit) => {
    const store = await open();
    await expect(store.query({ pk: 'a', limit })).rejects.toThrow(RangeError);
    await expect(store.changes(undefined, limit)).rejects.toThrow(RangeError);
    await store.close();
  });

  law('refuses a prefix together with bounds, and a position of no store', async (store) => {
    await expect(store.query({ pk: 'a', prefix: 'x', from: 'x' })).rejects.toThrow(RangeError);
    await expect(store.changes('no position', 1)).rejects.toThrow(RangeError);
  });

  law('tells committed images in order, and goes on from any of their positions', async (store) => {
    const one = account('STATE', 1);
    const two = account('STATE', 2);
    const other = account('OTHER');
    await store.transact([put(one)]);
    await store.transact([put(account('STATE', 9))]); // a conflict: no image
    await store.transact([put(two, atVersion(1)), check(other, absent)]); // a check: no image
    await store.transact([remove(other, absent)]); // deletes nothing: no image
    await store.transact([put(other)]);
    await store.transact([remove(state, atVersion(2))]);
    const images = [
      { key: state, before: undefined, after: one },
      { key: state, before: one, after: two },
      { key: { pk: 'ACCOUNT#a', sk: 'OTHER' }, before: undefined, after: other },
      { key: state, before: two, after: undefined },
    ];
    const all = await store.changes(undefined, 100);
    expect(all.changes.map(imagesOf)).toEqual(images);
    for (const [index, change] of all.changes.entries()) {
      const rest = await store.changes(change.position, 100);
      expect(rest.changes.map(imagesOf)).toEqual(images.slice(index + 1));
    }
    const firstTwo = await store.changes(undefined, 2);
    expect(firstTwo.changes.map(imagesOf)).toEqual(images.slice(0, 2));
    expect((await store.changes(firstTwo.position, 100)).changes.map(imagesOf)).toEqual(images.slice(2));
    expect(await store.changes(all.position, 100)).toEqual({ changes: [], position: all.position });
  });

  law('begins an empty store at a position from which everything later is told', async (store) => {
    const start = await store.changes(undefined, 10);
    expect(start.changes).toEqual([]);
    await store.transact([put(account('STATE'))]);
    expect((await store.changes(start.position, 10)).changes.map(({ after }) => after)).toEqual([
      account('STATE'),
    ]);
  });
}

/** A list in a list in a list. */
function nested(depth: number): AttributeValue {
  return depth === 0 ? [] : [nested(depth - 1)];
}

/** Part of the law on its own, for the sake of a test server that does not keep it. */
export async function tellsPrefixesApartByCase(open: OpenEmpty): Promise<void> {
  const store = await open();
  await store.transact(['A', 'AB', 'a', 'ab'].map((sk) => put(account(sk))));
  const { items } = await store.query({ pk: 'ACCOUNT#a', prefix: 'A' });
  await store.close();
  expect(items.map((item) => item.sk)).toEqual(['A', 'AB']);
}

function imagesOf({ key, before, after }: Change): Omit<Change, 'position'> {
  return { key, before, after };
}
