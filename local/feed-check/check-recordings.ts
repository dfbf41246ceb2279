import { basename } from 'node:path';
import { isFilteredRecording } from '../../adapters/recordings/filtered-recording.ts';
import { ENDLESS_LINE, readLines } from '../../adapters/recordings/line-reader.ts';
import {
  parseRecordedLine,
  type RecordingError,
  type Stamp,
} from '../../adapters/recordings/recorded-line.ts';
import {
  emptyRecording,
  endlessRecording,
  inWords,
  LINES_BEFORE_GIVING_UP,
  notARecording,
  ofOtherVenue,
} from '../../adapters/recordings/recording-source.ts';
import type { FollowedInstrument } from '../../adapters/venues/followed-instrument.ts';
import type { VenueReader } from '../../adapters/venues/venue-reader.ts';
import type { WireId } from '../../adapters/venues/wire.ts';
import type { InstrumentId } from '../../core/market/instrument.ts';
import type { MarketUpdate } from '../../core/market/market-update.ts';
import { feedId } from '../../core/market/window.ts';
import { type EpochMs, epochMs } from '../../core/time.ts';
import { FeedPipeline } from '../../fargate/feed-pipeline.ts';
import { type BookPicture, bookPicture } from './book-picture.ts';
import { looseRules } from './loose-rules.ts';
import { type Moment, nanosOf } from './receive-stamp.ts';
import { Sighting } from './sighting.ts';

export interface CheckOptions {
  readonly files: readonly string[];
  /** Reads only the lines of this wire. */
  readonly wire?: WireId;
  /** Moments at which every book is pictured. */
  readonly at: readonly Moment[];
  /** Told how many lines were read, now and then. */
  readonly onProgress?: (lines: number) => void;
}

/** What was found about one instrument. */
export interface InstrumentFindings {
  readonly wire: WireId;
  /** The venue's own symbol; with the wire before it where another wire has the same one. */
  readonly name: string;
  readonly followed: FollowedInstrument;
  readonly sighting: Sighting;
  readonly compareWith: string | null;
  readonly final: BookPicture;
  /** At the moments asked for, in the order asked. */
  readonly at: readonly BookPicture[];
}

export interface Findings {
  readonly wires: readonly WireId[];
  readonly files: number;
  readonly frames: number;
  readonly malformed: number;
  readonly unknown: ReadonlyMap<string, number>;
  readonly instruments: readonly InstrumentFindings[];
}

/** What each wire's own messages say of the book beside the book itself, by the name of that message. */
const COMPARED_WITH: Readonly<Record<WireId, string | null>> = {
  'binance-spot': 'bookTicker',
  'coinbase-advanced': 'ticker',
  'coinbase-exchange': 'ticker',
  'mexc-spot': 'publicAggreBookTicker',
  polymarket: 'price_change',
  kalshi: 'ticker',
  espn: null,
};

const NO_FRAME = 'none of its lines is a recorded frame';
/** Lines between two words about the progress. */
const PROGRESS_LINES = 10_000;

/**
 * Reads recordings one after the other through the very readers that a live feed uses, with every instrument followed that
 * is met, and says what it found.
 * @throws RecordingError in words when a file is missing, unreadable or no recording.
 */
export async function checkRecordings(options: CheckOptions): Promise<Findings> {
  const { files, wire = 'kalshi' } = options;
  const run = new CheckRun(options, wire === 'kalshi' && (await isFilteredRecording(files)));
  let empty: RecordingError | undefined;
  let isAnythingThere = false;
  for (const file of files) {
    if (await run.read(file)) isAnythingThere = true;
    else empty ??= emptyRecording(file);
  }
  // A recorder that was killed as it began a file leaves an empty one; alone it is worth saying.
  if (!isAnythingThere && empty !== undefined) throw empty;
  return run.findings();
}

