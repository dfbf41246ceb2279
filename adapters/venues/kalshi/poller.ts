import { type EpochMs, epochMs, SECOND_MS } from '../../../core/time.ts';
import type { FrameRequest } from '../session/protocol.ts';
import { bookRequests, marketRequests, tradeRequest } from './requests.ts';

/**
 * Without a key the venue refuses about every twentieth request at four to five a second: three are asked at most, one of
 * them left to discovery and the exchange's status.
 */
const REQUESTS_PER_SECOND = 2;
const MARKETS_EVERY_MS = 20 * SECOND_MS;
const TRADES_EVERY_MS = 5 * SECOND_MS;
/** Trades are listed a moment after they happened; those that come twice are told apart by their ids. */
const OVERLAP_MS = 10 * SECOND_MS;
/** After a pause the trades in between are history that nobody waits for. */
const BACK_MS_MAX = 60 * SECOND_MS;

/** What to ask by REST, round by round: every book each time, trades and status as far as the budget goes, in turn. */
export class KalshiPoller {
  private readonly rest: string;
  /** Markets per request; undefined: as many as one may hold. */
  private readonly batch: number | undefined;
  private readonly perRound: number;
  /** Until when the trades of each market are known. */
  private readonly askedAt = new Map<string, EpochMs>();
  private marketsAt = Number.NEGATIVE_INFINITY;
  /** Where the next round goes on, when the books alone are more than one round may ask. */
  private booksFrom = 0;

  constructor(rest: string, everyMs: number, batch?: number) {
    this.rest = rest;
    this.batch = batch;
    this.perRound = Math.max(2, Math.floor((everyMs / SECOND_MS) * REQUESTS_PER_SECOND));
  }

  round(symbols: readonly string[], now: EpochMs): readonly FrameRequest[] {
    if (symbols.length === 0) return [];
    this.forgetOthers(symbols);
    const books = this.books(symbols);
    const markets = this.markets(symbols, now).slice(0, this.perRound - books.length);
    return [
      ...books,
      ...markets,
      ...this.trades(symbols, now, this.perRound - books.length - markets.length),
    ];
  }

  private books(symbols: readonly string[]): FrameRequest[] {
    const all = bookRequests(this.rest, symbols, this.batch);
    const most = this.perRound - 1;
    if (all.length <= most) return all;
    const from = this.booksFrom % all.length;
    this.booksFrom = from + most;
    return [...all.slice(from), ...all.slice(0, from)].slice(0, most);
  }

  private markets(symbols: readonly string[], now: EpochMs): FrameRequest[] {
    if (now - this.marketsAt < MARKETS_EVERY_MS) return [];
    this.marketsAt = now;
    return marketRequests(this.rest, symbols, this.batch);
  }

  /** Those that were asked longest ago first; a market's first answer begins now. */
  private trades(symbols: readonly string[], now: EpochMs, most: number): FrameRequest[] {
    const since = (symbol: string): number => this.askedAt.get(symbol) ?? Number.NEGATIVE_INFINITY;
    const due = symbols.filter((symbol) => now - since(symbol) >= TRADES_EVERY_MS);
    due.sort((a, b) => (since(a) === since(b) ? 0 : since(a) - since(b)));
    return due.slice(0, Math.max(0, most)).map((symbol) => {
      const from = Math.max(this.askedAt.get(symbol) ?? now, now - BACK_MS_MAX);
      this.askedAt.set(symbol, now);
      return tradeRequest(this.rest, symbol, epochMs(from - OVERLAP_MS));
    });
  }

  private forgetOthers(symbols: readonly string[]): void {
    if (this.askedAt.size <= symbols.length) return;
    const kept = new Set(symbols);
    for (const symbol of this.askedAt.keys()) if (!kept.has(symbol)) this.askedAt.delete(symbol);
  }
}
