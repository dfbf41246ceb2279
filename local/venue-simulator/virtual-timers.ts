import type { Timers } from '../../adapters/venues/session/timers.ts';
import { invariant } from '../../core/invariant.ts';
import { type EpochMs, plusMs } from '../../core/time.ts';

interface Alarm {
  readonly at: EpochMs;
  readonly order: number;
  /** Undefined once it was taken off. */
  run: (() => void) | undefined;
}

/** Alarms taken off that may lie in the heap beyond those that stand, before it is built anew without them. */
const DEAD_MAX = 1_024;

/**
 * Time that moves only when told to, so that hours pass in the time their events take. Alarms go off in the order of
 * their moments and, at the same moment, in the order in which they were set.
 */
export class VirtualTimers implements Timers {
  private at: EpochMs;
  private count = 0;
  private dead = 0;
  /** A binary heap: each alarm is before the two at twice its place. */
  private heap: Alarm[] = [];

  constructor(start: EpochMs) {
    this.at = start;
  }

  now(): EpochMs {
    return this.at;
  }

  after(ms: number, run: () => void): () => void {
    invariant(Number.isFinite(ms), `an alarm needs a moment, not ${ms} ms from now`);
    const alarm: Alarm = { at: plusMs(this.at, Math.max(0, Math.ceil(ms))), order: this.count++, run };
    this.heap.push(alarm);
    this.rise(this.heap.length - 1);
    return () => this.takeOff(alarm);
  }

  /** The moment of the next alarm; null when none is set. */
  nextAt(): EpochMs | null {
    return this.first()?.at ?? null;
  }

  /** Lets the next alarm go off, and time come to it; false when none is set. @throws what the alarm throws. */
  runNext(): boolean {
    const alarm = this.first();
    if (alarm === undefined) return false;
    this.removeFirst();
    this.at = alarm.at;
    const { run } = alarm;
    alarm.run = undefined;
    run?.();
    return true;
  }

  /** Lets all alarms up to a moment go off, those that they set included; time is there afterwards. @throws what an alarm throws. */
  runUntil(at: EpochMs): void {
    for (let next = this.nextAt(); next !== null && next <= at; next = this.nextAt()) this.runNext();
    if (at > this.at) this.at = at;
  }

  private first(): Alarm | undefined {
    while (this.heap[0] !== undefined && this.heap[0].run === undefined) {
      this.removeFirst();
      this.dead -= 1;
    }
    return this.heap[0];
  }

  private takeOff(alarm: Alarm): void {
    if (alarm.run === undefined) return;
    alarm.run = undefined;
    this.dead += 1;
    if (this.dead <= DEAD_MAX || this.dead * 2 < this.heap.length) return;
    // Sorted, it is a heap again.
    this.heap = this.heap.filter((one) => one.run !== undefined).sort((a, b) => (isBefore(a, b) ? -1 : 1));
    this.dead = 0;
  }

  private removeFirst(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.sink(0);
  }

  private rise(from: number): void {
    for (let place = from; place > 0; ) {
      const above = (place - 1) >> 1;
      if (!this.swapIfBefore(place, above)) return;
      place = above;
    }
  }

  private sink(from: number): void {
    for (let place = from; ; ) {
      const left = 2 * place + 1;
      const child = this.isBeforeAt(left + 1, left) ? left + 1 : left;
      if (!this.swapIfBefore(child, place)) return;
      place = child;
    }
  }

  private isBeforeAt(a: number, b: number): boolean {
    const one = this.heap[a];
    const other = this.heap[b];
    return one !== undefined && other !== undefined && isBefore(one, other);
  }

  private swapIfBefore(lower: number, upper: number): boolean {
    const one = this.heap[lower];
    const other = this.heap[upper];
    if (one === undefined || other === undefined || !isBefore(one, other)) return false;
    this.heap[upper] = one;
    this.heap[lower] = other;
    return true;
  }
}

const isBefore = (a: Alarm, b: Alarm): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
