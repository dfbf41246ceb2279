import type { EpochMs } from '../../core/time.ts';
import { HOUR_MS } from '../../core/time.ts';
import type { ItemStore } from './item-store.ts';
import { keys, toItem, versionOf } from './table.ts';

/** When one event passed one function, by its wall clock; stages that are measured or stepped keep it for an hour. */
export interface Hop {
  readonly requestId: string;
  readonly receivedAt: EpochMs;
  readonly doneAt: EpochMs;
  readonly outcome: 'done' | 'failed';
  /** Events of `signals.raised` that the function published while it handled this one. */
  readonly raised: number;
}

const KEPT_MS = HOUR_MS;

/** Writes a hop of an event; the newest delivery replaces the one before. Unread by anything that trades. */
export async function writeHop(store: ItemStore, eventId: string, by: string, hop: Hop): Promise<void> {
  const key = keys.trace(eventId, by);
  const found = versionOf(await store.get(key));
  const expiresAt = Math.ceil((hop.doneAt + KEPT_MS) / 1_000);
  const item = toItem(key, 'trace', { ...hop, expiresAt }, found + 1);
  // A conflict is another delivery that wrote its own: one of them is enough.
  await store.transact([
    { kind: 'put', item, condition: found === 0 ? { kind: 'absent' } : { kind: 'version', version: found } },
  ]);
}
