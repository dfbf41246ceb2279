import type { Instrument } from '../../../core/market/instrument.ts';
import { OrderBook, type SideName } from '../../../core/market/order-book.ts';
import { setLevels, tooManyLevels } from '../levels.ts';
import type { LevelChange, Picture, SideLevels } from './mapper.ts';

/** An order book that also keeps its levels as the venue wrote them, since the venue's hash is made of these texts. */
export class FoldedBook {
  readonly book: OrderBook;
  private readonly texts = { bids: new Map<number, string>(), asks: new Map<number, string>() };
  /** A side's text until it changes: almost every message changes one side. */
  private readonly kept: { bids: string | undefined; asks: string | undefined } = {
    bids: undefined,
    asks: undefined,
  };

  constructor(instrument: Pick<Instrument, 'tickSize' | 'lotSize'>) {
    this.book = new OrderBook(instrument);
  }

  load({ bids, asks, mark }: Picture): void {
    this.clear('syncing');
    this.loadSide('bids', bids);
    this.loadSide('asks', asks);
    // Both arrays hold every level that there is.
    this.book.sawAll(true, true);
    this.book.sequence = mark.at ?? 0;
  }

  set({ side, ticks, lots, text }: LevelChange): void {
    this.book.set(side, ticks, lots);
    this.kept[side] = undefined;
    if (lots === 0) this.texts[side].delete(ticks);
    else this.texts[side].set(ticks, text);
  }

  clear(status: 'syncing' | 'stale'): void {
    this.book.clear(status);
    this.texts.bids.clear();
    this.texts.asks.clear();
    this.kept.bids = undefined;
    this.kept.asks = undefined;
  }

  /** What is wrong with its number of levels; undefined while a market can have so many. */
  get overfull(): string | undefined {
    return tooManyLevels(Math.max(this.book.bids.size, this.book.asks.size));
  }

  /** Whether it holds exactly the levels of a picture. */
  equals({ bids, asks }: Picture): boolean {
    return this.sideEquals('bids', bids) && this.sideEquals('asks', asks);
  }

  /** A side as JSON, worst level first: rising bids, falling asks, as the venue hashes them. */
  sideText(side: SideName): string {
    const text = this.kept[side] ?? this.writeSide(side);
    this.kept[side] = text;
    return text;
  }

  private writeSide(side: SideName): string {
    const from = this.book[side];
    const texts = this.texts[side];
    let json = '';
    for (let rank = from.size - 1; rank >= 0; rank -= 1)
      json += `${json === '' ? '' : ','}${texts.get(from.ticksAt(rank))}`;
    return `[${json}]`;
  }

  private loadSide(side: SideName, { levels, texts }: SideLevels): void {
    setLevels(this.book, side, levels);
    for (let n = 0; n < levels.length; n += 1)
      if (levels.lots[n] !== 0) this.texts[side].set(levels.ticks[n] ?? 0, texts[n] ?? '');
  }

  private sideEquals(side: SideName, { levels }: SideLevels): boolean {
    const has = this.book[side];
    let count = 0;
    for (let n = 0; n < levels.length; n += 1) {
      const lots = levels.lots[n] ?? 0;
      if (has.lotsOf(levels.ticks[n] ?? 0) !== lots) return false;
      if (lots > 0) count += 1;
    }
    return count === has.size;
  }
}
