import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { EpochMs } from '../../core/time.ts';
import { systemClock } from '../clock.ts';
import { createConfigStore } from '../store/config-store.ts';
import { openDynamoStore } from '../store/dynamodb-store.ts';
import type { ItemStore } from '../store/item-store.ts';
import { stampedStore } from '../store/stamped-store.ts';
import { ConfigCache } from './cloud-desk.ts';
import { type CloudLog, createCloudLog } from './cloud-log.ts';
import type { LambdaContext } from './door.ts';
import { readEnvironment } from './environment.ts';

/** One invocation of a function that works by the configuration and knows nothing of orders, accounts and events. */
export interface ConfigInvocation {
  /** The version in force. */
  readonly config: DeskConfig;
  readonly store: ItemStore;
  readonly log: CloudLog;
  /** Wall clock at its beginning. */
  readonly now: EpochMs;
}

/**
 * The door of such a function on its cold start, which loads nothing of what the others need. Before a configuration was
 * pushed there is nothing to do; what the handler throws is tried again by Lambda, and then goes to the failure queue.
 * @throws Error in words when the stack did not tell it what it needs.
 */
export function openConfigDoor(
  name: string,
  handle: (invocation: ConfigInvocation) => Promise<void>,
): (input: unknown, context: LambdaContext) => Promise<void> {
  const { DECKLE_TABLE: table } = readEnvironment(process.env);
  const dynamo = openDynamoStore({ client: new DynamoDBClient({}), table });
  const configs = new ConfigCache();
  const log = createCloudLog(name);
  return async (_input, { awsRequestId }) => {
    log.begin(awsRequestId);
    const now = systemClock.now();
    const store = stampedStore(dynamo, { writer: name, requestId: awsRequestId });
    const versions = createConfigStore(store);
    try {
      const hash = await versions.currentHash();
      if (hash === undefined) return;
      const config = await configs.version(hash, () => versions.version(hash));
      await handle({ config, store, log, now });
    } catch (error) {
      log.error('failed', { error });
      throw error;
    }
  };
}
