import type { Instrument, InstrumentId } from '../../../core/market/instrument.ts';
import type { QualityCounts } from '../../../core/market/quality.ts';
import type { Frame } from '../frame-source.ts';
import {
  type FrameCounts,
  noFrameCounts,
  type ReaderNote,
  type ReaderPorts,
  type VenueReader,
} from '../venue-reader.ts';
import { FollowedSymbol } from './followed.ts';
import {
  RefusedMessage,
  toAggregateTrade,
  toDepth,
  toInstrument,
  toSnapshot,
  toTouch,
  toTrade,
} from './mapper.ts';
import { HotScanner } from './scanner.ts';
import { parseMessage, type WireExchangeInfo, type WireMessage } from './schema.ts';

export interface BinanceOptions {
  /** Configured rules; the venue's own announcement replaces them. */
  readonly instruments: readonly Instrument[];
  /** Symbols to follow whose rules the venue will announce; those of `instruments` are followed in any case. */
  readonly symbols?: readonly string[];
}

/** Reads Binance spot frames, combined or raw, and REST answers in the same clothes. */
export class BinanceReader implements VenueReader {
  readonly frames: FrameCounts = noFrameCounts();
  readonly notModelled = new Map<string, number>();
  /** Symbols that the venue named when it was asked for all it has; empty while it was not asked. */
  readonly listed = new Set<string>();
  private readonly ports: ReaderPorts;
  private readonly followed = new Map<string, FollowedSymbol>();
  private readonly awaited: Set<string>;
  private readonly scanner = new HotScanner((symbol) => this.followed.get(symbol)?.grids);

  constructor(options: BinanceOptions, ports: ReaderPorts) {
    this.ports = ports;
    this.awaited = new Set(options.symbols ?? []);
    for (const instrument of options.instruments) {
      this.awaited.delete(instrument.symbol);
      this.followed.set(instrument.symbol, new FollowedSymbol(instrument, ports));
    }
  }

  read(frame: Frame): void {
    const kind = this.scanner.scan(frame.raw, frame.channel);
    if (kind === undefined) this.readSlowly(frame);
    else if (kind === 'unfollowed') this.frames.unfollowed += 1;
    else {
      const symbol = this.followed.get(this.scanner.symbol);
      if (symbol !== undefined) this.readHot(kind, symbol);
    }
  }

  quality(): ReadonlyMap<InstrumentId, Readonly<QualityCounts>> {
    return new Map([...this.followed.values()].map((one) => [one.instrument.id, one.counts]));
  }

  instruments(): readonly Instrument[] {
    return [...this.followed.values()].map((one) => one.instrument);
  }

  private readHot(kind: 'trade' | 'aggTrade' | 'depthUpdate' | 'bookTicker', symbol: FollowedSymbol): void {
    switch (kind) {
      case 'bookTicker':
        this.frames.touch += 1;
        symbol.onTouch(this.scanner.touch);
        return;
      case 'depthUpdate':
        this.frames.depth += 1;
        symbol.sync.onDepth(this.scanner.depth);
        return;
      case 'trade':
        this.frames.trade += 1;
        symbol.onTrade(this.scanner.trade, false);
        return;
      case 'aggTrade':
        this.frames.aggregateTrade += 1;
        symbol.onTrade(this.scanner.trade, true);
        return;
    }
  }

