import type { Instrument, InstrumentId } from '../../core/market/instrument.ts';
import type { BookDoubt, MarketUpdate } from '../../core/market/market-update.ts';
import type { BookView } from '../../core/market/order-book.ts';
import type { QualityCounts } from '../../core/market/quality.ts';
import type { EpochMs } from '../../core/time.ts';
import type { FollowedInstrument } from './followed-instrument.ts';
import type { ConnectionChange, FollowChange, Frame, Need, VenueChange } from './frame-source.ts';
import type { TradeFacts } from './trade-tape.ts';
import type { WireId } from './wire.ts';

/** What became of frames; those that were read are counted by the wire's own names in {@link VenueReader.messages}. */
export interface FrameCounts {
  frames: number;
  /** Put aside because they could not be read. */
  malformed: number;
  /** Errors that the venue sent. */
  venueErrors: number;
  /** Good messages of instruments that this feed does not follow, or whose rules are not known yet. */
  unfollowed: number;
}

export const noFrameCounts = (): FrameCounts => ({ frames: 0, malformed: 0, venueErrors: 0, unfollowed: 0 });

/** Something a person may want to read about a frame that was put aside, or about the venue. */
export interface ReaderNote {
  readonly kind: 'malformed' | 'unknown' | 'venue_error' | 'shutdown' | 'refused';
  readonly detail: string;
}

/** What a wire's reader is given to talk to. */
export interface ReaderPorts {
  emit(update: MarketUpdate): void;
  need(need: Need): void;
  note(note: ReaderNote): void;
}

/** Turns a wire's frames into our updates. Never throws on bad input: it is counted, noted, and what it makes doubtful is said. */
export interface VenueReader {
  readonly wire: WireId;
  read(frame: Frame): void;
  changeConnection(change: ConnectionChange): void;
  changeVenue(change: VenueChange): void;
  changeFollowed(change: FollowChange): void;
  /** Gives up the books of an instrument and asks for fresh ones, whatever they are: somebody wants proof. */
  prove(instrumentId: InstrumentId, why: string): void;
  /** Time has come to `now`: for rules that need no message. Called at each edge of a window and never backwards. */
  tick(now: EpochMs): void;
  readonly frames: Readonly<FrameCounts>;
  /** Messages that were read, by the wire's own names of their kinds. */
  readonly messages: ReadonlyMap<string, number>;
  /** Messages of a kind that nobody knows, by the wire's own name as far as it has one. */
  readonly unknown: ReadonlyMap<string, number>;
  /** Symbols that the venue named when it was asked for all it has; empty while it was not asked. */
  readonly listed: ReadonlySet<string>;
  /** Everything kept of each instrument. */
  followed(): Iterable<FollowedInstrument>;
  /** The book of an instrument as it leads, live or not; undefined before there is one. */
  bookOf(followed: FollowedInstrument): BookView | undefined;
  quality(): ReadonlyMap<InstrumentId, Readonly<QualityCounts>>;
  /** Rules as last announced by the venue, else as configured. */
  instruments(): readonly Instrument[];
}

/**
 * One connection's part of a reader: the venue's sequence and book rules. It lives from the connection's opening to its
 * end, so that a new connection begins with nothing; what outlives it (rules, trades seen, counts) is in the
 * {@link FollowedInstrument}s, which it finds through its desk.
 */
export interface ConnectionReader {
  /** Reads one frame; counts it exactly once through the desk. */
  read(frame: Frame): void;
  tick(now: EpochMs): void;
  /** A symbol is no longer followed: forget its book. */
  unfollow(symbol: string): void;
  /** The book of an instrument as this connection has it; undefined before there is one. */
  bookOf(followed: FollowedInstrument): BookView | undefined;
  /** The book of an instrument has to be built anew, in the steps that it has now. */
  rulesChanged(followed: FollowedInstrument): void;
}

/** What a connection's reader works with. Symbols are the venue's own. */
export interface ConnectionDesk {
  readonly connection: string | undefined;
  /** The instrument of a symbol that is followed and whose rules are known. */
  find(symbol: string): FollowedInstrument | undefined;
  /** A symbol is followed, with or without rules. */
  isFollowed(symbol: string): boolean;
  /** Takes rules that the venue announced. Text: why they cannot be read; the instrument then waits, closed. */
  takeRules(symbol: string, rules: { instrument: Instrument; tradable: boolean } | string): void;
  /** The venue stopped or resumed trading of an instrument, the rules being as they were. */
  setTradable(followed: FollowedInstrument, tradable: boolean, detail: string): void;
  /** Symbols that the venue names in a list of everything it has. */
  sawListed(symbols: Iterable<string>): void;

  /** A message of this kind (the wire's own name) was read; `followed` when it is about one instrument. */
  count(kind: string, followed?: FollowedInstrument): void;
  countUnknown(kind: string, detail: string): void;
  countMalformed(detail: string, followed?: FollowedInstrument): void;
  countVenueError(detail: string): void;
  countUnfollowed(kind: string): void;
  note(note: ReaderNote): void;

  /** The book was changed by a complete message; `isSnapshot` when a whole picture proved it. */
  bookChanged(
    followed: FollowedInstrument,
    book: BookView,
    occurredAt: EpochMs | null,
    isSnapshot: boolean,
  ): void;
  /** The book is not proven any more; the reader has cleared it or set it stale before. */
  bookDoubted(followed: FollowedInstrument, doubt: BookDoubt, detail: string): void;
  /** Best prices newer than the book, in steps of its grid. */
  touch(followed: FollowedInstrument, bidTicks: number, askTicks: number): void;
  /** Passes a trade on unless it was seen before, on this connection or another. */
  trade(followed: FollowedInstrument, trade: TradeFacts): void;
  /** Trades seen before they can be news: a venue's recent history after subscribing. */
  tradeHistory(followed: FollowedInstrument, trade: TradeFacts): void;
  tradesLost(followed: FollowedInstrument, flag: 'gap' | 'refused' | 'disconnected', detail: string): void;
  fault(
    followed: FollowedInstrument,
    reason: 'off_tick' | 'out_of_bounds' | 'refused' | 'gap' | 'hash',
    detail: string,
  ): void;
  settled(followed: FollowedInstrument, payout: bigint, isFinal: boolean, occurredAt: EpochMs | null): void;
  emit(update: MarketUpdate): void;
  /** Asks for a fresh picture of the symbol on this connection. */
  needSnapshot(symbol: string, why: string): void;
  /** Says that this connection cannot be trusted any more. */
  needReconnect(why: string): void;
}
