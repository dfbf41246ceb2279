import { type EpochMs, MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import { Backoff, type Patience, REFUSED } from './backoff.ts';
import type { ConnectGate } from './connect-gate.ts';
import { type LineEnd, type LineKeeper, type LinePorts, SocketLine } from './socket-line.ts';

/** Without a socket for so long, its symbols are polled. */
export const POLL_AFTER_MS = 15 * SECOND_MS;
/** A connection carries its symbols when all have spoken, or after so long. */
export const TAKE_OVER_MS = 30 * SECOND_MS;
/** Polling goes on for so long beside a new connection, until its books stand. */
const HAND_BACK_MS = 5 * SECOND_MS;
/** While the venue is closed: between half and all of it. */
const CLOSED_RETRY_MS = MINUTE_MS;
/** A connection that ends sooner is none, for alerts and polling. */
const STEADY_MS = 5 * SECOND_MS;
/** A connection that held for so long was a good one. */
const HEALTHY_MS = MINUTE_MS;
/** Keys that were refused are tried again after this, or half of it: clocks and rights change. */
export const REFUSED_RETRY_MS = 5 * MINUTE_MS;
/** Where the venue says that it is asked too much, and not how long to wait: 4 s, 8 s, 16 s and so on. */
const LIMITED_MS = 4 * SECOND_MS;
const LIMITED_MS_MAX = 2 * MINUTE_MS;
/** The part of a connection's life after which it is replaced, and how far from it others are. */
const ROTATE_FROM = 0.8;
const ROTATE_SPREAD = 0.1;
/** Fractions of its multiples lie far apart, so that no two connections of a venue are replaced together. */
const GOLDEN = 0.618_033_988_749_895;

/** Why there is no connection while the first one is made: no trouble so far. */
export const NOT_YET = 'it was not connected yet';

export interface ShardPorts extends LinePorts {
  readonly gate: ConnectGate;
  /** Between attempts to connect. */
  readonly reconnect: Patience;
  /** A name for one more connection. */
  nextId(): string;
  /** False while the venue is closed: nobody storms its door, and silence is no trouble. */
  isTrading(): boolean;
  /** A line ended, for whoever keeps something of it. */
  ended(line: SocketLine): void;
}

/** Keeps the symbols of one shard connected: by one line at a time, and two while one takes over from the other. */
export class ShardKeeper implements LineKeeper {
  readonly n: number;
  symbols: readonly string[];
  /** Since when there is no open line. */
  downSince: EpochMs | null;
  /** Since when there is none that holds: one that ends at once is none. */
  unsteadySince: EpochMs | null;
  /** Why there is none, or how the last one ended. */
  why = NOT_YET;
  /** Trying again cannot help. */
  isFinal = false;
  private readonly ports: ShardPorts;
  private readonly backoff: Backoff;
  private readonly refusals: Backoff;
  /** How often in a row the venue said that it is asked too much. */
  private limited = 0;
  private line: SocketLine | undefined;
  /** Opened to replace the line. */
  private next: SocketLine | undefined;
  private cancelConnect: (() => void) | undefined;
  private cancelRotate: (() => void) | undefined;
  private wasConnected = false;
  private isPolled = false;

  constructor(n: number, symbols: readonly string[], ports: ShardPorts) {
    this.n = n;
    this.symbols = symbols;
    this.ports = ports;
    this.backoff = new Backoff(ports.reconnect, ports.random);
    this.refusals = new Backoff(REFUSED, ports.random);
    this.downSince = ports.timers.now();
    this.unsteadySince = this.downSince;
    this.connectIn(0);
  }

  /** The lines that exist, the one in charge first. */
  lines(): readonly SocketLine[] {
    return [this.line, this.next].filter((line) => line !== undefined);
  }

  /** What no line carries for now, and has to be polled. */
  get uncarried(): readonly string[] {
    if (this.isPolled) return this.symbols;
    const now = this.ports.timers.now();
    const { line } = this;
    if (line === undefined) return [];
    return [...new Set([...line.refusedFor(POLL_AFTER_MS, now), ...line.mute(TAKE_OVER_MS, now)])];
  }

  /** Carried by an open line that shows nothing of them. */
  get mute(): readonly string[] {
    return this.line?.mute(TAKE_OVER_MS, this.ports.timers.now()) ?? [];
  }

  carry(symbols: readonly string[]): void {
    this.symbols = symbols;
    for (const line of this.lines()) line.follow(symbols);
  }

  /** The venue trades again: nobody waits any more. */
  hurry(): void {
    this.backoff.reset();
    this.isPolled = false;
    if (this.downSince !== null) this.downSince = this.ports.timers.now();
    if (this.unsteadySince !== null) this.unsteadySince = this.ports.timers.now();
    if (this.line === undefined && !this.isFinal) this.connectIn(0);
  }

  /** Ends its lines and opens no more. */
  stop(why: string): void {
    const lines = this.lines();
    this.isFinal = true;
    this.line = undefined;
    this.next = undefined;
    this.cancelConnect?.();
    this.cancelRotate?.();
    for (const line of lines) line.close(why);
  }

  /** Looks at the clock; called each second. */
  sweep(now: EpochMs): void {
    const isTrading = this.ports.isTrading();
    for (const line of this.lines()) line.sweep(now, isTrading);
    if (this.line !== undefined && this.next !== undefined && carriesAll(this.next, now))
      this.replace(this.line, this.next);
    if ((this.line?.openMs(now) ?? 0) >= STEADY_MS) this.unsteadySince = null;
    const unsteadyMs = this.unsteadySince === null ? 0 : now - this.unsteadySince;
    if (this.line?.isOpen !== true) this.isPolled ||= this.isFinal || unsteadyMs > POLL_AFTER_MS;
    else if (carriesAll(this.line, now) && this.line.subscribedMs(now) >= HAND_BACK_MS) this.isPolled = false;
  }

  opened(line: SocketLine): void {
    if (line !== this.line) return;
    if (this.wasConnected) this.ports.counts.reconnects += 1;
    this.refusals.reset();
    this.limited = 0;
    this.takeCharge(line);
  }

  ended(line: SocketLine, end: LineEnd): void {
    this.ports.ended(line);
    if (end.kind === 'final') this.isFinal = true;
    if (line === this.next) {
      this.next = undefined;
      if (!this.isFinal) this.rotateIn(this.waitMs(end));
    } else if (line === this.line) this.lost(end);
  }

  mustRotate(line: SocketLine): void {
    if (line === this.line) this.rotateIn(0);
  }

  private lost(end: LineEnd): void {
    const { next } = this;
    this.line = next;
    this.next = undefined;
    this.why = end.why;
    this.cancelRotate?.();
    if (end.openMs >= HEALTHY_MS) this.backoff.reset();
    // One that was about to take over is there already, or on its way.
    if (next?.isOpen === true) {
      this.takeCharge(next);
      return;
    }
    this.downSince ??= this.ports.timers.now();
    this.unsteadySince ??= this.downSince;
    if (next === undefined && !this.isFinal) this.connectIn(this.waitMs(end));
  }

  /** How long to wait after an attempt that failed, or a connection that was lost. */
  private waitMs({ kind, holdMs, attemptMs }: LineEnd): number {
    const { gate, random, protocol, reconnect, isTrading } = this.ports;
    // Nobody of this process knocks meanwhile.
    if (holdMs > 0) gate.hold(protocol.wire, holdMs);
    else if (kind === 'limited') gate.hold(protocol.wire, limitedMs(this.limited++));
    if (kind === 'bad_keys') return Math.ceil((REFUSED_RETRY_MS * (1 + random())) / 2);
    const backoffMs = (kind === 'refused' ? this.refusals : this.backoff).nextMs(attemptMs);
    if (kind !== 'refused') this.refusals.reset();
    if (!isTrading()) return Math.ceil((CLOSED_RETRY_MS * (1 + random())) / 2);
    // An attempt that got no answer was a wait already.
    return Math.max(backoffMs - attemptMs, reconnect.firstMs / 4);
  }

  private replace(line: SocketLine, next: SocketLine): void {
    this.line = next;
    this.next = undefined;
    this.ports.counts.rotations += 1;
    line.close(`${next.id} took over`);
    this.takeCharge(next);
  }

  private takeCharge(line: SocketLine): void {
    this.downSince = null;
    this.wasConnected = true;
    const { lifetimeMs } = this.ports.protocol.limits;
    if (lifetimeMs === null) return;
    const part = ROTATE_FROM + ROTATE_SPREAD * ((this.n * GOLDEN) % 1);
    this.rotateIn(Math.max(0, Math.floor(lifetimeMs * part) - line.openMs(this.ports.timers.now())));
  }

  private connectIn(ms: number): void {
    this.cancelConnect?.();
    this.cancelConnect = this.inTurn(ms, () => {
      this.line = this.open();
      this.line.connect();
    });
  }

  private rotateIn(ms: number): void {
    this.cancelRotate?.();
    this.cancelRotate = this.inTurn(ms, () => {
      if (this.next !== undefined) return;
      this.next = this.open();
      this.next.connect();
    });
  }

  /** After a wait, and when the venue's gate lets one more attempt through. */
  private inTurn(ms: number, run: () => void): () => void {
    const { timers, gate, protocol } = this.ports;
    let cancel = timers.after(ms, () => {
      cancel = gate.ask(protocol.wire, protocol.limits.connectsPerMinute, run);
    });
    return () => cancel();
  }

  private open(): SocketLine {
    return new SocketLine(this.ports.nextId(), this.symbols, this.ports, this);
  }
}

const limitedMs = (before: number): number => Math.min(LIMITED_MS * 2 ** before, LIMITED_MS_MAX);

const carriesAll = (line: SocketLine, now: EpochMs): boolean =>
  line.isProven || line.subscribedMs(now) >= TAKE_OVER_MS;
