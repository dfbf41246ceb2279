import { formatUnits } from '../../../core/amounts.ts';
import type { DeskConfig } from '../../../core/config/desk-config.ts';
import type { EventOf } from '../../../core/events.ts';
import type { InstrumentId } from '../../../core/market/instrument.ts';
import type { MarketWindow } from '../../../core/market/window.ts';
import { type EpochMs, epochMs, MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import { liveCompanions } from '../../../fargate/live-companions.ts';
import type { FeedCompanion } from '../../../fargate/run-feed.ts';
import { KEYS } from '../../local/venue-simulator/contract-client.ts';
import { type UniverseFunction, universeFunction } from '../../support/universe-function.ts';
import { SimFeed, type SimFeedOptions, START } from '../feeds/sim-feed.ts';

/** The function's schedule. */
const WOKEN_EVERY_MS = 5 * MINUTE_MS;

/** Milliseconds after the start. */
export interface Shown {
  /** The first and the last window that it was in. */
  readonly from: number;
  readonly through: number;
  /** The first and the last window that had its book live; none where there was none. */
  readonly liveAt: readonly number[];
  /** What it paid in the end. */
  readonly payout: string | null;
}

export interface UniverseFeedOptions extends Pick<SimFeedOptions, 'sides' | 'beside'> {
  readonly config: DeskConfig;
  readonly seed?: number;
}

/**
 * A whole feed on simulated venues with all that decides what it follows, in virtual time: the function that looks at the
 * lists on its schedule, the store between, and the feed's companions, which see each window.
 */
export class UniverseFeed {
  readonly feed: SimFeed;
  readonly lists: UniverseFunction;
  readonly games: EventOf<'game.updated'>[] = [];
  /** What windows showed of each instrument. */
  readonly shown = new Map<InstrumentId, Shown>();
  private readonly companions: readonly FeedCompanion[];
  private lookAt: EpochMs = START;

  constructor({ config, sides, beside, seed = 7 }: UniverseFeedOptions) {
    this.feed = new SimFeed({
      seed,
      sides,
      access: config.access,
      keys: { kalshi: KEYS.ed25519 },
      leagues: config.scores.leagues,
      ...(beside && { beside }),
      onWindow: (news) => {
        for (const event of news.events) if (event.type === 'game.updated') this.games.push(event);
        this.note(news.newest);
        for (const companion of this.companions) companion.see?.(news);
      },
      onBeat: () => {
        for (const companion of this.companions) companion.beat?.();
      },
    });
    const { timers, transport, feed } = this.feed;
    this.lists = universeFunction(config, timers, transport);
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    this.companions = liveCompanions({
      source: feed,
      config,
      ids: [],
      store: this.lists.store,
      clock: { now: () => timers.now(), wait: () => Promise.reject(new Error('nobody waits here')) },
      log,
    });
    this.feed.start();
  }

  /** Lets time come to so many milliseconds after the start; what companions began is done after each second. */
  async until(ms: number): Promise<void> {
    const { timers } = this.feed;
    while (timers.now() < START + ms) {
      if (timers.now() >= this.lookAt) {
        this.lookAt = epochMs(this.lookAt + WOKEN_EVERY_MS);
        await this.lists.look();
      }
      this.feed.pass(Math.min(SECOND_MS, Math.max(0, START + ms - timers.now())));
      for (const companion of this.companions) await companion.settled();
    }
  }

  private note({ closedAt, instruments, settlements }: MarketWindow): void {
    const after = closedAt - START;
    for (const { instrumentId, status } of instruments) {
      const known = this.shown.get(instrumentId) ?? { from: after, through: after, liveAt: [], payout: null };
      const liveAt = status === 'live' ? [known.liveAt[0] ?? after, after] : known.liveAt;
      this.shown.set(instrumentId, { ...known, through: after, liveAt });
    }
    for (const { instrumentId, payout, isFinal } of settlements) {
      const known = this.shown.get(instrumentId);
      if (known !== undefined && isFinal)
        this.shown.set(instrumentId, { ...known, payout: formatUnits(payout) });
    }
  }

  /** Instruments that the newest window shows as live. */
  live(): readonly InstrumentId[] {
    const shown = this.feed.newest?.instruments ?? [];
    return shown.flatMap(({ instrumentId, status }) => (status === 'live' ? [instrumentId] : []));
  }
}
