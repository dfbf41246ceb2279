import * as z from 'zod/mini';
import { unpackJson } from '../packing/pack-json.ts';
import { type Item, StoreError } from './item-store.ts';
import { fromItem } from './table.ts';

const packedSchema = z.object({ packed: z.string() });

/** What an item holds in packed form, as text, through its schema. @throws StoreError naming the item, when it is not what we wrote. */
export const fromPacked = <T>(schema: z.ZodMiniType<T, unknown>, item: Item): T =>
  fromPackedText(schema, fromItem(packedSchema, item).packed, item);

/** The same of a text that several items hold together. */
export function fromPackedText<T>(
  schema: z.ZodMiniType<T, unknown>,
  packed: string,
  { pk, sk }: Pick<Item, 'pk' | 'sk'>,
): T {
  const corrupt = (why: string): StoreError =>
    new StoreError('corrupt', `item ${pk} / ${sk} is not readable: ${why}`);
  let value: unknown;
  try {
    value = unpackJson(packed);
  } catch {
    throw corrupt('packed is not gzip+base64 of JSON');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw corrupt(`packed.${issue?.path.join('.') ?? '?'} ${issue?.message ?? ''}`);
}
