import { afterEach, expect, test, vi } from 'vitest';
import { createObjectWriter, type ObjectWriterOptions } from '../../../adapters/s3/object-writer.ts';
import { LOCAL_CREDENTIALS, type Received, type Reply } from '../loopback-server.ts';
import { openLoopbackBucket, xmlError } from './loopback-bucket.ts';

afterEach(() => vi.unstubAllEnvs());

async function openWriter(
  interfere?: (request: Received, n: number) => Reply | undefined,
  options: Partial<ObjectWriterOptions> = {},
) {
  const bucket = await openLoopbackBucket(interfere);
  const waits: number[] = [];
  const writer = createObjectWriter({
    bucket: 'bucket',
    region: 'eu-west-1',
    credentials: async () => LOCAL_CREDENTIALS,
    endpoint: bucket.url,
    random: () => 0.5,
    wait: async (ms) => void waits.push(ms),
    ...options,
  });
  return { bucket, waits, writer };
}

test('an object arrives signed and whole, under its key', async () => {
  const { bucket, writer } = await openWriter();
  expect(await writer.put('reports/main/2026-11-21.md', '# Bericht: 1 €\n', 'text/markdown')).toBe('written');
  expect(bucket.objects.get('reports/main/2026-11-21.md')?.toString('utf8')).toBe('# Bericht: 1 €\n');
  const [request] = bucket.received;
  expect(request).toMatchObject({
    method: 'PUT',
    path: '/bucket/reports/main/2026-11-21.md',
    headers: {
      'content-type': 'text/markdown',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=local\/\d{8}\/eu-west-1\/s3\/aws4_request/,
      ),
    },
  });
});

test.each(['windows/a b+c/1', "it's (one)!*", '币安/é', 'a%2Fb', 'a~b@c=d&e$f,g:h;i'])(
  'the key %s is signed and kept as it is',
  async (key) => {
    const { bucket, writer } = await openWriter();
    await writer.put(key, Buffer.from([0, 255, 10]), 'application/gzip');
    expect([...bucket.objects]).toEqual([[key, Buffer.from([0, 255, 10])]]);
  },
);

test('an empty object and one of some megabytes are whole', async () => {
  const { bucket, writer } = await openWriter();
  const large = Buffer.alloc(3_000_000, 'deckle');
  await writer.put('empty', '', 'text/plain');
  await writer.put('large', large, 'text/plain');
  expect(bucket.objects.get('empty')).toHaveLength(0);
  expect(bucket.objects.get('large')?.equals(large)).toBe(true);
});

test('an object is replaced, unless only a new one is wanted', async () => {
  const { bucket, writer } = await openWriter();
  await writer.put('one', 'first', 'text/plain');
  expect(await writer.put('one', 'second', 'text/plain', { onlyNew: true })).toBe('exists');
  expect(bucket.objects.get('one')?.toString()).toBe('first');
  expect(await writer.put('other', 'second', 'text/plain', { onlyNew: true })).toBe('written');
  await writer.put('one', 'second', 'text/plain');
  expect(bucket.objects.get('one')?.toString()).toBe('second');
});

test.each([
  { what: 'a 503', reply: xmlError(503, 'SlowDown', 'Please reduce your request rate.') },
  { what: 'a 500 without words', reply: { status: 500 } },
  { what: 'a connection cut off', reply: 'cut' },
  { what: 'no answer in time', reply: 'hang' },
  { what: 'another write under way', reply: xmlError(409, 'ConditionalRequestConflict', 'under way') },
  { what: 'a page of a proxy', reply: { status: 200, body: '<html>please log in</html>' } },
] as const)('after $what it is written again', async ({ reply }) => {
  const { bucket, writer, waits } = await openWriter((_, n) => (n === 1 ? reply : undefined), {
    timeoutMs: 1_500,
  });
  await writer.put('one', 'text', 'text/plain');
  expect(bucket.objects.get('one')?.toString()).toBe('text');
  expect(waits).toEqual([100]);
});

test('after three tries it is an error in words, with what S3 said', async () => {
  const { bucket, writer, waits } = await openWriter(() =>
    xmlError(503, 'SlowDown', 'Please reduce your rate.'),
  );
  await expect(writer.put('one', 'text', 'text/plain')).rejects.toMatchObject({
    name: 'ObjectStoreError',
    code: 'SlowDown',
    message:
      'could not write s3://bucket/one (SlowDown: Please reduce your rate.). Try again later; if it lasts, check the network and the endpoint.',
  });
  expect(bucket.received).toHaveLength(3);
  expect(waits).toEqual([100, 200]);
});

