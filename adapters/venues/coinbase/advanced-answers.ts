import type { FollowedInstrument } from '../followed-instrument.ts';
import type { Frame } from '../frame-source.ts';
import { isObject, type JsonObject, NOT_JSON, parseJson, short, Unreadable } from '../json-fields.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import { timeOfText } from '../wire-times.ts';
import { toProductBook, toProductList, toRestTrades, type WireProductList } from './advanced-schema.ts';
import type { ConnectionBooks } from './connection-books.ts';
import type { FrameTally } from './frame-tally.ts';
import { byId, fillFromProductBook, type TradeSide, toAdvancedTrade } from './mapper.ts';
import { PolledTrades } from './polled-trades.ts';
import { toAdvancedProduct } from './products.ts';
import { asksForSome } from './rest-frame.ts';
import type { SharedBooks } from './shared-books.ts';

/** Advanced Trade's REST answers: rules, and books and trades where they are polled. */
export class AdvancedAnswers {
  private readonly desk: ConnectionDesk;
  private readonly books: ConnectionBooks;
  private readonly tally: FrameTally;
  private readonly shared: SharedBooks;
  private readonly tradeSide: TradeSide;
  private readonly trades: PolledTrades;

  constructor(
    desk: ConnectionDesk,
    books: ConnectionBooks,
    tally: FrameTally,
    shared: SharedBooks,
    tradeSide: TradeSide,
  ) {
    this.desk = desk;
    this.books = books;
    this.tally = tally;
    this.shared = shared;
    this.tradeSide = tradeSide;
    this.trades = new PolledTrades(desk);
  }

  read(frame: Frame): void {
    const value = parseJson(frame.raw);
    const fault = value === undefined ? NOT_JSON : this.readAnswer(value, frame);
    if (fault instanceof Unreadable) this.desk.countMalformed(`${short(frame.channel)}: ${fault.detail}`);
  }

  unfollow(followed: FollowedInstrument): void {
    this.trades.unfollow(followed);
  }

  private readAnswer(value: unknown, frame: Frame): Unreadable | undefined {
    if (!isObject(value)) return new Unreadable('a REST answer must be an object');
    if ('products' in value) return this.takeProducts(toProductList(value), frame);
    if ('product_id' in value) return this.takeProducts(toProductList({ products: [value] }), frame, true);
    if ('pricebook' in value) return this.takeBook(value, frame);
    if ('trades' in value) return this.takeTrades(value, frame);
    if ('candles' in value) this.desk.count('rest:candles');
    else if ('epochSeconds' in value) this.desk.count('rest:time');
    else if ('errors' in value || 'error' in value) this.desk.countVenueError(short(JSON.stringify(value)));
    else this.tally.countUnknown('rest');
    return undefined;
  }

  private takeProducts(
    list: WireProductList | Unreadable,
    frame: Frame,
    isSingle = false,
  ): Unreadable | undefined {
    if (list instanceof Unreadable) return list;
    this.desk.count('rest:products');
    if (!isSingle && !asksForSome(frame)) this.desk.sawListed(list.products.map((one) => one.product_id));
    for (const wire of list.products) {
      if (!this.desk.isFollowed(wire.product_id)) continue;
      const rules = toAdvancedProduct(wire);
      if (typeof rules === 'string') this.desk.takeRules(wire.product_id, rules);
      else {
        this.shared.learn(wire.product_id, rules.alias);
        this.desk.takeRules(wire.product_id, {
          instrument: rules.instrument,
          tradable: rules.closed === null,
        });
      }
    }
    return undefined;
  }

  private takeBook(value: JsonObject, frame: Frame): Unreadable | undefined {
    const wire = toProductBook(value);
    if (wire instanceof Unreadable) return wire;
    const limit = Number(/[?&]limit=(\d{1,5})(?:&|$)/.exec(frame.url ?? '')?.[1] ?? 0);
    const { pricebook } = wire;
    this.tally.begin('rest:product_book');
    for (const followed of this.books.showing(pricebook.product_id)) {
      this.tally.saw(followed);
      const moment = {
        occurredAt: timeOfText(pricebook.time ?? ''),
        receivedAt: frame.receivedAt,
        sequence: 0,
      };
      const kind = this.books.isPolled ? 'picture' : 'witness';
      this.books.take(kind, followed, { pricebook, limit }, fillFromProductBook, moment);
    }
    this.tally.end();
    return undefined;
  }

  /** Trades count only where they are polled: on a socket's connection they would come before the stream's own. */
  private takeTrades(value: JsonObject, frame: Frame): Unreadable | undefined {
    const wire = toRestTrades(value);
    if (wire instanceof Unreadable) return wire;
    this.tally.begin('rest:trades');
    for (const trade of wire.trades.toSorted(byId)) {
      for (const followed of this.books.showing(trade.product_id)) {
        this.tally.saw(followed);
        if (!this.books.isPolled) continue;
        const facts = toAdvancedTrade(trade, this.tradeSide, frame.receivedAt, followed.grids);
        this.trades.take(followed, facts, frame.receivedAt);
      }
    }
    this.trades.end(frame.receivedAt);
    if (wire.trades.length === 0) this.desk.count('rest:trades');
    else this.tally.end();
    return undefined;
  }
}
