import { S3Client } from '@aws-sdk/client-s3';
import { expect, onTestFinished, test } from 'vitest';
import { createObjectReader } from '../../../adapters/s3/object-reader.ts';
import { LOCAL_CREDENTIALS } from '../loopback-server.ts';
import { openLoopbackBucket, xmlError } from './loopback-bucket.ts';

function readerOf(endpoint: string, bucket = 'bucket') {
  const client = new S3Client({
    endpoint,
    region: 'eu-west-1',
    credentials: LOCAL_CREDENTIALS,
    forcePathStyle: true,
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return createObjectReader({ client, bucket });
}

test('lists what begins with a prefix, by key, page after page', async () => {
  const bucket = await openLoopbackBucket(undefined, 2);
  for (const key of ['a/3', 'b/1', 'a/1', 'a/2', 'a/5', 'a/4']) bucket.objects.set(key, Buffer.from(key));
  const found = await Array.fromAsync(readerOf(bucket.url).list('a/'));
  expect(found).toEqual(['a/1', 'a/2', 'a/3', 'a/4', 'a/5'].map((key) => ({ key, bytes: 3 })));
  expect(bucket.received).toHaveLength(3);
});

test('lists nothing where nothing is', async () => {
  const bucket = await openLoopbackBucket();
  expect(await Array.fromAsync(readerOf(bucket.url).list('none/'))).toEqual([]);
});

test('reads an object whole', async () => {
  const bucket = await openLoopbackBucket();
  bucket.objects.set('bytes', Buffer.from([0, 1, 255]));
  bucket.objects.set('empty', Buffer.alloc(0));
  const reader = readerOf(bucket.url);
  expect(await reader.get('bytes')).toEqual(Buffer.from([0, 1, 255]));
  expect(await reader.get('empty')).toHaveLength(0);
});

test.each([
  { reply: undefined, bucket: 'bucket', code: 'NoSuchKey', says: 'There is no such object' },
  {
    reply: undefined,
    bucket: 'gone',
    code: 'NoSuchBucket',
    says: 'There is no bucket gone: deploy the stack',
  },
  {
    reply: xmlError(403, 'AccessDenied', 'Access Denied'),
    bucket: 'bucket',
    code: 'AccessDenied',
    says: 'Grant s3:GetObject on it',
  },
  {
    reply: xmlError(503, 'SlowDown', 'Please reduce your rate.'),
    bucket: 'bucket',
    code: 'SlowDown',
    says: 'Try again later',
  },
] as const)('$code is said in words', async ({ reply, bucket, code, says }) => {
  const { url } = await openLoopbackBucket(() => reply);
  await expect(readerOf(url, bucket).get('reports/none')).rejects.toMatchObject({
    name: 'ObjectStoreError',
    code,
    message: expect.stringMatching(
      `^could not read s3://${bucket}/reports/none \\(${code}: .*\\)\\. ${says}`,
    ),
  });
});

test('a list that is refused, or answered by something else, is said in words', async () => {
  const refused = await openLoopbackBucket(() => xmlError(403, 'AccessDenied', 'Access Denied'));
  await expect(Array.fromAsync(readerOf(refused.url).list('a/'))).rejects.toThrow(
    'Grant s3:ListBucket on it',
  );
  await expect(Array.fromAsync(readerOf('http://127.0.0.1:1').list('a/'))).rejects.toThrow(
    'could not list s3://bucket/a/ (ECONNREFUSED',
  );
  const other = await openLoopbackBucket(() => ({ body: 'welcome' }));
  await expect(Array.fromAsync(readerOf(other.url).list('a/'))).rejects.toMatchObject({
    name: 'ObjectStoreError',
  });
});
