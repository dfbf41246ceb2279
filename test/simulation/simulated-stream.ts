import { marshall } from '@aws-sdk/util-dynamodb';
import { relayRecords } from '../../adapters/lambda/relay-records.ts';
import type { Change, ItemStore } from '../../adapters/store/item-store.ts';
import { NO_LOG } from '../../core/metrics.ts';
import type { Publisher } from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';
import { plusMs } from '../../core/time.ts';
import { newsOf } from '../../lambdas/relay/relay.ts';
import type { VirtualTime } from '../support/virtual-time.ts';
import type { Counts } from './counts.ts';

export interface SimulatedStreamOptions {
  readonly store: ItemStore;
  readonly publisher: Publisher;
  readonly time: VirtualTime;
  readonly random: () => number;
  readonly counts: Counts;
  /** Share of batches that come again although they were told. */
  readonly repeats: number;
  /** Share of batches whose invocation ends somewhere in between. */
  readonly killed: number;
}

const POLL_MS = 250;
/** While nothing is committed it looks ever more seldom. */
const POLL_MS_MAX = 8_000;
const BATCH = 100;

/**
 * The table's stream with the relay behind it: batches in the order of the commits, each again and again from the record
 * that could not be told, and now and then although it was.
 */
export class SimulatedStream {
  readonly #options: SimulatedStreamOptions;
  #position: string | undefined;
  #isCalm = false;
  readonly putAside: string[] = [];

  constructor(options: SimulatedStreamOptions) {
    this.#options = options;
  }

  /** From now on every batch is told, once. */
  calm(): void {
    this.#isCalm = true;
  }

  /** Tells what is committed from now on until then, and the rest of it. */
  async follow(until: EpochMs): Promise<void> {
    this.#position ??= (await this.#options.store.changes(undefined, 100_000)).position;
    this.#next(until);
  }

  #next(until: EpochMs, waitMs = POLL_MS): void {
    const { time } = this.#options;
    time.start(plusMs(time.now(), waitMs), async () => {
      const isMore = await this.#poll();
      if (isMore || time.now() < until)
        this.#next(until, isMore ? POLL_MS : Math.min(2 * waitMs, POLL_MS_MAX));
    });
  }

  async #poll(): Promise<boolean> {
    const { store, random, counts, repeats, killed } = this.#options;
    const { changes, position } = await store.changes(this.#position, BATCH);
    if (changes.length === 0) return false;
    // A relay that dies has told some slices and answers nothing: the whole batch comes again.
    const lives = this.#isCalm || random() >= killed;
    const told = lives ? changes : changes.slice(0, Math.floor(random() * changes.length));
    const failed = await this.#relay(told);
    if (!lives) {
      counts.add('stream.killed');
      return true;
    }
    if (failed !== undefined) counts.add('stream.untold');
    else if (!this.#isCalm && random() < repeats) {
      counts.add('stream.repeated');
      return true;
    }
    const before = changes[changes.findIndex((one) => one.position === failed) - 1];
    this.#position = failed === undefined ? position : (before?.position ?? this.#position);
    return true;
  }

  /** The first record that must come again, if any. */
  async #relay(changes: readonly Change[]): Promise<string | undefined> {
    const putAside = async (id: string, reason: string): Promise<void> => {
      this.putAside.push(`${id}: ${reason}`);
    };
    const { publisher } = this.#options;
    const input = { Records: changes.map(recordOf) };
    try {
      const answer = await relayRecords(input, { newsOf, publisher, log: NO_LOG, putAside });
      return answer.batchItemFailures[0]?.itemIdentifier;
    } catch {
      // Whatever a relay throws makes the whole batch come again.
      return changes[0]?.position;
    }
  }
}

const recordOf = ({ position, before, after }: Change) => ({
  dynamodb: {
    SequenceNumber: position,
    OldImage: before && marshall(before),
    NewImage: after && marshall(after),
  },
});
