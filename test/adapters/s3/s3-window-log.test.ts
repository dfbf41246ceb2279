import { gunzipSync } from 'node:zlib';
import { S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { createObjectReader } from '../../../adapters/s3/object-reader.ts';
import { createObjectWriter } from '../../../adapters/s3/object-writer.ts';
import { readS3WindowLog } from '../../../adapters/s3/read-s3-window-log.ts';
import { createS3WindowLog, windowsKey } from '../../../adapters/s3/s3-window-log.ts';
import { encodeBlock } from '../../../adapters/window-log/log-block.ts';
import { WindowLogError } from '../../../adapters/window-log/window-log.ts';
import { feedId, type MarketWindow } from '../../../core/market/window.ts';
import type { Log, Metrics } from '../../../core/metrics.ts';
import { epochMs } from '../../../core/time.ts';
import { LOCAL_CREDENTIALS, type Received, type Reply } from '../loopback-server.ts';
import { type LoopbackBucket, openLoopbackBucket, xmlError } from './loopback-bucket.ts';

const FEED = feedId('main');
/** A whole minute: 2023-11-14T22:14:00Z. */
const START = 1_700_000_040_000;
const window = (second: number, epoch = 1): MarketWindow => ({
  feedId: FEED,
  closedAt: epochMs(START + second * 1_000),
  previousClosedAt: null,
  seq: second,
  epoch,
  configHash: '',
  clockOffsets: {},
  settlements: [],
  games: [],
  closes: [],
  instruments: [],
});
const counts = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, n) => from + n);
const DOWN = xmlError(503, 'SlowDown', 'Please reduce your rate.');

async function openLog(interfere?: (request: Received, n: number) => Reply | undefined) {
  const bucket = await openLoopbackBucket(interfere);
  return { bucket, ...logIn(bucket) };
}

/** A log as one life of a feed opens it. */
function logIn(bucket: LoopbackBucket, bytesMax?: number) {
  const lines: { event: string; fields: Readonly<Record<string, unknown>> | undefined }[] = [];
  const note = (event: string, fields?: Readonly<Record<string, unknown>>) =>
    void lines.push({ event, fields });
  const kept: Log = { info: note, warn: note, error: note };
  let unlogged = 0;
  const metrics: Metrics = {
    add: (name, value) => {
      if (name === 'feed_windows_unlogged_total') unlogged += value;
    },
    set: () => undefined,
  };
  const writer = createObjectWriter({
    bucket: 'bucket',
    region: 'eu-west-1',
    credentials: async () => LOCAL_CREDENTIALS,
    endpoint: bucket.url,
    wait: async () => undefined,
  });
  const log = createS3WindowLog({
    writer,
    feedId: FEED,
    metrics,
    log: kept,
    ...(bytesMax !== undefined && { bytesMax }),
  });
  return { log, lines, unlogged: () => unlogged };
}

function readerOf(bucket: LoopbackBucket) {
  const client = new S3Client({
    endpoint: bucket.url,
    region: 'eu-west-1',
    credentials: LOCAL_CREDENTIALS,
    forcePathStyle: true,
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return createObjectReader({ client, bucket: 'bucket' });
}

async function kept(bucket: LoopbackBucket): Promise<number[]> {
  const windows = await Array.fromAsync(readS3WindowLog(readerOf(bucket), FEED));
  return windows.map((one) => one.seq);
}

async function until(reached: () => boolean): Promise<void> {
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 5));
}

test('windows are read back in order, a minute to an object, named by its time', async () => {
  const { bucket, log } = await openLog();
  for (const second of counts(5, 130)) await log.append(window(second));
  await log.close();
  expect([...bucket.objects.keys()]).toEqual([
    `windows/main/2023/11/14/2214-${START + 5_000}.jsonl.gz`,
    `windows/main/2023/11/14/2215-${START + 60_000}.jsonl.gz`,
    `windows/main/2023/11/14/2216-${START + 120_000}.jsonl.gz`,
  ]);
  expect(await kept(bucket)).toEqual(counts(5, 130));
});

