import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { type ObjectAttempt, type ObjectStoreError, objectStoreError } from './object-store-error.ts';

/** The endpoint that has a host for each bucket. */
const AWS = '';
const TRIES_MAX = 3;
const BACKOFF_MS_BASE = 200;
/** Three tries end before a container that was told to stop is killed, 30 s later. */
const TIMEOUT_MS = 8_000;

export interface ObjectCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface ObjectWriterOptions {
  readonly bucket: string;
  readonly region: string;
  /** Asked for each request, since those of a container end and are renewed; a provider of the SDK fits. */
  readonly credentials: () => Promise<ObjectCredentials>;
  /** Something that speaks S3 other than AWS; AWS_ENDPOINT_URL_S3, else AWS_ENDPOINT_URL, unless told. */
  readonly endpoint?: string;
  readonly fetch?: typeof fetch;
  /** A try without an answer for so long is over. */
  readonly timeoutMs?: number;
  readonly wait?: (ms: number) => Promise<unknown>;
  /** A number in [0, 1). */
  readonly random?: () => number;
}

export interface PutOptions {
  /** Leaves an object alone that is there already. */
  readonly onlyNew?: boolean;
}

/** Writes objects of one bucket. */
export interface ObjectWriter {
  readonly bucket: string;
  /**
   * Resolves when S3 has the object, whole; `exists` only where `onlyNew` was asked for. What may pass is tried three
   * times with full-jitter backoff. @throws ObjectStoreError in words.
   */
  put(
    key: string,
    body: string | Uint8Array,
    contentType: string,
    options?: PutOptions,
  ): Promise<'written' | 'exists'>;
}

/** An S3 client of a few KB, for what must stay a small bundle: it signs a PUT, sends it, and knows the answers. */
export function createObjectWriter(options: ObjectWriterOptions): ObjectWriter {
  const writer = new Writer({
    endpoint: process.env['AWS_ENDPOINT_URL_S3'] || process.env['AWS_ENDPOINT_URL'] || AWS,
    fetch,
    timeoutMs: TIMEOUT_MS,
    wait: (ms) => setTimeout(ms),
    random: Math.random,
    ...options,
  });
  return {
    bucket: options.bucket,
    put: (key, body, contentType, how) => writer.put(key, body, contentType, how?.onlyNew === true),
  };
}

/** As the signature has it: RFC 3986 reserves more than JavaScript encodes. */
const encodeSegment = (segment: string): string =>
  encodeURIComponent(segment).replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );

type Outcome =
  | { readonly kind: 'written' | 'exists' }
  | { readonly kind: 'failed'; readonly error: ObjectStoreError; readonly passing: boolean };

class Writer {
  readonly #options: Required<ObjectWriterOptions>;

  constructor(options: Required<ObjectWriterOptions>) {
    this.#options = options;
  }

  async put(
    key: string,
    body: string | Uint8Array,
    contentType: string,
    onlyNew: boolean,
  ): Promise<'written' | 'exists'> {
    const { wait, random } = this.#options;
    const bytes = new Uint8Array(typeof body === 'string' ? Buffer.from(body, 'utf8') : body);
    const headers = {
      'content-type': contentType,
      // Signed, so that S3 itself refuses what was damaged on the way.
      'x-amz-content-sha256': createHash('sha256').update(bytes).digest('hex'),
      ...(onlyNew && { 'if-none-match': '*' }),
    };
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.#send(key, bytes, headers);
      if (outcome.kind !== 'failed') return outcome.kind;
      if (!outcome.passing || attempt === TRIES_MAX) throw outcome.error;
      await wait(random() * BACKOFF_MS_BASE * 2 ** (attempt - 1));
    }
  }

  async #send(key: string, body: Uint8Array<ArrayBuffer>, headers: Record<string, string>): Promise<Outcome> {
    const { bucket, region, credentials, timeoutMs } = this.#options;
    const attempt: ObjectAttempt = { action: 'write', bucket, key };
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
      const signer = new AwsV4Signer({
        method: 'PUT',
        url: this.#urlOf(key),
        service: 's3',
        region,
        headers,
        body,
        accessKeyId,
        secretAccessKey,
        ...(sessionToken !== undefined && { sessionToken }),
      });
      const signed = await signer.sign();
      // A redirect would carry the signed body to a host that nobody named.
      const init = { method: 'PUT', headers: signed.headers, body, redirect: 'manual', signal } as const;
      const response = await this.#options.fetch(signed.url, init);
      return outcomeOf(attempt, response, await response.text());
    } catch (error) {
      const { code, message } = networkFault(error);
      return { kind: 'failed', error: objectStoreError(attempt, code, message, error), passing: true };
    }
  }

  #urlOf(key: string): string {
    const { bucket, region, endpoint } = this.#options;
    const path = key.split('/').map(encodeSegment).join('/');
    return endpoint === AWS
      ? `https://${bucket}.s3.${region}.amazonaws.com/${path}`
      : `${endpoint.replace(/\/+$/, '')}/${bucket}/${path}`;
  }
}

function outcomeOf(attempt: ObjectAttempt, response: Response, text: string): Outcome {
  const { status, headers } = response;
  if (status === 412) return { kind: 'exists' };
  if (status === 200 && headers.has('etag')) return { kind: 'written' };
  if (status === 200) {
    const error = objectStoreError(attempt, 'NoETag', 'what answered is no S3');
    return { kind: 'failed', error, passing: true };
  }
  const code = /<Code>([^<]{1,100})<\/Code>/.exec(text)?.[1] ?? codeOfStatus(status);
  const message = /<Message>([^<]{1,300})<\/Message>/.exec(text)?.[1] ?? `HTTP ${status}`;
  // 409: another write of the same new object is under way. 400 RequestTimeout: the body did not arrive in time.
  const passing = status >= 500 || [408, 409, 429].includes(status) || code === 'RequestTimeout';
  return { kind: 'failed', error: objectStoreError(attempt, code, message), passing };
}

function codeOfStatus(status: number): string {
  if (status === 301 || status === 307) return 'PermanentRedirect';
  if (status === 403) return 'AccessDenied';
  return `HTTP${status}`;
}

/** `fetch` says only that it failed; why is in its cause. */
function networkFault(error: unknown): { code: string; message: string } {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(cause instanceof Error)) return { code: 'UnknownError', message: String(cause) };
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
  return { code, message: cause.message };
}
