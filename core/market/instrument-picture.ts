import { asPrice, asQuantity, type Price, type Quantity } from '../amounts.ts';
import type { EpochMs } from '../time.ts';
import { CandleLadder } from './candle-ladder.ts';
import { stepsToUnits } from './grid.ts';
import type { Instrument, InstrumentId } from './instrument.ts';
import type { MarketUpdate } from './market-update.ts';
import type { BookView } from './order-book.ts';
import type { CircuitBreaker } from './quality/breaker.ts';
import { type ClockWatch, canBeMeant } from './quality/clock-watch.ts';
import { type BreakerChange, InstrumentQuality } from './quality/instrument-quality.ts';
import type { PriceKind } from './quality/price-check.ts';
import { verdictOf } from './quality/verdict.ts';
import { orderedFlags } from './quality.ts';
import type {
  InstrumentStatus,
  InstrumentWindow,
  Print,
  QualityFlag,
  QualityReason,
  Side,
} from './window.ts';

interface PrintTotal {
  readonly price: Price;
  readonly aggressor: Side;
  quantity: Quantity;
  trades: number;
  readonly firstTradeId: number | string;
  lastTradeId: number | string;
}

/** Gathers what happens to one instrument between two beats. */
export class InstrumentPicture {
  /** The clock of its venue against ours. */
  readonly clock: ClockWatch;
  /** Receive time of the newest message that changed or proved its book; null before the first. */
  lastBookAt: EpochMs | null = null;
  /** Slowest stamped message since the last close in milliseconds; below 0 while there was none. */
  delayMs = -1;
  private readonly id: InstrumentId;
  private readonly judge: InstrumentQuality;
  private readonly onBreaker: (change: BreakerChange) => void;
  private book: BookView | undefined;
  private isTradable = true;
  private isPolled = false;
  private doubt: QualityFlag | undefined;
  private readonly flags = new Set<QualityFlag>();
  private readonly buys = new Map<Price, PrintTotal>();
  private readonly sells = new Map<Price, PrintTotal>();
  /** Ticks; 0 while no live book was seen in this window. */
  private highestBid = 0;
  private lowestAsk = 0;
  /** Best prices last judged, in ticks, and whether they were outliers. */
  private touchBid = 0;
  private touchAsk = 0;
  private isBidOdd = false;
  private isAskOdd = false;
  private lastPrice: Price | null = null;
  private occurredAt: EpochMs | null = null;
  private receivedAt: EpochMs | null = null;
  private candles: CandleLadder;

  constructor(
    id: InstrumentId,
    feedStart: EpochMs,
    clock: ClockWatch,
    onBreaker: (change: BreakerChange) => void,
  ) {
    this.id = id;
    this.clock = clock;
    this.judge = new InstrumentQuality();
    this.onBreaker = onBreaker;
    this.candles = new CandleLadder(feedStart);
  }

  /** After a long silence: bars begin anew, what is known of the book stays until its sequence says otherwise. */
  beginAgain(feedStart: EpochMs): void {
    this.candles = new CandleLadder(feedStart);
    if (this.isLive()) this.candles.doubt(false, feedStart);
  }

  /** Takes the instrument's rules, by which prices are judged. */
  follow(instrument: Instrument): void {
    this.judge.follow(instrument);
  }

  /** Goes on with a breaker that was open when the instrument was followed before. */
  resume(breaker: CircuitBreaker, at: EpochMs): void {
    this.judge.resume(breaker, at);
    this.tellBreaker();
  }

  /** Nobody follows it any more; returns its breaker when that is open. */
  leave(at: EpochMs): CircuitBreaker | null {
    const breaker = this.judge.leave(at);
    this.tellBreaker();
    return breaker;
  }

  apply(update: MarketUpdate, receivedAt: EpochMs): void {
    // History is no sign that the instrument's stream is alive.
    if (update.kind !== 'candles') this.receivedAt = receivedAt;
    switch (update.kind) {
      case 'instrument':
        this.isTradable = update.tradable;
        this.follow(update.instrument);
        return;
      case 'trading':
        this.isTradable = update.tradable;
        return;
      case 'book':
        this.lastBookAt = receivedAt;
        this.sawVenueTime(update.occurredAt, receivedAt);
        this.isPolled = update.isPolled ?? false;
        this.seeBook(update.book, receivedAt);
        if (update.isSnapshot) {
          this.judge.sawBookProven(receivedAt);
          this.tellBreaker();
        }
        return;
      case 'touch':
        this.seeTouch(update.bidTicks, update.askTicks, receivedAt);
        return;
      case 'book_doubted':
        this.doubt = update.doubt;
        this.flags.add(update.doubt);
        // A connection that ends says nothing about what it carried.
        if (update.doubt !== 'disconnected') this.fault(update.doubt, receivedAt);
        this.candles.doubt(true, receivedAt);
        return;
      case 'trade':
        this.sawVenueTime(update.occurredAt, receivedAt);
        this.judgePrice(update.price, receivedAt, 'trade');
        this.addPrint(update);
        this.candles.add(update.price, update.quantity, update.trades, receivedAt);
        return;
      case 'trades_lost':
        this.flags.add(update.flag);
        if (update.flag !== 'disconnected') this.fault(update.flag, receivedAt);
        this.candles.taint(receivedAt);
        return;
      case 'fault':
        this.fault(update.reason, receivedAt);
        return;
      case 'settlement':
        this.isTradable = false;
        return;
      case 'candles':
        for (const candle of update.candles) this.candles.seed(candle, receivedAt);
        return;
      case 'game':
        return;
    }
  }

