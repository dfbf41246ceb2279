import type { Price, Quantity } from '../amounts.ts';
import { invariant } from '../invariant.ts';
import type { EpochMs } from '../time.ts';
import type { Candle, CandleInterval } from './candle.ts';
import type { GameState } from './game.ts';
import type { InstrumentId, VenueId } from './instrument.ts';

export type Side = 'buy' | 'sell';
export type FeedId = string & { readonly brand: 'FeedId' };

export const feedId = (text: string): FeedId => text as FeedId;
export const opposite = (side: Side): Side => (side === 'buy' ? 'sell' : 'buy');

/**
 * `live`: the book is proven and current. `stale`: a message was lost or the book is not built yet; nothing fills.
 * `halted`: the instrument's breaker is open. `closed`: the venue does not trade it.
 */
export type InstrumentStatus = 'live' | 'stale' | 'halted' | 'closed';

/** What was wrong with a message or a book, each a counted reason; too many in a minute open the instrument's breaker. */
export const QUALITY_REASONS = [
  'crossed',
  'gap',
  'hash',
  'late',
  'clock_jump',
  'outlier',
  'off_tick',
  'out_of_bounds',
  'refused',
] as const;
export type QualityReason = (typeof QUALITY_REASONS)[number];

/**
 * Why a picture of an instrument is not to be trusted fully. `crossed` and `locked` describe the book at the close,
 * `polled` says that it was asked for by REST, `disconnected` that no connection carried it for a while.
 */
export type QualityFlag = QualityReason | 'locked' | 'polled' | 'disconnected';

/** Whether a window's picture of an instrument can be believed: fully, with reservations, or not at all. */
export type Verdict = 'clean' | 'degraded' | 'blind';

export interface Level {
  readonly price: Price;
  readonly quantity: Quantity;
}

/** Quantity traded at one price by one aggressor side since the previous window, with the first and last venue trade id. */
export interface Print {
  readonly price: Price;
  readonly quantity: Quantity;
  /** The side that crossed the spread: `sell` prints use up resting bids. */
  readonly aggressor: Side;
  readonly trades: number;
  readonly firstTradeId: string;
  readonly lastTradeId: string;
}

/** What one instrument looked like at the close of a window, and what happened to it since the window before. */
export interface InstrumentWindow {
  readonly instrumentId: InstrumentId;
  readonly status: InstrumentStatus;
  /** Best first: bids descend, asks ascend; at most the feed's `depth` levels. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
  /** True when the venue's book holds no further level on that side, so that an absent price is known to be empty. */
  readonly bidsComplete: boolean;
  readonly asksComplete: boolean;
  /** Extremes of the touch inside the window; null when no live book was seen. */
  readonly highestBid: Price | null;
  readonly lowestAsk: Price | null;
  /** Sorted by price, then aggressor. */
  readonly prints: readonly Print[];
  readonly lastPrice: Price | null;
  /** The venue's book sequence at the close, as text; empty when there is no book yet. */
  readonly venueSequence: string;
  /** Venue time and receive time of the newest update, null when there was none yet. */
  readonly occurredAt: EpochMs | null;
  readonly receivedAt: EpochMs | null;
  readonly quality: readonly QualityFlag[];
  readonly verdict: Verdict;
  /** Candles that closed with this window, shortest interval first, oldest first. */
  readonly candles: readonly Candle[];
}

/** The outcome of a contract as the venue announced it; `isFinal` once it is paid and will not change. */
export interface Settlement {
  readonly instrumentId: InstrumentId;
  /** What one contract pays, 0 to 1 of the quote asset. */
  readonly payout: Price;
  readonly isFinal: boolean;
  readonly occurredAt: EpochMs | null;
}

/** Estimated venue clock minus our receive clock in milliseconds, of each venue that was measured. */
export type ClockOffsets = Readonly<Partial<Record<VenueId, number>>>;

/**
 * What anyone sees at `closedAt`: every instrument of a feed at once. Identity is `(feedId, closedAt)`; `seq` counts
 * within one life of the feed and `epoch` is the lease's fencing token, neither is part of any id.
 */
export interface MarketWindow {
  readonly feedId: FeedId;
  readonly closedAt: EpochMs;
  /** Null on the first window of a life of the feed. */
  readonly previousClosedAt: EpochMs | null;
  readonly seq: number;
  readonly epoch: number;
  readonly configHash: string;
  readonly clockOffsets: ClockOffsets;
  /** Candle intervals that closed anywhere in this window; the bus filters on it. */
  readonly closes: readonly CandleInterval[];
  /** Sorted by instrument id. */
  readonly instruments: readonly InstrumentWindow[];
  /** Outcomes that were announced or became final in it, in the order in which they came. */
  readonly settlements: readonly Settlement[];
  /** Newest state of each game that changed in it, by league, then game. */
  readonly games: readonly GameState[];
}

export const instrumentOf = (window: MarketWindow, id: InstrumentId): InstrumentWindow | undefined =>
  window.instruments.find((one) => one.instrumentId === id);

/** A live, uncrossed book: the only kind that fills orders or makes marks. */
export const isClean = (one: InstrumentWindow): boolean =>
  one.status === 'live' && !one.quality.includes('crossed') && one.bids.length > 0 && one.asks.length > 0;

/** Half of best bid plus best ask, rounded down to 10^-8; null unless the book is clean. */
export function mid(one: InstrumentWindow): Price | null {
  const bid = one.bids[0];
  const ask = one.asks[0];
  return isClean(one) && bid && ask ? (((bid.price + ask.price) / 2n) as Price) : null;
}

/** Windows in their order, cut wherever the configuration that they were made with changes. */
export function byConfiguration(windows: readonly MarketWindow[]): readonly (readonly MarketWindow[])[] {
  const runs: MarketWindow[][] = [];
  for (const window of windows) {
    const run = runs.at(-1);
    if (run?.[0]?.configHash === window.configHash) run.push(window);
    else runs.push([window]);
  }
  return runs;
}

/** The configuration that the newest of an event's windows was made with. */
export function configHashOf(windows: readonly MarketWindow[]): string {
  const newest = windows.at(-1);
  invariant(newest !== undefined, 'an event carries at least one window');
  return newest.configHash;
}
