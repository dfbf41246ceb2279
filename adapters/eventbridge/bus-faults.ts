/**
 * What kept an event off the bus. `entry`: the bus refused this one event; `request`: it refused the request as a whole,
 * perhaps for one event in it; `bus`: it took nothing and would take nothing else now.
 */
export interface BusFault {
  readonly scope: 'entry' | 'request' | 'bus';
  /** The service's error code, or what the network or the SDK calls it. */
  readonly code: string;
  readonly message: string;
  /** Trying again can help. */
  readonly passing: boolean;
}

/** The fault in one entry of an answer; undefined when the bus has taken the event and given it an id. */
export function faultOfEntry(
  entry:
    | {
        readonly EventId?: string | undefined;
        readonly ErrorCode?: string | undefined;
        readonly ErrorMessage?: string | undefined;
      }
    | undefined,
): BusFault | undefined {
  const { EventId, ErrorCode, ErrorMessage } = entry ?? {};
  if (ErrorCode === undefined && EventId !== undefined) return undefined;
  const code = ErrorCode ?? 'NoAnswer';
  const message = ErrorMessage ?? 'the answer does not say what became of the event';
  return { scope: 'entry', code, message, passing: !REFUSED.test(code) };
}

/** The fault in what the SDK threw. An answer that cannot be read counts as none: the events may or may not be there. */
export function faultOfRequest(error: unknown): BusFault {
  const status = statusOf(error);
  const code = codeOf(error);
  const message = error instanceof Error && error.message !== '' ? error.message : 'no reason given';
  if (status === 413 || /^(Validation|RequestEntityTooLarge)/.test(code))
    return { scope: 'request', code, message, passing: false };
  const throttled = /throttl|TooManyRequests|LimitExceeded/i.test(code) || status === 429 || status === 408;
  const refused = REFUSED.test(code) || (status !== undefined && status >= 400 && status < 500);
  return { scope: 'bus', code, message, passing: throttled || !refused };
}

/** A refusal for size: the limits are the service's own, and elsewhere lower than AWS's. */
export const isForSize = ({ scope, code, message }: BusFault): boolean =>
  scope === 'request' &&
  (code.startsWith('RequestEntityTooLarge') || /\bsize\b|too large|over the limit/i.test(message));

/** What a person can do about it; `action` is what was asked of the bus. */
export function remedyOf({ code, passing }: BusFault, action = 'events:PutEvents'): string {
  if (code.startsWith('ResourceNotFound'))
    return 'There is no bus of that name in this account and region: deploy the stack, or correct DECKLE_BUS.';
  if (/AccessDenied|NotAuthorized|UnrecognizedClient|InvalidSignature|ExpiredToken|Credentials/.test(code))
    return `Check the credentials, and that they are granted ${action} on this bus.`;
  if (/throttl|TooManyRequests|LimitExceeded/i.test(code))
    return `Try again later; if it lasts, raise the account's quota of ${action} in this region.`;
  return passing
    ? 'Try again: an event that was taken after all keeps its id and is recognized as a repeat.'
    : 'It would be refused again: the reason says what to change.';
}

// PutEvents documents which codes do not pass; every other is taken for a passing one.
const REFUSED =
  /^(AccessDenied|InvalidAccountId|InvalidArgument|InvalidSignature|MalformedDetail|NotAuthorized|RedactionFailure|ResourceNotFound|UnrecognizedClient|Validation)/;

function statusOf(error: unknown): number | undefined {
  const metadata = fieldOf(error, '$metadata');
  const status = fieldOf(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}

function codeOf(error: unknown): string {
  const code = fieldOf(error, 'code');
  if (typeof code === 'string') return code;
  return error instanceof Error ? error.name : 'UnknownError';
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
