import { ONE } from '../../core/amounts.ts';
import { invariant } from '../../core/invariant.ts';
import type { Instrument } from '../../core/market/instrument.ts';
import type { EpochMs } from '../../core/time.ts';
import { SimBook, type SimTrade } from './sim-book.ts';
import { SimCandles } from './sim-candles.ts';
import { StateLog } from './state-log.ts';
import { StepText } from './step-text.ts';

/** An instrument of a simulated venue and what its market is like. */
export interface SimListing {
  readonly instrument: Instrument;
  /**
   * The instrument of the opposite outcome, where it trades by itself: it has no book of its own but shows this one turned
   * over, a bid at p as an ask at 1 - p.
   */
  readonly mirror?: Instrument;
  /** Other symbols under which the venue shows this very book. */
  readonly aliases?: readonly string[];
  readonly openingTicks: number;
  /** The price never leaves these bounds, both included; unless told, a twentieth below and above where it opens. */
  readonly ticksMin?: number;
  readonly ticksMax?: number;
  /** What a usual level holds. */
  readonly usualLots: number;
  /** Levels of a side, about; 40 unless told. */
  readonly levels?: number;
  /** Mean time between two things that happen; 100 ms unless told. May be below one. */
  readonly stepMs?: number;
}

export interface MarketTrade extends SimTrade {
  readonly at: EpochMs;
}

const LEVELS = 40;
const STEP_MS = 100;
/** Prices beyond this many ticks from where it opened are too far to wander to. */
const RANGE_TICKS_MAX = 4_096;
const TRADES_MAX = 1_000;
/** So many more are let come before the oldest are let go. */
const TRADES_SLACK = 100;
/** States remembered for the truth: minutes of a busy market. */
const STATES = 8_192;

/** One instrument's market at a simulated venue: its book, its trades, its bars, and every state its book was in. */
export class SimMarket {
  readonly listing: SimListing;
  readonly instrument: Instrument;
  readonly symbol: string;
  readonly stepMs: number;
  readonly book: SimBook;
  readonly candles: SimCandles;
  readonly states = new StateLog(STATES);
  /** Texts of prices and sizes with as many digits as their steps need. */
  readonly prices: StepText;
  readonly sizes: StepText;
  /** False while the venue has paused it: nothing happens. */
  isOpen = true;
  private recent: MarketTrade[] = [];

  constructor(listing: SimListing, seed: number, openedAt: EpochMs) {
    const { instrument, openingTicks, usualLots, levels = LEVELS, stepMs = STEP_MS } = listing;
    invariant(stepMs > 0, `${instrument.symbol}: stepMs must be above zero`);
    const range = Math.min(RANGE_TICKS_MAX, Math.max(2, Math.floor(openingTicks / 20)));
    const ticksMin = Math.max(1, listing.ticksMin ?? openingTicks - range);
    const ticksMax = listing.ticksMax ?? openingTicks + range;
    const market = { seed, label: instrument.symbol, ticksMin, ticksMax, openingTicks, usualLots };
    this.listing = listing;
    this.instrument = instrument;
    this.symbol = instrument.symbol;
    this.stepMs = stepMs;
    this.book = new SimBook({ ...market, levels });
    this.candles = new SimCandles({ ...market, openedAt });
    this.prices = new StepText(instrument.tickSize);
    this.sizes = new StepText(instrument.lotSize);
    this.states.add(this.book.digest, this.book.updateId, openedAt);
  }

  /** Lets one thing happen at a moment; the book tells what. */
  step(now: EpochMs): void {
    const { book } = this;
    book.step();
    for (const trade of book.trades) {
      const { id, tick, lots, aggressor } = trade;
      this.recent.push({ id, tick, lots, aggressor, at: now });
      this.candles.take(trade, now);
    }
    if (this.recent.length > TRADES_MAX + TRADES_SLACK) this.recent = this.recent.slice(-TRADES_MAX);
    this.states.add(book.digest, book.updateId, now);
  }

  /** The newest trades, oldest first. */
  trades(count: number): readonly MarketTrade[] {
    return count <= 0 ? [] : this.recent.slice(-Math.min(count, TRADES_MAX));
  }

  /** The venue counts its updates and trades anew from these ids. */
  restartIds(updateId: number, tradeId: number, now: EpochMs): void {
    this.book.updateId = updateId;
    this.book.tradeId = tradeId;
    this.recent = [];
    // The book as it stands has the new id from now on.
    this.states.add(this.book.digest, updateId, now);
  }

  /** Ticks of the mirrored instrument's price at a price of this one. */
  mirrored(ticks: number): number {
    return Number(ONE / this.instrument.tickSize) - ticks;
  }
}
