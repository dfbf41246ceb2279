import type { Grid } from '../../core/market/grid.ts';
import type { OrderBook, SideName } from '../../core/market/order-book.ts';

/** The steps in which an instrument's prices and quantities are counted. */
export interface Grids {
  readonly ticks: Grid;
  readonly lots: Grid;
}

/** Price levels in ticks and lots; reused from frame to frame, so that a busy book allocates nothing. */
export class LevelList {
  ticks = new Float64Array(64);
  lots = new Float64Array(64);
  length = 0;

  push(ticks: number, lots: number): void {
    if (this.length === this.ticks.length) this.grow();
    this.ticks[this.length] = ticks;
    this.lots[this.length] = lots;
    this.length += 1;
  }

  copy(): LevelList {
    const copy = new LevelList();
    copy.ticks = this.ticks.slice(0, Math.max(1, this.length));
    copy.lots = this.lots.slice(0, Math.max(1, this.length));
    copy.length = this.length;
    return copy;
  }

  private grow(): void {
    const ticks = new Float64Array(this.ticks.length * 2);
    const lots = new Float64Array(this.ticks.length * 2);
    ticks.set(this.ticks);
    lots.set(this.lots);
    this.ticks = ticks;
    this.lots = lots;
  }
}

/** Nobody prices contracts of a dollar finer than by hundredths of a cent, so that a side has room for one level fewer. */
export const CONTRACT_LEVELS_MAX = 10_000;

/** What is wrong with one side of a whole picture of a contract's book; undefined for one that can be true. */
export function contractFault({ ticks, length }: LevelList): string | undefined {
  return new Set(ticks.subarray(0, length)).size < length ? 'a price comes twice' : undefined;
}

/** What is wrong with so many levels of one side; undefined while there can be so many. */
export const tooManyLevels = (count: number): string | undefined =>
  count > CONTRACT_LEVELS_MAX ? `${count} levels are more than a dollar has prices` : undefined;

/** Sets each level; zero lots remove. */
export function setLevels(book: OrderBook, side: SideName, levels: LevelList): void {
  book[side].setAll(levels.ticks, levels.lots, levels.length);
}
