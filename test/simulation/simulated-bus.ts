import type { DeckleEvent } from '../../core/events.ts';
import type { Publisher } from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';
import { plusMs } from '../../core/time.ts';
import type { FunctionName } from '../../lambdas/topology.ts';
import { TOPOLOGY } from '../../lambdas/topology.ts';
import type { VirtualTime } from '../support/virtual-time.ts';
import type { BusFaults } from './chaos.ts';
import type { Counts } from './counts.ts';
import { Invocation } from './invocation.ts';

/** Something a function could not do in all its tries, or was never given. */
export interface DeadLetter {
  readonly function: FunctionName;
  /** What it was about: an event's id, or what a schedule or the stream asked for. */
  readonly about: string;
  readonly reason: string;
  readonly attempts: number;
  readonly at: EpochMs;
  /** Has it done after all. */
  readonly redrive: () => void;
}

/** One asynchronous request to a function; it may be made several times over. */
export interface Request {
  readonly function: FunctionName;
  readonly about: string;
  readonly work: (invocation: Invocation) => Promise<void>;
}

export interface SimulatedBusOptions {
  readonly time: VirtualTime;
  readonly faults: BusFaults;
  readonly random: () => number;
  readonly counts: Counts;
  /** What a function does with an event. */
  readonly handle: (name: FunctionName, event: DeckleEvent, invocation: Invocation) => Promise<void>;
}

const MINUTE_MS = 60_000;
/** Lambda tries a function that failed twice more, after so long. */
const RETRIES_AFTER_MS = [MINUTE_MS, 2 * MINUTE_MS];
/** Functions that no window wakes may take their time. */
const PATIENT_AGE_MS = 3_600_000;

/**
 * The bus and the queues of the functions behind it, in virtual time: at least once, late, twice, out of order, and what
 * fails is tried again as Lambda does until it is too old or was tried three times; then it is a dead letter.
 */
export class SimulatedBus implements Publisher {
  /** Every event the bus took, in that order. */
  readonly taken: DeckleEvent[] = [];
  readonly deadLetters: DeadLetter[] = [];
  readonly #options: SimulatedBusOptions;
  readonly #newest = new Map<FunctionName, EpochMs>();
  #isCalm = false;

  constructor(options: SimulatedBusOptions) {
    this.#options = options;
  }

  /** Nothing goes wrong any more; what failed before is still tried again. */
  calm(): void {
    this.#isCalm = true;
  }

  /** Takes events, or some of them, and says so or not. */
  async publish(events: readonly DeckleEvent[]): Promise<void> {
    const { random, counts } = this.#options;
    const fails = this.#meets('unpublished');
    const taken = fails ? events.slice(0, Math.floor(random() * (events.length + 1))) : events;
    for (const event of taken) this.#take(event);
    if (!fails) return;
    counts.add('bus.unpublished');
    throw new Error(`the bus did not answer; ${taken.length} of ${events.length} events were taken`);
  }

  /** A request that is handed over at once, by a schedule. */
  invoke(request: Request): void {
    const { time } = this.#options;
    time.start(time.now(), () => this.#attempt(request, 1, time.now()));
  }

  /** Has all dead letters done once more; returns how many. */
  redrive(): number {
    const letters = this.deadLetters.splice(0);
    for (const letter of letters) letter.redrive();
    return letters.length;
  }

  #take(event: DeckleEvent): void {
    this.taken.push(event);
    for (const { name, listens } of TOPOLOGY) if (listens.includes(event.type)) this.#deliver(name, event);
  }

  #deliver(name: FunctionName, event: DeckleEvent): void {
    const { random, counts, handle } = this.#options;
    const request: Request = {
      function: name,
      about: event.id,
      work: async (invocation) => {
        this.#noteOrder(name, event);
        await handle(name, event, invocation);
      },
    };
    if (this.#meets('drop')) {
      counts.add('bus.dropped');
      this.#bury(request, 0, 'it was never handed over');
      return;
    }
    const isLost = this.#meets('lose');
    if (isLost) counts.add('bus.lost');
    this.#handOver(request, this.#delay() + (isLost ? MINUTE_MS : 0));
    if (this.#meets('duplicate')) {
      counts.add('bus.duplicate');
      this.#handOver(request, this.#delay() + (random() < 0.2 ? MINUTE_MS : 0));
    }
    if (this.#meets('flood')) {
      counts.add('bus.flood');
      const delay = this.#delay();
      for (let copy = 1; copy <= 100; copy++) this.#handOver(request, delay);
    }
  }

  #handOver(request: Request, delayMs: number): void {
    const { time } = this.#options;
    const at = plusMs(time.now(), delayMs);
    time.start(at, () => this.#attempt(request, 1, at));
  }

  async #attempt(request: Request, attempt: number, queuedAt: EpochMs): Promise<void> {
    const { time, counts, random, faults } = this.#options;
    const invocation = new Invocation();
    let reason = 'it ended without a word';
    try {
      if ((await invocation.run(request.work(invocation))) === 'done') return;
      // Half of them hang until their function's time is up.
      if (random() < 0.5) await time.wait(timeoutMs(request.function));
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error);
    }
    counts.add(`failed.${request.function}`);
    const wait = RETRIES_AFTER_MS[attempt - 1];
    const ageMax = wakesOnWindows(request.function) ? faults.eventAgeMs : PATIENT_AGE_MS;
    const retryAt = plusMs(time.now(), wait ?? 0);
    if (wait === undefined) this.#bury(request, attempt, reason);
    else if (retryAt - queuedAt >= ageMax) this.#bury(request, attempt, `${reason}; too old to try again`);
    else {
      counts.add('bus.retried');
      time.start(retryAt, () => this.#attempt(request, attempt + 1, queuedAt));
    }
  }

  #bury(request: Request, attempts: number, reason: string): void {
    const { time, counts } = this.#options;
    counts.add('bus.deadLetter');
    const { function: name, about } = request;
    this.deadLetters.push({
      function: name,
      about,
      reason,
      attempts,
      at: time.now(),
      redrive: () => this.#handOver(request, 0),
    });
  }

  #noteOrder(name: FunctionName, event: DeckleEvent): void {
    if (event.type !== 'market.window') return;
    const newest = this.#newest.get(name);
    if (newest !== undefined && event.at < newest) this.#options.counts.add('bus.outOfOrder');
    else this.#newest.set(name, event.at);
  }

  #delay(): number {
    const { base, jitter, slowMs } = this.#options.faults;
    const slow = this.#meets('slow');
    if (slow) this.#options.counts.add('bus.slow');
    return Math.floor(base + this.#options.random() * jitter + (slow ? this.#options.random() * slowMs : 0));
  }

  #meets(fault: 'slow' | 'duplicate' | 'flood' | 'lose' | 'drop' | 'unpublished'): boolean {
    return !this.#isCalm && this.#options.random() < this.#options.faults[fault];
  }
}

const wiringOf = (name: FunctionName) => TOPOLOGY.find((one) => one.name === name);
const timeoutMs = (name: FunctionName): number => (wiringOf(name)?.timeoutSeconds ?? 0) * 1_000;
const wakesOnWindows = (name: FunctionName): boolean =>
  (wiringOf(name)?.listens ?? []).some((type) => type === 'market.window' || type === 'signals.raised');
