import { asPrice, asQuantity, type Price, type Quantity } from '../amounts.ts';
import type { EpochMs } from '../time.ts';
import { CANDLE_INTERVALS } from './candle.ts';
import { CandleBuilder } from './candle-builder.ts';
import { stepsToUnits } from './grid.ts';
import type { InstrumentId } from './instrument.ts';
import type { MarketUpdate } from './market-update.ts';
import type { BookView } from './order-book.ts';
import { orderedFlags } from './quality.ts';
import type { InstrumentStatus, InstrumentWindow, Print, QualityFlag, Side } from './window.ts';

interface PrintTotal {
  readonly price: Price;
  readonly aggressor: Side;
  quantity: Quantity;
  trades: number;
  readonly firstTradeId: number;
  lastTradeId: number;
}

const candlesFrom = (feedStart: EpochMs): CandleBuilder[] =>
  CANDLE_INTERVALS.map((interval) => new CandleBuilder(interval, feedStart));

/** Gathers what happens to one instrument between two beats. */
export class InstrumentPicture {
  private readonly id: InstrumentId;
  private book: BookView | undefined;
  private isTradable = true;
  private doubt: QualityFlag | undefined;
  private readonly flags = new Set<QualityFlag>();
  private readonly buys = new Map<Price, PrintTotal>();
  private readonly sells = new Map<Price, PrintTotal>();
  /** Ticks; 0 while no live book was seen in this window. */
  private highestBid = 0;
  private lowestAsk = 0;
  private lastPrice: Price | null = null;
  private occurredAt: EpochMs | null = null;
  private receivedAt: EpochMs | null = null;
  private candles: readonly CandleBuilder[];

  constructor(id: InstrumentId, feedStart: EpochMs) {
    this.id = id;
    this.candles = candlesFrom(feedStart);
  }

  /** After a long silence: bars begin anew, what is known of the book stays until its sequence says otherwise. */
  beginAgain(feedStart: EpochMs): void {
    this.candles = candlesFrom(feedStart);
    if (this.isLive()) for (const candle of this.candles) candle.doubt(false, feedStart);
  }

  apply(update: MarketUpdate, receivedAt: EpochMs): void {
    this.receivedAt = receivedAt;
    switch (update.kind) {
      case 'instrument':
        this.isTradable = update.tradable;
        return;
      case 'book':
        this.sawVenueTime(update.occurredAt);
        this.seeBook(update.book, receivedAt);
        return;
      case 'touch':
        if (this.isLive()) this.stretchExtremes(update.bidTicks, update.askTicks);
        return;
      case 'book_doubted':
        this.doubt = update.doubt;
        this.flags.add(update.doubt);
        for (const candle of this.candles) candle.doubt(true, receivedAt);
        return;
      case 'trade':
        this.sawVenueTime(update.occurredAt);
        this.addPrint(update);
        for (const candle of this.candles)
          candle.add(update.price, update.quantity, update.trades, receivedAt);
        return;
      case 'trades_lost':
        this.flags.add(update.flag);
        for (const candle of this.candles) candle.taint(receivedAt);
        return;
    }
  }

  flag(flag: QualityFlag): void {
    this.flags.add(flag);
  }

  /** The picture at the close; the next window begins empty but for the standing touch. */
  close(closedAt: EpochMs, depth: number): InstrumentWindow {
    const { book } = this;
    const picture: InstrumentWindow = {
      instrumentId: this.id,
      status: this.status(),
      bids: book?.levels('bids', depth) ?? [],
      asks: book?.levels('asks', depth) ?? [],
      bidsComplete: book?.isComplete('bids', depth) ?? false,
      asksComplete: book?.isComplete('asks', depth) ?? false,
      highestBid: this.priceOf(this.highestBid),
      lowestAsk: this.priceOf(this.lowestAsk),
      prints: this.takePrints(),
      lastPrice: this.lastPrice,
      venueSequence: book === undefined || book.sequence === 0 ? '' : String(book.sequence),
      occurredAt: this.occurredAt,
      receivedAt: this.receivedAt,
      quality: this.takeFlags(),
      candles: this.candles.flatMap((candle) => candle.takeClosed(closedAt)),
    };
    this.highestBid = 0;
    this.lowestAsk = 0;
    if (book !== undefined && this.isLive()) this.stretchExtremes(book.bestBid, book.bestAsk);
    return picture;
  }

  private isLive(): boolean {
    return this.book !== undefined && this.book.status === 'live';
  }

  private status(): InstrumentStatus {
    if (!this.isTradable) return 'closed';
    return this.isLive() ? 'live' : 'stale';
  }

  private sawVenueTime(at: EpochMs | null): void {
    if (at !== null && (this.occurredAt === null || at > this.occurredAt)) this.occurredAt = at;
  }

  private seeBook(book: BookView, receivedAt: EpochMs): void {
    const wasProven = this.book !== undefined && this.doubt === undefined;
    if (this.book !== book) {
      // A book of new rules counts in other ticks.
      this.highestBid = 0;
      this.lowestAsk = 0;
      this.book = book;
    }
    if (!wasProven) {
      // Part of this window was not seen.
      if (this.doubt !== undefined) this.flags.add(this.doubt);
      this.doubt = undefined;
      for (const candle of this.candles) candle.doubt(false, receivedAt);
    }
    this.stretchExtremes(book.bestBid, book.bestAsk);
  }

  private stretchExtremes(bidTicks: number, askTicks: number): void {
    if (bidTicks > this.highestBid) this.highestBid = bidTicks;
    if (askTicks !== 0 && (this.lowestAsk === 0 || askTicks < this.lowestAsk)) this.lowestAsk = askTicks;
  }

  private priceOf(ticks: number): Price | null {
    return this.book === undefined || ticks === 0 ? null : asPrice(stepsToUnits(ticks, this.book.ticks));
  }

  private addPrint(trade: Extract<MarketUpdate, { kind: 'trade' }>): void {
    const totals = trade.aggressor === 'buy' ? this.buys : this.sells;
    const total = totals.get(trade.price);
    this.lastPrice = trade.price;
    if (total === undefined) {
      totals.set(trade.price, {
        price: trade.price,
        aggressor: trade.aggressor,
        quantity: trade.quantity,
        trades: trade.trades,
        firstTradeId: trade.firstTradeId,
        lastTradeId: trade.lastTradeId,
      });
      return;
    }
    total.quantity = asQuantity(total.quantity + trade.quantity);
    total.trades += trade.trades;
    total.lastTradeId = trade.lastTradeId;
  }

  private takePrints(): Print[] {
    if (this.buys.size === 0 && this.sells.size === 0) return [];
    const prints = [...this.buys.values(), ...this.sells.values()]
      // Stable, and buys come first: equal prices stay in the order buy, sell.
      .sort((a, b) => (a.price < b.price ? -1 : a.price > b.price ? 1 : 0))
      .map((total) => ({
        price: total.price,
        quantity: total.quantity,
        aggressor: total.aggressor,
        trades: total.trades,
        firstTradeId: String(total.firstTradeId),
        lastTradeId: String(total.lastTradeId),
      }));
    this.buys.clear();
    this.sells.clear();
    return prints;
  }

  private takeFlags(): QualityFlag[] {
    if (this.doubt !== undefined) this.flags.add(this.doubt);
    if (this.book?.isCrossed) this.flags.add('crossed');
    if (this.book?.isLocked) this.flags.add('locked');
    if (this.flags.size === 0) return [];
    const flags = orderedFlags(this.flags);
    this.flags.clear();
    return flags;
  }
}
