import { type Item, type ItemStore, type Key, StoreError } from '../adapters/store/item-store.ts';
import { keys } from '../adapters/store/table.ts';
import type { FeedId } from '../core/market/window.ts';
import type { Clock, FeedSign } from '../core/ports.ts';
import { type EpochMs, epochMs, plusMs } from '../core/time.ts';

export const LEASE_MS = 15_000;
/** Renewed three times within its life, so that one failed attempt costs nothing. */
const RENEW_AFTER_MS = LEASE_MS / 3;
/** Two feeds that start at the same instant may each see the other's write once or twice. */
const ATTEMPTS = 3;

export interface LeaseOptions {
  readonly store: ItemStore;
  readonly feedId: FeedId;
  /** Names this process among all that might run the feed. */
  readonly owner: string;
  readonly clock: Clock;
}

/** The right to publish a feed's windows. */
export interface Lease {
  /** The fencing token: higher than that of every owner before. A window of a lower epoch is not heard. */
  readonly epoch: number;
  /**
   * Renews when it is time to, and writes the sign of life with it: the newest window published so far. `lost` means
   * that another owner has it: publish nothing more.
   */
  keep(eventTime: EpochMs | null): Promise<'held' | 'lost'>;
  /**
   * Gives it back, so that the next owner need not wait. `running` is for a feed that failed: its sign grows old until
   * another life takes over. Nothing happens when it was lost.
   */
  release(phase: FeedSign['phase'], eventTime: EpochMs | null): Promise<void>;
}

export type LeaseResult =
  | { readonly kind: 'acquired'; readonly lease: Lease }
  /** Another owner is alive; it holds the lease until then unless it renews. */
  | { readonly kind: 'held'; readonly owner: string; readonly until: EpochMs };

/** Takes the feed's lease when nobody holds it or its owner's time has passed. Each acquisition raises the epoch. */
export async function acquireLease(options: LeaseOptions): Promise<LeaseResult> {
  const key = keys.lease(options.feedId);
  for (let attempt = 1; ; attempt += 1) {
    const now = options.clock.now();
    const found = parseLease(await options.store.get(key));
    if (found !== undefined && found.owner !== options.owner && found.until > now) {
      return { kind: 'held', owner: found.owner, until: found.until };
    }
    const state: LeaseState = {
      owner: options.owner,
      epoch: (found?.epoch ?? 0) + 1,
      version: (found?.version ?? 0) + 1,
      until: plusMs(now, LEASE_MS),
      phase: 'running',
      at: now,
      // Event time goes on where the life before left it, until this one's first window.
      eventTime: found?.eventTime ?? null,
    };
    const result = await options.store.transact([
      {
        kind: 'put',
        item: leaseItem(key, state),
        condition: found === undefined ? { kind: 'absent' } : { kind: 'version', version: found.version },
      },
    ]);
    if (result.kind === 'committed') return { kind: 'acquired', lease: new StoredLease(options, key, state) };
    if (attempt >= ATTEMPTS) {
      const other = parseLease(result.found);
      return { kind: 'held', owner: other?.owner ?? 'another feed', until: other?.until ?? now };
    }
  }
}

interface Claim {
  readonly owner: string;
  readonly epoch: number;
  readonly version: number;
  readonly until: EpochMs;
}

/** The item: who may publish until when, and the sign of life of that life of the feed. */
interface LeaseState extends Claim, FeedSign {}

class StoredLease implements Lease {
  readonly epoch: number;
  private readonly options: LeaseOptions;
  private readonly key: Key;
  private state: LeaseState;
  private isLost = false;

  constructor(options: LeaseOptions, key: Key, state: LeaseState) {
    this.options = options;
    this.key = key;
    this.state = state;
    this.epoch = state.epoch;
  }

  async keep(eventTime: EpochMs | null): Promise<'held' | 'lost'> {
    if (this.isLost) return 'lost';
    const now = this.options.clock.now();
    if (this.state.until - now > LEASE_MS - RENEW_AFTER_MS) return 'held';
    try {
      return await this.write(plusMs(now, LEASE_MS), { phase: 'running', at: now, eventTime });
    } catch (error) {
      // While our time runs nobody else may have taken it; the next window tries again.
      if (error instanceof StoreError && now < this.state.until) return 'held';
      throw error;
    }
  }

  async release(phase: FeedSign['phase'], eventTime: EpochMs | null): Promise<void> {
    if (!this.isLost) await this.write(epochMs(0), { phase, at: this.options.clock.now(), eventTime });
  }

  private async write(until: EpochMs, sign: FeedSign): Promise<'held' | 'lost'> {
    const next = { ...this.state, ...sign, until, version: this.state.version + 1 };
    const result = await this.options.store.transact([
      {
        kind: 'put',
        item: leaseItem(this.key, next),
        condition: { kind: 'version', version: this.state.version },
      },
    ]);
    if (result.kind === 'committed') this.state = next;
    else this.isLost = true;
    return this.isLost ? 'lost' : 'held';
  }
}

const leaseItem = (key: Key, state: LeaseState): Item => ({ ...key, ...state });

/** Of an item that is no lease the version is respected; its owner counts as gone. */
function parseLease(item: Item | undefined): (Claim & Pick<FeedSign, 'eventTime'>) | undefined {
  if (item === undefined) return undefined;
  const { owner, epoch, version, until, eventTime } = item;
  return {
    owner: typeof owner === 'string' ? owner : 'unknown',
    epoch: typeof epoch === 'number' ? epoch : 0,
    version: typeof version === 'number' ? version : 0,
    until: epochMs(typeof until === 'number' ? until : 0),
    eventTime: typeof eventTime === 'number' ? epochMs(eventTime) : null,
  };
}
