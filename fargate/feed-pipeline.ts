import type { FollowedInstrument } from '../adapters/venues/followed-instrument.ts';
import type { Beat, Frame, Need, SourceFault, SourceItem } from '../adapters/venues/frame-source.ts';
import { isKlines } from '../adapters/venues/klines.ts';
import { createReader, type Reading } from '../adapters/venues/readers.ts';
import type { VenueReader } from '../adapters/venues/venue-reader.ts';
import { venueOfWire, type WireId } from '../adapters/venues/wire.ts';
import { type Instrument, type InstrumentId, instrumentId, venueOf } from '../core/market/instrument.ts';
import type { MarketUpdate } from '../core/market/market-update.ts';
import type { BreakerChange } from '../core/market/quality/instrument-quality.ts';
import type { FeedId, MarketWindow } from '../core/market/window.ts';
import { WindowBuilder } from '../core/market/window-builder.ts';
import type { EpochMs } from '../core/time.ts';
import { FeedNews } from './feed-news.ts';
import type { FeedNote } from './feed-note.ts';
import { KlinesFrames } from './klines-frames.ts';

export interface PipelineOptions extends Reading {
  readonly feedId: FeedId;
  readonly windowMs: number;
  /** Levels shown per side. */
  readonly depth: number;
  readonly configHash: string;
  readonly epoch: number;
  need(need: Need): void;
  note(note: FeedNote): void;
  /** Sees each update as it is applied: to look into a recording. */
  onUpdate?(update: MarketUpdate): void;
}

/** When, by the receive time of its frame, and why a book became doubtful. */
export type Doubt = Pick<FeedNote, 'at' | 'detail'>;

/**
 * Frames in, windows out: the readers of the venues' wires and the window builder joined. Pure in its inputs, so a
 * recording, the demo and a live feed give the same windows for the same frames.
 */
export class FeedPipeline {
  readonly windows: WindowBuilder;
  /** What has to be told with the next window. */
  readonly news: FeedNews;
  /** The venues' own bars, as they are told on request. */
  readonly klines: KlinesFrames;
  private readonly options: PipelineOptions;
  private readonly readers = new Map<WireId, VenueReader>();
  /** The reader of the last frame: frames of one wire come in rows. */
  private newest: VenueReader | undefined;
  /** Why a book is not proven: what made it doubtful first, since the rest follows from it. */
  private readonly doubts = new Map<InstrumentId, Doubt>();
  private at: EpochMs | undefined;

  constructor(options: PipelineOptions) {
    this.options = options;
    this.news = new FeedNews(options.feedId);
    this.klines = new KlinesFrames({
      isFollowed: ({ wire }, symbol) => this.isFollowed(wire, symbol),
      emit: (update) => this.apply(update),
      malformed: (detail, id) => this.say('malformed', id, detail),
    });
    const ids = [...options.ids, ...options.instruments.map((one) => one.id)];
    this.windows = new WindowBuilder({
      ...options,
      instruments: [...new Set(ids)],
      rules: options.instruments,
      onBreaker: (id, change) => this.changeBreaker(id, change),
      onEdge: (edge) => {
        for (const reader of this.readers.values()) reader.tick(edge);
      },
    });
  }

  /** Windows that close before this item; take them all, then {@link take} the item. */
  windowsBefore(item: Exclude<SourceItem, SourceFault> | Beat): Iterable<MarketWindow> {
    if ('beat' in item) return this.windows.advanceTo(item.beat);
    this.at = item.receivedAt;
    return this.windows.frameAt(item.receivedAt);
  }

