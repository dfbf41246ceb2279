import type { SideName } from '../../core/market/order-book.ts';
import type { EpochMs } from '../../core/time.ts';
import { BookDigest } from './book-digest.ts';
import type { SimMarket } from './sim-market.ts';
import type { SimLevel } from './tick-sides.ts';

/** A level after a change, and by how much it grew or, below zero, shrank. */
export interface ToldChange extends SimLevel {
  readonly side: SideName;
  readonly by: number;
}

/**
 * A market's book as its listeners were told it, for venues that tell each change of a level by itself: the market knows
 * only the book after all of them, and everything that listeners may show on the way is noted here as one of its states.
 */
export class ToldBook {
  private readonly market: SimMarket;
  /** Ticks of one dollar: every price is below it. */
  private readonly dollar: number;
  private readonly lots: Readonly<Record<SideName, Float64Array>>;
  private readonly hash = new BookDigest();
  bestBid = 0;
  bestAsk: number;

  /** Nothing was told yet. */
  constructor(market: SimMarket, now: EpochMs) {
    this.market = market;
    this.dollar = market.mirrored(0);
    this.bestAsk = this.dollar;
    this.lots = { bids: new Float64Array(this.dollar), asks: new Float64Array(this.dollar) };
    this.note(now);
  }

  get hasBids(): boolean {
    return this.bestBid > 0;
  }

  get hasAsks(): boolean {
    return this.bestAsk < this.dollar;
  }

  lotsAt(side: SideName, tick: number): number {
    return this.lots[side][tick] ?? 0;
  }

  /** All levels of a side, worst first. */
  levels(side: SideName): SimLevel[] {
    const levels: SimLevel[] = [];
    const [from, way, best] = side === 'bids' ? [1, 1, this.bestBid] : [this.dollar - 1, -1, this.bestAsk];
    for (let tick = from; (best - tick) * way >= 0; tick += way) {
      const lots = this.lotsAt(side, tick);
      if (lots > 0) levels.push({ tick, lots });
    }
    return levels;
  }

  /** Tells that a level holds so much now; undefined where it did before. */
  set(side: SideName, tick: number, lots: number, now: EpochMs): ToldChange | undefined {
    const before = this.lotsAt(side, tick);
    if (before === lots) return undefined;
    this.lots[side][tick] = lots;
    this.hash.toggle(side, tick, before);
    this.hash.toggle(side, tick, lots);
    if (side === 'bids') this.moveBids(tick, lots);
    else this.moveAsks(tick, lots);
    if (this.bestBid <= this.bestAsk) this.note(now);
    return { side, tick, lots, by: lots - before };
  }

  /** Takes the market's book as told without a word. */
  learn(now: EpochMs): void {
    for (const _ of this.catchUp(now));
  }

  /** Whatever was not told of the market's book: first what went, then what came, so that it is never crossed. */
  *catchUp(now: EpochMs): Iterable<ToldChange> {
    const { book } = this.market;
    for (const isGrowing of [false, true])
      for (const side of ['bids', 'asks'] as const)
        for (let tick = 1; tick < this.dollar; tick += 1) {
          const lots = book.lotsAt(side, tick);
          const grows = lots > this.lotsAt(side, tick);
          if (grows !== isGrowing) continue;
          const change = this.set(side, tick, lots, now);
          if (change !== undefined) yield change;
        }
  }

  /** Takes all levels away, one after the other, the worst first. */
  *empty(now: EpochMs): Iterable<ToldChange> {
    for (const side of ['bids', 'asks'] as const)
      for (const { tick } of this.levels(side)) {
        const change = this.set(side, tick, 0, now);
        if (change !== undefined) yield change;
      }
  }

  /** Tells at once that nothing is there. */
  clear(now: EpochMs): void {
    this.lots.bids.fill(0);
    this.lots.asks.fill(0);
    this.hash.clear();
    this.bestBid = 0;
    this.bestAsk = this.dollar;
    this.note(now);
  }

  private note(now: EpochMs): void {
    const { states, book } = this.market;
    states.add(this.hash.value, book.updateId, now);
  }

  private moveBids(tick: number, lots: number): void {
    if (lots > 0) this.bestBid = Math.max(this.bestBid, tick);
    else while (this.bestBid > 0 && this.lots.bids[this.bestBid] === 0) this.bestBid -= 1;
  }

  private moveAsks(tick: number, lots: number): void {
    if (lots > 0) this.bestAsk = Math.min(this.bestAsk, tick);
    else while (this.bestAsk < this.dollar && this.lots.asks[this.bestAsk] === 0) this.bestAsk += 1;
  }
}
