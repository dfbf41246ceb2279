import type { EpochMs } from '../../core/time.ts';
import type { SimPeer, SimUpgrade, Topic, VenueDesk } from './sim-dialect.ts';

/** The venue's side of one socket. */
export class SimConnection {
  /** Which one it is of all that the venue accepted, from 1. */
  readonly n: number;
  readonly request: SimUpgrade;
  readonly openedAt: EpochMs;
  /** Names of the streams that it gets, as the dialect calls them. */
  readonly streams = new Set<string>();
  /** Where the venue numbers its messages by connection: the next number. */
  sequence = 0;
  /** Messages said to it, lost ones included. */
  sent = 0;
  isOver = false;
  private readonly peer: SimPeer;
  private readonly desk: VenueDesk;
  private readonly alarms = new Set<() => void>();
  private isHeld = false;
  private isEnding = false;

  constructor(n: number, request: SimUpgrade, peer: SimPeer, desk: VenueDesk) {
    this.n = n;
    this.request = request;
    this.peer = peer;
    this.desk = desk;
    this.openedAt = desk.timers.now();
  }

  /** Says something; whether it arrives is for the faults. `symbol` is what it is about, none for several or none. */
  send(data: string | Uint8Array, topic: Topic, symbol = ''): void {
    if (this.isOver || this.isEnding) return;
    this.sent += 1;
    if (this.isHeld) return;
    const { faults } = this.desk;
    if (faults.isCalm) this.peer.send(data);
    else faults.pass(this.n, this.peer, { data, topic, symbol });
  }

  ping(): void {
    if (!this.isOver && !this.isEnding && !this.isHeld) this.peer.ping();
  }

  /** Ends it with a farewell, after what was said before. */
  close(code: number, reason: string): void {
    if (this.isOver || this.isEnding) return;
    this.isEnding = true;
    this.peer.end(code, reason);
  }

  /** Ends it without a word. */
  cut(): void {
    this.close(1006, '');
  }

  /** Nothing passes until it is released. */
  hold(isHeld: boolean): void {
    if (this.isOver || this.isHeld === isHeld) return;
    this.isHeld = isHeld;
    this.peer.hold(isHeld);
  }

  /** Calls back after a time, at once for none, unless the connection is over by then. */
  later(ms: number, run: () => void): void {
    if (this.isOver) return;
    if (ms <= 0) {
      run();
      return;
    }
    const cancel = this.desk.timers.after(ms, () => {
      this.alarms.delete(cancel);
      run();
    });
    this.alarms.add(cancel);
  }

  /** Calls back again and again while it is open. */
  every(ms: number, run: () => void): void {
    this.later(ms, () => {
      run();
      this.every(ms, run);
    });
  }

  /** @internal The venue says that it is over. */
  over(): void {
    this.isOver = true;
    for (const cancel of this.alarms) cancel();
    this.alarms.clear();
  }
}
