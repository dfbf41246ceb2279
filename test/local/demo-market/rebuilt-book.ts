import type { Frame } from '../../../adapters/venues/frame-source.ts';

type WireLevel = readonly [price: string, quantity: string];
interface WireDepth {
  readonly U: number;
  readonly u: number;
  readonly b: readonly WireLevel[];
  readonly a: readonly WireLevel[];
}
interface WireSnapshot {
  readonly lastUpdateId: number;
  readonly bids: readonly WireLevel[];
  readonly asks: readonly WireLevel[];
}

/** A client's book by the venue's documented rule, written apart from the product's reader so that it can judge both. */
export class RebuiltBook {
  readonly bids = new Map<string, string>();
  readonly asks = new Map<string, string>();
  lastId: number | null = null;
  gaps = 0;
  dropped = 0;
  straddled = false;
  readonly #early: WireDepth[] = [];

  depth(event: WireDepth): void {
    if (this.lastId === null) {
      this.#early.push(event);
      return;
    }
    if (event.u <= this.lastId) {
      this.dropped += 1;
      return;
    }
    if (event.U > this.lastId + 1) this.gaps += 1;
    if (event.U <= this.lastId) this.straddled = true;
    for (const level of event.b) apply(this.bids, level);
    for (const level of event.a) apply(this.asks, level);
    this.lastId = event.u;
  }

  snapshot(answer: WireSnapshot): void {
    if (this.lastId !== null) return;
    this.lastId = answer.lastUpdateId;
    for (const level of answer.bids) apply(this.bids, level);
    for (const level of answer.asks) apply(this.asks, level);
    for (const event of this.#early.splice(0)) this.depth(event);
  }

  best(side: 'bids' | 'asks'): WireLevel | undefined {
    let best: WireLevel | undefined;
    for (const level of this[side]) if (!best || isBetter(side, level, best)) best = level;
    return best;
  }

  /** Best first. */
  levels(side: 'bids' | 'asks'): WireLevel[] {
    const sign = side === 'bids' ? -1 : 1;
    return [...this[side]].sort((x, y) => sign * (Number(x[0]) - Number(y[0])));
  }
}

const isBetter = (side: 'bids' | 'asks', [price]: WireLevel, [other]: WireLevel): boolean =>
  side === 'bids' ? Number(price) > Number(other) : Number(price) < Number(other);

function apply(levels: Map<string, string>, [price, quantity]: WireLevel): void {
  if (Number(quantity) === 0) levels.delete(price);
  else levels.set(price, quantity);
}

/** The payload of a combined-stream frame. */
export const dataOf = (frame: Frame) => JSON.parse(frame.raw).data;

export const framesOn = (frames: readonly Frame[], channel: string): Frame[] =>
  frames.filter((frame) => frame.channel === channel);
