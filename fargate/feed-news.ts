import type { EventOf } from '../core/events.ts';
import type { GameUpdate } from '../core/market/game-watch.ts';
import type { InstrumentId } from '../core/market/instrument.ts';
import type { BreakerChange } from '../core/market/quality/instrument-quality.ts';
import type { FeedId } from '../core/market/window.ts';
import type { EpochMs } from '../core/time.ts';

/** News of a feed that go out beside its windows. */
export type FeedEvent = EventOf<
  | 'feed.silenced'
  | 'feed.resumed'
  | 'venue.disconnected'
  | 'venue.connected'
  | 'breaker.opened'
  | 'breaker.closed'
  | 'game.updated'
>;

/** Gathers, while a window is in progress, what has to be told when it is published. Ids are derived, so that a rebuilt window tells the same. */
export class FeedNews {
  private readonly feedId: FeedId;
  private events: FeedEvent[] = [];

  constructor(feedId: FeedId) {
    this.feedId = feedId;
  }

  breaker(instrumentId: InstrumentId, { kind, at, detail }: BreakerChange): void {
    if (kind === 'closing_wanted') return;
    const { feedId } = this;
    const id = `breaker.${kind}/${feedId}/${instrumentId}/${at}`;
    this.events.push({ type: `breaker.${kind}`, version: 1, id, at, feedId, instrumentId, detail });
  }

  game(update: GameUpdate): void {
    const { kind, at, changedAt, game, was } = update;
    const id = `game.updated/${game.league}/${game.gameId}/${at}`;
    this.events.push({
      type: 'game.updated',
      version: 1,
      id,
      at,
      feedId: this.feedId,
      kind,
      changedAt,
      game,
      was,
    });
  }

  venue(venue: string, isDown: boolean, at: EpochMs, detail: string): void {
    const { feedId } = this;
    const type = isDown ? 'venue.disconnected' : 'venue.connected';
    this.events.push({ type, version: 1, id: `${type}/${feedId}/${venue}/${at}`, at, feedId, venue, detail });
  }

  /** Hands over what was gathered, in its order. */
  take(): readonly FeedEvent[] {
    if (this.events.length === 0) return [];
    const taken = this.events;
    this.events = [];
    return taken;
  }
}
