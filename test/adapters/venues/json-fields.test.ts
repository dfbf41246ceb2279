import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { checked, listOf, Unreadable } from '../../../adapters/venues/json-fields.ts';

const level = z.tuple([z.string(), z.string()], z.unknown());
const book = z.object({ bids: z.nullish(listOf(level)) });

test.each([
  {
    value: {
      bids: [
        ['1', '2'],
        ['3', '4', 5],
      ],
    },
    read: {
      bids: [
        ['1', '2'],
        ['3', '4', 5],
      ],
    },
  },
  { value: { bids: [] }, read: { bids: [] } },
  { value: { bids: null }, read: { bids: null } },
  { value: {}, read: {} },
])('a list is read as an array is: $value', ({ value, read }) => {
  expect(checked(book, value)).toEqual(read);
});

test.each([
  { bids: 7, detail: 'bids: ' },
  { bids: [['1', '2'], 0], detail: 'bids.1: ' },
  { bids: [['1', '2'], ['1', 2], 0], detail: 'bids.1.1: ' },
])('a bad element is named, the first one: $detail', ({ bids, detail }) => {
  const read = checked(book, { bids });
  expect(read instanceof Unreadable && read.detail.startsWith(detail), JSON.stringify(read)).toBe(true);
});

test('what stands behind a bad element is not looked at, however much it is', () => {
  let looks = 0;
  const item = z.custom(() => {
    looks += 1;
    return looks < 3;
  });
  expect(checked(listOf(item), Array(1_000_000).fill(0))).toBeInstanceOf(Unreadable);
  expect(looks).toBe(3);
});
