import * as z from 'zod/mini';
import type { FeedId } from '../../core/market/window.ts';
import type { Heartbeat } from '../../core/risk/liveness.ts';
import { epochMsSchema } from '../../core/schemas.ts';
import type { EpochMs } from '../../core/time.ts';
import type { Item, ItemStore, Key } from './item-store.ts';
import { StoreError } from './item-store.ts';
import { fromItem, keys, replace, versionOf } from './table.ts';

/** How far a session has come: the last completely settled window, how many there were, and whether its input is over. */
export interface Settled {
  readonly through: EpochMs;
  readonly windows: number;
  readonly finished: boolean;
  /** How far the relay has told the changes of the store. */
  readonly relayed: string | null;
}

/** What a session is made of; another configuration would make it another session. */
export interface SessionIdentity {
  readonly name: string;
  readonly input: string;
  readonly configHash: string;
  readonly accounts: readonly string[];
  readonly feedId: string;
}

const settledSchema: z.ZodMiniType<Settled, unknown> = z.object({
  through: epochMsSchema,
  windows: z.int(),
  finished: z.boolean(),
  relayed: z.nullable(z.string()),
});
const identitySchema: z.ZodMiniType<SessionIdentity, unknown> = z.object({
  name: z.string(),
  input: z.string(),
  configHash: z.string(),
  accounts: z.array(z.string()),
  feedId: z.string(),
});
const heartbeatSchema: z.ZodMiniType<Heartbeat, unknown> = z.object({
  pid: z.int(),
  phase: z.enum(['starting', 'running', 'finished', 'stopped']),
  at: epochMsSchema,
  eventTime: z.nullable(epochMsSchema),
  progressAt: epochMsSchema,
});

/** What the embedded runtime remembers about itself, in the session's file but never part of the ledger. */
export interface RuntimeStore {
  identity(): Promise<SessionIdentity | undefined>;
  putIdentity(identity: SessionIdentity): Promise<void>;
  settled(feed: FeedId): Promise<Settled | undefined>;
  putSettled(feed: FeedId, settled: Settled): Promise<void>;
  heartbeat(): Promise<Heartbeat | undefined>;
  beat(heartbeat: Heartbeat): Promise<void>;
}

export function createRuntimeStore(store: ItemStore): RuntimeStore {
  // One desk writes these, so the version it wrote last is the one that is there; a conflict means a second desk.
  const versions = new Map<string, number>();
  async function put(key: Key, entity: string, value: object): Promise<void> {
    const version = versions.get(key.sk) ?? versionOf(await store.get(key));
    const result = await store.transact([replace(key, entity, value, version)]);
    if (result.kind === 'conflict')
      throw new StoreError(
        'busy',
        `another process wrote ${key.pk} / ${key.sk}: a second desk runs on this session`,
      );
    versions.set(key.sk, version + 1);
  }
  const read = async <T>(key: Key, schema: z.ZodMiniType<T, unknown>): Promise<T | undefined> => {
    const item: Item | undefined = await store.get(key);
    return item && fromItem(schema, item);
  };
  return {
    identity: () => read(keys.session, identitySchema),
    putIdentity: (identity) => put(keys.session, 'session', identity),
    settled: (feed) => read(keys.settled(feed), settledSchema),
    putSettled: (feed, settled) => put(keys.settled(feed), 'settled', settled),
    heartbeat: () => read(keys.heartbeat, heartbeatSchema),
    beat: (heartbeat) => put(keys.heartbeat, 'heartbeat', heartbeat),
  };
}
