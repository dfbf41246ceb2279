import type { FollowedInstrument } from '../followed-instrument.ts';
import { short } from '../json-fields.ts';
import type { ConnectionDesk } from '../venue-reader.ts';

/** Names of unknown kinds that are told apart; a venue's text must not fill the memory. */
const UNKNOWN_MAX = 32;

/** Counts each frame once, however many instruments it is about, and once for each of these. */
export class FrameTally {
  private readonly desk: ConnectionDesk;
  private readonly onSeen: (followed: FollowedInstrument) => void;
  private readonly seen: FollowedInstrument[] = [];
  private readonly unknown = new Set<string>();
  private kind = '';

  constructor(desk: ConnectionDesk, onSeen: (followed: FollowedInstrument) => void = () => undefined) {
    this.desk = desk;
    this.onSeen = onSeen;
  }

  begin(kind: string): void {
    this.kind = kind;
    this.seen.length = 0;
  }

  saw(followed: FollowedInstrument): void {
    if (this.seen.includes(followed)) return;
    if (this.seen.length === 0) this.desk.count(this.kind, followed);
    else followed.saw(this.kind);
    this.seen.push(followed);
    this.onSeen(followed);
  }

  end(): void {
    if (this.seen.length === 0) this.desk.countUnfollowed(this.kind);
  }

  countUnknown(name: string): void {
    const known = short(name);
    if (this.unknown.size < UNKNOWN_MAX) this.unknown.add(known);
    this.desk.countUnknown(this.unknown.has(known) ? known : 'other', `message '${known}'`);
  }
}
