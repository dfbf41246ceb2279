import { BinanceReader } from '../adapters/venues/binance/reader.ts';
import type { Frame, SnapshotRequest } from '../adapters/venues/frame-source.ts';
import type { VenueReader } from '../adapters/venues/venue-reader.ts';
import { type Instrument, type InstrumentId, instrumentId } from '../core/market/instrument.ts';
import type { MarketUpdate } from '../core/market/market-update.ts';
import type { FeedId, MarketWindow } from '../core/market/window.ts';
import { WindowBuilder } from '../core/market/window-builder.ts';
import type { EpochMs } from '../core/time.ts';
import type { FeedNote } from './feed-note.ts';

export interface PipelineOptions {
  readonly feedId: FeedId;
  readonly windowMs: number;
  /** Levels shown per side. */
  readonly depth: number;
  readonly configHash: string;
  readonly epoch: number;
  readonly instruments: readonly Instrument[];
  /** Symbols followed beyond `instruments`, whose rules the venue announces. */
  readonly symbols?: readonly string[];
  requestSnapshot(request: SnapshotRequest): void;
  note(note: FeedNote): void;
}

/** When, by the receive time of its frame, and why a book became doubtful. */
export type Doubt = Pick<FeedNote, 'at' | 'detail'>;

/**
 * Frames in, windows out: the venue's reader and the window builder joined. Pure in its inputs, so a recording, the demo
 * and a live feed give the same windows for the same frames.
 */
export class FeedPipeline {
  readonly reader: VenueReader;
  readonly windows: WindowBuilder;
  private readonly options: PipelineOptions;
  /** Why a book is not proven: what made it doubtful first, since the rest follows from it. */
  private readonly doubts = new Map<InstrumentId, Doubt>();
  private at: EpochMs | undefined;

  constructor(options: PipelineOptions) {
    this.options = options;
    const ids = [
      ...options.instruments.map((one) => one.id),
      ...(options.symbols ?? []).map((symbol) => instrumentId('binance', symbol)),
    ];
    this.windows = new WindowBuilder({ ...options, instruments: [...new Set(ids)] });
    this.reader = new BinanceReader(options, {
      emit: (update) => this.apply(update),
      requestSnapshot: (request) => options.requestSnapshot(request),
      note: ({ kind, detail }) => this.say(kind, undefined, detail),
    });
  }

  /** Windows that close before this frame; take them all, then {@link take} the frame. */
  windowsBefore(frame: Frame): Iterable<MarketWindow> {
    this.at = frame.receivedAt;
    return this.windows.frameAt(frame.receivedAt);
  }

  take(frame: Frame): void {
    this.reader.read(frame);
  }

  /** Why the book of an instrument is doubted now; undefined when it is proven, or never was doubted. */
  doubtOf(id: InstrumentId): Doubt | undefined {
    return this.doubts.get(id);
  }

  private apply(update: MarketUpdate): void {
    this.windows.apply(update);
    if (update.kind === 'book') {
      if (this.doubts.size > 0 && this.doubts.delete(update.instrumentId)) {
        this.say('book_proven', update.instrumentId, 'the book is proven again');
      }
    } else if (update.kind === 'book_doubted' || update.kind === 'trades_lost') {
      if (update.kind === 'book_doubted' && !this.doubts.has(update.instrumentId))
        this.doubts.set(update.instrumentId, { at: this.at ?? null, detail: update.detail });
      this.say(update.kind, update.instrumentId, update.detail);
    }
  }

  private say(kind: FeedNote['kind'], instrument: InstrumentId | undefined, detail: string): void {
    const at = this.at ?? null;
    this.options.note(
      instrument === undefined ? { kind, at, detail } : { kind, at, detail, instrumentId: instrument },
    );
  }
}
