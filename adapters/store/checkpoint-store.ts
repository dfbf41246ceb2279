import * as z from 'zod/mini';
import { formatUnits } from '../../core/amounts.ts';
import type { CheckpointStore, Sha256 } from '../../core/ports.ts';
import { checkpointSchema } from '../../core/reconcile/checkpoint-schema.ts';
import type { ItemStore } from './item-store.ts';
import { StoreError } from './item-store.ts';
import { asRead, fromItem, keys, toItem, versionOf } from './table.ts';

/** Raised when a checkpoint holds other things, or the same things folded differently. */
const SHAPE = 1;

const sealSchema = z.object({ shape: z.number(), digest: z.string() });

/**
 * Checkpoints in the table. Each carries its shape and a digest, so that one of another version, or one that was changed
 * in its place, is not gone on from.
 */
export function createCheckpointStore(store: ItemStore, sha256: Sha256): CheckpointStore {
  // Through the schema, which gives the fields one order, whatever order a store returns them in.
  const digestOf = (stored: unknown): string =>
    sha256(
      JSON.stringify(checkpointSchema.parse(stored), (_, value: unknown) =>
        typeof value === 'bigint' ? formatUnits(value) : value,
      ),
    );
  return {
    async checkpoint(accountId) {
      const item = await store.get(keys.checkpoint(accountId));
      if (!item) return { kind: 'absent', version: 0 };
      const version = versionOf(item);
      const unreadable = (why: string) => ({ kind: 'unreadable', version, why }) as const;
      try {
        const { shape, digest } = fromItem(sealSchema, item);
        if (shape !== SHAPE) return unreadable(`it has shape ${shape}, this version reads ${SHAPE}`);
        const checkpoint = fromItem(checkpointSchema, item);
        if (checkpoint.accountId !== accountId) return unreadable(`it is of account ${checkpoint.accountId}`);
        if (digestOf(item) !== digest) return unreadable('it was changed after it was written');
        return { kind: 'readable', version, checkpoint };
      } catch (error) {
        if (error instanceof StoreError && error.fault === 'corrupt') return unreadable(error.message);
        throw error;
      }
    },

    async commitCheckpoint(versionBefore, after) {
      const body = toItem(keys.checkpoint(after.accountId), 'checkpoint', after, versionBefore + 1);
      const item = { ...body, shape: SHAPE, digest: digestOf(body) };
      return (await store.transact([{ kind: 'put', item, condition: asRead(versionBefore) }])).kind;
    },
  };
}
