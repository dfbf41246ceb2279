import { HOUR_MS } from '../../../core/time.ts';
import type { RestLimits } from '../session/protocol.ts';

/** A snapshot older than the stream's beginning is asked for again after so long: the venue says every 1 to 2 seconds. */
export const SNAPSHOT_RETRY_MS = 1_500;
/**
 * REST pictures and trades are asked for so often where there is no socket. Thirty symbols are then 1800 weights of trades a
 * minute (30 symbols x 12 times x weight 5), what the lower of two readings of the limits allows an endpoint.
 */
export const POLL_EVERY_MS = 5_000;
/** A polled book without its next picture for so long is stale. */
export const POLL_OVERDUE_MS = 3 * POLL_EVERY_MS;
/** More than 30 subscriptions on a connection do not take effect. */
export const CHANNELS_MAX = 30;
/** One text frame stays below 1024 bytes. */
export const SUBSCRIBE_BYTES_MAX = 1_000;
/** A connection ends after 24 hours at most. */
export const LIFETIME_MS = 23 * HOUR_MS;
/** The client pings every 15 to 20 s, in JSON, and expects the answer within 5 s. */
export const PING_EVERY_MS = 15_000;
export const SILENCE_MS = PING_EVERY_MS + 7_000;
/** Symbols are paused and delisted: the rules are asked for again. */
export const RULES_EVERY_MS = HOUR_MS;
/**
 * Each endpoint has its own limit (500 weights in 10 s, or 300 as others read it) and should be asked less than ten times a
 * second; this is all of them together, of which two are busy as a rule.
 */
export const REST_LIMITS: RestLimits = { spacingMs: 75, burst: 1, weightPerMinute: 2_400 };
