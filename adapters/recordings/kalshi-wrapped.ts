/**
 * Subscriptions of the recorder, as each of its connections was answered: tickers first, then the book. It stored no
 * message's own number, and it did not subscribe to trades.
 */
const SIDS = { ticker: 1, orderbook_snapshot: 2, orderbook_delta: 2 } as const;

/** The part of a wrapped line that matters; whatever the recorder added beside it is left out. */
interface Wrapped {
  readonly event_type?: unknown;
  readonly payload_json?: unknown;
  readonly sequence_number?: unknown;
}

/**
 * The wire's text of a Kalshi message that a recorder wrapped into an object of its own (`payload_json` is the message's
 * `msg`, `sequence_number` its `seq`); undefined for a text that is no such object.
 */
export function unwrapKalshi(raw: string): string | undefined {
  if (raw.startsWith('{"type"') || !raw.includes('"payload_json"')) return undefined;
  let wrapped: unknown;
  try {
    wrapped = JSON.parse(raw);
  } catch {
    return undefined;
  }
  if (!isWrapped(wrapped)) return undefined;
  const { event_type: type, payload_json: msg, sequence_number: seq } = wrapped;
  if (!isKnown(type) || typeof msg !== 'object' || msg === null) return undefined;
  return JSON.stringify({ type, sid: SIDS[type], ...(typeof seq === 'number' && { seq }), msg });
}

const isWrapped = (value: unknown): value is Wrapped => typeof value === 'object' && value !== null;

const isKnown = (type: unknown): type is keyof typeof SIDS =>
  typeof type === 'string' && Object.hasOwn(SIDS, type);
