import { systemClock } from '../../../adapters/clock.ts';
import { createS3WindowLog } from '../../../adapters/s3/s3-window-log.ts';
import { sha256 } from '../../../adapters/sha256.ts';
import { createFeedStore } from '../../../adapters/store/feed-store.ts';
import type { ItemStore } from '../../../adapters/store/item-store.ts';
import { createRuntimeStore } from '../../../adapters/store/runtime-store.ts';
import type { WindowLog } from '../../../adapters/window-log/window-log.ts';
import type { DeskConfig } from '../../../core/config/desk-config.ts';
import { NO_LOG, NO_METRICS } from '../../../core/metrics.ts';
import { FeedHealth } from '../../../fargate/feed-health.ts';
import { runDesk } from '../../../local/desk.ts';
import { demoInput } from '../../../local/input.ts';
import type { AwsAnswer, AwsRequest } from './aws-server.ts';
import { refusal } from './aws-server.ts';

/** Objects of a bucket by key. */
export type Bucket = Map<string, Uint8Array>;

/**
 * Lets the demo market be traded on the table, with its window log in the bucket, as a deployed desk would: a second time it
 * goes on where it ended, under another configuration perhaps, and logs no window twice.
 */
export async function trade(
  store: ItemStore,
  bucket: Bucket,
  config: DeskConfig,
  windowsMax: number,
): Promise<void> {
  const input = demoInput(config);
  await createFeedStore(store).putRules(config.feed.id, input.instruments);
  const through = (await createRuntimeStore(store).settled(config.feed.id))?.through ?? 0;
  const s3Log = createS3WindowLog({
    feedId: config.feed.id,
    writer: {
      bucket: 'archive',
      put: async (key, body) => {
        bucket.set(key, typeof body === 'string' ? new TextEncoder().encode(body) : body);
        return 'written';
      },
    },
  });
  const windowLog: WindowLog = {
    append: async (window) => {
      if (window.closedAt > through) await s3Log.append(window);
    },
    close: () => s3Log.close(),
  };
  await runDesk({
    config,
    input,
    store,
    sha256,
    clock: systemClock,
    metrics: NO_METRICS,
    log: () => NO_LOG,
    alertSender: { send: async () => undefined },
    reportSink: { write: async () => undefined },
    health: new FeedHealth(),
    windowLog,
    windowsMax,
    signal: new AbortController().signal,
  });
  await windowLog.close();
}

/** What S3 answers for a bucket named `archive`; undefined for what is not about it. */
export function bucketAnswer(bucket: Bucket, { action, input }: AwsRequest): AwsAnswer | undefined {
  if (action === 'GET /archive' || action === 'GET /archive/') {
    const keys = [...bucket.keys()].filter((key) => key.startsWith(input['prefix'] ?? '')).sort();
    return {
      body: `<ListBucketResult><Name>archive</Name><KeyCount>${keys.length}</KeyCount><IsTruncated>false</IsTruncated>${keys
        .map((key) => `<Contents><Key>${key}</Key><Size>${bucket.get(key)?.length}</Size></Contents>`)
        .join('')}</ListBucketResult>`,
      type: 'application/xml',
    };
  }
  const key = /^GET \/archive\/(.+)$/.exec(action)?.[1];
  if (key === undefined) return undefined;
  const body = bucket.get(decodeURIComponent(key));
  return body === undefined
    ? refusal('NoSuchKey', 'there is no such key', 404)
    : { body, type: 'application/gzip' };
}
