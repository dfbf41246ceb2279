import type { Followings } from '../adapters/venues/frame-source.ts';
import type { InstrumentId } from '../core/market/instrument.ts';
import type { FeedId } from '../core/market/window.ts';
import type { Log } from '../core/metrics.ts';
import type { Clock, UniverseStore } from '../core/ports.ts';
import { type EpochMs, HOUR_MS, MINUTE_MS, plusMs } from '../core/time.ts';
import type { UniverseMember } from '../core/universe/universe.ts';
import { PeriodicLook } from './periodic-look.ts';
import type { FeedCompanion } from './run-feed.ts';

export interface UniverseFollowerOptions {
  readonly feedId: FeedId;
  readonly universes: Pick<UniverseStore, 'universe'>;
  /** Followed whatever the universe is: the instruments of strategies. */
  readonly always: readonly InstrumentId[];
  /** Hands back those of venues that the source is not ready for. */
  follow(followings: Followings): readonly InstrumentId[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Rules announce what takes over minutes ahead. */
const LOOK_EVERY_MS = MINUTE_MS;
/** A contract that left is followed for so long, since its outcome comes after its end. */
const LINGER_MS = HOUR_MS;

/** Has a live source follow the universe's members: those that join it at once, those that left it no longer. */
export class UniverseFollower implements FeedCompanion {
  readonly #options: UniverseFollowerOptions;
  readonly #look: PeriodicLook;
  #version: number | undefined;
  /** Followed for the universe's sake; `leavesAt`: it left the universe and is let go then. */
  readonly #followed = new Map<InstrumentId, { readonly member: UniverseMember; leavesAt: EpochMs | null }>();

  constructor(options: UniverseFollowerOptions) {
    this.#options = options;
    this.#look = new PeriodicLook({
      everyMs: LOOK_EVERY_MS,
      clock: options.clock,
      look: () => this.look(),
      failed: (why) => options.log.warn('universe not read', { why }),
    });
  }

  /** Starts a look beside the work when it is time to; a store that does not answer is asked again next time. */
  beat(): void {
    this.#look.whenDue();
  }

  /** Looks now. @throws StoreError when the store does not answer. */
  async look(): Promise<void> {
    const { universes, feedId } = this.#options;
    this.#look.looked();
    const stored = await universes.universe(feedId);
    if (stored !== undefined && stored.version !== this.#version) {
      this.#version = stored.version;
      this.#take(stored.value.members);
    }
    this.#letGo();
  }

  /** It was looked at by the same process: nothing has to wait for the minute. */
  universeLooked(): void {
    this.#look.soon();
  }

  async settled(): Promise<void> {
    await this.#look.settled();
  }

  #take(members: readonly UniverseMember[]): void {
    const { always, clock } = this.#options;
    const wanted = new Map(members.map((member) => [member.instrument.id, member]));
    for (const id of always) wanted.delete(id);
    const joined = [...wanted].filter(([id]) => !this.#followed.has(id));
    for (const [id, member] of wanted) this.#followed.set(id, { member, leavesAt: null });
    const now = clock.now();
    for (const [id, one] of this.#followed)
      if (!wanted.has(id))
        one.leavesAt ??= plusMs(now, one.member.instrument.contract === undefined ? 0 : LINGER_MS);
    if (joined.length > 0)
      this.#tell({
        follow: joined.map(([id]) => id),
        unfollow: [],
        detail: `joined the universe: ${some(joined.map(([id, { reason }]) => `${id} (${reason})`))}`,
      });
  }

  #letGo(): void {
    const now = this.#options.clock.now();
    const gone = [...this.#followed].flatMap(([id, { leavesAt }]) =>
      leavesAt !== null && leavesAt <= now ? [id] : [],
    );
    if (gone.length === 0) return;
    for (const id of gone) this.#followed.delete(id);
    this.#tell({ follow: [], unfollow: gone, detail: `left the universe: ${some(gone)}` });
  }

  #tell(followings: Followings): void {
    const { follow, log } = this.#options;
    const strangers = follow(followings);
    log.info('universe followed', { ...followings });
    if (strangers.length > 0)
      log.warn('not followed', {
        instruments: strangers,
        why: 'their venue is not one that this feed is connected to; it is with its next life',
      });
  }
}

const SHOWN = 5;

const some = (words: readonly string[]): string =>
  words.length <= SHOWN
    ? words.join(', ')
    : `${words.slice(0, SHOWN).join(', ')} and ${words.length - SHOWN} more`;
