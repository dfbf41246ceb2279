import { QUICK } from '../../adapters/venues/session/backoff.ts';
import type { Blow } from './blow.ts';
import type { PlaceName } from './places.ts';

/** A silent connection is asked after three seconds and given up after three more; the clock is looked at each second. */
const FREEZE_FOUND_MS = 8_000;
/** Who is asked too much and does not say for how long is left alone for so long, the first time. */
const LEFT_ALONE_MS = 4_000;
/** Pictures and single symbols that are refused wait as connections do unless a configuration says otherwise. */
const backoffMs = QUICK.maxMs;
const CUT_ONCE = { lost: 1, reconnects: 1 } as const;

/**
 * What goes wrong at each venue, in this order: never more than ten failures of a book in a minute, which would halt it, and
 * never two doubts of one stream within the five seconds in which no second picture is asked of it. A lost change is no fault
 * of Coinbase Exchange here: nothing in its stream shows that, only pictures that are compared with it now and then.
 */
export const BLOWS: Readonly<Record<PlaceName, readonly Blow[]>> = {
  binance: [
    { fault: { kind: 'gap' }, grows: { gaps: 1 }, resyncs: [1, 0] },
    { fault: { kind: 'duplicate' }, grows: { repeated: 1 }, resyncs: [0, 0] },
    {
      fault: { kind: 'oversize', bytes: 5 << 20 },

      grows: { oversize: 1, ...CUT_ONCE },
      resyncs: [1, 1],
    },
    { fault: { kind: 'ids_back', symbol: 'BTCUSDT' }, forMs: 500, stirs: ['gaps'], resyncs: [1, 0] },
    {
      fault: { kind: 'http', status: 418, retryAfterS: 1, path: '/depth' },
      forMs: 500,
      isFeltAnew: true,
      backoffMs,
      grows: CUT_ONCE,
      resyncs: [1, 1],
    },
    {
      fault: { kind: 'region' },
      forMs: 1_500,
      shows: ({ trouble }) => trouble?.includes('HTTP 451') === true,
      backoffMs,
      grows: CUT_ONCE,
      stirs: ['failedAttempts'],
      resyncs: [1, 1],
    },
  ],
  mexc: [
    {
      fault: { kind: 'swap' },

      // A picture that is older than the stream's beginning is asked for again after a second and a half.
      tailMs: 1_500,
      grows: { gaps: 1, disordered: 1 },
      resyncs: [1, 0],
    },
    { fault: { kind: 'garbage', as: 'binary' }, grows: { malformed: 1 }, resyncs: [0, 0] },
    {
      fault: { kind: 'slow_snapshot', byMs: 1_000 },
      forMs: 1_500,
      isFeltAnew: true,
      tailMs: 1_000,
      grows: CUT_ONCE,
      resyncs: [1, 1],
    },
    {
      fault: { kind: 'http', status: 503, path: '/depth' },
      forMs: 1_500,
      isFeltAnew: true,
      backoffMs,
      grows: CUT_ONCE,
      resyncs: [1, 1],
    },
    {
      fault: { kind: 'hidden_refusal', symbol: 'BTCUSDT' },
      beside: { kind: 'late_ack', byMs: 400 },
      forMs: 1_500,
      isFeltAnew: true,
      shows: ({ refused }) => refused.some(({ symbol }) => symbol === 'BTCUSDT'),
      backoffMs,
      grows: CUT_ONCE,
      resyncs: [1, 1],
    },
  ],
  coinbase: [
    { fault: { kind: 'gap' }, grows: { gaps: 2 }, resyncs: [1, 1] },
    {
      fault: { kind: 'garbage', as: 'no_text' },

      grows: { garbage: 1, ...CUT_ONCE },
      resyncs: [1, 1],
    },
    { fault: { kind: 'clock_skew', byMs: -60_000 }, forMs: 1_000, resyncs: [0, 0] },
    {
      fault: { kind: 'upgrade', status: 503 },
      forMs: 1_500,
      isFeltAnew: true,
      shows: ({ trouble }) => trouble?.includes('HTTP 503') === true,
      grows: CUT_ONCE,
      stirs: ['failedAttempts'],
      resyncs: [1, 1],
    },
    { fault: { kind: 'ids_back' }, forMs: 500, grows: { gaps: 2 }, resyncs: [1, 1] },
  ],
  'coinbase-exchange': [
    {
      fault: { kind: 'late_ack', byMs: 1_000 },
      forMs: 1_500,
      isFeltAnew: true,
      tailMs: 1_000,
      grows: CUT_ONCE,
      resyncs: [1, 1],
    },
    { fault: { kind: 'garbage', as: 'letters' }, grows: { malformed: 1 }, resyncs: [1, 1] },
    {
      fault: { kind: 'freeze' },
      forMs: FREEZE_FOUND_MS,
      blindMs: FREEZE_FOUND_MS,
      tailMs: 1_000,
      grows: CUT_ONCE,
      resyncs: [1, 1],
    },
    {
      fault: { kind: 'close_storm', everyMs: 500 },
      forMs: 1_600,
      stirs: ['reconnects'],
      resyncs: 'each cut',
    },
  ],
  kalshi: [
    { fault: { kind: 'ids_back' }, forMs: 500, grows: { gaps: 2 }, resyncs: [1, 1] },
    { fault: { kind: 'duplicate' }, grows: { repeated: 1 }, resyncs: [0, 0] },
    {
      fault: { kind: 'upgrade', status: 429 },
      forMs: 1_000,
      isFeltAnew: true,
      shows: ({ trouble }) => trouble?.includes('HTTP 429') === true,
      tailMs: LEFT_ALONE_MS,
      grows: { failedAttempts: 1, ...CUT_ONCE },
      resyncs: [1, 1],
    },
    { fault: { kind: 'gap' }, grows: { gaps: 2 }, resyncs: [1, 1] },
    {
      fault: { kind: 'oversize', bytes: 5 << 20 },

      grows: { oversize: 1, ...CUT_ONCE },
      resyncs: [1, 1],
    },
  ],
  polymarket: [
    { fault: { kind: 'checksum' }, stirs: ['wrongHashes'], resyncs: [1, 1] },
    { fault: { kind: 'garbage', as: 'letters' }, grows: { malformed: 1 }, resyncs: [1, 1] },
    {
      fault: { kind: 'close_storm', everyMs: 500 },
      forMs: 1_600,
      stirs: ['reconnects'],
      resyncs: 'each cut',
    },
    { fault: { kind: 'duplicate' }, stirs: ['repeated'], resyncs: [0, 0] },
    { fault: { kind: 'clock_skew', byMs: 30_000 }, forMs: 1_000, resyncs: [0, 0] },
  ],
};
