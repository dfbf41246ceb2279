import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import type { RestLimits } from '../session/protocol.ts';

/** Ping frames count towards the five messages a second that a connection may send, as do our answers to them. */
export const SENDS_PER_SECOND = 3;
/** The venue sends a ping frame every 20 s and cuts who does not answer within a minute. */
export const SILENCE_MS = MINUTE_MS;
/** A connection is cut after 24 hours. */
export const LIFETIME_MS = 23 * HOUR_MS;
/** 1024 streams fit on a connection, which are 341 symbols; fewer share the fate of one connection here. */
export const SYMBOLS_PER_CONNECTION = 100;
/** Streams of one SUBSCRIBE message, and its size: above 4096 bytes it was seen to be ignored without a word. */
export const SUBSCRIBE_STREAMS_MAX = 100;
export const SUBSCRIBE_BYTES_MAX = 4_000;

/** Levels of a snapshot that diffs continue: 1000 cost 50 of a budget of 6000 a minute, 5000 would cost 250. */
export const SNAPSHOT_LEVELS = 1_000;
/** Levels of a polled picture: as many as cost least, ten times what a window shows. */
export const POLLED_LEVELS = 100;
/** As many as there can be: an answer costs the same with fewer. */
export const POLLED_TRADES = 1_000;
export const POLL_EVERY_MS = 3 * SECOND_MS;
/** A polled book without its next picture for so long is stale. */
export const POLL_OVERDUE_MS = 3 * POLL_EVERY_MS;

/** 6000 a minute by address; a fifth is left to whoever shares it. */
export const WEIGHT_PER_MINUTE = 4_800;
export const REST_LIMITS: RestLimits = { spacingMs: 50, burst: 10, weightPerMinute: WEIGHT_PER_MINUTE };
/** Symbols are paused and delisted: the rules are asked for again. */
export const RULES_EVERY_MS = 10 * MINUTE_MS;
/** Symbols of one question for rules, and the length of its address: some 8000 characters are where addresses fail. */
export const RULES_BATCH = 100;
export const URL_LENGTH_MAX = 6_000;