class CheckRun {
  private readonly options: CheckOptions;
  private readonly pipeline: FeedPipeline;
  /** Two wires of one venue may tell of the same instrument. */
  private readonly sightings = new Map<WireId, Map<InstrumentId, Sighting>>();
  private readonly pictures = new Map<FollowedInstrument, Map<string, BookPicture>>();
  /** Of the line that is being read. */
  private wire: WireId | undefined;
  /** Moments still to be pictured, earliest first. */
  private readonly ahead: Moment[];
  private stamp: Stamp | null = null;
  private receivedAt: EpochMs = epochMs(0);
  private frames = 0;
  private corrupt = 0;
  private lines = 0;
  /** Which venue that Deckle cannot read the newest such line is of. */
  private otherVenue: string | undefined;

  constructor(options: CheckOptions, isFiltered: boolean) {
    this.options = options;
    this.ahead = [...options.at].sort((a, b) => (a.nanos < b.nanos ? -1 : a.nanos > b.nanos ? 1 : 0));
    this.pipeline = new FeedPipeline({
      ids: [],
      instruments: [],
      rulesOfAny: looseRules,
      kalshi: { gapCheck: !isFiltered },
      feedId: feedId('check'),
      windowMs: 1_000,
      depth: 1,
      configHash: '',
      epoch: 0,
      need: () => undefined,
      note: () => undefined,
      onUpdate: (update) => this.see(update),
    });
  }

  /** Whether there was a line in it. */
  async read(file: string): Promise<boolean> {
    const { wire, onProgress } = this.options;
    const before = { frames: this.frames, corrupt: this.corrupt };
    let lines = 0;
    this.otherVenue = undefined;
    try {
      for await (const batch of readLines(file, new AbortController().signal)) {
        for (const line of batch.lines) {
          if (line.length === 0) continue;
          lines += 1;
          this.lines += 1;
          if (this.lines % PROGRESS_LINES === 0) onProgress?.(this.lines);
          this.take(line, wire);
          // What holds no line of a recorder so far is something else, however long it goes on.
          if (lines === LINES_BEFORE_GIVING_UP && this.corrupt - before.corrupt === lines)
            throw this.unreadable(file);
        }
        if (lines === 0 && batch.fault === ENDLESS_LINE) throw endlessRecording(file);
        if (batch.fault !== undefined) this.corrupt += 1;
      }
    } catch (error) {
      throw inWords(error, file);
    }
    if (lines > 0 && this.frames === before.frames && this.corrupt - before.corrupt >= lines)
      throw this.unreadable(file);
    return lines > 0;
  }

  private unreadable(file: string): RecordingError {
    return this.otherVenue === undefined
      ? notARecording(basename(file), NO_FRAME)
      : ofOtherVenue(basename(file), this.otherVenue);
  }

  findings(): Findings {
    for (const moment of this.ahead.splice(0)) this.picture(moment.text);
    const readers = [...this.pipeline.wires()];
    const unknown = new Map<string, number>();
    for (const reader of readers)
      for (const [kind, count] of reader.unknown) unknown.set(kind, (unknown.get(kind) ?? 0) + count);
    return {
      wires: readers.map((reader) => reader.wire),
      files: this.options.files.length,
      frames: this.frames,
      malformed: this.corrupt + readers.reduce((sum, { frames }) => sum + frames.malformed, 0),
      unknown,
      instruments: named(
        readers.flatMap((reader) =>
          [...reader.followed()].flatMap((followed) => this.about(followed, reader)),
        ),
      ),
    };
  }

  private about(followed: FollowedInstrument, reader: VenueReader): Unnamed[] {
    if (followed.messages.size === 0) return [];
    const sighting = this.sightingOf(reader.wire, followed.instrument.id);
    sighting.end(this.receivedAt);
    return [
      {
        wire: reader.wire,
        followed,
        sighting,
        compareWith: COMPARED_WITH[reader.wire],
        final: bookPicture(followed, reader.bookOf(followed), sighting.lastStamp),
        at: this.options.at.map(({ text }) => this.pictureOf(followed, text)),
      },
    ];
  }

