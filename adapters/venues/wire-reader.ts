import { asPrice, asQuantity } from '../../core/amounts.ts';
import { stepsToUnits } from '../../core/market/grid.ts';
import type { Instrument, InstrumentId } from '../../core/market/instrument.ts';
import type { BookDoubt, MarketUpdate } from '../../core/market/market-update.ts';
import type { BookView } from '../../core/market/order-book.ts';
import type { QualityCounts } from '../../core/market/quality.ts';
import { type EpochMs, epochMs } from '../../core/time.ts';
import { FollowedInstrument } from './followed-instrument.ts';
import {
  type ConnectionChange,
  type FollowChange,
  type Frame,
  POLL,
  type VenueChange,
} from './frame-source.ts';
import type { TradeFacts } from './trade-tape.ts';
import {
  type ConnectionDesk,
  type ConnectionReader,
  type FrameCounts,
  noFrameCounts,
  type ReaderNote,
  type ReaderPorts,
  type VenueReader,
} from './venue-reader.ts';
import type { WireId } from './wire.ts';

export interface WireOptions {
  readonly wire: WireId;
  /** Configured rules; the venue's own announcement replaces them. */
  readonly instruments: readonly Instrument[];
  /** Symbols to follow whose rules the venue will announce; those of `instruments` are followed in any case. */
  readonly symbols?: readonly string[];
  /** Follows every symbol it meets, by these rules until the venue announces its own: to look into a recording. */
  readonly rulesOfAny?: (symbol: string) => Instrument;
  /** A reader for each new connection. */
  readonly connection: (desk: ConnectionDesk) => ConnectionReader;
}

/** One connection and what the wire's reader has to know of it. */
interface Line {
  readonly id: string;
  readonly reader: ConnectionReader;
  /** Of these it has brought trades. */
  readonly traded: Set<FollowedInstrument>;
}

/**
 * The part of a venue's reader that is the same for all: which connection's book of an instrument leads, trades counted once
 * however many connections bring them, rules, counts. The venue's own rules live in its {@link ConnectionReader}s.
 *
 * An instrument is led by the first connection that proves its book. When that one doubts it or ends, another that has it
 * live takes over at once; only when there is none is the book doubted.
 */
export class WireReader implements VenueReader {
  readonly wire: WireId;
  readonly frames: FrameCounts = noFrameCounts();
  readonly messages = new Map<string, number>();
  readonly unknown = new Map<string, number>();
  readonly listed = new Set<string>();
  private readonly options: WireOptions;
  private readonly ports: ReaderPorts;
  private readonly bySymbol = new Map<string, FollowedInstrument>();
  /** Followed symbols whose rules are not known yet. */
  private readonly awaited: Set<string>;
  /** Rules of symbols that were not met yet, where every symbol is followed that is. */
  private readonly announced = new Map<string, { instrument: Instrument; tradable: boolean }>();
  private readonly lines = new Map<string, Line>();
  private readonly leads = new Map<FollowedInstrument, Line>();
  private newest: Line | undefined;
  /** The instrument whose books are given up on purpose, which is no failure of theirs. */
  private proving: { readonly followed: FollowedInstrument; readonly why: string } | undefined;
  private isVenueOpen = true;
  /** When the frame came that is being read. */
  private now: EpochMs = epochMs(0);

  constructor(options: WireOptions, ports: ReaderPorts) {
    this.wire = options.wire;
    this.options = options;
    this.ports = ports;
    this.awaited = new Set(options.symbols ?? []);
    for (const instrument of options.instruments) {
      this.awaited.delete(instrument.symbol);
      this.bySymbol.set(instrument.symbol, new FollowedInstrument(instrument));
    }
  }

  read(frame: Frame): void {
    this.frames.frames += 1;
    this.now = frame.receivedAt;
    this.lineOf(frame.connection ?? '').reader.read(frame);
  }

