import type { DeckleEvent } from '../core/events.ts';
import type { Metrics } from '../core/metrics.ts';
import type { Publisher } from '../core/ports.ts';
import type { FunctionName } from '../lambdas/topology.ts';
import { TOPOLOGY } from '../lambdas/topology.ts';

export type FunctionTable = Readonly<Record<FunctionName, (event: DeckleEvent) => Promise<void>>>;

/**
 * The bus of one process: the same wiring as the cloud's, one event after the other, each to its listeners in the order of
 * the topology. `publish` only takes; nothing is delivered before `drain`, so that a function never runs inside another.
 */
export class InProcessBus implements Publisher {
  readonly #queue: DeckleEvent[] = [];
  readonly #functions: FunctionTable;
  readonly #metrics: Metrics;

  constructor(functions: FunctionTable, metrics: Metrics) {
    this.#functions = functions;
    this.#metrics = metrics;
  }

  async publish(events: readonly DeckleEvent[]): Promise<void> {
    this.#queue.push(...events);
  }

  /** Delivers until nothing is left. What a function throws ends the delivery: in one process nobody would redeliver. */
  async drain(): Promise<void> {
    for (let event = this.#queue.shift(); event; event = this.#queue.shift()) {
      this.#metrics.add('bus_events_total', 1, { type: event.type });
      for (const { name, listens } of TOPOLOGY)
        if (listens.includes(event.type)) await this.#functions[name](event);
    }
  }
}