test('any gzip reader can read an object', async () => {
  const { bucket, log } = await openLog();
  for (const second of counts(0, 3)) await log.append(window(second));
  await log.close();
  const [object = Buffer.alloc(0)] = bucket.objects.values();
  const lines = gunzipSync(object).toString('utf8').trimEnd().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line).seq)).toEqual([0, 1, 2, 3]);
});

test('a window at or before the newest one kept is ignored, and nothing appended is no object', async () => {
  const { bucket, log } = await openLog();
  await log.close();
  expect(bucket.received).toHaveLength(0);
  const again = logIn(bucket).log;
  for (const second of [0, 1, 1, 0, 2]) await again.append(window(second));
  await again.close();
  expect(await kept(bucket)).toEqual([0, 1, 2]);
});

test('a block that S3 did not take is written with the next, and nothing is lost', async () => {
  let down = true;
  const { bucket, log, lines, unlogged } = await openLog(() => (down ? DOWN : undefined));
  for (const second of counts(0, 60)) await log.append(window(second));
  await until(() => lines.length === 1);
  expect(lines[0]).toMatchObject({ event: 'window log waits', fields: { blocks: 1 } });
  expect(String(lines[0]?.fields?.['reason'])).toContain('SlowDown');
  down = false;
  for (const second of counts(61, 130)) await log.append(window(second));
  await log.close();
  expect(await kept(bucket)).toEqual(counts(0, 130));
  expect(unlogged()).toBe(0);
});

test('an S3 that never answers holds up no window', async () => {
  const { bucket, log } = await openLog(() => 'hang');
  for (const second of counts(0, 200)) await log.append(window(second));
  expect(bucket.objects.size).toBe(0);
});

test('what memory may not hold is dropped oldest first, counted and named', async () => {
  const bucket = await openLoopbackBucket(() => (down ? DOWN : undefined));
  let down = true;
  const block = encodeBlock(counts(0, 59).map((second) => window(second))).length;
  const { log, lines, unlogged } = logIn(bucket, block * 2.5);
  for (let minute = 0; minute < 5; minute++) {
    for (const second of counts(minute * 60, minute * 60 + 59)) await log.append(window(second));
    await until(() => lines.filter((one) => one.event === 'window log waits').length >= minute);
  }
  down = false;
  await log.append(window(300));
  await log.close();
  expect(await kept(bucket)).toEqual(counts(180, 300));
  expect(unlogged()).toBe(180);
  expect(lines.filter((one) => one.event === 'windows not logged').map((one) => one.fields)).toEqual(
    ['22:14', '22:15', '22:16'].map((minute) => ({
      feed: 'main',
      from: `2023-11-14T${minute}:00.000Z`,
      to: `2023-11-14T${minute}:59.000Z`,
      windows: 60,
    })),
  );
});

test('the block that is on its way to S3 is not the one dropped', async () => {
  const bucket = await openLoopbackBucket(() => 'hang');
  const { log, lines, unlogged } = logIn(bucket, 1);
  for (const second of counts(0, 60)) await log.append(window(second));
  await until(() => bucket.received.length === 1);
  for (const second of counts(61, 180)) await log.append(window(second));
  expect(unlogged()).toBe(60);
  expect(lines.map((one) => one.fields?.['from'])).toEqual(['2023-11-14T22:15:00.000Z']);
});

test('what S3 does not take at the end is counted, and an error in words', async () => {
  const { bucket, log, unlogged } = await openLog(() => xmlError(403, 'AccessDenied', 'Access Denied'));
  for (const second of counts(0, 70)) await log.append(window(second));
  const closing = log.close();
  await expect(closing).rejects.toThrow(WindowLogError);
  await expect(closing).rejects.toThrow(
    '71 windows could not be logged: could not write s3://bucket/windows/main/2023/11/14/2214-1700000040000.jsonl.gz (AccessDenied: Access Denied). Grant s3:PutObject',
  );
  expect(unlogged()).toBe(71);
  expect(bucket.objects.size).toBe(0);
});

