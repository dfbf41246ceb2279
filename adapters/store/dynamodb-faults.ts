import { StoreError } from './item-store.ts';

/** How a request is tried again; a test hands in its own chance and its own waiting. */
export interface RetryOptions {
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

const RETRIES_MAX = 3;
const BACKOFF_MS_BASE = 50;

// The SDK repeats throttled requests, but never a transaction that met another one on its items.
const CONFLICT = new Set(['TransactionConflict', 'TransactionConflictException']);
const THROTTLED = new Set([
  'ThrottlingError',
  'ThrottlingException',
  'ProvisionedThroughputExceeded',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'TransactionInProgressException',
]);

/**
 * Sends a request, three times more while it meets another transaction or a throttle, with full-jitter backoff. Throws a
 * StoreError: `busy` when other transactions kept the items, `unavailable` for all else the service or the network refuses.
 */
export async function withRetries<T>(send: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      if (attempt === RETRIES_MAX || !isPassing(error)) throw toStoreError(error);
      await options.wait(options.random() * BACKOFF_MS_BASE * 2 ** attempt);
    }
  }
}

/** What refused each write of a canceled transaction, in the order given; undefined for any other error. */
function cancellationCodes(error: unknown): readonly string[] | undefined {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return undefined;
  const reasons = 'CancellationReasons' in error ? error.CancellationReasons : undefined;
  if (!Array.isArray(reasons)) return [];
  return reasons.map((reason: { Code?: string }) => reason.Code ?? 'None');
}

function codesOf(error: unknown): readonly string[] {
  return cancellationCodes(error) ?? (error instanceof Error ? [error.name] : []);
}

function isPassing(error: unknown): boolean {
  return codesOf(error).some((code) => CONFLICT.has(code) || THROTTLED.has(code));
}

function toStoreError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StoreError || isOurs(error)) return error;
  if (codesOf(error).some((code) => CONFLICT.has(code))) {
    return new StoreError('busy', 'Other transactions kept the same items. Nothing was written.', {
      cause: error,
    });
  }
  if (error.name === 'ResourceNotFoundException')
    return new StoreError(
      'unavailable',
      'The table is not there. Deploy the stack in this region, or name the right one (AWS_REGION).',
      { cause: error },
    );
  return new StoreError('unavailable', `The table did not answer (${error.name}: ${error.message}).`, {
    cause: error,
  });
}

/** Refused for what was asked: a bug of ours, whatever state the table is in. */
function isOurs(error: Error): boolean {
  return error instanceof RangeError || error.name === 'ValidationException';
}
