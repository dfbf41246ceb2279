import { isDeepStrictEqual } from 'node:util';
import type {
  Item,
  ItemStore,
  Key,
  Page,
  Query,
  TransactResult,
  Write,
} from '../../adapters/store/item-store.ts';
import { StoreError } from '../../adapters/store/item-store.ts';
import { writeKey } from '../../adapters/store/limits.ts';
import type { Clock } from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';
import { epochMs, plusMs } from '../../core/time.ts';
import type { StoreFaults } from './chaos.ts';
import type { Counts } from './counts.ts';
import type { Invocation } from './invocation.ts';
import { PastItems } from './past-items.ts';

export interface FaultyStoreOptions {
  readonly inner: ItemStore;
  readonly faults: StoreFaults;
  readonly clock: Clock;
  readonly random: () => number;
  readonly counts: Counts;
}

/**
 * How far behind one invocation reads between two of its writes. Its reads never go back in time among each other, since
 * the driver asks for consistent ones.
 */
interface View {
  lagMs: number;
  isFresh: boolean;
  writtenAt: EpochMs;
}

/**
 * A table that misbehaves as a real one does, over a store that does not: slow, throttled, kept busy by others, with
 * answers that get lost after the commit, reads of an older state, and invocations that end between two accesses.
 */
export class FaultyStore {
  readonly #options: FaultyStoreOptions;
  readonly #past: PastItems;
  #isCalm = false;

  constructor(options: FaultyStoreOptions) {
    this.#options = options;
    this.#past = new PastItems(options.inner);
  }

  /** What is there now has always been there. */
  async begin(): Promise<void> {
    await this.#past.observe(epochMs(0));
  }

  /** Nothing goes wrong any more. */
  calm(): void {
    this.#isCalm = true;
  }

  /** The table as one invocation meets it. */
  for(invocation: Invocation): ItemStore {
    const { inner } = this.#options;
    const past: View = { lagMs: 0, isFresh: true, writtenAt: epochMs(0) };
    return {
      get: (key) => this.#access(invocation, () => this.#get(key, past)),
      query: (query) => this.#access(invocation, () => this.#query(query, past)),
      transact: (writes) => this.#access(invocation, () => this.#transact(writes, past)),
      changes: (position, limit) => inner.changes(position, limit),
      close: () => inner.close(),
    };
  }

  async #access<T>(invocation: Invocation, work: () => Promise<T>): Promise<T> {
    const { faults, clock, random, counts } = this.#options;
    // A dead process has no next access; it may have had several under way.
    if (invocation.isKilled) return invocation.kill();
    if (faults.accessMs > 0 && !this.#isCalm) {
      const slow = this.#meets('slow');
      await clock.wait(Math.floor(random() * faults.accessMs + (slow ? random() * faults.slowMs : 0)));
      if (slow) counts.add('store.slow');
    }
    const dies = this.#meets('killed');
    if (dies) counts.add('store.killed');
    if (dies && random() < 0.5) return invocation.kill();
    if (this.#meets('throttled')) {
      counts.add('store.throttled');
      throw new StoreError('unavailable', 'The table did not answer (ThrottlingException).');
    }
    const result = await work();
    return dies ? invocation.kill() : result;
  }

  async #get(key: Key, view: View): Promise<Item | undefined> {
    const now = await this.#options.inner.get(key);
    return this.#seen(view, now, (at) => this.#past.get(key, at));
  }

  async #query(query: Query, view: View): Promise<Page> {
    const now = await this.#options.inner.query(query);
    return this.#seen(view, now, (at) => this.#past.query(query, at));
  }

  async #seen<T>(view: View, now: T, then: (at: EpochMs) => T): Promise<T> {
    const { faults, clock, random, counts } = this.#options;
    if (view.isFresh && this.#meets('stale')) {
      await this.#past.observe(clock.now());
      view.lagMs = Math.ceil(random() * faults.staleMs);
    }
    view.isFresh = false;
    if (view.lagMs === 0) return now;
    const at = plusMs(clock.now(), -view.lagMs);
    // Nobody misses what he wrote himself.
    const stale = then(at < view.writtenAt ? view.writtenAt : at);
    // What has not changed since is not stale.
    if (isDeepStrictEqual(stale, now)) return now;
    counts.add('store.stale');
    return stale;
  }

  async #transact(writes: readonly Write[], view: View): Promise<TransactResult> {
    const { inner, faults, clock, counts } = this.#options;
    Object.assign(view, { lagMs: 0, isFresh: true });
    if (this.#meets('busy')) {
      counts.add('store.busy');
      throw new StoreError('busy', 'Other transactions kept the same items. Nothing was written.');
    }
    const result = await inner.transact(writes);
    if (faults.stale > 0) await this.#past.observe(clock.now());
    if (result.kind === 'conflict') {
      counts.add('store.conflict');
      return result;
    }
    view.writtenAt = clock.now();
    if (this.#meets('lostAnswers')) {
      counts.add('store.lostAnswer');
      throw new StoreError('unavailable', 'The table did not answer (TimeoutError), but it had committed.');
    }
    return this.#meets('ownConflicts') ? ((await this.#again(writes)) ?? result) : result;
  }

  /** The same transaction once more, by a driver that did not hear of its commit. */
  async #again(writes: readonly Write[]): Promise<TransactResult | undefined> {
    const { inner, counts } = this.#options;
    const first = writes.find((one) => one.kind !== 'check');
    if (!first) return undefined;
    const { pk, sk } = writeKey(first);
    counts.add('store.ownConflict');
    return {
      kind: 'conflict',
      key: { pk, sk },
      condition: first.condition,
      found: await inner.get({ pk, sk }),
    };
  }

  #meets(
    fault: 'slow' | 'busy' | 'throttled' | 'lostAnswers' | 'ownConflicts' | 'stale' | 'killed',
  ): boolean {
    return !this.#isCalm && this.#options.random() < this.#options.faults[fault];
  }
}
