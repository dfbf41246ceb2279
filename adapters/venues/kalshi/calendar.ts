import type { EpochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import type { ConnectionDesk } from '../venue-reader.ts';

/** Where a market stands, as far as the venue said. */
export interface MarketLife {
  /** The venue's word; null while no message said it. */
  phase: string | null;
  opensAt: EpochMs | null;
  closesAt: EpochMs | null;
  /** What was told of its outcome. */
  payout: bigint | null;
  isFinal: boolean;
  /** The rules last taken, to tell news from repetition. */
  rules: string;
}

/**
 * What is known of the markets' lives, over all connections. The venue sends nothing when a market reaches its opening or
 * its close, so both are told from here by the clock.
 */
export class MarketCalendar {
  private readonly lives = new Map<FollowedInstrument, MarketLife>();
  /** The next moment at which something opens or closes. */
  private dueAt = Number.POSITIVE_INFINITY;

  /** What is known of a market; a new one begins with what its rules say. */
  of(followed: FollowedInstrument): MarketLife {
    const known = this.lives.get(followed);
    if (known !== undefined) return known;
    const { opensAt = null, closesAt = null } = followed.instrument.contract ?? {};
    const life: MarketLife = { phase: null, opensAt, closesAt, payout: null, isFinal: false, rules: '' };
    this.lives.set(followed, life);
    this.dueAt = Number.NEGATIVE_INFINITY;
    return life;
  }

  isDue(now: EpochMs): boolean {
    return now >= this.dueAt;
  }

  /** Tells what trades at this moment and what does not, and finds the next moment to look. */
  sweep(now: EpochMs, desk: ConnectionDesk): void {
    this.dueAt = Number.POSITIVE_INFINITY;
    for (const [followed, life] of this.lives) {
      if (desk.find(followed.instrument.symbol) !== followed) {
        this.lives.delete(followed);
        continue;
      }
      const why = closedBecause(life, now);
      desk.setTradable(followed, why === null, why ?? 'it trades');
      for (const at of [life.opensAt, life.closesAt])
        if (at !== null && at > now) this.dueAt = Math.min(this.dueAt, at);
    }
  }
}

/** Why a market does not trade at a moment, in words; null when it does. */
export function closedBecause(
  { phase, opensAt, closesAt }: Omit<MarketLife, 'payout' | 'isFinal' | 'rules'>,
  now: EpochMs,
): string | null {
  if (phase !== null && !TRADES.has(phase)) return `the venue says '${phase.slice(0, 40)}'`;
  if (opensAt !== null && now < opensAt) return 'it has not opened yet';
  return closesAt !== null && now >= closesAt ? 'its close has come' : null;
}

/** An initialized market opens by the clock, without another word. Words that nobody knows do not trade. */
const TRADES: ReadonlySet<string> = new Set(['initialized', 'active']);
/** Words after which nothing will trade any more. */
const OVER: ReadonlySet<string> = new Set(['closed', 'determined', 'disputed', 'amended', 'finalized']);

/** Whether trading has ended for good, so that its book will not be needed again. */
export const isOver = ({ phase, closesAt }: Pick<MarketLife, 'phase' | 'closesAt'>, now: EpochMs): boolean =>
  (phase !== null && OVER.has(phase)) || (closesAt !== null && now >= closesAt);