  flag(flag: QualityFlag): void {
    this.flags.add(flag);
  }

  /** Counts what was wrong and flags the picture with it; too much of it opens the instrument's breaker. */
  fault(reason: QualityReason, at: EpochMs): void {
    this.flags.add(reason);
    this.judge.sawFailure(reason, at);
    this.tellBreaker();
  }

  /** Hands over the slowest message since the last close; null when none carried a time. */
  takeDelay(): number | null {
    const { delayMs } = this;
    this.delayMs = -1;
    return delayMs < 0 ? null : delayMs;
  }

  /** Failures since the feed began, by reason. */
  failures(): ReadonlyMap<QualityReason, number> {
    return this.judge.counts;
  }

  /** The picture at the close; the next window begins empty but for the standing touch. */
  close(closedAt: EpochMs, depth: number): InstrumentWindow {
    const { book } = this;
    if (book !== undefined && this.isLive() && !book.isCrossed) this.judgeTouch(book, closedAt);
    this.judge.tick(closedAt);
    this.tellBreaker();
    const status = this.status();
    const quality = this.takeFlags();
    const picture: InstrumentWindow = {
      instrumentId: this.id,
      status,
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
      quality,
      verdict: verdictOf(status, quality),
      candles: this.candles.takeClosed(closedAt),
    };
    this.highestBid = 0;
    this.lowestAsk = 0;
    if (book !== undefined && this.isLive()) this.stretchExtremes(book.bestBid, book.bestAsk);
    return picture;
  }

  /** A connection that ends leaves its book as it was: only the doubt says that nobody goes on with it. */
  private isLive(): boolean {
    return this.doubt === undefined && this.book !== undefined && this.book.status === 'live';
  }

  private status(): InstrumentStatus {
    if (!this.isTradable) return 'closed';
    if (this.judge.isOpen) return 'halted';
    return this.isLive() ? 'live' : 'stale';
  }

  private sawVenueTime(at: EpochMs | null, receivedAt: EpochMs): void {
    if (at === null || !canBeMeant(at, receivedAt)) return;
    if (this.occurredAt === null || at > this.occurredAt) this.occurredAt = at;
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
      this.candles.doubt(false, receivedAt);
    }
    if (!book.isCrossed) this.stretchExtremes(book.bestBid, book.bestAsk);
  }

  /** An outlier does not stretch the extremes, which the optimistic lane fills by. */
  private seeTouch(bidTicks: number, askTicks: number, at: EpochMs): void {
    if (!this.isLive()) return;
    if (bidTicks !== this.touchBid) {
      this.touchBid = bidTicks;
      const bid = this.priceOf(bidTicks);
      this.isBidOdd = bid !== null && this.judgePrice(bid, at, 'bid');
    }
    if (askTicks !== this.touchAsk) {
      this.touchAsk = askTicks;
      const ask = this.priceOf(askTicks);
      this.isAskOdd = ask !== null && this.judgePrice(ask, at, 'ask');
    }
    this.stretchExtremes(this.isBidOdd ? 0 : bidTicks, this.isAskOdd ? 0 : askTicks);
  }

  /** True when something was wrong with it, which is counted and flagged then. */
  private judgePrice(price: Price, at: EpochMs, kind: PriceKind): boolean {
    const found = this.judge.sawPrice(price, at, kind);
    if (found.length === 0) return false;
    for (const reason of found) this.flags.add(reason);
    this.tellBreaker();
    return true;
  }

  /** Best prices are judged once a window: a wrong one that comes and goes inside it fills nothing. */
  private judgeTouch(book: BookView, at: EpochMs): void {
    const bid = this.priceOf(book.bestBid);
    const ask = this.priceOf(book.bestAsk);
    if (bid !== null) this.judgePrice(bid, at, 'bid');
    if (ask !== null) this.judgePrice(ask, at, 'ask');
  }

  private tellBreaker(): void {
    for (const change of this.judge.takeTransitions()) this.onBreaker(change);
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
    if (this.isPolled && this.isLive()) this.flags.add('polled');
    if (this.book?.isCrossed) this.flags.add('crossed');
    if (this.book?.isLocked) this.flags.add('locked');
    if (this.flags.size === 0) return [];
    const flags = orderedFlags(this.flags);
    this.flags.clear();
    return flags;
  }
}
