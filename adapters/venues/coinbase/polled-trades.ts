import type { EpochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import { RefusedMessage } from '../refused-message.ts';
import type { TradeFacts } from '../trade-tape.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import { POLL_EVERY_MS } from './connection-books.ts';

/** After so long without an answer the next one tells of the past, as the first does. */
const PAUSE_MS_MAX = 3 * POLL_EVERY_MS;

/** Trades of answers that are asked for in turn; each answer repeats most of the one before. */
export class PolledTrades {
  private readonly desk: ConnectionDesk;
  private readonly polledAt = new Map<FollowedInstrument, EpochMs>();
  private readonly answered = new Set<FollowedInstrument>();

  constructor(desk: ConnectionDesk) {
    this.desk = desk;
  }

  take(followed: FollowedInstrument, trade: TradeFacts | RefusedMessage, now: EpochMs): void {
    this.answered.add(followed);
    const before = this.polledAt.get(followed);
    if (trade instanceof RefusedMessage) {
      followed.counts.refused += 1;
      const detail = `${followed.instrument.symbol} trade ${trade.detail}`;
      this.desk.note({ kind: 'refused', detail });
      this.desk.tradesLost(followed, 'refused', detail);
    } else if (before !== undefined && now - before <= PAUSE_MS_MAX) this.desk.trade(followed, trade);
    else this.desk.tradeHistory(followed, trade);
  }

  /** The answer is complete. */
  end(now: EpochMs): void {
    for (const followed of this.answered) this.polledAt.set(followed, now);
    this.answered.clear();
  }

  unfollow(followed: FollowedInstrument): void {
    this.polledAt.delete(followed);
  }
}
