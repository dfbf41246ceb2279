import { expect, test } from 'vitest';
import type { AttributeValue } from '../../../adapters/store/item-store.ts';
import { itemBytes } from '../../../local/cost/item-size.ts';

/** pk and sk with one letter each: 2 + 1 and 2 + 1. */
const KEY_BYTES = 6;

test.each([
  { value: 'abc', bytes: 3 },
  { value: '', bytes: 0 },
  { value: 'é', bytes: 2 },
  { value: true, bytes: 1 },
  { value: null, bytes: 1 },
  { value: 0, bytes: 1 }, // no significant digit
  { value: 7, bytes: 2 }, // one digit, and one byte
  { value: 1_000, bytes: 2 }, // trailing zeros are free
  { value: 1_767_603_601_000, bytes: 6 }, // 1767603601: ten digits
  { value: -12.5, bytes: 4 }, // three digits, one byte, a sign
  { value: [], bytes: 3 },
  { value: ['ab', 7], bytes: 3 + (1 + 2) + (1 + 2) },
  { value: { x: 'ab' }, bytes: 3 + (1 + 1 + 2) },
  { value: [{ x: [true] }], bytes: 3 + 1 + (3 + 1 + 1 + (3 + 1 + 1)) },
] satisfies { value: AttributeValue; bytes: number }[])(
  '$value takes $bytes bytes beside its name',
  ({ value, bytes }) => {
    expect(itemBytes({ pk: 'p', sk: 's', a: value })).toBe(KEY_BYTES + 1 + bytes);
  },
);
