import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { DeckleEvent } from '../../core/events.ts';
import type { AsideStore, Publisher } from '../../core/ports.ts';
import type { EpochMs } from '../../core/time.ts';
import { epochMs } from '../../core/time.ts';
import type { CloudMetrics } from '../aws/cloud-metrics.ts';
import { createCloudMetrics } from '../aws/cloud-metrics.ts';
import { systemClock } from '../clock.ts';
import { decodeEvent } from '../eventbridge/event-codec.ts';
import { createAsideStore } from '../store/aside-store.ts';
import { openDynamoStore } from '../store/dynamodb-store.ts';
import type { ItemStore } from '../store/item-store.ts';
import { stampedStore } from '../store/stamped-store.ts';
import { writeHop } from '../store/trace-store.ts';
import type { CloudDesk } from './cloud-desk.ts';
import { ConfigCache, createCloudDesk } from './cloud-desk.ts';
import type { CloudLog } from './cloud-log.ts';
import { createCloudLog } from './cloud-log.ts';
import type { Environment } from './environment.ts';
import { readEnvironment } from './environment.ts';

/** What Lambda tells of an invocation. */
export interface LambdaContext {
  readonly awsRequestId: string;
}

/** One invocation: the desk as this request sees and writes it. */
export interface Invocation {
  readonly desk: CloudDesk;
  readonly store: ItemStore;
  readonly aside: AsideStore;
  readonly log: CloudLog;
  readonly metrics: CloudMetrics;
  /** Wall clock at its beginning. */
  readonly now: EpochMs;
  /** Counts what passes through it, for the trace. */
  counted(publisher: Publisher): Publisher;
}

/** Ids of our own are shorter. */
const LOGGED_ID_CHARACTERS = 300;

export type EventHandler = (event: DeckleEvent, invocation: Invocation) => Promise<void>;
export type ScheduleHandler = (invocation: Invocation) => Promise<void>;

/** What a door is made of on its cold start. */
export interface DoorParts {
  readonly name: string;
  readonly environment: Environment;
  readonly store: ItemStore;
  readonly log: CloudLog;
  readonly metrics: CloudMetrics;
}

/** The AWS side of one function: what its cold start makes once, and how an invocation is parsed, stamped and ended. */
export class Door {
  readonly environment: Environment;
  readonly log: CloudLog;
  readonly metrics: CloudMetrics;
  readonly #name: string;
  readonly #store: ItemStore;
  readonly #configs: ConfigCache;

  constructor({ name, environment, store, log, metrics }: DoorParts) {
    this.#name = name;
    this.environment = environment;
    this.#store = store;
    this.#configs = new ConfigCache();
    this.log = log;
    this.metrics = metrics;
  }

  /**
   * A handler of bus events. What cannot be read is put aside with its reason and acknowledged, since trying again cannot
   * help; everything else that fails is thrown, so that Lambda tries again and then hands it to the failure queue.
   */
  onEvent(handle: EventHandler): (input: unknown, context: LambdaContext) => Promise<void> {
    return (input, context) =>
      this.#invoke(context, async (invocation, raised) => {
        const envelope = envelopeOf(input);
        const decoded = decodeEvent(envelope.detailType, envelope.detail);
        if (decoded.kind === 'bad') {
          const id = decoded.id ?? envelope.id ?? context.awsRequestId;
          await this.putAside(invocation, id, decoded.reason, input, envelope.at ?? invocation.now);
          return;
        }
        const { event } = decoded;
        let outcome: 'done' | 'failed' = 'failed';
        try {
          await handle(event, invocation);
          outcome = 'done';
        } finally {
          if (this.environment.DECKLE_TRACE === 'on')
            await writeHop(invocation.store, event.id, this.#name, {
              requestId: context.awsRequestId,
              receivedAt: invocation.now,
              doneAt: systemClock.now(),
              outcome,
              raised: raised(),
            });
        }
      });
  }

  /** A handler of a schedule; what it throws is tried again by Lambda, and then goes to the failure queue. */
  onSchedule(handle: ScheduleHandler): (input: unknown, context: LambdaContext) => Promise<void> {
    return (_input, context) => this.#invoke(context, (invocation) => handle(invocation));
  }

  /** A handler of anything else: records of a stream, with its own answer. */
  onInput<T>(
    handle: (input: unknown, invocation: Invocation) => Promise<T>,
  ): (input: unknown, context: LambdaContext) => Promise<T> {
    return (input, context) => this.#invoke(context, (invocation) => handle(input, invocation));
  }

  /** Keeps what cannot be handled, with its reason, for a person; counted and alarmed. */
  async putAside(
    { aside, metrics, log }: Invocation,
    id: string,
    reason: string,
    given: unknown,
    at: EpochMs,
  ): Promise<void> {
    const text = typeof given === 'string' ? given : (JSON.stringify(given) ?? String(given));
    // Counted first: should it not be stored, the invocation fails and is told of as well.
    metrics.add('bus_put_aside_total', 1, { function: this.#name });
    await aside.put({ id, function: this.#name, reason, text, at });
    log.error('put aside', { id: id.slice(0, LOGGED_ID_CHARACTERS), reason });
  }

  async #invoke<T>(
    { awsRequestId }: LambdaContext,
    work: (invocation: Invocation, raised: () => number) => Promise<T>,
  ): Promise<T> {
    const { log, metrics } = this;
    const store = stampedStore(this.#store, { writer: this.#name, requestId: awsRequestId });
    let raised = 0;
    log.begin(awsRequestId);
    const invocation: Invocation = {
      desk: createCloudDesk({ store, configs: this.#configs, log, metrics }),
      store,
      aside: createAsideStore(store),
      log,
      metrics,
      now: systemClock.now(),
      counted: (publisher) => ({
        publish: async (events) => {
          await publisher.publish(events);
          raised += events.filter((one) => one.type === 'signals.raised').length;
        },
      }),
    };
    try {
      return await work(invocation, () => raised);
    } catch (error) {
      log.error('failed', { error });
      throw error;
    } finally {
      metrics.flush();
    }
  }
}

/** Opens the door of a function on its cold start. @throws Error in words when the stack did not tell it what it needs. */
export function openDoor(name: string): Door {
  const environment = readEnvironment(process.env);
  const store = openDynamoStore({ client: new DynamoDBClient({}), table: environment.DECKLE_TABLE });
  const metrics = createCloudMetrics(environment.DECKLE_STAGE);
  return new Door({ name, environment, store, log: createCloudLog(name), metrics });
}

interface Envelope {
  readonly id: string | undefined;
  readonly at: EpochMs | undefined;
  readonly detailType: unknown;
  readonly detail: unknown;
}

/** The fields of EventBridge's envelope that we read; a missing one is for the decoder to name. */
function envelopeOf(input: unknown): Envelope {
  const fields = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  const { id, time } = fields;
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return {
    id: typeof id === 'string' ? id : undefined,
    at: Number.isFinite(at) ? epochMs(at) : undefined,
    detailType: fields['detail-type'],
    detail: fields['detail'],
  };
}
