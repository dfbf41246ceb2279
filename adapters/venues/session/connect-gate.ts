import { MINUTE_MS } from '../../../core/time.ts';
import type { WireId } from '../wire.ts';
import { Pause, SpanLimit } from './rates.ts';
import type { Timers } from './timers.ts';

/** Venues that limit connections by the second allow more than four. */
const GAP_MS = 250;

interface HostGate {
  readonly limit: SpanLimit;
  readonly waiting: Set<() => void>;
  readonly pause: Pause;
  wake: (() => void) | undefined;
}

/**
 * Lets connection attempts through as fast as each venue's host allows: all lines of a process share one. A host goes by the
 * name of the wire that it speaks.
 */
export class ConnectGate {
  private readonly timers: Timers;
  private readonly hosts = new Map<WireId, HostGate>();

  constructor(timers: Timers) {
    this.timers = timers;
  }

  /** Calls back when an attempt may be made, in the order asked and never before this returns; the returned function steps back. */
  ask(host: WireId, perMinute: number, go: () => void): () => void {
    const gate = this.gateOf(host, perMinute);
    const ticket = (): void => go();
    gate.waiting.add(ticket);
    gate.wake ??= this.timers.after(0, () => this.pump(gate));
    return () => gate.waiting.delete(ticket);
  }

  /** Nobody connects to this host for so long: it said so. */
  hold(host: WireId, ms: number): void {
    this.hosts.get(host)?.pause.hold(this.timers.now(), ms);
  }

  private gateOf(host: WireId, perMinute: number): HostGate {
    const known = this.hosts.get(host);
    if (known !== undefined) return known;
    const gate: HostGate = {
      limit: new SpanLimit(Math.max(1, perMinute), MINUTE_MS),
      waiting: new Set(),
      pause: new Pause(),
      wake: undefined,
    };
    this.hosts.set(host, gate);
    return gate;
  }

  private pump(gate: HostGate): void {
    gate.wake = undefined;
    const [ticket] = gate.waiting;
    if (ticket === undefined) return;
    const now = this.timers.now();
    const waitMs = Math.max(gate.pause.waitMs(now), gate.limit.waitMs(now, 1));
    if (waitMs <= 0) {
      gate.waiting.delete(ticket);
      gate.limit.take(now, 1);
      gate.pause.hold(now, GAP_MS);
    }
    gate.wake = this.timers.after(Math.max(waitMs, GAP_MS), () => this.pump(gate));
    if (waitMs <= 0) ticket();
  }
}