  changeConnection({ connection, change, detail }: ConnectionChange): void {
    this.end(connection, change === 'opened' ? 'the connection was opened anew' : detail, change);
    if (change === 'opened') this.lineOf(connection);
  }

  changeVenue({ venueOpen, detail }: VenueChange): void {
    this.isVenueOpen = venueOpen;
    for (const followed of this.bySymbol.values()) this.tellTrading(followed, detail);
  }

  changeFollowed({ follow, unfollow }: FollowChange): void {
    for (const symbol of unfollow) {
      const followed = this.bySymbol.get(symbol);
      this.awaited.delete(symbol);
      if (followed === undefined) continue;
      for (const line of this.lines.values()) {
        line.reader.unfollow(symbol);
        line.traded.delete(followed);
      }
      this.leads.delete(followed);
      this.bySymbol.delete(symbol);
    }
    for (const symbol of follow) if (!this.bySymbol.has(symbol)) this.awaited.add(symbol);
  }

  prove(instrumentId: InstrumentId, why: string): void {
    for (const followed of this.bySymbol.values()) {
      if (followed.instrument.id !== instrumentId) continue;
      this.proving = { followed, why };
      for (const line of this.lines.values()) {
        if (line.reader.bookOf(followed) === undefined) continue;
        line.reader.rulesChanged(followed);
        this.need('snapshot', line.id, followed.instrument.symbol, why);
      }
      this.proving = undefined;
    }
  }

  tick(now: EpochMs): void {
    for (const line of this.lines.values()) line.reader.tick(now);
  }

  followed(): Iterable<FollowedInstrument> {
    return this.bySymbol.values();
  }

  /** The book that leads, else any that a connection has of the instrument; undefined before there is one. */
  bookOf(followed: FollowedInstrument): BookView | undefined {
    const lead = this.leads.get(followed);
    for (const line of lead === undefined ? this.lines.values() : [lead]) {
      const book = line.reader.bookOf(followed);
      if (book !== undefined) return book;
    }
    return undefined;
  }

  quality(): ReadonlyMap<InstrumentId, Readonly<QualityCounts>> {
    return new Map([...this.bySymbol.values()].map((one) => [one.instrument.id, one.counts]));
  }

  instruments(): readonly Instrument[] {
    return [...this.bySymbol.values()].map((one) => one.instrument);
  }

  private lineOf(id: string): Line {
    if (this.newest?.id === id) return this.newest;
    const line = this.lines.get(id) ?? this.open(id);
    this.newest = line;
    return line;
  }

  private open(id: string): Line {
    const desk = new LineDesk(this, id);
    const line: Line = { id, reader: this.options.connection(desk), traded: new Set() };
    desk.line = line;
    this.lines.set(id, line);
    return line;
  }

  private end(id: string, detail: string, change: ConnectionChange['change']): void {
    const line = this.lines.get(id);
    if (line === undefined) return;
    this.lines.delete(id);
    if (this.newest === line) this.newest = undefined;
    for (const [followed, lead] of this.leads)
      if (lead === line) this.replaceLead(followed, 'disconnected', detail);
    if (change === 'lost') this.loseTrades(line, detail);
  }

  /** Trades of the time without a connection are lost, unless their ids prove otherwise; nobody knows before. */
  private loseTrades(ended: Line, detail: string): void {
    for (const followed of this.bySymbol.values()) {
      const wasCarried = ended.traded.has(followed) || ended.reader.bookOf(followed) !== undefined;
      if (!wasCarried || this.isCarried(followed)) continue;
      const instrumentId = followed.instrument.id;
      this.ports.emit({ kind: 'trades_lost', instrumentId, flag: 'disconnected', detail });
    }
  }

  /** A socket has a book of it, live or not. */
  private isCarried(followed: FollowedInstrument): boolean {
    for (const { id, reader } of this.lines.values())
      if (id !== '' && id !== POLL && reader.bookOf(followed) !== undefined) return true;
    return false;
  }

