import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { checked, listOf, parseJson, Unreadable } from '../../../adapters/venues/json-fields.ts';

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

test.each([
  { what: 'lists', part: '[],', most: 299_999 },
  { what: 'objects', part: '{},', most: 300_000 },
  { what: 'nested lists', part: '[[[]]],', most: 99_999 },
  { what: 'values', part: '0,', most: 3_000_000 },
])('a text of more $what than anybody sends is not read', ({ part, most }) => {
  const text = (count: number): string => `[${part.repeat(count)}0${' '.repeat(1 << 20)}]`;
  expect(parseJson(text(most))).toHaveLength(most + 1);
  expect(parseJson(text(most + 1))).toBeUndefined();
});

test('a text of more names than anybody sends is not read', () => {
  const text = (count: number): string => `{${'"a":0,'.repeat(count)}"b":0${' '.repeat(1 << 20)}}`;
  expect(parseJson(text(1_499_999))).toEqual({ a: 0, b: 0 });
  expect(parseJson(text(1_500_000))).toBeUndefined();
});

test('a picture of the deepest book that is kept is read', () => {
  const level = {
    side: 'offer',
    event_time: '1970-01-01T00:00:00Z',
    price_level: '100000.01',
    new_quantity: '0.1',
  };
  const text = JSON.stringify({ events: [{ updates: Array(200_000).fill(level) }] });
  expect(text.length).toBeGreaterThan(20e6);
  expect(parseJson(text)).toMatchObject({ events: [{ updates: { length: 200_000 } }] });
});
