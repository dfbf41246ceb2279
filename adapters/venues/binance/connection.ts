import type { BookView } from '../../../core/market/order-book.ts';
import { OrderBook } from '../../../core/market/order-book.ts';
import type { EpochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import type { Frame } from '../frame-source.ts';
import type { ConnectionDesk, ConnectionReader } from '../venue-reader.ts';
import { BookSync } from './book.ts';
import {
  RefusedMessage,
  toAggregateTrade,
  toDepth,
  toInstrument,
  toSnapshot,
  toTouch,
  toTrade,
} from './mapper.ts';
import { type HotKind, HotScanner } from './scanner.ts';
import { parseMessage, type WireExchangeInfo, type WireMessage } from './schema.ts';

/** The wire's own names of what is read. */
const KIND = { depthUpdate: 'depth', depthSnapshot: 'snapshot' } as const;

/** One connection's Binance spot messages: the symbols' books by their update ids, and the REST answers asked for it. */
export class BinanceConnection implements ConnectionReader {
  private readonly desk: ConnectionDesk;
  private readonly syncs = new Map<FollowedInstrument, BookSync>();
  private readonly scanner: HotScanner;

  constructor(desk: ConnectionDesk) {
    this.desk = desk;
    this.scanner = new HotScanner((symbol) => desk.find(symbol));
  }

  read(frame: Frame): void {
    const kind = this.scanner.scan(frame.raw, frame.channel);
    const { found } = this.scanner;
    if (kind === undefined) this.readSlowly(frame);
    else if (found === undefined) this.desk.countUnfollowed(kind === 'depthUpdate' ? KIND.depthUpdate : kind);
    else this.readHot(kind, found);
  }

  tick(_now: EpochMs): void {}

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

  private readHot(kind: HotKind, followed: FollowedInstrument): void {
    switch (kind) {
      case 'bookTicker': {
        this.desk.count(kind, followed);
        const { touch } = this.scanner;
        if (this.syncOf(followed).onTouch(touch)) this.desk.touch(followed, touch.bidTicks, touch.askTicks);
        return;
      }
      case 'depthUpdate':
        this.desk.count(KIND.depthUpdate, followed);
        this.syncOf(followed).onDepth(this.scanner.depth);
        return;
      case 'trade':
      case 'aggTrade':
        this.desk.count(kind, followed);
        this.desk.trade(followed, this.scanner.trade);
        return;
    }
  }

  private syncOf(followed: FollowedInstrument): BookSync {
    const known = this.syncs.get(followed);
    if (known !== undefined) return known;
    const { symbol } = followed.instrument;
    const book = new OrderBook(followed.instrument);
    const sync = new BookSync(book, followed.counts, {
      changed: (occurredAt, isSnapshot) => this.desk.bookChanged(followed, book, occurredAt, isSnapshot),
      doubted: (doubt, detail) => this.desk.bookDoubted(followed, doubt, detail),
      requestSnapshot: (why) => this.desk.needSnapshot(symbol, why),
    });
    this.syncs.set(followed, sync);
    return sync;
  }

  private readSlowly(frame: Frame): void {
    const { desk } = this;
    const message = parseMessage(frame);
    switch (message.kind) {
      case 'trade':
      case 'aggTrade':
      case 'depthUpdate':
      case 'bookTicker':
        this.readParsed(message, message.body.s);
        return;
      case 'depthSnapshot':
        this.readParsed(message, message.symbol);
        return;
      case 'exchangeInfo':
        desk.count('exchangeInfo');
        if (!asksForSome(frame)) desk.sawListed(message.body.symbols.map(({ symbol }) => symbol));
        this.takeRules(message.body);
        return;
      case 'not_modelled':
        desk.count(message.name, message.symbol === undefined ? undefined : desk.find(message.symbol));
        if (message.name === 'serverShutdown')
          desk.note({ kind: 'shutdown', detail: 'the venue announced a restart' });
        return;
      case 'acknowledgement':
        desk.count('result');
        return;
      case 'venue_error':
        desk.countVenueError(message.detail);
        return;
      case 'unknown':
        desk.countUnknown(message.name, message.detail);
        return;
      case 'malformed':
        this.doubtBy(message);
        return;
    }
  }

  /** A well-formed message in an unusual layout; counts it, and refuses what the symbol's rules forbid. */
  private readParsed(
    message: Extract<
      WireMessage,
      { kind: 'trade' | 'aggTrade' | 'depthUpdate' | 'bookTicker' | 'depthSnapshot' }
    >,
    symbol: string,
  ): void {
    const { desk } = this;
    const kind = message.kind in KIND ? KIND[message.kind as keyof typeof KIND] : message.kind;
    const followed = desk.find(symbol);
    if (followed === undefined) {
      desk.countUnfollowed(kind);
      return;
    }
    desk.count(kind, followed);
    const { grids } = followed;
    const sync = this.syncOf(followed);
    switch (message.kind) {
      case 'trade':
      case 'aggTrade': {
        const trade =
          message.kind === 'aggTrade' ? toAggregateTrade(message.body, grids) : toTrade(message.body, grids);
        if (!(trade instanceof RefusedMessage)) desk.trade(followed, trade);
        else this.refuseTrade(followed, this.refusal(symbol, kind, trade));
        return;
      }
      case 'depthUpdate': {
        const depth = toDepth(message.body, grids);
        if (!(depth instanceof RefusedMessage)) sync.onDepth(depth);
        else sync.refuse(this.refusal(symbol, kind, depth));
        return;
      }
      case 'bookTicker': {
        const touch = toTouch(message.body, grids);
        if (touch instanceof RefusedMessage) this.refuse(followed, this.refusal(symbol, kind, touch));
        else if (sync.onTouch(touch)) desk.touch(followed, touch.bidTicks, touch.askTicks);
        return;
      }
      case 'depthSnapshot': {
        const snapshot = toSnapshot(message.body, message.limit, grids);
        if (!(snapshot instanceof RefusedMessage)) sync.onSnapshot(snapshot);
        else this.refuse(followed, this.refusal(symbol, kind, snapshot));
        return;
      }
    }
  }

  private takeRules(info: WireExchangeInfo): void {
    for (const wire of info.symbols)
      if (this.desk.isFollowed(wire.symbol)) this.desk.takeRules(wire.symbol, toInstrument(wire));
  }

  /** What a malformed message may have carried is lost to its symbol. */
  private doubtBy(message: Extract<WireMessage, { kind: 'malformed' }>): void {
    const followed = message.symbol === undefined ? undefined : this.desk.find(message.symbol);
    this.desk.countMalformed(message.detail);
    if (followed === undefined) return;
    if (message.topic === 'depthUpdate') this.syncOf(followed).refuse(message.detail);
    else if (message.topic === 'trade') this.refuseTrade(followed, message.detail);
    else this.refuse(followed, message.detail);
  }

  private refuseTrade(followed: FollowedInstrument, detail: string): void {
    followed.counts.refused += 1;
    this.desk.tradesLost(followed, 'refused', detail);
  }

  private refuse(followed: FollowedInstrument, detail: string): void {
    followed.counts.refused += 1;
    this.desk.fault(followed, 'refused', detail);
  }

  private refusal(symbol: string, kind: string, message: RefusedMessage): string {
    const detail = `${symbol} ${kind} ${message.detail}`;
    this.desk.note({ kind: 'refused', detail });
    return detail;
  }
}

/** Whether the request named symbols, so that the answer says nothing of others. */
const asksForSome = (frame: Frame): boolean => /[?&]symbols?=/.test(frame.url ?? '');
