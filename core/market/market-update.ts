import type { Price, Quantity } from '../amounts.ts';
import type { EpochMs } from '../time.ts';
import type { Candle, HistoryInterval } from './candle.ts';
import type { GameUpdate } from './game-watch.ts';
import type { Instrument, InstrumentId } from './instrument.ts';
import type { BookView } from './order-book.ts';
import type { QualityReason, Side } from './window.ts';

/** Why a book is no longer proven, in the words of the windows' quality flags. */
export type BookDoubt = 'gap' | 'hash' | 'refused' | 'crossed' | 'disconnected';

/**
 * What a venue's adapter tells the rest of the house, in our words. Receive time comes with the frame, not here: one
 * frame may cause several updates.
 */
export type MarketUpdate =
  /** Rules of an instrument, at the start and whenever they change. `tradable` is false while the venue does not trade it. */
  | { readonly kind: 'instrument'; readonly instrument: Instrument; readonly tradable: boolean }
  /** The venue stopped or resumed trading of an instrument whose rules stay as they are. */
  | {
      readonly kind: 'trading';
      readonly instrumentId: InstrumentId;
      readonly tradable: boolean;
      readonly detail: string;
    }
  /** The book was changed by one complete venue message, or proven by a snapshot. The view stays current afterwards. */
  | {
      readonly kind: 'book';
      readonly instrumentId: InstrumentId;
      readonly book: BookView;
      /** Venue time; null for a picture that carries none. */
      readonly occurredAt: EpochMs | null;
      /** A whole picture proved it: the first one, one after a doubt, or one that was asked for. */
      readonly isSnapshot?: boolean;
      /** It was asked for by REST, so that it is as old as the last answer: true until a stream takes over. */
      readonly isPolled?: boolean;
    }
  /** The book cannot be trusted until it is proven again. */
  | {
      readonly kind: 'book_doubted';
      readonly instrumentId: InstrumentId;
      readonly doubt: BookDoubt;
      readonly detail: string;
    }
  /** Best prices in ticks of the instrument's book, newer than the book's last complete message. */
  | {
      readonly kind: 'touch';
      readonly instrumentId: InstrumentId;
      readonly bidTicks: number;
      readonly askTicks: number;
    }
  | {
      readonly kind: 'trade';
      readonly instrumentId: InstrumentId;
      readonly price: Price;
      readonly quantity: Quantity;
      readonly aggressor: Side;
      /** Venue trades behind this message; more than one when the venue aggregates. */
      readonly trades: number;
      /** The venue's own ids; a text where they are no numbers. */
      readonly firstTradeId: number | string;
      readonly lastTradeId: number | string;
      readonly occurredAt: EpochMs;
      /** Asked for in turn: it is as old as the turn is long, which says nothing of the venue's clock. */
      readonly isPolled?: boolean;
    }
  /** Trades are known to be missing, or one was refused: prints of this moment are not complete. */
  | {
      readonly kind: 'trades_lost';
      readonly instrumentId: InstrumentId;
      readonly flag: 'gap' | 'refused' | 'disconnected';
      readonly detail: string;
    }
  /** Something about a message was wrong without making the book doubtful; it is counted and flags the picture. */
  | {
      readonly kind: 'fault';
      readonly instrumentId: InstrumentId;
      readonly reason: QualityReason;
      readonly detail: string;
    }
  /** A contract's outcome. Not final: announced, may still change; positions are marked. Final: they are paid. */
  | {
      readonly kind: 'settlement';
      readonly instrumentId: InstrumentId;
      /** What one contract pays, 0 to 1 of the quote asset; may be a fraction. */
      readonly payout: Price;
      readonly isFinal: boolean;
      readonly occurredAt: EpochMs | null;
    }
  /** What the venue told of its own bars, in answer to a question about those that start in `[from, through]`. */
  | {
      readonly kind: 'candles';
      readonly instrumentId: InstrumentId;
      readonly interval: HistoryInterval;
      /** The part of the question that is answered: of a bar in it that is not among the candles, nothing is known. */
      readonly from: EpochMs;
      readonly through: EpochMs;
      /** Oldest first, each start once, all complete. */
      readonly candles: readonly Candle[];
      readonly source: 'venue';
    }
  /** A game's state changed, or it is told again so that silence is none. */
  | { readonly kind: 'game'; readonly update: GameUpdate };

/** The instrument that an update is about; undefined for a game. */
export function subjectOf(update: MarketUpdate): InstrumentId | undefined {
  switch (update.kind) {
    case 'instrument':
      return update.instrument.id;
    case 'game':
      return undefined;
    case 'trading':
    case 'book':
    case 'book_doubted':
    case 'touch':
    case 'trade':
    case 'trades_lost':
    case 'fault':
    case 'settlement':
    case 'candles':
      return update.instrumentId;
  }
}
