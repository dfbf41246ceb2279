import { S3Client } from '@aws-sdk/client-s3';
import type { ObjectReader } from '../../adapters/s3/object-reader.ts';
import { createObjectReader } from '../../adapters/s3/object-reader.ts';
import { readS3WindowLog } from '../../adapters/s3/read-s3-window-log.ts';
import { windowsPrefix } from '../../adapters/s3/s3-window-log.ts';
import type { FeedId, MarketWindow } from '../../core/market/window.ts';
import type { EpochMs } from '../../core/time.ts';
import { beatAt, isoDay, MINUTE_MS, plusMs } from '../../core/time.ts';
import type { Span } from '../desk-view.ts';
import type { StackConnection } from './connect-stack.ts';
import { StackError } from './stack-error.ts';

/** Reads the archive of a stack for one use. @throws StackError when the stack has no bucket. */
export async function withArchive<T>(
  { place, settings, outputs }: StackConnection,
  use: (reader: ObjectReader) => Promise<T>,
): Promise<T> {
  const bucket = outputs['BucketName'];
  if (bucket === undefined)
    throw new StackError(
      'not_deployed',
      `stack ${place.stackName} in ${place.region} names no bucket. Deploy it again: npx cdk deploy --context stage=${place.stage}`,
    );
  const client = new S3Client({ ...settings, forcePathStyle: place.endpoint !== null });
  try {
    return await use(createObjectReader({ client, bucket }));
  } finally {
    client.destroy();
  }
}

/** The logged windows of some spans by their time; only the blocks of their minutes are read. */
export function archivedWindows(
  connection: StackConnection,
  feedId: FeedId,
  spans: readonly Span[],
): Promise<(at: EpochMs) => MarketWindow | null> {
  return withArchive(connection, async (reader) => {
    const windows = new Map<EpochMs, MarketWindow>();
    const keys = await keysOf(reader, feedId, minutesOf(spans));
    // A log that has none of them is no fault here: windows are kept for some weeks, fills for good.
    if (keys.length > 0)
      for await (const window of readS3WindowLog(onlyThese(reader, keys), feedId))
        windows.set(window.closedAt, window);
    return (at) => windows.get(at) ?? null;
  });
}

/** The newest window that is logged; undefined when there is none. */
export async function newestLogged(reader: ObjectReader, feedId: FeedId): Promise<MarketWindow | undefined> {
  const keys: string[] = [];
  for await (const { key } of reader.list(windowsPrefix(feedId))) {
    // Several lives of a feed may have kept parts of one minute.
    if (minuteOf(key) !== minuteOf(keys[0] ?? '')) keys.length = 0;
    keys.push(key);
  }
  if (keys.length === 0) return undefined;
  return (await Array.fromAsync(readS3WindowLog(onlyThese(reader, keys), feedId))).at(-1);
}

function minutesOf(spans: readonly Span[]): ReadonlySet<EpochMs> {
  const minutes = new Set<EpochMs>();
  for (const { from, through } of spans)
    for (let at = beatAt(from, MINUTE_MS); at <= through; at = plusMs(at, MINUTE_MS)) minutes.add(at);
  return minutes;
}

/** Keys of the blocks of these minutes, listed day by day. */
async function keysOf(
  reader: ObjectReader,
  feedId: FeedId,
  minutes: ReadonlySet<EpochMs>,
): Promise<readonly string[]> {
  const days = [...new Set([...minutes].map(isoDay))].sort();
  const keys: string[] = [];
  for (const day of days)
    for await (const { key } of reader.list(`${windowsPrefix(feedId)}${day.replaceAll('-', '/')}/`)) {
      const minute = minuteOf(key);
      if (minute !== undefined && minutes.has(minute)) keys.push(key);
    }
  return keys;
}

/** The minute of a block, from the time of its first window in its key: a block never leaves its minute. */
function minuteOf(key: string): EpochMs | undefined {
  const first = /\/\d{4}-(\d+)(?:-\d+)?\.jsonl\.gz$/.exec(key)?.[1];
  return first === undefined ? undefined : beatAt(Number(first) as EpochMs, MINUTE_MS);
}

const onlyThese = (reader: ObjectReader, keys: readonly string[]): ObjectReader => ({
  async *list() {
    for (const key of keys) yield { key, bytes: 0 };
  },
  get: (key) => reader.get(key),
});
