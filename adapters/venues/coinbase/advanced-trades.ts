import type { FollowedInstrument } from '../followed-instrument.ts';
import { isObject, Unreadable } from '../json-fields.ts';
import { RefusedMessage } from '../refused-message.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import {
  parseEvents,
  productOf,
  toTradesEvent,
  type WireAdvancedTrade,
  type WireEnvelope,
} from './advanced-schema.ts';
import type { Moment } from './book.ts';
import type { ConnectionBooks } from './connection-books.ts';
import type { FrameTally } from './frame-tally.ts';
import { byId, type TradeSide, toAdvancedTrade } from './mapper.ts';

/** Trades of the `market_trades` channel, collected by the venue over 250 ms. */
export class AdvancedTrades {
  private readonly desk: ConnectionDesk;
  private readonly books: ConnectionBooks;
  private readonly tally: FrameTally;
  private readonly tradeSide: TradeSide;

  constructor(desk: ConnectionDesk, books: ConnectionBooks, tally: FrameTally, tradeSide: TradeSide) {
    this.desk = desk;
    this.books = books;
    this.tally = tally;
    this.tradeSide = tradeSide;
  }

  read({ channel, events }: WireEnvelope, moment: Moment): void {
    const parsed = parseEvents(events, toTradesEvent);
    if (parsed instanceof Unreadable) {
      this.desk.countMalformed(`${channel}: ${parsed.detail}`);
      for (const followed of this.namedIn(events)) this.desk.tradesLost(followed, 'refused', parsed.detail);
      return;
    }
    this.tally.begin(channel);
    for (const { type, trades } of parsed)
      for (const trade of trades.toSorted(byId)) this.readTrade(trade, type, moment);
    // A product without trades has an empty history, which names nobody.
    if (parsed.every(({ trades }) => trades.length === 0)) this.desk.count(channel);
    else this.tally.end();
  }

  /** What comes first after subscribing happened before: history, not prints. */
  private readTrade(wire: WireAdvancedTrade, type: 'snapshot' | 'update', moment: Moment): void {
    for (const followed of this.books.showing(wire.product_id)) {
      this.tally.saw(followed);
      const fallback = moment.occurredAt ?? moment.receivedAt;
      const trade = toAdvancedTrade(wire, this.tradeSide, fallback, followed.grids);
      if (trade instanceof RefusedMessage) this.refuse(followed, trade.detail);
      else if (type === 'snapshot') this.desk.tradeHistory(followed, trade);
      else this.desk.trade(followed, trade);
    }
  }

  private refuse(followed: FollowedInstrument, detail: string): void {
    followed.counts.refused += 1;
    const text = `${followed.instrument.symbol} market_trades ${detail}`;
    this.desk.note({ kind: 'refused', detail: text });
    this.desk.tradesLost(followed, 'refused', text);
  }

  /** The instruments whose trades a message tells, as far as it can be read. */
  namedIn(events: readonly unknown[]): ReadonlySet<FollowedInstrument> {
    const products = new Set<string>();
    for (const event of events) {
      const trades = isObject(event) && Array.isArray(event['trades']) ? event['trades'] : [];
      for (const trade of trades) products.add(productOf(trade) ?? '');
    }
    return new Set([...products].flatMap((product) => [...this.books.showing(product)]));
  }
}