  /** Of an instrument that was not met by then, or of which no line says when it came, a book that nobody knows. */
  private pictureOf(followed: FollowedInstrument, at: string): BookPicture {
    const known = this.pictures.get(followed)?.get(at);
    return known ?? { ...bookPicture(followed, undefined, at), status: 'stale' };
  }

  private take(line: string, wire: WireId | undefined): void {
    const parsed = parseRecordedLine(line, this.receivedAt);
    if (parsed.kind === 'corrupt' || parsed.kind === 'other_venue') this.corrupt += 1;
    if (parsed.kind === 'other_venue') this.otherVenue = parsed.venue;
    if (parsed.kind !== 'frame' && parsed.kind !== 'control') return;
    const item = parsed.kind === 'frame' ? parsed.frame : parsed.item;
    if (wire !== undefined && item.wire !== wire) return;
    if (parsed.kind === 'frame') {
      this.pictureBefore(parsed.stamp);
      this.stamp = parsed.stamp;
      this.frames += 1;
    }
    if (item.receivedAt > this.receivedAt) this.receivedAt = item.receivedAt;
    this.wire = item.wire;
    for (const _ of this.pipeline.windowsBefore(item)) this.sweep();
    this.pipeline.take(item);
    this.sweep();
  }

  /** Finds the instruments whose messages this line added to. */
  private sweep(): void {
    for (const { wire, followed } of this.met())
      this.sightingOf(wire, followed.instrument.id).look(followed, this.receivedAt, this.stamp?.text ?? null);
  }

  private see(update: MarketUpdate): void {
    if (update.kind !== 'book' && update.kind !== 'book_doubted' && update.kind !== 'trade') return;
    if (this.wire !== undefined) this.sightingOf(this.wire, update.instrumentId).see(update, this.receivedAt);
  }

  private sightingOf(wire: WireId, id: InstrumentId): Sighting {
    const ofWire = this.sightings.get(wire) ?? new Map<InstrumentId, Sighting>();
    if (ofWire.size === 0) this.sightings.set(wire, ofWire);
    const known = ofWire.get(id);
    if (known !== undefined) return known;
    const sighting = new Sighting();
    ofWire.set(id, sighting);
    return sighting;
  }

  private *met(): Iterable<{
    readonly wire: WireId;
    readonly followed: FollowedInstrument;
    readonly reader: VenueReader;
  }> {
    for (const reader of this.pipeline.wires())
      for (const followed of reader.followed()) yield { wire: reader.wire, followed, reader };
  }

  /** Pictures every book as it was after the last line not after each moment that lies before this line. */
  private pictureBefore(stamp: Stamp | null): void {
    const nanos = stamp === null ? undefined : nanosOf(stamp);
    if (nanos === undefined) return;
    for (let next = this.ahead[0]; next !== undefined && next.nanos < nanos; next = this.ahead[0]) {
      this.ahead.shift();
      this.picture(next.text);
    }
  }

  private picture(at: string): void {
    for (const { wire, followed, reader } of this.met()) {
      if (this.sightingOf(wire, followed.instrument.id).lastStamp === null) continue;
      const pictures = this.pictures.get(followed) ?? new Map<string, BookPicture>();
      this.pictures.set(followed, pictures.set(at, bookPicture(followed, reader.bookOf(followed), at)));
    }
  }
}

type Unnamed = Omit<InstrumentFindings, 'name'>;

function named(found: readonly Unnamed[]): InstrumentFindings[] {
  const seen = new Map<string, number>();
  for (const { followed } of found) {
    const { symbol } = followed.instrument;
    seen.set(symbol, (seen.get(symbol) ?? 0) + 1);
  }
  return found.map((one) => {
    const { symbol } = one.followed.instrument;
    return { ...one, name: seen.get(symbol) === 1 ? symbol : `${one.wire}:${symbol}` };
  });
}
