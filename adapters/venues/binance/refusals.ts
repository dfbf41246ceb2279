import type { FollowedInstrument } from '../followed-instrument.ts';
import type { RefusedMessage } from '../refused-message.ts';
import type { ConnectionDesk } from '../venue-reader.ts';

/** Tells what is lost with a message that cannot be used. */
export class Refusals {
  private readonly desk: ConnectionDesk;

  constructor(desk: ConnectionDesk) {
    this.desk = desk;
  }

  /** Notes a message that the instrument's rules forbid; returns why, in words. */
  words(followed: FollowedInstrument, kind: string, message: RefusedMessage): string {
    const detail = `${followed.instrument.symbol} ${kind} ${message.detail}`;
    this.desk.note({ kind: 'refused', detail });
    return detail;
  }

  trade(followed: FollowedInstrument, detail: string): void {
    followed.counts.refused += 1;
    this.desk.tradesLost(followed, 'refused', detail);
  }

  /** Of a message that no book and no print depends on. */
  other(followed: FollowedInstrument, detail: string): void {
    followed.counts.refused += 1;
    this.desk.fault(followed, 'refused', detail);
  }
}
