import { setTimeout } from 'node:timers/promises';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { DeckleEvent } from '../../core/events.ts';
import { type Metrics, NO_METRICS } from '../../core/metrics.ts';
import type { Publisher } from '../../core/ports.ts';
import { type BusEntry, BYTES_MAX, batchesOf, entryOf } from './bus-entry.ts';
import { type BusFault, faultOfEntry, faultOfRequest, isForSize, remedyOf } from './bus-faults.ts';
import { EVENT_SOURCE } from './event-codec.ts';

const TRIES_MAX = 5;
const BACKOFF_MS_BASE = 100;
/** Five tries and their waits end within a function's 30 s. */
const TIMEOUT_MS = 4_000;

export interface EventBridgePublisherOptions {
  /** Belongs to the caller, who closes it. */
  readonly client: EventBridgeClient;
  readonly busName: string;
  readonly metrics?: Metrics;
  /** A try without an answer for so long is over. */
  readonly timeoutMs?: number;
  readonly wait?: (ms: number) => Promise<unknown>;
  /** A number in [0, 1). */
  readonly random?: () => number;
}

/**
 * Events that the bus did not take; all others of the same call it took. `unavailable`: publish them again later.
 * `refused`: again would be refused again.
 */
export class PublishError extends Error {
  override readonly name = 'PublishError';
  readonly fault: 'unavailable' | 'refused';
  readonly unsent: readonly DeckleEvent[];

  constructor(message: string, fault: 'unavailable' | 'refused', unsent: readonly DeckleEvent[]) {
    super(message);
    this.fault = fault;
    this.unsent = unsent;
  }
}

/** Events that no bus would take, for their size; all others of the same call were taken. */
export class EventTooLargeError extends Error {
  override readonly name = 'EventTooLargeError';
  /** Of the first of them. */
  readonly eventId: string;
  readonly events: readonly DeckleEvent[];

  constructor(message: string, events: readonly DeckleEvent[]) {
    super(message);
    this.eventId = events[0]?.id ?? '';
    this.events = events;
  }
}

/**
 * Puts events on an EventBridge bus, in their order, in as few requests as its limits allow. What fails is tried again
 * alone, five times in all with full-jitter backoff; a repeat after a lost answer has the same id and changes nothing.
 * EventBridge says of a bus that does not exist that it took everything: a grant on the bus alone, or requireBus, shows it.
 * @throws PublishError, else EventTooLargeError, once everything else was sent.
 */
export function createEventBridgePublisher(options: EventBridgePublisherOptions): Publisher {
  const bus = new Bus(options);
  return { publish: (events) => bus.publish(events) };
}

interface Unsent {
  readonly entry: BusEntry;
  readonly fault: BusFault;
}

class Bus {
  readonly #options: Required<EventBridgePublisherOptions>;

  constructor(options: EventBridgePublisherOptions) {
    this.#options = {
      metrics: NO_METRICS,
      timeoutMs: TIMEOUT_MS,
      wait: (ms) => setTimeout(ms),
      random: Math.random,
      ...options,
    };
  }

  async publish(events: readonly DeckleEvent[]): Promise<void> {
    const entries = events.map(entryOf);
    const tooLarge = entries.filter((one) => one.bytes > BYTES_MAX);
    const unsent: Unsent[] = [];
    let down: BusFault | undefined;
    for (const batch of batchesOf(entries.filter((one) => one.bytes <= BYTES_MAX))) {
      const failed = down ? failAll(batch, down) : await this.#deliverAll(batch);
      unsent.push(...failed);
      // A bus that took nothing in five tries would keep the caller waiting for each batch that is left.
      down ??= failed.find((one) => one.fault.scope === 'bus')?.fault;
    }
    tooLarge.push(...unsent.filter((one) => isForSize(one.fault)).map((one) => one.entry));
    const rest = unsent.filter((one) => !isForSize(one.fault));
    if (rest.length > 0) throw this.#publishError(rest, tooLarge.length, events.length);
    if (tooLarge.length > 0) throw tooLargeError(tooLarge);
  }

  async #deliverAll(batch: readonly BusEntry[]): Promise<readonly Unsent[]> {
    const failed = await this.#deliver(batch);
    if (batch.length === 1 || !failed.some((one) => one.fault.scope === 'request')) return failed;
    // Refused together, perhaps for one of them: each for itself shows which.
    const alone: Unsent[] = [];
    for (const { entry } of failed) alone.push(...(await this.#deliver([entry])));
    return alone;
  }

  async #deliver(batch: readonly BusEntry[]): Promise<readonly Unsent[]> {
    const { metrics, wait, random } = this.#options;
    const refused: Unsent[] = [];
    let left = batch;
    for (let attempt = 1; ; attempt++) {
      const failed = await this.#put(left);
      refused.push(...failed.filter((one) => !one.fault.passing));
      const passing = failed.filter((one) => one.fault.passing);
      if (passing.length === 0 || attempt === TRIES_MAX) return [...refused, ...passing];
      left = passing.map((one) => one.entry);
      metrics.add('bus_publish_retries_total', left.length);
      await wait(random() * BACKOFF_MS_BASE * 2 ** (attempt - 1));
    }
  }

  async #put(entries: readonly BusEntry[]): Promise<readonly Unsent[]> {
    const { client, busName, timeoutMs } = this.#options;
    const command = new PutEventsCommand({
      Entries: entries.map(({ wire }) => ({
        EventBusName: busName,
        Source: EVENT_SOURCE,
        DetailType: wire.detailType,
        Detail: wire.detail,
      })),
    });
    try {
      const answer = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      return entries.flatMap((entry, n) => {
        const fault = faultOfEntry(answer.Entries?.[n]);
        return fault ? [{ entry, fault }] : [];
      });
    } catch (error) {
      return failAll(entries, faultOfRequest(error));
    }
  }

  #publishError(unsent: readonly Unsent[], tooLarge: number, of: number): PublishError {
    // One that may pass decides: whoever publishes again learns of the others then.
    const fault = (unsent.find((one) => one.fault.passing) ?? unsent[0])?.fault;
    const first = fault ? `${fault.code}: ${fault.message}` : 'no reason';
    const message =
      `${unsent.length} of ${of} events did not reach the bus ${this.#options.busName} (${first}). ` +
      `${fault ? remedyOf(fault) : ''}${tooLarge > 0 ? ` Besides, ${tooLarge} are too large for any bus.` : ''}`;
    const events = unsent.map((one) => one.entry.event);
    return new PublishError(message, fault?.passing ? 'unavailable' : 'refused', events);
  }
}

const failAll = (entries: readonly BusEntry[], fault: BusFault): readonly Unsent[] =>
  entries.map((entry) => ({ entry, fault }));

function tooLargeError(entries: readonly BusEntry[]): EventTooLargeError {
  const named = entries.slice(0, 3).map(({ event, bytes }) => `${event.id} (${bytes} bytes)`);
  const more = entries.length > 3 ? ` and ${entries.length - 3} more` : '';
  const carriesWindows = entries.some(({ event }) => 'windows' in event || 'window' in event);
  const fix = carriesWindows
    ? 'follow fewer instruments or less depth in deckle.yaml, or run a second feed'
    : 'what it tells of stays in the table';
  return new EventTooLargeError(
    `too large for the bus, which takes ${BYTES_MAX} bytes: ${named.join(', ')}${more}. To do: ${fix}.`,
    entries.map((one) => one.event),
  );
}