  private readSlowly(frame: Frame): void {
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
        this.frames.instruments += 1;
        if (!asksForSome(frame)) for (const { symbol } of message.body.symbols) this.listed.add(symbol);
        this.takeRules(message.body);
        return;
      case 'not_modelled':
        this.frames.notModelled += 1;
        this.notModelled.set(message.name, (this.notModelled.get(message.name) ?? 0) + 1);
        if (message.name === 'serverShutdown') this.note('shutdown', 'the venue announced a restart');
        return;
      case 'acknowledgement':
        this.frames.acknowledgement += 1;
        return;
      case 'venue_error':
        this.frames.venueError += 1;
        this.note('venue_error', message.detail);
        return;
      case 'unknown':
        this.frames.unknown += 1;
        this.note('unknown', message.detail);
        return;
      case 'malformed':
        this.frames.malformed += 1;
        this.note('malformed', message.detail);
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
    name: string,
  ): void {
    const symbol = this.followed.get(name);
    if (symbol === undefined) {
      this.frames.unfollowed += 1;
      return;
    }
    switch (message.kind) {
      case 'trade':
      case 'aggTrade': {
        const isAggregate = message.kind === 'aggTrade';
        this.frames[isAggregate ? 'aggregateTrade' : 'trade'] += 1;
        const trade = isAggregate
          ? toAggregateTrade(message.body, symbol.grids)
          : toTrade(message.body, symbol.grids);
        if (!(trade instanceof RefusedMessage)) symbol.onTrade(trade, isAggregate);
        else symbol.refuseTrade(this.refusal(name, message.kind, trade));
        return;
      }
      case 'depthUpdate': {
        this.frames.depth += 1;
        const depth = toDepth(message.body, symbol.grids);
        if (!(depth instanceof RefusedMessage)) symbol.sync.onDepth(depth);
        else symbol.sync.refuse(this.refusal(name, message.kind, depth));
        return;
      }
      case 'bookTicker': {
        this.frames.touch += 1;
        const touch = toTouch(message.body, symbol.grids);
        if (!(touch instanceof RefusedMessage)) symbol.onTouch(touch);
        else {
          symbol.counts.refused += 1;
          this.refusal(name, message.kind, touch);
        }
        return;
      }
      case 'depthSnapshot': {
        this.frames.snapshot += 1;
        const snapshot = toSnapshot(message.body, message.limit, symbol.grids);
        if (!(snapshot instanceof RefusedMessage)) symbol.sync.onSnapshot(snapshot);
        else {
          symbol.counts.refused += 1;
          this.refusal(name, message.kind, snapshot);
        }
        return;
      }
    }
  }

  private takeRules(info: WireExchangeInfo): void {
    for (const wire of info.symbols) {
      const known = this.followed.get(wire.symbol);
      if (known === undefined && !this.awaited.has(wire.symbol)) continue;
      const rules = toInstrument(wire);
      if (typeof rules === 'string') {
        this.note('refused', `${wire.symbol} exchangeInfo ${rules}`);
        // Without readable rules no order can be judged: the instrument waits, closed.
        known?.follow(known.instrument, false);
      } else if (known !== undefined) known.follow(rules.instrument, rules.tradable);
      else {
        const symbol = new FollowedSymbol(rules.instrument, this.ports);
        this.awaited.delete(wire.symbol);
        this.followed.set(wire.symbol, symbol);
        symbol.follow(rules.instrument, rules.tradable);
      }
    }
  }

  /** What a malformed message may have carried is lost to its symbol. */
  private doubtBy(message: Extract<WireMessage, { kind: 'malformed' }>): void {
    const symbol = message.symbol === undefined ? undefined : this.followed.get(message.symbol);
    if (symbol === undefined) return;
    if (message.topic === 'depthUpdate') symbol.sync.refuse(message.detail);
    else if (message.topic === 'trade') symbol.refuseTrade(message.detail);
    else symbol.counts.refused += 1;
  }

  private refusal(symbol: string, kind: string, message: RefusedMessage): string {
    const detail = `${symbol} ${kind} ${message.detail}`;
    this.note('refused', detail);
    return detail;
  }

  private note(kind: ReaderNote['kind'], detail: string): void {
    this.ports.note({ kind, detail });
  }
}

/** Whether the request named symbols, so that the answer says nothing of others. */
const asksForSome = (frame: Frame): boolean => /[?&]symbols?=/.test(frame.url ?? '');
