import { type EpochMs, SECOND_MS } from '../time.ts';
import type { InstrumentId } from './instrument.ts';
import type { InstrumentWindow, MarketWindow } from './window.ts';

/** An instrument without a live message for so long, in event time, is silent. */
export const SILENCE_MS = 30 * SECOND_MS;

/** What the windows so far say of one instrument. */
export interface Liveness {
  /** Receive time of its newest message while its book was live; null when it never was. */
  readonly liveAt: EpochMs | null;
  /** Silence counts from here: `liveAt`, or the first window, or the last one in which it was well or not traded. */
  readonly countedFrom: EpochMs;
  /** `unknown` until it was live or silent for the first time. */
  readonly verdict: 'unknown' | 'live' | 'silent';
}

export type Silences = ReadonlyMap<InstrumentId, Liveness>;

/** A verdict that changed with this window. */
export interface SilenceChange {
  readonly kind: 'silenced' | 'resumed';
  readonly instrumentId: InstrumentId;
}

/**
 * Judges each instrument of a window: silent when its book was not live, or no message of it came, for {@link SILENCE_MS};
 * live again with its first live message. With `isWatched`, whoever reads the source notices by itself when a stream has died,
 * and gives its books up: there a live book of which nothing comes is that of a quiet market, and is not silent. Nor is what
 * the venue says it does not trade. The same windows give the
 * same changes, so a restart that rebuilds them tells nothing twice under another id. The first live window counts as a
 * change too: who cannot rebuild does not know what was told before. An instrument that a window does not show is no longer
 * followed and forgotten: nobody waits for a silent one, and the silence of one that is followed again counts from there.
 */
export function judgeSilence(
  before: Silences,
  window: MarketWindow,
  isWatched: boolean,
): { readonly after: Silences; readonly changes: readonly SilenceChange[] } {
  const after = new Map<InstrumentId, Liveness>();
  const changes: SilenceChange[] = [];
  for (const one of window.instruments) {
    const known = before.get(one.instrumentId);
    const next = livenessAfter(known, one, window.closedAt, isWatched);
    after.set(one.instrumentId, next);
    if (next.verdict !== (known?.verdict ?? 'unknown'))
      changes.push({
        kind: next.verdict === 'silent' ? 'silenced' : 'resumed',
        instrumentId: one.instrumentId,
      });
  }
  for (const [instrumentId, { verdict }] of before)
    if (verdict === 'silent' && !after.has(instrumentId)) changes.push({ kind: 'resumed', instrumentId });
  return { after, changes };
}

function livenessAfter(
  known: Liveness | undefined,
  { status, receivedAt }: InstrumentWindow,
  closedAt: EpochMs,
  isWatched: boolean,
): Liveness {
  const newest = receivedAt ?? closedAt;
  if (status === 'live' && isWatched) return { liveAt: newest, countedFrom: closedAt, verdict: 'live' };
  // A breaker says that what comes is bad, not that nothing comes.
  if (status === 'live' || status === 'halted')
    return { liveAt: newest, countedFrom: newest, verdict: isOld(newest, closedAt) ? 'silent' : 'live' };
  const { liveAt, verdict } = known ?? NEVER_SEEN;
  const countedFrom = status === 'closed' ? closedAt : (known?.countedFrom ?? closedAt);
  return { liveAt, countedFrom, verdict: isOld(countedFrom, closedAt) ? 'silent' : verdict };
}

const NEVER_SEEN = { liveAt: null, verdict: 'unknown' } as const;
const isOld = (from: EpochMs, now: EpochMs): boolean => now - from >= SILENCE_MS;
