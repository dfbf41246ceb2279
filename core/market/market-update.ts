import type { Price, Quantity } from '../amounts.ts';
import type { EpochMs } from '../time.ts';
import type { Instrument, InstrumentId } from './instrument.ts';
import type { BookView } from './order-book.ts';
import type { QualityFlag, Side } from './window.ts';

/** Why a book is no longer proven, in the words of the windows' quality flags. */
export type BookDoubt = Extract<QualityFlag, 'gap' | 'refused' | 'crossed'>;

/**
 * What a venue's adapter tells the rest of the house, in our words. Receive time comes with the frame, not here: one
 * frame may cause several updates.
 */
export type MarketUpdate =
  /** Rules of an instrument, at the start and whenever they change. `tradable` is false while the venue does not trade it. */
  | { readonly kind: 'instrument'; readonly instrument: Instrument; readonly tradable: boolean }
  /** The book was changed by one complete venue message, or proven by a snapshot. The view stays current afterwards. */
  | {
      readonly kind: 'book';
      readonly instrumentId: InstrumentId;
      readonly book: BookView;
      /** Venue time; null for a picture that carries none. */
      readonly occurredAt: EpochMs | null;
    }
  /** The book cannot be trusted until it is proven again. */
  | {
      readonly kind: 'book_doubted';
      readonly instrumentId: InstrumentId;
      readonly doubt: BookDoubt;
      readonly detail: string;
    }
  /** Best prices in ticks of the instrument, newer than the book's last complete message. */
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
      readonly firstTradeId: number;
      readonly lastTradeId: number;
      readonly occurredAt: EpochMs;
    }
  /** Trades are known to be missing, or one was refused: prints of this moment are not complete. */
  | {
      readonly kind: 'trades_lost';
      readonly instrumentId: InstrumentId;
      readonly flag: Extract<QualityFlag, 'gap' | 'refused'>;
      readonly detail: string;
    };
