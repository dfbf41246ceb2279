import { onTestFinished } from 'vitest';
import { decodeEvent } from '../../../adapters/eventbridge/event-codec.ts';
import { createConfigStore } from '../../../adapters/store/config-store.ts';
import { openDynamoStore } from '../../../adapters/store/dynamodb-store.ts';
import { createFeedStore } from '../../../adapters/store/feed-store.ts';
import { writeHop } from '../../../adapters/store/trace-store.ts';
import type { MarketWindowEvent } from '../../../core/events.ts';
import { type EpochMs, epochMs } from '../../../core/time.ts';
import { LOCAL_CREDENTIALS, openLoopback, type Received } from '../../adapters/loopback-server.ts';
import { openLoopbackBucket } from '../../adapters/s3/loopback-bucket.ts';
import { createTable, startDynoxide } from '../../contract/dynoxide.ts';

const TABLE = 'ledger';

export interface StageOptions {
  /** Functions that never answer, by name. */
  readonly dead?: readonly string[];
}

/**
 * What a feeds process finds in the cloud, on this machine: a real DynamoDB-compatible table, a bucket, and a bus behind
 * which the functions do nothing but leave their traces. Every tenth window raises a signal.
 */
export async function openLoopbackStage({ dead = [] }: StageOptions = {}) {
  const dynoxide = await startDynoxide();
  onTestFinished(() => dynoxide.stop());
  await createTable(dynoxide.client, TABLE);
  const store = openDynamoStore({ client: dynoxide.client, table: TABLE });
  const bucket = await openLoopbackBucket();
  const events: MarketWindowEvent[] = [];
  const faults: unknown[] = [];
  const trace = async (event: string, by: string, raised = 0): Promise<void> => {
    if (dead.includes(by)) return;
    const now: EpochMs = epochMs(Date.now());
    await writeHop(store, event, by, {
      requestId: by,
      receivedAt: now,
      doneAt: now,
      outcome: 'done',
      raised,
    });
  };
  const handle = async (event: MarketWindowEvent): Promise<void> => {
    const raised = events.length % 10 === 0 ? 1 : 0;
    await trace(event.id, 'fills');
    await trace(event.id, 'signals', raised);
    if (raised > 0) await trace(`signals/${event.feedId}/${event.at}`, 'risk');
  };
  const bus = await openLoopback((request) => {
    for (const event of windowsIn(request)) {
      events.push(event);
      handle(event).catch((fault: unknown) => faults.push(fault));
    }
    return {
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify({
        FailedEntryCount: 0,
        Entries: entriesOf(request).map((_, n) => ({ EventId: `e${n}` })),
      }),
    };
  });
  return {
    store,
    configs: createConfigStore(store),
    feeds: createFeedStore(store),
    bucket,
    /** `market.window` events as the bus took them. */
    events,
    faults,
    env: {
      ...stageEnv(TABLE),
      AWS_ENDPOINT_URL_DYNAMODB: await urlOf(dynoxide.client),
      AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url,
      AWS_ENDPOINT_URL_S3: bucket.url,
    },
  };
}

/** The environment of a feeds process, without an endpoint. */
export const stageEnv = (table: string): Record<string, string> => ({
  DECKLE_STAGE: 'local',
  DECKLE_TABLE: table,
  DECKLE_BUS: 'deckle-local',
  DECKLE_BUCKET: 'bucket',
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: LOCAL_CREDENTIALS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: LOCAL_CREDENTIALS.secretAccessKey,
  AWS_SESSION_TOKEN: LOCAL_CREDENTIALS.sessionToken,
});

interface Entry {
  readonly EventBusName: string;
  readonly DetailType: string;
  readonly Detail: string;
}

const entriesOf = ({ body }: Received): readonly Entry[] => JSON.parse(body.toString('utf8')).Entries;

/** @throws Error when an entry is for another bus, or cannot be read. */
function windowsIn(request: Received): MarketWindowEvent[] {
  return entriesOf(request).flatMap((entry) => {
    const decoded = decodeEvent(entry.DetailType, JSON.parse(entry.Detail));
    if (entry.EventBusName !== 'deckle-local' || decoded.kind === 'bad')
      throw new Error(JSON.stringify(entry));
    return decoded.event.type === 'market.window' ? [decoded.event] : [];
  });
}

async function urlOf(client: {
  readonly config: { endpoint?: () => Promise<{ hostname: string; port?: number }> };
}): Promise<string> {
  const endpoint = await client.config.endpoint?.();
  return `http://${endpoint?.hostname}:${endpoint?.port}`;
}