  /** Another connection with a live book takes over; else the book is doubted. */
  private replaceLead(followed: FollowedInstrument, doubt: BookDoubt, detail: string): void {
    const before = this.leads.get(followed);
    this.leads.delete(followed);
    for (const line of this.lines.values()) {
      const book = line === before ? undefined : line.reader.bookOf(followed);
      if (book === undefined || book.status !== 'live') continue;
      this.leads.set(followed, line);
      this.emitBook(followed, book, null, true, line);
      return;
    }
    followed.isDoubted = followed.wasLive;
    this.ports.emit({ kind: 'book_doubted', instrumentId: followed.instrument.id, doubt, detail });
  }

  private emitBook(
    followed: FollowedInstrument,
    book: BookView,
    occurredAt: EpochMs | null,
    isSnapshot: boolean,
    line: Line,
  ): void {
    const instrumentId = followed.instrument.id;
    const isPolled = line.id === POLL;
    followed.wasLive = true;
    if (followed.isDoubted) {
      followed.isDoubted = false;
      followed.counts.resyncs += 1;
    }
    if (isSnapshot || isPolled)
      this.ports.emit({ kind: 'book', instrumentId, book, occurredAt, isSnapshot, isPolled });
    else this.ports.emit({ kind: 'book', instrumentId, book, occurredAt });
  }

  /** @internal for {@link LineDesk}. */
  find(symbol: string): FollowedInstrument | undefined {
    const known = this.bySymbol.get(symbol);
    const { rulesOfAny } = this.options;
    if (known !== undefined || rulesOfAny === undefined) return known;
    const announced = this.announced.get(symbol);
    const followed = new FollowedInstrument(announced?.instrument ?? rulesOfAny(symbol));
    this.bySymbol.set(symbol, followed);
    if (announced !== undefined) this.takeRules(symbol, announced);
    return followed;
  }

  /** @internal */
  isFollowed(symbol: string): boolean {
    return this.bySymbol.has(symbol) || this.awaited.has(symbol) || this.options.rulesOfAny !== undefined;
  }

  /** @internal */
  takeRules(symbol: string, rules: { instrument: Instrument; tradable: boolean } | string): void {
    const known = this.bySymbol.get(symbol);
    if (known === undefined && !this.awaited.has(symbol)) {
      if (this.options.rulesOfAny !== undefined && typeof rules !== 'string')
        this.announced.set(symbol, rules);
      return;
    }
    if (typeof rules === 'string') {
      this.note({ kind: 'refused', detail: `${symbol}: its rules ${rules}` });
      // Without readable rules no order can be judged: the instrument waits, closed.
      if (known !== undefined) this.setTradable(known, false, `its rules ${rules}`);
      return;
    }
    const followed = known ?? new FollowedInstrument(rules.instrument);
    if (known === undefined) {
      this.awaited.delete(symbol);
      this.bySymbol.set(symbol, followed);
    } else if (known.take(rules.instrument)) {
      for (const line of this.lines.values()) line.reader.rulesChanged(known);
    }
    followed.isTradable = rules.tradable;
    this.ports.emit({
      kind: 'instrument',
      instrument: rules.instrument,
      tradable: rules.tradable && this.isVenueOpen,
    });
  }

  /** @internal */
  setTradable(followed: FollowedInstrument, tradable: boolean, detail: string): void {
    if (followed.isTradable === tradable) return;
    followed.isTradable = tradable;
    this.tellTrading(followed, detail);
  }

  private tellTrading({ instrument, isTradable }: FollowedInstrument, detail: string): void {
    const tradable = isTradable && this.isVenueOpen;
    this.ports.emit({ kind: 'trading', instrumentId: instrument.id, tradable, detail });
  }

  /** @internal */
  bookChanged(
    line: Line,
    followed: FollowedInstrument,
    book: BookView,
    occurredAt: EpochMs | null,
    isSnapshot: boolean,
  ): void {
    const lead = this.leads.get(followed);
    if (lead === line) this.emitBook(followed, book, occurredAt, isSnapshot, line);
    else if (lead === undefined || (lead.id === POLL && line.id !== POLL)) {
      this.leads.set(followed, line);
      this.emitBook(followed, book, occurredAt, true, line);
    }
  }

