import fc from 'fast-check';
import type {
  AttributeValue,
  Condition,
  Item,
  ItemStore,
  Key,
  TransactResult,
  Write,
} from '../../adapters/store/item-store.ts';

/** What a store is: a map. A driver must answer as this does. */
export class ModelStore {
  readonly #items = new Map<string, Item>();

  get(key: Key): Item | undefined {
    return this.#items.get(idOf(key));
  }

  /** Items of a partition in UTF-8 byte order. */
  partition(pk: string): readonly Item[] {
    const items = [...this.#items.values()].filter((item) => item.pk === pk);
    return items.toSorted((a, b) => Buffer.compare(Buffer.from(a.sk), Buffer.from(b.sk)));
  }

  transact(writes: readonly Write[]): TransactResult {
    for (const write of writes) {
      const { pk, sk } = write.kind === 'put' ? write.item : write.key;
      const found = this.get({ pk, sk });
      if (!isMet(write.condition, found)) {
        return { kind: 'conflict', key: { pk, sk }, condition: write.condition, found };
      }
    }
    for (const write of writes) {
      if (write.kind === 'put') this.#items.set(idOf(write.item), write.item);
      if (write.kind === 'delete') this.#items.delete(idOf(write.key));
    }
    return { kind: 'committed' };
  }
}

/** Rebuilds a store's items from its changes alone, checking that each image follows from the one before. */
export async function replayChanges(store: ItemStore): Promise<Map<string, Item>> {
  const items = new Map<string, Item>();
  let position: string | undefined;
  for (;;) {
    const { changes, position: next } = await store.changes(position, 7);
    if (changes.length === 0) return items;
    for (const { key, before, after } of changes) {
      const known = items.get(idOf(key));
      if (JSON.stringify(sortedNames(known)) !== JSON.stringify(sortedNames(before))) {
        throw new Error(`the change of ${key.pk} / ${key.sk} does not follow from the one before`);
      }
      if (after === undefined) items.delete(idOf(key));
      else items.set(idOf(key), after);
    }
    position = next;
  }
}

const idOf = ({ pk, sk }: Key): string => JSON.stringify([pk, sk]);

function isMet(condition: Condition, found: Item | undefined): boolean {
  if (condition.kind === 'absent') return found === undefined;
  const name = condition.kind === 'version' ? 'version' : condition.name;
  const value = condition.kind === 'version' ? condition.version : condition.equals;
  return found?.[name] === value;
}

function sortedNames(value: AttributeValue | undefined): unknown {
  if (value === undefined || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sortedNames);
  return Object.entries(value)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, part]) => [name, sortedNames(part)]);
}

// Few keys, versions and values, so that conditions hold about as often as they fail.
const key = fc.record({
  pk: fc.constantFrom('P', 'Q'),
  sk: fc.constantFrom('a', 'ab', 'b', '\u{fffd}', '\u{10000}'),
});
const version = fc.integer({ min: 0, max: 2 });
const mark = fc.constantFrom<string | number | boolean>('', 'x', 1, true);
const condition: fc.Arbitrary<Condition> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Condition>({ kind: 'absent' }) },
  { weight: 3, arbitrary: version.map((n): Condition => ({ kind: 'version', version: n })) },
  { weight: 1, arbitrary: mark.map((equals): Condition => ({ kind: 'attribute', name: 'mark', equals })) },
);
const text = fc.string({ unit: 'grapheme', maxLength: 8 });
const name = text.filter((value) => value !== '' && value !== '__proto__');
const nested: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;
const item = fc
  .record({ key, version, mark, nested })
  .map(({ key: { pk, sk }, ...attributes }): Item => ({ pk, sk, ...attributes, serial: 0 }));
const write: fc.Arbitrary<Write> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), item, condition }),
  fc.record({ kind: fc.constant('delete' as const), key, condition }),
  fc.record({ kind: fc.constant('check' as const), key, condition }),
);
const transaction = fc.uniqueArray(write, {
  minLength: 1,
  maxLength: 4,
  selector: (one) => idOf(one.kind === 'put' ? one.item : one.key),
});

/** Random transactions on a few keys; `serial` makes every put differ from what it replaces. */
export const transactions: fc.Arbitrary<readonly (readonly Write[])[]> = fc
  .array(transaction, { maxLength: 30 })
  .map((list) =>
    list.map((writes, serial) =>
      writes.map(
        (one): Write => (one.kind === 'put' ? { ...one, item: { ...one.item, serial: serial + 1 } } : one),
      ),
    ),
  );
