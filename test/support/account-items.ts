import type { AttributeValue, Item, ItemStore, Key } from '../../adapters/store/item-store.ts';
import { queryAll } from '../../adapters/store/item-store.ts';
import { accountPk, versionOf } from '../../adapters/store/table.ts';
import type { AccountId } from '../../core/paper/order.ts';
import { LANES } from '../../core/paper/order.ts';

/** All items of an account in all lanes, by key. */
export async function accountItems(store: ItemStore, account: AccountId): Promise<ReadonlyMap<string, Item>> {
  const items = new Map<string, Item>();
  for (const lane of LANES)
    for await (const item of queryAll(store, { pk: accountPk(account, lane) })) items.set(nameOf(item), item);
  return items;
}

export const nameOf = ({ pk, sk }: Key): string => `${pk} ${sk}`;

/** Puts an item in the place of whatever is there, past everything that would refuse it. */
export async function forge(store: ItemStore, item: Item): Promise<void> {
  const version = versionOf(await store.get(item));
  const condition = version === 0 ? ({ kind: 'absent' } as const) : ({ kind: 'version', version } as const);
  const { kind } = await store.transact([{ kind: 'put', item, condition }]);
  if (kind !== 'committed') throw new Error(`${nameOf(item)} was not forged`);
}

/** Takes an item away that is there. */
export async function remove(store: ItemStore, { pk, sk }: Key): Promise<void> {
  const version = versionOf(await store.get({ pk, sk }));
  const { kind } = await store.transact([
    { kind: 'delete', key: { pk, sk }, condition: { kind: 'version', version } },
  ]);
  if (kind !== 'committed') throw new Error(`${nameOf({ pk, sk })} was not removed`);
}

export type Path = readonly (string | number)[];

/** Fields that say who stored the item and how often: the store's own, not the account's. */
const OF_THE_STORE: ReadonlySet<string | number> = new Set(['pk', 'sk', 'entity', 'version']);

/** Where the values of an item are. */
export function leavesOf(value: AttributeValue, path: Path = []): readonly Path[] {
  if (value === null || typeof value !== 'object') return [path];
  const fields: readonly (readonly [string | number, AttributeValue])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  return fields.flatMap(([name, one]) =>
    path.length === 0 && OF_THE_STORE.has(name) ? [] : leavesOf(one, [...path, name]),
  );
}

/** The value with one field another one of its kind. */
export function changedAt<T extends AttributeValue>(value: T, path: Path): T {
  return changed(value, path) as T;
}

function changed(value: AttributeValue, [name, ...rest]: Path): AttributeValue {
  if (name === undefined) return other(value);
  if (value === null || typeof value !== 'object') throw new Error(`there is no ${name}`);
  if (Array.isArray(value))
    return value.map((one: AttributeValue, i) => (i === name ? changed(one, rest) : one));
  return Object.fromEntries(
    Object.entries(value).map(([field, one]) => [field, field === name ? changed(one, rest) : one]),
  );
}

const OPPOSITES: Readonly<Record<string, string>> = {
  buy: 'sell',
  sell: 'buy',
  maker: 'taker',
  taker: 'maker',
  base: 'quote',
  quote: 'base',
  received: 'quote',
  accepted: 'denied',
  denied: 'accepted',
  working: 'canceled',
  filled: 'canceled',
  canceled: 'filled',
};

function other(value: AttributeValue): AttributeValue {
  if (value === null) return 'ffffffffffffffff';
  if (typeof value === 'number') return value + 1;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') throw new Error('only leaves are changed');
  return OPPOSITES[value] ?? (/^-?\d+(?:\.\d+)?$/.test(value) ? `${Number(value) + 1}` : `${value}x`);
}