  /** @internal */
  bookDoubted(line: Line, followed: FollowedInstrument, doubt: BookDoubt, detail: string): void {
    if (this.proving?.followed === followed && doubt !== 'disconnected') {
      this.bookDoubted(line, followed, 'disconnected', this.proving.why);
      return;
    }
    const lead = this.leads.get(followed);
    if (lead === line) this.replaceLead(followed, doubt, detail);
    else if (lead === undefined)
      this.ports.emit({ kind: 'book_doubted', instrumentId: followed.instrument.id, doubt, detail });
  }

  /** @internal */
  touch(line: Line, followed: FollowedInstrument, bidTicks: number, askTicks: number): void {
    if (this.leads.get(followed) === line)
      this.ports.emit({ kind: 'touch', instrumentId: followed.instrument.id, bidTicks, askTicks });
  }

  /** @internal */
  trade(followed: FollowedInstrument, trade: TradeFacts, line: Line | undefined): void {
    const verdict = followed.tape.take(trade, this.now);
    if (verdict.kind === 'aggregate_beside_trades' || verdict.kind === 'repeated') return;
    const instrumentId = followed.instrument.id;
    if (verdict.kind === 'gap') {
      const detail = `${verdict.missing} trades missing before ${trade.firstTradeId}`;
      this.ports.emit({ kind: 'trades_lost', instrumentId, flag: 'gap', detail });
    }
    this.ports.emit({
      kind: 'trade',
      instrumentId,
      price: asPrice(stepsToUnits(trade.ticks, followed.grids.ticks)),
      quantity: asQuantity(stepsToUnits(trade.lots, followed.grids.lots)),
      aggressor: trade.aggressor,
      trades: trade.trades,
      firstTradeId: trade.firstTradeId,
      lastTradeId: trade.lastTradeId,
      occurredAt: trade.occurredAt,
      ...(line?.id === POLL && { isPolled: true }),
    });
  }

  /** @internal */
  tradeHistory(line: Line, followed: FollowedInstrument, trade: TradeFacts): void {
    const lead = this.leads.get(followed);
    // While another connection carries the instrument, its trades are still to come from there as prints.
    if (lead !== undefined && lead !== line && lead.id !== POLL) return;
    const verdict = followed.tape.take(trade, this.now);
    if (verdict.kind !== 'new' && verdict.kind !== 'gap') return;
    followed.counts.tradesFromHistory += trade.trades;
    followed.counts.quantityFromHistory += stepsToUnits(trade.lots, followed.grids.lots);
  }

  /** @internal */
  emit(update: MarketUpdate): void {
    this.ports.emit(update);
  }

  /** @internal */
  need(kind: 'snapshot' | 'reconnect', connection: string, symbol: string, why: string): void {
    this.ports.need({ kind, wire: this.wire, connection: connection || undefined, symbol, why });
  }

  /** @internal */
  note(note: ReaderNote): void {
    this.ports.note(note);
  }
}

/** Names of unknown kinds that are told apart; more are counted as {@link OTHER_KIND}. */
const UNKNOWN_KINDS_MAX = 32;
/** Symbols that a venue may list, all together; the largest lists 2,000, and contracts come and go. */
const LISTED_MAX = 50_000;
const OTHER_KIND = 'other';

const short = (kind: string): string => kind.slice(0, 60);

/** A connection's view of its wire's reader. */
class LineDesk implements ConnectionDesk {
  readonly connection: string | undefined;
  line: Line | undefined;
  private readonly wire: WireReader;
  private readonly id: string;

  constructor(wire: WireReader, id: string) {
    this.wire = wire;
    this.id = id;
    this.connection = id === '' ? undefined : id;
  }

  find(symbol: string): FollowedInstrument | undefined {
    return this.wire.find(symbol);
  }

