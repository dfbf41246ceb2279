import { asPrice, asQuantity } from '../../../core/amounts.ts';
import { stepsToUnits } from '../../../core/market/grid.ts';
import type { Instrument } from '../../../core/market/instrument.ts';
import { OrderBook } from '../../../core/market/order-book.ts';
import { noQualityCounts, type QualityCounts } from '../../../core/market/quality.ts';
import type { ReaderPorts } from '../venue-reader.ts';
import { BookSync } from './book.ts';
import type { Grids, TouchEvent, TradeEvent } from './events.ts';
import { TradeTape } from './trade-tape.ts';

/** Everything the reader keeps of one symbol: its rules, its book with the sync rule, its trades and its counts. */
export class FollowedSymbol {
  instrument: Instrument;
  isTradable = true;
  readonly counts: QualityCounts = noQualityCounts();
  private readonly ports: ReaderPorts;
  private readonly tape: TradeTape;
  sync: BookSync;

  constructor(instrument: Instrument, ports: ReaderPorts) {
    this.instrument = instrument;
    this.ports = ports;
    this.tape = new TradeTape(this.counts);
    this.sync = this.newSync();
  }

  get grids(): Grids {
    return this.sync.book;
  }

  /** Takes the venue's newest rules. Other steps mean another book, which has to be proven anew. */
  follow(instrument: Instrument, isTradable: boolean): void {
    const before = this.instrument;
    this.instrument = instrument;
    this.isTradable = isTradable;
    if (instrument.tickSize !== before.tickSize || instrument.lotSize !== before.lotSize) {
      this.sync.refuse('the venue changed the tick or lot size');
      this.sync = this.newSync();
    }
    this.announce();
  }

  announce(): void {
    this.ports.emit({ kind: 'instrument', instrument: this.instrument, tradable: this.isTradable });
  }

  onTouch(touch: TouchEvent): void {
    if (!this.sync.onTouch(touch)) return;
    this.ports.emit({
      kind: 'touch',
      instrumentId: this.instrument.id,
      bidTicks: touch.bidTicks,
      askTicks: touch.askTicks,
    });
  }

  /** False when the message is an aggregate of trades that we receive one by one. */
  onTrade(trade: TradeEvent, isAggregate: boolean): boolean {
    const verdict = this.tape.take(trade, isAggregate);
    if (verdict.kind === 'aggregate_beside_trades') return false;
    if (verdict.kind === 'repeated') return true;
    const instrumentId = this.instrument.id;
    if (verdict.kind === 'gap')
      this.loseTrades('gap', `${verdict.missing} trades missing before ${trade.firstTradeId}`);
    this.ports.emit({
      kind: 'trade',
      instrumentId,
      price: asPrice(stepsToUnits(trade.ticks, this.grids.ticks)),
      quantity: asQuantity(stepsToUnits(trade.lots, this.grids.lots)),
      aggressor: trade.isBuyerMaker ? 'sell' : 'buy',
      trades: trade.lastTradeId - trade.firstTradeId + 1,
      firstTradeId: trade.firstTradeId,
      lastTradeId: trade.lastTradeId,
      occurredAt: trade.occurredAt,
    });
    return true;
  }

  refuseTrade(detail: string): void {
    this.counts.refused += 1;
    this.loseTrades('refused', detail);
  }

  private loseTrades(flag: 'gap' | 'refused', detail: string): void {
    this.ports.emit({ kind: 'trades_lost', instrumentId: this.instrument.id, flag, detail });
  }

  private newSync(): BookSync {
    const { id: instrumentId, venue, symbol } = this.instrument;
    const book = new OrderBook(this.instrument);
    return new BookSync(book, this.counts, {
      changed: (occurredAt) => this.ports.emit({ kind: 'book', instrumentId, book, occurredAt }),
      doubted: (doubt, detail) => this.ports.emit({ kind: 'book_doubted', instrumentId, doubt, detail }),
      requestSnapshot: () => this.ports.requestSnapshot({ venue, symbol }),
    });
  }
}
