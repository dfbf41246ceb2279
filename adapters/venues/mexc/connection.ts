import type { BookView } from '../../../core/market/order-book.ts';
import type { EpochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import type { Frame } from '../frame-source.ts';
import type { ConnectionDesk, ConnectionReader } from '../venue-reader.ts';
import { AnswerPart } from './answer-part.ts';
import { Losses } from './losses.ts';
import { readMessage } from './message.ts';
import { PushPart } from './push-part.ts';
import { SymbolBooks } from './symbol-books.ts';
import type { TradeIdentity } from './trade-identity.ts';
import { TradeTeller } from './trade-teller.ts';

/** Names of unknown kinds are the venue's own, so that only the first ones are counted by name. */
const UNKNOWN_KINDS_MAX = 32;

/** One connection's MEXC spot messages, or the REST answers asked for in turn without one. */
export class MexcConnection implements ConnectionReader {
  private readonly desk: ConnectionDesk;
  private readonly books: SymbolBooks;
  private readonly losses: Losses;
  private readonly pushes: PushPart;
  private readonly answers: AnswerPart;
  private readonly unknownKinds = new Set<string>();

  constructor(desk: ConnectionDesk, identityOf: (followed: FollowedInstrument) => TradeIdentity) {
    this.desk = desk;
    this.books = new SymbolBooks(desk);
    this.losses = new Losses(desk, this.books);
    const parts = {
      desk,
      books: this.books,
      losses: this.losses,
      teller: new TradeTeller(desk, identityOf),
    };
    this.pushes = new PushPart(parts);
    this.answers = new AnswerPart(parts);
  }

  read(frame: Frame): void {
    const message = readMessage(frame);
    const { desk } = this;
    switch (message.kind) {
      case 'push':
        this.pushes.read(message, frame);
        return;
      case 'depth':
      case 'trades':
        this.answers.read(message, frame);
        return;
      case 'exchangeInfo':
        this.answers.readRules(message, frame);
        return;
      case 'not_modelled':
        desk.count(message.name);
        return;
      case 'venue_error':
        desk.countVenueError(message.detail);
        return;
      case 'unknown':
        desk.countUnknown(this.kindOfUnknown(message.name), message.detail);
        return;
      case 'malformed':
        this.losses.putAside(message.detail, frame, message.push);
        return;
    }
  }

  tick(now: EpochMs): void {
    this.books.tick(now);
  }

  unfollow(symbol: string): void {
    const followed = this.desk.find(symbol);
    if (followed === undefined) return;
    this.books.forget(followed);
    this.answers.forget(followed);
  }

  bookOf(followed: FollowedInstrument): BookView | undefined {
    return this.books.viewOf(followed);
  }

  rulesChanged(followed: FollowedInstrument): void {
    this.books.restart(followed, 'the venue changed the tick or lot size');
  }

  private kindOfUnknown(name: string): string {
    if (this.unknownKinds.size < UNKNOWN_KINDS_MAX) this.unknownKinds.add(name);
    return this.unknownKinds.has(name) ? name : 'other';
  }
}