  isFollowed(symbol: string): boolean {
    return this.wire.isFollowed(symbol);
  }

  takeRules(symbol: string, rules: { instrument: Instrument; tradable: boolean } | string): void {
    this.wire.takeRules(symbol, rules);
  }

  setTradable(followed: FollowedInstrument, tradable: boolean, detail: string): void {
    this.wire.setTradable(followed, tradable, detail);
  }

  sawListed(symbols: Iterable<string>): void {
    for (const symbol of symbols) if (this.wire.listed.size < LISTED_MAX) this.wire.listed.add(symbol);
  }

  count(kind: string, followed?: FollowedInstrument): void {
    grow(this.wire.messages, kind);
    if (followed !== undefined) grow(followed.messages, kind);
  }

  countUnknown(kind: string, detail: string): void {
    const { unknown } = this.wire;
    // A venue must not be able to fill memory with names.
    grow(unknown, unknown.has(kind) || unknown.size < UNKNOWN_KINDS_MAX ? short(kind) : OTHER_KIND);
    this.wire.note({ kind: 'unknown', detail });
  }

  countMalformed(detail: string, followed?: FollowedInstrument): void {
    this.wire.frames.malformed += 1;
    if (followed !== undefined) followed.counts.refused += 1;
    this.wire.note({ kind: 'malformed', detail });
  }

  countVenueError(detail: string): void {
    this.wire.frames.venueErrors += 1;
    this.wire.note({ kind: 'venue_error', detail });
  }

  countUnfollowed(kind: string): void {
    this.wire.frames.unfollowed += 1;
    grow(this.wire.messages, kind);
  }

  note(note: ReaderNote): void {
    this.wire.note(note);
  }

  bookChanged(
    followed: FollowedInstrument,
    book: BookView,
    occurredAt: EpochMs | null,
    isSnapshot: boolean,
  ): void {
    if (this.line) this.wire.bookChanged(this.line, followed, book, occurredAt, isSnapshot);
  }

  bookDoubted(followed: FollowedInstrument, doubt: BookDoubt, detail: string): void {
    if (this.line) this.wire.bookDoubted(this.line, followed, doubt, detail);
  }

  touch(followed: FollowedInstrument, bidTicks: number, askTicks: number): void {
    if (this.line) this.wire.touch(this.line, followed, bidTicks, askTicks);
  }

  trade(followed: FollowedInstrument, trade: TradeFacts): void {
    this.line?.traded.add(followed);
    this.wire.trade(followed, trade, this.line);
  }

  tradeHistory(followed: FollowedInstrument, trade: TradeFacts): void {
    this.line?.traded.add(followed);
    if (this.line) this.wire.tradeHistory(this.line, followed, trade);
  }

  tradesLost(followed: FollowedInstrument, flag: 'gap' | 'refused' | 'disconnected', detail: string): void {
    this.wire.emit({ kind: 'trades_lost', instrumentId: followed.instrument.id, flag, detail });
  }

  fault(
    followed: FollowedInstrument,
    reason: 'off_tick' | 'out_of_bounds' | 'refused' | 'gap' | 'hash',
    detail: string,
  ): void {
    this.wire.emit({ kind: 'fault', instrumentId: followed.instrument.id, reason, detail });
  }

  settled(followed: FollowedInstrument, payout: bigint, isFinal: boolean, occurredAt: EpochMs | null): void {
    const instrumentId = followed.instrument.id;
    this.wire.emit({ kind: 'settlement', instrumentId, payout: asPrice(payout), isFinal, occurredAt });
  }

  emit(update: MarketUpdate): void {
    this.wire.emit(update);
  }

  needSnapshot(symbol: string, why: string): void {
    this.wire.need('snapshot', this.id, symbol, why);
  }

  needReconnect(why: string): void {
    this.wire.need('reconnect', this.id, '', why);
  }
}

function grow(counts: Map<string, number>, kind: string): void {
  counts.set(kind, (counts.get(kind) ?? 0) + 1);
}