test.each([
  {
    reply: xmlError(403, 'AccessDenied', 'Access Denied'),
    code: 'AccessDenied',
    says: 'Grant s3:PutObject on it to whoever runs this.',
  },
  { reply: { status: 403 }, code: 'AccessDenied', says: 'Grant s3:PutObject' },
  {
    reply: xmlError(301, 'PermanentRedirect', 'Use the specified endpoint.'),
    code: 'PermanentRedirect',
    says: 'set AWS_REGION to the region of the stack',
  },
  {
    reply: xmlError(400, 'AuthorizationHeaderMalformed', 'expecting eu-central-1'),
    code: 'AuthorizationHeaderMalformed',
    says: 'another region',
  },
  { reply: xmlError(403, 'RequestTimeTooSkewed', 'too large'), code: 'RequestTimeTooSkewed', says: 'clock' },
] as const)('$code is refused at once, in words', async ({ reply, code, says }) => {
  const { bucket, writer } = await openWriter(() => reply);
  await expect(writer.put('one', 'text', 'text/plain')).rejects.toMatchObject({
    code,
    message: expect.stringContaining(says),
  });
  expect(bucket.received).toHaveLength(1);
});

test('a bucket that is not there is named, with what to correct', async () => {
  const { writer } = await openWriter(undefined, { bucket: 'gone' });
  await expect(writer.put('one', 'text', 'text/plain')).rejects.toThrow(
    'There is no bucket gone: deploy the stack, or correct DECKLE_BUCKET.',
  );
});

test('a redirect is not followed with what was signed for another host', async () => {
  const elsewhere = await openLoopbackBucket();
  const { writer } = await openWriter(() => ({
    status: 307,
    headers: { location: `${elsewhere.url}/bucket/one` },
  }));
  await expect(writer.put('one', 'text', 'text/plain')).rejects.toMatchObject({ code: 'PermanentRedirect' });
  expect(elsewhere.received).toHaveLength(0);
});

test('wrong credentials, none, and an endpoint that is not there are said in words', async () => {
  const wrong = await openWriter(undefined, {
    credentials: async () => ({ ...LOCAL_CREDENTIALS, secretAccessKey: 'guessed' }),
  });
  await expect(wrong.writer.put('one', 'text', 'text/plain')).rejects.toThrow('Check the credentials');
  const none = await openWriter(undefined, {
    credentials: async () => {
      throw new Error('AWS_ACCESS_KEY_ID is not set');
    },
  });
  await expect(none.writer.put('one', 'text', 'text/plain')).rejects.toThrow('AWS_ACCESS_KEY_ID is not set');
  const gone = await openWriter(undefined, { endpoint: 'http://127.0.0.1:1' });
  await expect(gone.writer.put('one', 'text', 'text/plain')).rejects.toThrow(
    'could not write s3://bucket/one (',
  );
});

test('credentials are asked for again with each try, since they may have ended', async () => {
  const handed = [{ ...LOCAL_CREDENTIALS, sessionToken: 'ended' }, LOCAL_CREDENTIALS];
  const { bucket, writer } = await openWriter((_, n) => (n === 1 ? { status: 500 } : undefined), {
    credentials: async () => handed.shift() ?? LOCAL_CREDENTIALS,
  });
  await writer.put('one', 'text', 'text/plain');
  expect(bucket.received.map((one) => one.headers['x-amz-security-token'])).toEqual(['ended', 'token']);
});

test('without an endpoint the bucket is asked at AWS, over TLS, in its region', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', '');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', '');
  const asked: { url: string; redirect: unknown }[] = [];
  const writer = createObjectWriter({
    bucket: 'bucket',
    region: 'eu-west-1',
    credentials: async () => LOCAL_CREDENTIALS,
    fetch: async (url, init) => {
      asked.push({ url: String(url), redirect: init?.redirect });
      return new Response('', { headers: { etag: '"1"' } });
    },
  });
  await writer.put('windows/main/1', 'text', 'text/plain');
  expect(asked).toEqual([
    { url: 'https://bucket.s3.eu-west-1.amazonaws.com/windows/main/1', redirect: 'manual' },
  ]);
});

test('the endpoint of the environment is used as other clients use it, that of S3 first', async () => {
  const bucket = await openLoopbackBucket();
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
  vi.stubEnv('AWS_ENDPOINT_URL_S3', `${bucket.url}/`);
  const credentials = async () => LOCAL_CREDENTIALS;
  const writer = createObjectWriter({ bucket: 'bucket', region: 'eu-west-1', credentials });
  await writer.put('one', 'text', 'text/plain');
  expect([...bucket.objects.keys()]).toEqual(['one']);
});
