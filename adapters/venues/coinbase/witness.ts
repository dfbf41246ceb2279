import type { OrderBook, SideName } from '../../../core/market/order-book.ts';
import { type EpochMs, SECOND_MS } from '../../../core/time.ts';
import type { LevelList } from '../levels.ts';
import type { LevelMessage } from './mapper.ts';

/** Levels compared per side, from the best one. */
const DEPTH = 200;
/** Answers are kept by the venue for about a second; two of them closer than this may be one. */
const SPACING_MS = 5 * SECOND_MS;
/** Levels remembered from one comparison to the next. */
const SUSPECTS_MAX = 2 * DEPTH;

interface Suspect {
  readonly side: SideName;
  readonly ticks: number;
  readonly witnessed: number;
}

/**
 * Compares a book built from a stream with whole pictures by REST, which share no sequence with it and may be older or newer.
 * One difference proves nothing. But a level of which the stream said nothing from one picture to the next, while both
 * pictures show the same other size, tells of a lost message: were the pictures older, the second would have caught up, and
 * were they newer, the stream would have. Only a level that changed just before the first and back just before the second
 * deceives it, which costs a picture that nobody needed.
 */
export class Witness {
  private suspects = new Map<number, Suspect>();
  private checkedAt: EpochMs | undefined;

  /** The stream spoke of these levels, so that differences there are movement. */
  touched(message: LevelMessage): void {
    if (this.suspects.size === 0) return;
    this.forget('bids', message.bids);
    this.forget('asks', message.asks);
  }

  clear(): void {
    this.suspects.clear();
    this.checkedAt = undefined;
  }

  /** What the picture proves to be wrong with a live book, in words; null when it proves nothing. */
  check(book: OrderBook, picture: LevelMessage, now: EpochMs): string | null {
    if (this.checkedAt !== undefined && now - this.checkedAt < SPACING_MS) return null;
    this.checkedAt = now;
    const before = this.suspects;
    this.suspects = new Map();
    this.compare(book, 'bids', picture.bids);
    this.compare(book, 'asks', picture.asks);
    for (const [key, { side, ticks, witnessed }] of this.suspects)
      if (before.get(key)?.witnessed === witnessed)
        return `two pictures show ${witnessed} lots at ${ticks} ticks of the ${side}, the book ${book[side].lotsOf(ticks)}`;
    return null;
  }

  private compare(book: OrderBook, name: SideName, picture: LevelList): void {
    const side = book[name];
    const count = Math.min(picture.length, DEPTH);
    const shown = new Map<number, number>();
    for (let n = 0; n < count; n += 1) shown.set(picture.ticks[n] ?? 0, picture.lots[n] ?? 0);
    for (const [ticks, lots] of shown) if (side.lotsOf(ticks) !== lots) this.suspect(name, ticks, lots);
    // Levels of ours that the picture should show as well: those not beyond its worst one.
    const isBeyond = name === 'bids' ? isBelow : isAbove;
    let worst = name === 'bids' ? Number.POSITIVE_INFINITY : 0;
    for (const ticks of shown.keys()) if (isBeyond(ticks, worst)) worst = ticks;
    for (let rank = 0; rank < Math.min(side.size, DEPTH); rank += 1) {
      const ticks = side.ticksAt(rank);
      if (count > 0 && isBeyond(ticks, worst)) return;
      if (!shown.has(ticks)) this.suspect(name, ticks, 0);
    }
  }

  private suspect(side: SideName, ticks: number, witnessed: number): void {
    if (this.suspects.size < SUSPECTS_MAX) this.suspects.set(keyOf(side, ticks), { side, ticks, witnessed });
  }

  private forget(side: SideName, levels: LevelList): void {
    for (let n = 0; n < levels.length; n += 1) this.suspects.delete(keyOf(side, levels.ticks[n] ?? 0));
  }
}

const isBelow = (ticks: number, other: number): boolean => ticks < other;
const isAbove = (ticks: number, other: number): boolean => ticks > other;
const keyOf = (side: SideName, ticks: number): number => (side === 'bids' ? ticks : -ticks);
