import type { AttributeValue, Condition, Item, Key, Query, Write } from './item-store.ts';
import { WRITES_MAX } from './item-store.ts';

/** DynamoDB's limits; both drivers refuse what is larger, so that what works embedded works in the cloud. */
export const ITEM_BYTES_MAX = 400 * 1024;
export const TRANSACTION_BYTES_MAX = 4 * 1024 * 1024;
const PK_BYTES_MAX = 2_048;
const SK_BYTES_MAX = 1_024;
const DEPTH_MAX = 32;

// The most that DynamoDB counts for a number, and its overhead per list or map and per element: what we admit, it admits.
const NUMBER_BYTES = 21;
const CONTAINER_BYTES = 3;
const NUMBER_MAGNITUDE_MIN = 1e-130;

/** Throws a RangeError for writes that one of the drivers could not store exactly as given; nothing is written then. */
export function checkWrites(writes: readonly Write[]): void {
  if (writes.length > WRITES_MAX) {
    throw new RangeError(`a transaction has ${writes.length} writes; the most is ${WRITES_MAX}`);
  }
  const seen = new Set<string>();
  let bytes = 0;
  for (const write of writes) {
    const key = writeKey(write);
    checkKey(key);
    checkCondition(write.condition);
    const id = JSON.stringify([key.pk, key.sk]);
    if (seen.has(id)) throw new RangeError(`a transaction writes ${describeKey(key)} twice`);
    seen.add(id);
    if (write.kind === 'put') bytes += itemBytes(write.item);
  }
  if (bytes > TRANSACTION_BYTES_MAX) {
    throw new RangeError(`a transaction has ${bytes} bytes; the most is ${TRANSACTION_BYTES_MAX}`);
  }
}

/** Throws a RangeError for a key that is empty, too long or not well-formed Unicode. */
export function checkKey(key: Key): void {
  checkKeyPart('pk', key.pk, PK_BYTES_MAX);
  checkKeyPart('sk', key.sk, SK_BYTES_MAX);
}

/** Throws a RangeError for a query that the port does not know. */
export function checkQuery(query: Query): void {
  checkKeyPart('pk', query.pk, PK_BYTES_MAX);
  if (query.limit !== undefined) checkLimit(query.limit);
  if (query.prefix !== undefined && (query.from !== undefined || query.to !== undefined)) {
    throw new RangeError('a query has either a prefix or from/to, not both');
  }
}

/** Throws a RangeError unless `limit` is a whole number above zero. */
export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new RangeError(`${limit} is not a limit`);
}

/** The key that a write is about. */
export function writeKey(write: Write): Key {
  return write.kind === 'put' ? write.item : write.key;
}

/** A key for people: `ACCOUNT#main / STATE`. */
export function describeKey(key: Key): string {
  return `${key.pk} / ${key.sk}`;
}

function checkKeyPart(name: 'pk' | 'sk', text: string, bytesMax: number): void {
  if (typeof text !== 'string' || text === '') throw new RangeError(`a key needs a ${name}`);
  textBytes(text, name);
  if (Buffer.byteLength(text) > bytesMax) {
    throw new RangeError(`${name} ${text.slice(0, 40)}... has more than ${bytesMax} bytes`);
  }
}

function checkCondition(condition: Condition): void {
  if (condition.kind === 'version') valueBytes(condition.version, 'version', 1);
  if (condition.kind === 'attribute') valueBytes(condition.equals, condition.name, 1);
}

function itemBytes(item: Item): number {
  const bytes = mapBytes(item, '', 0);
  if (bytes > ITEM_BYTES_MAX) {
    throw new RangeError(`item ${describeKey(item)} has ${bytes} bytes; the most is ${ITEM_BYTES_MAX}`);
  }
  return bytes;
}

function mapBytes(map: { readonly [name: string]: AttributeValue }, path: string, depth: number): number {
  let bytes = 0;
  for (const name of Object.keys(map)) {
    const place = path === '' ? name : `${path}.${name}`;
    // `__proto__` would be taken for the prototype when the item is rebuilt as an object.
    if (name === '' || name === '__proto__') throw new RangeError(`"${name}" cannot name an attribute`);
    bytes += textBytes(name, place) + valueBytes(map[name], place, depth + 1) + 1;
  }
  return bytes;
}

function valueBytes(value: AttributeValue | undefined, path: string, depth: number): number {
  if (typeof value === 'string') return textBytes(value, path);
  if (typeof value === 'number') return numberBytes(value, path);
  if (value === null || typeof value === 'boolean') return 1;
  if (typeof value !== 'object') {
    throw new RangeError(`attribute ${path} is ${typeof value}; amounts are stored as decimal text`);
  }
  if (depth > DEPTH_MAX) throw new RangeError(`attribute ${path} is nested more than ${DEPTH_MAX} deep`);
  if (!isList(value)) return CONTAINER_BYTES + mapBytes(value, path, depth);
  let bytes = CONTAINER_BYTES;
  for (const [index, element] of value.entries()) {
    bytes += valueBytes(element, `${path}[${index}]`, depth + 1) + 1;
  }
  return bytes;
}

const isList: (value: object) => value is readonly AttributeValue[] = Array.isArray;

// A lone surrogate has no UTF-8 form: one driver would keep it, the other would replace it.
function textBytes(text: string, path: string): number {
  if (!text.isWellFormed()) throw new RangeError(`${path} holds half of a surrogate pair`);
  return Buffer.byteLength(text);
}

function numberBytes(value: number, path: string): number {
  const magnitude = Math.abs(value);
  const storable =
    magnitude === 0 || (magnitude >= NUMBER_MAGNITUDE_MIN && magnitude <= Number.MAX_SAFE_INTEGER);
  if (!storable) throw new RangeError(`attribute ${path} is ${value}, which not every driver keeps exactly`);
  return NUMBER_BYTES;
}
