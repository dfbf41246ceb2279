import type { AttributeValue, Item } from '../../adapters/store/item-store.ts';

/** DynamoDB's overhead of a list or map, and of each element in it. */
const CONTAINER_BYTES = 3;
const ELEMENT_BYTES = 1;

/** Bytes that DynamoDB bills for an item: attribute names and values, by the rules of its developer guide. */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce(
    (total, [name, value]) => total + textBytes(name) + valueBytes(value),
    0,
  );
}

function valueBytes(value: AttributeValue): number {
  if (typeof value === 'string') return textBytes(value);
  if (typeof value === 'number') return numberBytes(value);
  if (value === null || typeof value === 'boolean') return 1;
  if (isList(value))
    return value.reduce<number>((total, one) => total + ELEMENT_BYTES + valueBytes(one), CONTAINER_BYTES);
  return Object.entries(value).reduce(
    (total, [name, one]) => total + ELEMENT_BYTES + textBytes(name) + valueBytes(one),
    CONTAINER_BYTES,
  );
}

const textBytes = (text: string): number => Buffer.byteLength(text);

/** One byte, and one for every two significant digits; leading and trailing zeros are free. */
function numberBytes(value: number): number {
  const digits = (value.toExponential().split('e')[0] ?? '').replace(/[-.]/g, '').replace(/0+$/, '');
  return 1 + Math.ceil(digits.length / 2) + (value < 0 ? 1 : 0);
}

const isList = (value: AttributeValue): value is readonly AttributeValue[] => Array.isArray(value);
