import type { SourceFault } from '../adapters/venues/frame-source.ts';
import type { ReaderNote } from '../adapters/venues/venue-reader.ts';
import type { InstrumentId } from '../core/market/instrument.ts';
import type { EpochMs } from '../core/time.ts';

/** Something out of the ordinary that the feed met; each is counted elsewhere too, this is the sentence for people. */
export interface FeedNote {
  readonly kind:
    | ReaderNote['kind']
    | SourceFault['reason']
    | 'book_doubted'
    | 'book_proven'
    | 'trades_lost'
    | 'trading_stopped'
    | 'trading_resumed'
    | 'breaker_opened'
    | 'breaker_closing_wanted'
    | 'breaker_closed';
  /** Receive time of the frame, null before the first. */
  readonly at: EpochMs | null;
  readonly instrumentId?: InstrumentId;
  readonly detail: string;
}
