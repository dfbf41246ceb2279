import type { BookView } from '../../../core/market/order-book.ts';
import type { EpochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import type { Frame } from '../frame-source.ts';
import { isObject, NOT_JSON, parseJson, short, Unreadable, wordOf } from '../json-fields.ts';
import type { ConnectionDesk, ConnectionReader } from '../venue-reader.ts';
import { timeOfText } from '../wire-times.ts';
import { AdvancedAnswers } from './advanced-answers.ts';
import {
  parseEvents,
  productOf,
  productsOf,
  toEnvelope,
  toLevelEvent,
  toStatusEvent,
  toTickerEvent,
  type WireEnvelope,
} from './advanced-schema.ts';
import { AdvancedTrades } from './advanced-trades.ts';
import type { Moment } from './book.ts';
import { ConnectionBooks } from './connection-books.ts';
import { FrameFaults } from './frame-faults.ts';
import { FrameTally } from './frame-tally.ts';
import { fillFromEvent, type TradeSide, toTouchTicks } from './mapper.ts';
import { isRecorderEvent, isRest } from './rest-frame.ts';
import { FrameSequence } from './sequence.ts';
import type { SharedBooks } from './shared-books.ts';

/** Nothing is missing while the sequence holds: a crossed book is wrong at once, a locked one is what the venue said. */
const PROVEN_BY_SEQUENCE = { crossedMsMax: 0, pictureMsMax: null };
const READ: ReadonlySet<string> = new Set(['l2_data', 'market_trades', 'ticker', 'ticker_batch', 'status']);
/** Known and of no use to Deckle beyond their place in the sequence. */
const ASIDE: ReadonlySet<string> = new Set([
  'heartbeats',
  'subscriptions',
  'candles',
  'user',
  'futures_balance_summary',
]);
const isKnown = (channel: string): boolean => READ.has(channel) || ASIDE.has(channel);
/** Channels whose messages are each about some instruments, and what of those came again when one of them does. */
const ABOUT: Readonly<Record<string, 'bookRepeated' | 'tradesRepeated' | 'touchRepeated'>> = {
  l2_data: 'bookRepeated',
  market_trades: 'tradesRepeated',
  ticker: 'touchRepeated',
  ticker_batch: 'touchRepeated',
};

/**
 * One connection's Advanced Trade messages. Their `sequence_num` runs over all channels, so it is looked at before anything
 * else; a number that is missing makes every book of the connection doubtful, and each asks once for a new picture, while the
 * sequence goes on from the frame that showed the gap.
 */
export class AdvancedConnection implements ConnectionReader {
  private readonly desk: ConnectionDesk;
  private readonly books: ConnectionBooks;
  private readonly answers: AdvancedAnswers;
  private readonly tally: FrameTally;
  private readonly trades: AdvancedTrades;
  private readonly sequence = new FrameSequence();
  private readonly faults = new FrameFaults();
  /** Messages since the newest number that could not be read: numbers that are missing now may be theirs. */
  private unread = 0;
  /** Instruments that the status channel closed and so may open again. */
  private readonly closed = new Set<FollowedInstrument>();

  constructor(desk: ConnectionDesk, shared: SharedBooks, tradeSide: TradeSide) {
    this.desk = desk;
    this.books = new ConnectionBooks(desk, shared, PROVEN_BY_SEQUENCE);
    this.tally = new FrameTally(desk, (followed) => this.faults.meet(followed, this.books.now));
    this.trades = new AdvancedTrades(desk, this.books, this.tally, tradeSide);
    this.answers = new AdvancedAnswers(desk, this.books, this.tally, shared, tradeSide);
  }

  read(frame: Frame): void {
    this.books.now = frame.receivedAt;
    if (isRecorderEvent(frame)) this.desk.count(frame.channel);
    else if (isRest(frame)) this.answers.read(frame);
    else this.readStream(frame);
  }

  tick(now: EpochMs): void {
    this.books.tick(now);
  }

  unfollow(symbol: string): void {
    const followed = this.desk.find(symbol);
    if (followed === undefined) return;
    this.books.unfollow(followed);
    this.answers.unfollow(followed);
    this.closed.delete(followed);
    this.faults.unfollow(followed);
  }

  bookOf(followed: FollowedInstrument): BookView | undefined {
    return this.books.bookOf(followed);
  }

  rulesChanged(followed: FollowedInstrument): void {
    this.books.rulesChanged(followed);
  }

  private readStream(frame: Frame): void {
    const value = parseJson(frame.raw);
    if (isObject(value) && value['type'] === 'error') {
      this.desk.countVenueError(short(wordOf(value['message'])));
      return;
    }
    const envelope = value === undefined ? NOT_JSON : toEnvelope(value);
    if (envelope instanceof Unreadable) {
      this.desk.countMalformed(`${short(frame.channel)}: ${envelope.detail}`);
      this.books.suspectAll(`a message that cannot be read: ${envelope.detail}`);
      this.unread += 1;
      return;
    }
    const occurredAt = timeOfText(envelope.timestamp);
    if (this.isOrdered(envelope, occurredAt))
      this.readEvents(envelope, {
        occurredAt,
        receivedAt: frame.receivedAt,
        sequence: envelope.sequence_num,
      });
  }

  /** Looks at the sequence; false for a frame that must not be read. */
  private isOrdered(envelope: WireEnvelope, occurredAt: EpochMs | null): boolean {
    const before = this.sequence.newest;
    const number = envelope.sequence_num;
    const { unread } = this;
    this.unread = 0;
    switch (this.sequence.take(number, occurredAt)) {
      case 'next':
        return true;
      case 'gap':
        this.lose(
          `${this.sequence.missing} frames missing between ${before} and ${number}`,
          this.sequence.missing > unread,
        );
        return true;
      case 'restarted':
        this.lose(`the sequence went back from ${before} to ${number}`, true);
        return true;
      case 'repeated':
        this.drop(envelope, 'repeated');
        return false;
      case 'late':
        this.drop(envelope, 'late');
        return false;
    }
  }

  /** Frames are missing, of which nobody knows what they were about. */
  private lose(detail: string, isCertain: boolean): void {
    if (isCertain) this.faults.count('gap', this.books.now, (followed) => this.books.isBuilt(followed));
    this.books.loseAll(detail);
  }

  /** Counts a frame that must not be read at the instruments that it names, or at all where it names none. */
  private drop({ channel, events }: WireEnvelope, order: 'repeated' | 'late'): void {
    const about = ABOUT[channel];
    const products = productsOf(events);
    const named = new Set([...products].flatMap((product) => [...this.books.showing(product)]));
    this.tally.begin(channel);
    if (about !== undefined && named.size > 0) for (const followed of named) this.tally.saw(followed);
    else if (isKnown(channel)) this.desk.count(channel);
    else this.tally.countUnknown(channel);
    if (products.size === 0) this.faults.count(order, this.books.now, () => false);
    for (const { counts } of named)
      counts[order === 'late' ? 'bookDisordered' : (about ?? 'bookRepeated')] += 1;
  }

  private readEvents(envelope: WireEnvelope, moment: Moment): void {
    switch (envelope.channel) {
      case 'l2_data':
        this.readLevels(envelope, moment);
        return;
      case 'market_trades':
        this.trades.read(envelope, moment);
        return;
      case 'ticker':
      case 'ticker_batch':
        this.readTickers(envelope);
        return;
      case 'status':
        this.readStatus(envelope);
        return;
      default:
        if (ASIDE.has(envelope.channel)) this.desk.count(envelope.channel);
        else this.tally.countUnknown(envelope.channel);
    }
  }

  private readLevels({ channel, events }: WireEnvelope, moment: Moment): void {
    const parsed = parseEvents(events, toLevelEvent);
    if (parsed instanceof Unreadable) {
      this.refuseLevels(channel, events, parsed.detail);
      return;
    }
    this.tally.begin(channel);
    for (const event of parsed) {
      const kind = event.type === 'snapshot' ? 'picture' : 'change';
      for (const followed of this.books.showing(event.product_id)) {
        this.tally.saw(followed);
        this.books.take(kind, followed, event, fillFromEvent, moment);
      }
    }
    this.tally.end();
  }

  /** What a malformed message may have carried is lost to the products it names, and to all when one is not named. */
  private refuseLevels(channel: string, events: readonly unknown[], detail: string): void {
    this.desk.countMalformed(`${channel}: ${detail}`);
    for (const event of events) {
      const product = productOf(event);
      if (product === undefined) this.books.suspectAll(detail);
      else
        for (const followed of this.books.showing(product))
          this.books.refuse(followed, `${channel} ${detail}`, 'change');
    }
  }

  private readTickers({ channel, events }: WireEnvelope): void {
    const parsed = parseEvents(events, toTickerEvent);
    if (parsed instanceof Unreadable) {
      this.desk.countMalformed(`${channel}: ${parsed.detail}`);
      return;
    }
    this.tally.begin(channel);
    for (const { tickers } of parsed) {
      for (const { product_id: product, best_bid: bid, best_ask: ask } of tickers) {
        for (const followed of this.books.showing(product)) {
          this.tally.saw(followed);
          if (bid === undefined || ask === undefined) continue;
          const bidTicks = toTouchTicks(bid, followed.grids);
          const askTicks = toTouchTicks(ask, followed.grids);
          if (bidTicks !== undefined && askTicks !== undefined)
            this.books.compareTouch(followed, bidTicks, askTicks);
        }
      }
    }
    this.tally.end();
  }

  private readStatus({ channel, events }: WireEnvelope): void {
    const parsed = parseEvents(events, toStatusEvent);
    if (parsed instanceof Unreadable) {
      this.desk.countMalformed(`${channel}: ${parsed.detail}`);
      return;
    }
    this.desk.count(channel);
    for (const { products } of parsed) {
      for (const { id, status } of products) {
        const followed = this.desk.isFollowed(id) ? this.desk.find(id) : undefined;
        if (followed !== undefined) this.takeStatus(followed, status);
      }
    }
  }

  /** `online` alone does not open what the product list closed for another reason. */
  private takeStatus(followed: FollowedInstrument, status: string): void {
    if (status !== 'online') {
      this.closed.add(followed);
      this.desk.setTradable(followed, false, `status '${short(status)}'`);
    } else if (this.closed.delete(followed)) this.desk.setTradable(followed, true, "status 'online'");
  }
}
