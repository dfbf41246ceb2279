import { type BookView, OrderBook } from '../../../core/market/order-book.ts';
import type { EpochMs } from '../../../core/time.ts';
import { DiffBook } from '../diff-book.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import type { Frame } from '../frame-source.ts';
import { RefusedMessage } from '../refused-message.ts';
import type { ConnectionDesk, ConnectionReader } from '../venue-reader.ts';
import { readAside } from './asides.ts';
import { BINANCE_RULE } from './book.ts';
import { toAggregateTrade, toDepth, toSnapshot, toTouch, toTrade } from './mapper.ts';
import { parseMessage, type WireMessage } from './message.ts';
import { Refusals } from './refusals.ts';
import { type HotKind, HotScanner } from './scanner.ts';

/** The wire's own names of what is read. */
const KIND = {
  trade: 'trade',
  aggTrade: 'aggTrade',
  bookTicker: 'bookTicker',
  depthUpdate: 'depth',
  depthSnapshot: 'snapshot',
} as const;

type Parsed = Extract<WireMessage, { kind: keyof typeof KIND }>;

/** One connection's Binance spot messages: the symbols' books by their update ids, and the REST answers asked for it. */
export class BinanceConnection implements ConnectionReader {
  private readonly desk: ConnectionDesk;
  private readonly refusals: Refusals;
  private readonly syncs = new Map<FollowedInstrument, DiffBook>();
  private readonly scanner: HotScanner;

  constructor(desk: ConnectionDesk) {
    this.desk = desk;
    this.refusals = new Refusals(desk);
    this.scanner = new HotScanner((symbol) => desk.find(symbol));
  }

  read(frame: Frame): void {
    const kind = this.scanner.scan(frame.raw, frame.channel);
    const { found } = this.scanner;
    if (kind === undefined) this.readSlowly(frame);
    else if (found === undefined) this.desk.countUnfollowed(KIND[kind]);
    else this.readHot(kind, found, frame.receivedAt);
  }

  tick(now: EpochMs): void {
    for (const sync of this.syncs.values()) sync.tick(now);
  }

  unfollow(symbol: string): void {
    const followed = this.desk.find(symbol);
    if (followed !== undefined) this.syncs.delete(followed);
  }

  bookOf(followed: FollowedInstrument): BookView | undefined {
    return this.syncs.get(followed)?.book;
  }

  rulesChanged(followed: FollowedInstrument): void {
    this.syncs.get(followed)?.refuse('the venue changed the tick or lot size');
    this.syncs.delete(followed);
  }

  private readHot(kind: HotKind, followed: FollowedInstrument, now: EpochMs): void {
    switch (kind) {
      case 'bookTicker': {
        this.desk.count(kind, followed);
        const { touch } = this.scanner;
        if (this.syncOf(followed).onTouch(touch)) this.desk.touch(followed, touch.bidTicks, touch.askTicks);
        return;
      }
      case 'depthUpdate':
        this.desk.count(KIND.depthUpdate, followed);
        this.syncOf(followed).onDepth(this.scanner.depth, now);
        return;
      case 'trade':
      case 'aggTrade':
        this.desk.count(kind, followed);
        this.desk.trade(followed, this.scanner.trade);
        return;
    }
  }

  private syncOf(followed: FollowedInstrument): DiffBook {
    const known = this.syncs.get(followed);
    if (known !== undefined) return known;
    const { symbol } = followed.instrument;
    const book = new OrderBook(followed.instrument);
    const sync = new DiffBook(book, followed.counts, BINANCE_RULE, {
      changed: (occurredAt, isSnapshot) => this.desk.bookChanged(followed, book, occurredAt, isSnapshot),
      doubted: (doubt, detail) => this.desk.bookDoubted(followed, doubt, detail),
      requestSnapshot: (why) => this.desk.needSnapshot(symbol, why),
      streamDied: (why) => this.desk.needReconnect(`${symbol}: ${why}`),
    });
    this.syncs.set(followed, sync);
    return sync;
  }

  private readSlowly(frame: Frame): void {
    const message = parseMessage(frame);
    switch (message.kind) {
      case 'trade':
      case 'aggTrade':
      case 'depthUpdate':
      case 'bookTicker':
        this.readParsed(message, message.body.s, frame.receivedAt);
        return;
      case 'depthSnapshot':
        this.readParsed(message, message.symbol, frame.receivedAt);
        return;
      case 'trades':
        this.leaveTrades(message.symbol);
        return;
      case 'exchangeInfo':
      case 'not_modelled':
      case 'acknowledgement':
      case 'venue_error':
      case 'unknown':
        readAside(message, frame, this.desk);
        return;
      case 'malformed':
        this.doubtBy(message);
        return;
    }
  }

  /** A well-formed message in an unusual layout; counts it, and refuses what the symbol's rules forbid. */
  private readParsed(message: Parsed, symbol: string, now: EpochMs): void {
    const kind = KIND[message.kind];
    const followed = this.desk.find(symbol);
    if (followed === undefined) {
      this.desk.countUnfollowed(kind);
      return;
    }
    this.desk.count(kind, followed);
    const refused = this.use(message, followed, now);
    if (refused === undefined) return;
    const detail = this.refusals.words(followed, kind, refused);
    if (message.kind === 'depthUpdate') this.syncOf(followed).refuse(detail);
    else if (message.kind === 'trade' || message.kind === 'aggTrade') this.refusals.trade(followed, detail);
    else this.refusals.other(followed, detail);
  }

  private use(message: Parsed, followed: FollowedInstrument, now: EpochMs): RefusedMessage | undefined {
    const { grids } = followed;
    switch (message.kind) {
      case 'trade':
      case 'aggTrade': {
        const trade =
          message.kind === 'aggTrade' ? toAggregateTrade(message.body, grids) : toTrade(message.body, grids);
        if (trade instanceof RefusedMessage) return trade;
        this.desk.trade(followed, trade);
        return undefined;
      }
      case 'depthUpdate': {
        const depth = toDepth(message.body, grids);
        if (depth instanceof RefusedMessage) return depth;
        this.syncOf(followed).onDepth(depth, now);
        return undefined;
      }
      case 'bookTicker': {
        const touch = toTouch(message.body, grids);
        if (touch instanceof RefusedMessage) return touch;
        if (this.syncOf(followed).onTouch(touch)) this.desk.touch(followed, touch.bidTicks, touch.askTicks);
        return undefined;
      }
      case 'depthSnapshot': {
        const snapshot = toSnapshot(message.body, message.limit, grids);
        if (snapshot instanceof RefusedMessage) return snapshot;
        this.syncOf(followed).onSnapshot(snapshot, now);
        return undefined;
      }
    }
  }

  /** The stream brings them; an answer that names one before it does would make the stream's own a repetition. */
  private leaveTrades(symbol: string): void {
    const followed = this.desk.find(symbol);
    if (followed === undefined) this.desk.countUnfollowed('trades');
    else this.desk.count('trades', followed);
  }

  /** What a malformed message may have carried is lost to its symbol. */
  private doubtBy({ symbol, topic, detail }: Extract<WireMessage, { kind: 'malformed' }>): void {
    const followed = symbol === undefined ? undefined : this.desk.find(symbol);
    this.desk.countMalformed(detail);
    if (followed === undefined) return;
    if (topic === 'depthUpdate') this.syncOf(followed).refuse(detail);
    else if (topic === 'trade') this.refusals.trade(followed, detail);
    else this.refusals.other(followed, detail);
  }
}
