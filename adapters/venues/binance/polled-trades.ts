import { type EpochMs, epochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import { JUMP_MAX } from '../trade-tape.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import { orderOf } from '../wire-times.ts';
import { POLL_OVERDUE_MS } from './limits.ts';
import type { PolledTrade } from './mapper.ts';

/** The newest trade of the answers so far. */
interface Newest {
  readonly id: number;
  readonly occurredAt: EpochMs;
  readonly polledAt: EpochMs;
}

/** Trades of REST answers, each of which repeats most of the one before: what is new in them, and whether it is news. */
export class PolledTrades {
  private readonly desk: ConnectionDesk;
  private readonly newest = new Map<FollowedInstrument, Newest>();

  constructor(desk: ConnectionDesk) {
    this.desk = desk;
  }

  /** Takes an answer's trades, oldest first. The first answer tells of the past, as does one after a pause. */
  take(followed: FollowedInstrument, trades: readonly PolledTrade[], now: EpochMs): void {
    const before = this.newest.get(followed);
    const last = trades.at(-1);
    const { id, occurredAt } = newestOf(before, last, now);
    this.newest.set(followed, { id, occurredAt, polledAt: now });
    const fresh = trades.filter((trade) => isNewer(trade, last, before));
    const isNews = before !== undefined && now - before.polledAt <= POLL_OVERDUE_MS;
    for (const trade of fresh) {
      if (isNews) this.desk.trade(followed, trade);
      else this.desk.tradeHistory(followed, trade);
    }
    if (before === undefined || isNews || fresh.length === 0) return;
    const detail = `${fresh.length} trades were polled ${now - before.polledAt} ms after the ones before`;
    this.desk.tradesLost(followed, 'disconnected', detail);
  }

  unfollow(followed: FollowedInstrument): void {
    this.newest.delete(followed);
  }
}

/** Lower ids at a later time: the venue counts anew. So much lower ones: the newest id so far was none of its count. */
const beginsAnew = (last: PolledTrade | undefined, before: Newest): boolean =>
  last !== undefined &&
  last.lastTradeId < before.id &&
  (last.occurredAt > before.occurredAt || before.id - last.lastTradeId > JUMP_MAX);

function newestOf(before: Newest | undefined, last: PolledTrade | undefined, now: EpochMs) {
  if (last === undefined) return before ?? { id: -1, occurredAt: epochMs(0) };
  const isLater = before === undefined || last.lastTradeId > before.id || beginsAnew(last, before);
  if (!isLater) return before;
  const occurredAt = orderOf(last.occurredAt, now) ?? before?.occurredAt ?? epochMs(0);
  return { id: last.lastTradeId, occurredAt };
}

const isNewer = (trade: PolledTrade, last: PolledTrade | undefined, before: Newest | undefined): boolean =>
  before === undefined || trade.lastTradeId > before.id || beginsAnew(last, before);
