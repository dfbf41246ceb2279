import type { Frame } from '../../adapters/venues/frame-source.ts';
import type { StreamMessage } from './symbol-stream.ts';

/**
 * Something that goes wrong on purpose, `atMs` after the start. All but `freeze` strike the next depth message of their
 * symbol that gets through; `freeze` loses all stream messages of its symbol sent in `[atMs, atMs + forMs)`.
 */
export type Fault =
  /** The depth message is lost: the next one does not follow its predecessor. */
  | { readonly kind: 'gap'; readonly symbol: string; readonly atMs: number }
  /** A message cut off in the middle follows the depth message. */
  | { readonly kind: 'garbage'; readonly symbol: string; readonly atMs: number }
  /** The depth message arrives twice. */
  | { readonly kind: 'duplicate'; readonly symbol: string; readonly atMs: number }
  | { readonly kind: 'freeze'; readonly symbol: string; readonly atMs: number; readonly forMs: number }
  /** The depth message also shows a bid above the best ask, which the venue never had. */
  | { readonly kind: 'cross'; readonly symbol: string; readonly atMs: number };

/** Spoils frames by script. What a fault does not name passes unchanged, and no fault changes the market behind it. */
export class FaultScript {
  readonly #startAt: number;
  #pending: readonly Fault[];

  constructor(faults: readonly Fault[], startAt: number) {
    this.#pending = faults;
    this.#startAt = startAt;
  }

  /** The frames that arrive instead of this one; `crossingBid` is asked only when it is needed. */
  spoil(message: StreamMessage, frame: Frame, crossingBid: () => string): readonly Frame[] {
    let frames: readonly Frame[] = [frame];
    if (this.#pending.length === 0) return frames;
    const elapsed = message.sentAt - this.#startAt;
    const due = this.#pending.filter((fault) => fault.symbol === message.symbol && fault.atMs <= elapsed);
    if (due.some((fault) => fault.kind === 'freeze' && elapsed < fault.atMs + fault.forMs)) return [];
    if (message.kind !== 'depth') return frames;
    for (const { kind } of due) {
      if (kind !== 'freeze') frames = frames.flatMap((one) => spoiled(kind, one, crossingBid));
    }
    // Each has struck, or is a freeze that is over.
    this.#pending = this.#pending.filter((fault) => !due.includes(fault));
    return frames;
  }
}

function spoiled(kind: Exclude<Fault['kind'], 'freeze'>, frame: Frame, crossingBid: () => string): Frame[] {
  switch (kind) {
    case 'gap':
      return [];
    case 'garbage':
      return [frame, { ...frame, raw: frame.raw.slice(0, Math.ceil(frame.raw.length / 2)) }];
    case 'duplicate':
      return [frame, frame];
    case 'cross':
      return [{ ...frame, raw: withBid(frame.raw, crossingBid()) }];
  }
}

/** Put last, since the last word on a level counts and the message may also say that this one is gone. */
const withBid = (raw: string, level: string): string =>
  raw.replace('],"a":', `${raw.includes('"b":[]') ? '' : ','}${level}],"a":`);
