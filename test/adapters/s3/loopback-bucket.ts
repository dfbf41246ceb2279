import { createHash, createHmac } from 'node:crypto';
import {
  LOCAL_CREDENTIALS,
  type Loopback,
  openLoopback,
  type Received,
  type Reply,
} from '../loopback-server.ts';

export interface LoopbackBucket extends Loopback {
  /** What is in the bucket, by key. */
  readonly objects: Map<string, Buffer>;
}

/**
 * A bucket named `bucket` on this machine that answers as S3 does to path-style requests and refuses what is not signed
 * right. `interfere` may answer instead; `n` counts requests from 1.
 */
export async function openLoopbackBucket(
  interfere: (request: Received, n: number) => Reply | undefined = () => undefined,
  pageKeys = 1_000,
): Promise<LoopbackBucket> {
  const objects = new Map<string, Buffer>();
  const server = await openLoopback((request, n) => {
    const reply = interfere(request, n);
    if (reply !== undefined) return reply;
    const { pathname, searchParams } = new URL(request.path, 'http://local');
    if (!isSigned(request)) return xmlError(403, 'SignatureDoesNotMatch', 'The signature does not match.');
    const [, bucket, ...rest] = pathname.split('/');
    if (bucket !== 'bucket') return xmlError(404, 'NoSuchBucket', 'The specified bucket does not exist');
    const key = decodeURIComponent(rest.join('/'));
    if (request.method === 'PUT') return put(objects, key, request);
    if (key === '') return list(objects, searchParams, pageKeys);
    const body = objects.get(key);
    return body ? { body } : xmlError(404, 'NoSuchKey', 'The specified key does not exist.');
  });
  return { ...server, objects };
}

export const xmlError = (status: number, code: string, message: string): Reply => ({
  status,
  headers: { 'content-type': 'application/xml' },
  body: `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`,
});

function put(objects: Map<string, Buffer>, key: string, { headers, body }: Received): Reply {
  if (headers['x-amz-content-sha256'] !== sha256(body))
    return xmlError(
      400,
      'XAmzContentSHA256Mismatch',
      'The provided header does not match what was computed.',
    );
  if (headers['if-none-match'] === '*' && objects.has(key))
    return xmlError(
      412,
      'PreconditionFailed',
      'At least one of the pre-conditions you specified did not hold',
    );
  objects.set(key, body);
  return { headers: { etag: `"${sha256(body).slice(0, 32)}"` } };
}

function list(objects: Map<string, Buffer>, query: URLSearchParams, pageKeys: number): Reply {
  const after = query.get('continuation-token') ?? '';
  const keys = [...objects.keys()].sort().filter((key) => key.startsWith(query.get('prefix') ?? ''));
  const left = keys.filter((key) => key > after);
  const page = left.slice(0, pageKeys);
  const contents = page.map(
    (key) => `<Contents><Key>${key}</Key><Size>${objects.get(key)?.length ?? 0}</Size></Contents>`,
  );
  const more = left.length > page.length;
  const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
  return {
    headers: { 'content-type': 'application/xml' },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>${more}</IsTruncated>${contents.join('')}${next}</ListBucketResult>`,
  };
}

const sha256 = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();

/** Signature Version 4 of the request as it arrived, computed anew from AWS's description of it. */
function isSigned({ method, path, headers }: Received): boolean {
  const given = /Credential=[^/]+\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)/.exec(
    headers.authorization ?? '',
  );
  const [, scope = '', names = '', signature = ''] = given ?? [];
  const [date = '', region = '', service = ''] = scope.split('/');
  const [pathname = '', query = ''] = path.split('?');
  const header = (name: string): string => String(headers[name] ?? '').trim();
  const canonical = [
    method,
    pathname,
    query.split('&').sort().join('&'),
    ...names.split(';').map((name) => `${name}:${header(name)}`),
    '',
    names,
    header('x-amz-content-sha256'),
  ].join('\n');
  const toSign = ['AWS4-HMAC-SHA256', header('x-amz-date'), scope, sha256(canonical)].join('\n');
  const key = [region, service, 'aws4_request'].reduce<Buffer>(
    hmac,
    hmac(`AWS4${LOCAL_CREDENTIALS.secretAccessKey}`, date),
  );
  return (
    header('x-amz-security-token') === LOCAL_CREDENTIALS.sessionToken &&
    hmac(key, toSign).toString('hex') === signature
  );
}
