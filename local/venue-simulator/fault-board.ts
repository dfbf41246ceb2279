import type { Timers } from '../../adapters/venues/session/timers.ts';
import type { EpochMs } from '../../core/time.ts';
import type { SeededRandom } from '../demo-market/random.ts';
import {
  checkFaults,
  type Fault,
  type FaultKind,
  type FaultOf,
  type FaultTarget,
  isAbout,
  type MessageFault,
} from './faults.ts';
import { garbageAfter } from './garbage.ts';
import type { SimPeer, Topic } from './sim-dialect.ts';

/** A fault that had an effect, when and on what. */
export interface Strike {
  readonly fault: Fault;
  readonly at: EpochMs;
  /** 0 where it is about no connection. */
  readonly connection: number;
  readonly symbol: string;
}

/** Who is told when a fault begins and ends. */
export interface FaultHooks {
  began(fault: Fault): void;
  ended(fault: Fault): void;
}

export interface BoardOptions {
  readonly faults: readonly Fault[];
  readonly timers: Timers;
  readonly random: SeededRandom;
  readonly hooks: FaultHooks;
}

/** A message on its way to one connection. */
export interface Passing {
  readonly data: string | Uint8Array;
  readonly topic: Topic;
  readonly symbol: string;
}

const STRIKES_MAX = 10_000;
/** Faults that messages have to pass. */
const GATES: ReadonlySet<FaultKind> = new Set(['gap', 'duplicate', 'swap', 'garbage', 'oversize', 'drop']);

/** Begins and ends a venue's faults at their moments, and lets messages pass as they want it. */
export class FaultBoard {
  /** What had an effect so far, oldest first; the first {@link STRIKES_MAX} of them. */
  readonly struck: Strike[] = [];
  private readonly timers: Timers;
  private readonly random: SeededRandom;
  private readonly hooks: FaultHooks;
  private readonly alarms = new Set<() => void>();
  private running: readonly Fault[] = [];
  private gates: readonly Fault[] = [];
  private readonly muted = new WeakMap<Fault, Set<string>>();
  /** Messages held back until the next one went, by connection. */
  private readonly held = new Map<Fault, { readonly peer: SimPeer; readonly message: Passing }>();

  /** @throws RangeError in words, when a fault makes no sense. */
  constructor({ faults, timers, random, hooks }: BoardOptions) {
    this.timers = timers;
    this.random = random;
    this.hooks = hooks;
    this.add(...faults);
  }

  /** More of them; their moments count from now. @throws RangeError in words, when one makes no sense. */
  add(...faults: readonly Fault[]): void {
    checkFaults(faults);
    for (const fault of faults) this.in(fault.atMs, () => this.begin(fault));
  }

  /** Ends one that lasts before its time. */
  lift(fault: Fault): void {
    if (this.running.includes(fault)) this.end(fault);
  }

  /** No fault concerns messages now. */
  get isCalm(): boolean {
    return this.gates.length === 0;
  }

  /** The first fault of a kind that runs now and is about this symbol and connection. */
  find<K extends FaultKind>(kind: K, symbol = '', connection?: number): FaultOf<K> | undefined {
    if (this.running.length === 0) return undefined;
    return this.running.find(
      (fault): fault is FaultOf<K> => fault.kind === kind && isOf(fault, symbol, connection),
    );
  }

  /** As {@link find}, for one that strikes once: it is over then. */
  take<K extends MessageFault['kind']>(kind: K, symbol = '', connection = 0): FaultOf<K> | undefined {
    const fault = this.find(kind, symbol, connection);
    if (fault !== undefined) this.strikeOnce(fault, connection, symbol);
    return fault;
  }

  /** What faults of this kind add up to. Whoever asks about a delay is delayed by it. */
  sumMs(kind: 'clock_skew' | 'slow_snapshot' | 'late_ack', symbol = ''): number {
    let sum = 0;
    for (const fault of this.running) {
      if (fault.kind !== kind || !isOf(fault, symbol, undefined)) continue;
      sum += fault.byMs;
      if (kind !== 'clock_skew') this.strike(fault, 0, symbol);
    }
    return sum;
  }

  /** Nothing may be said of a symbol now. */
  isMute(symbol: string): boolean {
    const fault = this.find('mute', symbol);
    if (fault === undefined) return false;
    // A span of silence is told once for each symbol.
    const muted = this.muted.get(fault) ?? new Set();
    if (!muted.has(symbol)) this.strike(fault, 0, symbol);
    this.muted.set(fault, muted.add(symbol));
    return true;
  }

  /** Says that a fault had an effect. */
  strike(fault: Fault, connection = 0, symbol = ''): void {
    if (this.struck.length < STRIKES_MAX)
      this.struck.push({ fault, at: this.timers.now(), connection, symbol });
  }

  /** Lets a message pass to the n-th connection, as the running faults want it. */
  pass(n: number, peer: SimPeer, message: Passing): void {
    const { topic, symbol } = message;
    let copies = 1;
    let behind: Fault | undefined;
    for (const fault of this.gates) {
      if (!isOf(fault, symbol, n)) continue;
      if (fault.kind === 'drop') {
        if (!this.random.chance(fault.share)) continue;
        this.strike(fault, n, symbol);
        return;
      }
      if (topic !== 'book' || this.held.has(fault)) continue;
      this.strikeOnce(fault, n, symbol);
      if (fault.kind === 'gap') return;
      if (fault.kind === 'swap') {
        this.held.set(fault, { peer, message });
        return;
      }
      if (fault.kind === 'duplicate') copies += 1;
      else behind = fault;
    }
    for (; copies > 0; copies -= 1) peer.send(message.data);
    if (behind !== undefined) garbageAfter(message.data, behind, peer, this.random);
    if (topic === 'book') this.release(peer, symbol);
  }

  stop(): void {
    for (const cancel of this.alarms) cancel();
    this.alarms.clear();
    this.running = [];
    this.gates = [];
  }

  private begin(fault: Fault): void {
    this.set([...this.running, fault]);
    this.in(fault.forMs, () => this.end(fault));
    this.hooks.began(fault);
  }

  private end(fault: Fault): void {
    const held = this.held.get(fault);
    this.held.delete(fault);
    held?.peer.send(held.message.data);
    this.set(this.running.filter((one) => one !== fault));
    this.hooks.ended(fault);
  }

  private set(running: readonly Fault[]): void {
    this.running = running;
    this.gates = running.filter(({ kind }) => GATES.has(kind));
  }

  private strikeOnce(fault: Fault, connection: number, symbol: string): void {
    this.strike(fault, connection, symbol);
    // What holds a message back goes on until it let it go.
    if (fault.kind !== 'swap') this.set(this.running.filter((one) => one !== fault));
  }

  /** What was held back goes behind the message that just went. */
  private release(peer: SimPeer, symbol: string): void {
    for (const [fault, { peer: to, message }] of this.held) {
      if (to !== peer || message.symbol !== symbol) continue;
      peer.send(message.data);
      this.held.delete(fault);
      this.set(this.running.filter((one) => one !== fault));
    }
  }

  private in(ms: number, run: () => void): void {
    const cancel = this.timers.after(ms, () => {
      this.alarms.delete(cancel);
      run();
    });
    this.alarms.add(cancel);
  }
}

const isOf = (fault: FaultTarget, symbol: string, connection: number | undefined): boolean =>
  isAbout(fault, symbol) &&
  (fault.connection === undefined || connection === undefined || fault.connection === connection);
