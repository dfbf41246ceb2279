import type { FollowedInstrument } from '../followed-instrument.ts';
import type { Frame } from '../frame-source.ts';
import { isObject, NOT_JSON, parseJson, short, Unreadable, wordOf } from '../json-fields.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import { timeOfText } from '../wire-times.ts';
import type { ConnectionBooks } from './connection-books.ts';
import { toProductList, toRestBook, toRestTrades, type WireProductList } from './exchange-schema.ts';
import type { FrameTally } from './frame-tally.ts';
import { byId, fillFromSides, toExchangeTrade } from './mapper.ts';
import { PolledTrades } from './polled-trades.ts';
import { toExchangeProduct } from './products.ts';
import { productAskedFor } from './rest-frame.ts';

/** Exchange's REST answers: rules, pictures that bear witness beside the stream, and books and trades where they are polled. */
export class ExchangeAnswers {
  private readonly desk: ConnectionDesk;
  private readonly books: ConnectionBooks;
  private readonly tally: FrameTally;
  private readonly trades: PolledTrades;

  constructor(desk: ConnectionDesk, books: ConnectionBooks, tally: FrameTally) {
    this.desk = desk;
    this.books = books;
    this.tally = tally;
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
    if (Array.isArray(value)) return this.readList(value, frame);
    if (!isObject(value)) return new Unreadable('a REST answer must be an object or a list');
    if ('bids' in value) return this.takeBook(value, frame);
    if ('base_currency' in value) return this.takeProducts(toProductList([value]), false);
    if ('epoch' in value) this.desk.count('rest:time');
    else if ('message' in value) this.desk.countVenueError(short(wordOf(value['message'])));
    else this.tally.countUnknown('rest');
    return undefined;
  }

  /** Lists carry no name; candles are rows of numbers. */
  private readList(list: readonly unknown[], frame: Frame): Unreadable | undefined {
    const [first] = list;
    if (Array.isArray(first)) this.desk.count('rest:candles');
    else if (isObject(first) && 'base_currency' in first) return this.takeProducts(toProductList(list), true);
    else if (productAskedFor(frame) !== undefined) return this.takeTrades(list, frame);
    else this.tally.countUnknown('rest');
    return undefined;
  }

  private takeProducts(list: WireProductList | Unreadable, isWhole: boolean): Unreadable | undefined {
    if (list instanceof Unreadable) return list;
    this.desk.count('rest:products');
    if (isWhole) this.desk.sawListed(list.map(({ id }) => id));
    takeExchangeRules(this.desk, list);
    return undefined;
  }

  private takeBook(value: unknown, frame: Frame): Unreadable | undefined {
    const wire = toRestBook(value);
    if (wire instanceof Unreadable) return wire;
    const product = productAskedFor(frame);
    if (product === undefined) return new Unreadable('a book whose request names no product');
    this.tally.begin('rest:book');
    for (const followed of this.books.showing(product)) {
      this.tally.saw(followed);
      const occurredAt = timeOfText(wire.time ?? '');
      const moment = { occurredAt, receivedAt: frame.receivedAt, sequence: 0 };
      this.books.take(this.books.isPolled ? 'picture' : 'witness', followed, wire, fillFromSides, moment);
    }
    this.tally.end();
    return undefined;
  }

  /** Trades count only where they are polled: on a socket's connection they would come before the stream's own. */
  private takeTrades(list: readonly unknown[], frame: Frame): Unreadable | undefined {
    const trades = toRestTrades(list);
    if (trades instanceof Unreadable) return trades;
    this.tally.begin('rest:trades');
    for (const followed of this.books.showing(productAskedFor(frame) ?? '')) {
      this.tally.saw(followed);
      if (!this.books.isPolled) continue;
      for (const trade of trades.toSorted(byId))
        this.trades.take(
          followed,
          toExchangeTrade(trade, frame.receivedAt, followed.grids),
          frame.receivedAt,
        );
    }
    this.trades.end(frame.receivedAt);
    this.tally.end();
    return undefined;
  }
}

/** Takes the rules of the products that are followed, from a list or a status message. */
export function takeExchangeRules(desk: ConnectionDesk, products: WireProductList): void {
  for (const wire of products) {
    if (!desk.isFollowed(wire.id)) continue;
    const rules = toExchangeProduct(wire);
    desk.takeRules(
      wire.id,
      typeof rules === 'string' ? rules : { instrument: rules.instrument, tradable: rules.closed === null },
    );
  }
}
