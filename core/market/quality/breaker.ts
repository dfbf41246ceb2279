import { type EpochMs, epochMs, MINUTE_MS } from '../../time.ts';
import type { QualityReason } from '../window.ts';

/** More failures than this within {@link BREAKER_SPAN_MS} open the breaker. */
export const FAILURES_MAX = 10;
/** The span in which failures are counted, and the one that must pass without any. */
export const BREAKER_SPAN_MS = MINUTE_MS;

/**
 * `opened`: the instrument is blocked. `closing_wanted`: a clean minute has passed and a fresh snapshot is wanted; told again
 * each minute until one comes. `closed`: the snapshot proved the book.
 */
export type BreakerStep = 'opened' | 'closing_wanted' | 'closed';

/** The failures of one opening: those of the minute that opened the breaker, and all since. */
interface Episode {
  readonly from: EpochMs;
  failedAt: EpochMs;
  readonly counts: Map<QualityReason, number>;
}

/**
 * An instrument's circuit breaker. It opens on more than {@link FAILURES_MAX} failures within `(t - 60 s, t]`, and closes
 * itself with the first snapshot that comes after a minute without a failure; a failure before then starts that minute anew.
 * It touches no trading mode. Time comes with each call, and a moment before an earlier one counts as that one.
 */
export class CircuitBreaker {
  private now = epochMs(0);
  /** Failures of the last minute while it is closed, at most one more than {@link FAILURES_MAX}. */
  private recent: { readonly at: EpochMs; readonly reason: QualityReason }[] = [];
  /** The newest opening, over or not. */
  private episode: Episode | undefined;
  private state: 'closed' | 'open' | 'closing' = 'closed';
  private askedAt = epochMs(0);

  get isOpen(): boolean {
    return this.state !== 'closed';
  }

  failed(reason: QualityReason, at: EpochMs): BreakerStep | null {
    const now = this.advance(at);
    if (this.episode !== undefined && this.isOpen) {
      addTo(this.episode, reason, now);
      this.state = 'open';
      return null;
    }
    this.recent = this.recent.filter((failure) => failure.at > now - BREAKER_SPAN_MS);
    this.recent.push({ at: now, reason });
    if (this.recent.length <= FAILURES_MAX) return null;
    this.episode = episodeOf(this.recent, now);
    this.state = 'open';
    return 'opened';
  }

  /** A snapshot proved the book. It counts once the clean minute is over, asked for or not. */
  proven(at: EpochMs): BreakerStep | null {
    const now = this.advance(at);
    if (!this.isOpen || !this.isClean(now)) return null;
    this.state = 'closed';
    return 'closed';
  }

  /** Lets time pass. */
  tick(at: EpochMs): BreakerStep | null {
    const now = this.advance(at);
    if (!this.isOpen || !this.isClean(now)) return null;
    if (this.state === 'closing' && now - this.askedAt < BREAKER_SPAN_MS) return null;
    this.state = 'closing';
    this.askedAt = now;
    return 'closing_wanted';
  }

  /** Its state in words, for people: what opened it and what closes it. */
  describe(): string {
    if (this.episode === undefined) return `closed: never more than ${FAILURES_MAX} failures in a minute`;
    const why = failureWords(this.episode);
    switch (this.state) {
      case 'open':
        return `${why}; closes itself after a minute without failures and a fresh snapshot`;
      case 'closing':
        return `${why}; then a minute without failures: closes itself with a fresh snapshot`;
      case 'closed':
        return `closed after ${why}; then a minute without failures and a fresh snapshot`;
    }
  }

  private isClean(now: EpochMs): boolean {
    return this.episode !== undefined && now - this.episode.failedAt >= BREAKER_SPAN_MS;
  }

  private advance(at: EpochMs): EpochMs {
    if (at > this.now) this.now = at;
    return this.now;
  }
}

function episodeOf(
  failures: readonly { readonly at: EpochMs; readonly reason: QualityReason }[],
  now: EpochMs,
): Episode {
  const episode: Episode = { from: failures[0]?.at ?? now, failedAt: now, counts: new Map() };
  for (const { at, reason } of failures) addTo(episode, reason, at);
  return episode;
}

function addTo(episode: Episode, reason: QualityReason, at: EpochMs): void {
  episode.failedAt = at;
  episode.counts.set(reason, (episode.counts.get(reason) ?? 0) + 1);
}

/** `12 failures in a minute: 9 gap, 3 crossed`, the most frequent reason first. */
function failureWords({ counts, from, failedAt }: Episode): string {
  const reasons = [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const total = reasons.reduce((sum, [, count]) => sum + count, 0);
  const minutes = Math.ceil((failedAt - from) / MINUTE_MS);
  const span = minutes <= 1 ? 'a minute' : `${minutes} minutes`;
  return `${total} failures in ${span}: ${reasons.map(([reason, count]) => `${count} ${reason}`).join(', ')}`;
}