test('a feed faster than its clock waits for S3 instead of dropping windows', async () => {
  const { bucket, log, unlogged } = await openLog();
  let most = 0;
  for (let minute = 0; minute < 40; minute++) {
    for (const second of [0, 30]) await log.append(window(minute * 60 + second));
    most = Math.max(most, minute - bucket.objects.size);
  }
  await log.close();
  expect(most).toBeLessThanOrEqual(5);
  expect(await kept(bucket)).toHaveLength(80);
  expect(unlogged()).toBe(0);
});

test('a life that ends early does not overwrite what another kept of the same minute', async () => {
  const { bucket, log } = await openLog();
  for (const second of counts(0, 70)) await log.append(window(second, 1));
  await log.close();
  const next = logIn(bucket).log;
  for (const second of counts(0, 30)) await next.append(window(second, 2));
  await next.close();
  expect(await kept(bucket)).toEqual(counts(0, 70));
  expect([...bucket.objects.keys()].sort()[0]).toBe(windowsKey(FEED, epochMs(START), `-${START + 30_000}`));
});

test('of a window kept by two lives the one of the higher epoch is read, whichever object comes first', async () => {
  for (const [first, second] of [
    [1, 2],
    [2, 1],
  ] as const) {
    const bucket = await openLoopbackBucket();
    const one = logIn(bucket).log;
    for (const n of counts(0, 20)) await one.append(window(n, first));
    await one.close();
    const other = logIn(bucket).log;
    for (const n of counts(10, 30)) await other.append(window(n, second));
    await other.close();
    const read = await Array.fromAsync(readS3WindowLog(readerOf(bucket), FEED));
    expect(read.map((each) => each.seq)).toEqual(counts(0, 30));
    expect(read.slice(10, 21).every((each) => each.epoch === 2)).toBe(true);
  }
});

test('windows that two lives kept by turns are read in their order', async () => {
  const { bucket, log } = await openLog();
  for (const second of [0, 20]) await log.append(window(second));
  await log.close();
  const other = logIn(bucket).log;
  for (const second of [10, 30]) await other.append(window(second));
  await other.close();
  expect(await kept(bucket)).toEqual([0, 10, 20, 30]);
});

test('another feed whose name begins the same is not read', async () => {
  const { bucket, log } = await openLog();
  await log.append(window(0));
  await log.close();
  bucket.objects.set(windowsKey(feedId('main-2'), epochMs(START)), encodeBlock([window(7)]));
  expect(await kept(bucket)).toEqual([0]);
});

test.each([
  { what: 'cut short', damage: (block: Buffer) => block.subarray(0, -3), says: 'is damaged' },
  { what: 'too long', damage: (block: Buffer) => Buffer.concat([block, block]), says: 'is damaged' },
  { what: 'zeroed inside', damage: (block: Buffer) => block.fill(0, 40, 60), says: 'is damaged' },
  { what: 'something else', damage: () => Buffer.from('notes'), says: 'is no block of a window log' },
  { what: 'empty', damage: () => Buffer.alloc(0), says: 'is no block of a window log' },
])('an object that is $what is refused by name', async ({ damage, says }) => {
  const bucket = await openLoopbackBucket();
  const key = windowsKey(FEED, epochMs(START));
  bucket.objects.set(key, damage(encodeBlock(counts(0, 59).map((second) => window(second)))));
  await expect(kept(bucket)).rejects.toThrow(`${key} ${says}`);
});

test('a feed that never logged is an error in words', async () => {
  const bucket = await openLoopbackBucket();
  await expect(kept(bucket)).rejects.toThrow('there is no window log under windows/main/');
});