  take(item: Exclude<SourceItem, SourceFault>): void {
    if ('raw' in item) this.takeFrame(item);
    else if ('change' in item) this.readerOf(item.wire).changeConnection(item);
    else if ('venueOpen' in item) this.readerOf(item.wire).changeVenue(item);
    else if ('outage' in item) {
      const { wire, receivedAt, outage, detail } = item;
      this.news.venue(venueOfWire(wire) ?? wire, outage === 'begun', receivedAt, detail);
    } else {
      const venue = venueOfWire(item.wire);
      this.readerOf(item.wire).changeFollowed(item);
      if (venue === null) return;
      const ids = (symbols: readonly string[]) => symbols.map((symbol) => instrumentId(venue, symbol));
      for (const id of ids(item.unfollow)) this.doubts.delete(id);
      this.windows.follow(ids(item.follow), ids(item.unfollow));
    }
  }

  /** Readers of all wires that were heard of, in the order in which they were. */
  wires(): Iterable<VenueReader> {
    return this.readers.values();
  }

  /** Everything that is kept of the instruments, over all wires. */
  *followed(): Iterable<FollowedInstrument> {
    for (const reader of this.readers.values()) yield* reader.followed();
  }

  /** Rules of all instruments, as announced, else as known before. */
  instruments(): readonly Instrument[] {
    const announced = [...this.followed()].map((one) => one.instrument);
    return [
      ...announced,
      ...this.options.instruments.filter((one) => !announced.some(({ id }) => id === one.id)),
    ];
  }

  /** The wire over which an instrument comes; undefined before anything was heard of its venue. */
  wireOf(id: InstrumentId): WireId | undefined {
    const venue = venueOf(id);
    return [...this.readers.keys()].find((wire) => venueOfWire(wire) === venue);
  }

  /** Why the book of an instrument is doubted now; undefined when it is proven, or never was doubted. */
  doubtOf(id: InstrumentId): Doubt | undefined {
    return this.doubts.get(id);
  }

  private takeFrame(frame: Frame): void {
    const reader = this.newest?.wire === frame.wire ? this.newest : this.readerOf(frame.wire);
    this.newest = reader;
    if (isKlines(frame)) this.klines.take(frame);
    else reader.read(frame);
  }

  private isFollowed(wire: WireId, symbol: string): boolean {
    for (const one of this.readerOf(wire).followed()) if (one.instrument.symbol === symbol) return true;
    return false;
  }

  private readerOf(wire: WireId): VenueReader {
    const known = this.readers.get(wire);
    if (known !== undefined) return known;
    const reader = createReader(wire, this.options, {
      emit: (update) => this.apply(update),
      need: (need) => this.options.need(need),
      note: ({ kind, detail }) => this.say(kind, undefined, detail),
    });
    this.readers.set(wire, reader);
    return reader;
  }

  private apply(update: MarketUpdate): void {
    this.windows.apply(update);
    this.options.onUpdate?.(update);
    if (update.kind === 'book') {
      if (this.doubts.size > 0 && this.doubts.delete(update.instrumentId)) {
        this.say('book_proven', update.instrumentId, 'the book is proven again');
      }
      return;
    }
    switch (update.kind) {
      case 'book_doubted':
        if (!this.doubts.has(update.instrumentId))
          this.doubts.set(update.instrumentId, { at: this.at ?? null, detail: update.detail });
        this.say(update.kind, update.instrumentId, update.detail);
        return;
      case 'trades_lost':
        this.say(update.kind, update.instrumentId, update.detail);
        return;
      case 'game':
        this.news.game(update.update);
        return;
      case 'trading':
        this.say(update.tradable ? 'trading_resumed' : 'trading_stopped', update.instrumentId, update.detail);
        return;
      default:
    }
  }

  private changeBreaker(id: InstrumentId, change: BreakerChange): void {
    this.say(`breaker_${change.kind}`, id, change.detail);
    this.news.breaker(id, change);
    if (change.kind !== 'closing_wanted') return;
    for (const reader of this.readers.values()) reader.prove(id, 'its breaker closes with a fresh picture');
  }

  private say(kind: FeedNote['kind'], instrument: InstrumentId | undefined, detail: string): void {
    const at = this.at ?? null;
    this.options.note(
      instrument === undefined ? { kind, at, detail } : { kind, at, detail, instrumentId: instrument },
    );
  }
}
