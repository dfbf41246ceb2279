import type { Timers } from '../../adapters/venues/session/timers.ts';

/** Carries things one way with a latency of their own each, in the order in which they were sent: none overtakes another. */
export class Pipe<T> {
  private readonly timers: Timers;
  private readonly latencyMs: () => number;
  private readonly deliver: (item: T) => void;
  private items: T[] = [];
  private times: number[] = [];
  private next = 0;
  private isArmed = false;
  private readonly go = (): void => this.run();

  constructor(timers: Timers, latencyMs: () => number, deliver: (item: T) => void) {
    this.timers = timers;
    this.latencyMs = latencyMs;
    this.deliver = deliver;
  }

  push(item: T): void {
    const now = this.timers.now();
    const at = now + this.latencyMs();
    this.items.push(item);
    this.times.push(at);
    if (!this.isArmed) this.arm(at - now);
  }

  private arm(ms: number): void {
    this.isArmed = true;
    this.timers.after(ms, this.go);
  }

  /** Delivers all that is due; what is pushed meanwhile waits for its own moment. */
  private run(): void {
    const now = this.timers.now();
    for (let at = this.times[this.next]; at !== undefined && at <= now; at = this.times[this.next]) {
      const item = this.items[this.next] as T;
      this.next += 1;
      this.deliver(item);
    }
    const at = this.times[this.next];
    if (at === undefined) {
      this.items = [];
      this.times = [];
      this.next = 0;
      this.isArmed = false;
    } else {
      this.forget();
      this.arm(at - now);
    }
  }

  private forget(): void {
    if (this.next < 1_024) return;
    this.items = this.items.slice(this.next);
    this.times = this.times.slice(this.next);
    this.next = 0;
  }
}
