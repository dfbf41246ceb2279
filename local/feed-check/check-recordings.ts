import { basename } from 'node:path';
import { isFilteredRecording } from '../../adapters/recordings/filtered-recording.ts';
import { readLines } from '../../adapters/recordings/line-reader.ts';
import { parseRecordedLine, RecordingError, type Stamp } from '../../adapters/recordings/recorded-line.ts';
import { emptyRecording, inWords } from '../../adapters/recordings/recording-source.ts';
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
  readonly followed: FollowedInstrument;
  readonly sighting: Sighting;
  readonly compareWith: string | null;
  readonly final: BookPicture;
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
  private readonly sightings = new Map<InstrumentId, Sighting>();
  private readonly pictures = new Map<InstrumentId, Map<string, BookPicture>>();
  /** Moments that were pictured. */
  private readonly behind: string[] = [];
  /** Moments still to be pictured, earliest first. */
  private readonly ahead: Moment[];
  private stamp: Stamp | null = null;
  private receivedAt: EpochMs = epochMs(0);
  private frames = 0;
  private corrupt = 0;
  private lines = 0;

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
    try {
      for await (const batch of readLines(file, new AbortController().signal)) {
        for (const line of batch.lines) {
          if (line.length === 0) continue;
          lines += 1;
          this.lines += 1;
          if (this.lines % PROGRESS_LINES === 0) onProgress?.(this.lines);
          this.take(line, wire);
        }
        if (batch.fault !== undefined) this.corrupt += 1;
      }
    } catch (error) {
      throw inWords(error, file);
    }
    if (lines > 0 && this.frames === before.frames && this.corrupt - before.corrupt >= lines)
      throw new RecordingError(`${basename(file)} is not a recording: none of its lines is a recorded frame`);
    return lines > 0;
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
      instruments: readers.flatMap((reader) =>
        [...reader.followed()].flatMap((followed) => this.about(followed, reader)),
      ),
    };
  }

  private about(followed: FollowedInstrument, reader: VenueReader): InstrumentFindings[] {
    const sighting = this.sightings.get(followed.instrument.id);
    if (sighting === undefined || followed.messages.size === 0) return [];
    sighting.end(this.receivedAt);
    return [
      {
        followed,
        sighting,
        compareWith: COMPARED_WITH[reader.wire],
        final: bookPicture(followed, reader.bookOf(followed), sighting.lastStamp),
        at: this.behind.map((at) => this.pictureOf(followed, at)),
      },
    ];
  }

  /** Of an instrument that was not met by then, a book that nobody knows. */
  private pictureOf(followed: FollowedInstrument, at: string): BookPicture {
    const known = this.pictures.get(followed.instrument.id)?.get(at);
    return known ?? { ...bookPicture(followed, undefined, at), status: 'stale' };
  }

  private take(line: string, wire: WireId | undefined): void {
    const parsed = parseRecordedLine(line, this.receivedAt);
    if (parsed.kind === 'corrupt' || parsed.kind === 'other_venue') this.corrupt += 1;
    if (parsed.kind !== 'frame' && parsed.kind !== 'control') return;
    const item = parsed.kind === 'frame' ? parsed.frame : parsed.item;
    if (wire !== undefined && item.wire !== wire) return;
    if (parsed.kind === 'frame') {
      this.pictureBefore(parsed.stamp);
      this.stamp = parsed.stamp;
      this.frames += 1;
    }
    if (item.receivedAt > this.receivedAt) this.receivedAt = item.receivedAt;
    for (const _ of this.pipeline.windowsBefore(item)) this.sweep();
    this.pipeline.take(item);
    this.sweep();
  }

  /** Finds the instruments whose messages this line added to. */
  private sweep(): void {
    for (const followed of this.pipeline.followed()) {
      const id = followed.instrument.id;
      let sighting = this.sightings.get(id);
      if (sighting === undefined) {
        sighting = new Sighting();
        this.sightings.set(id, sighting);
      }
      sighting.look(followed, this.receivedAt, this.stamp?.text ?? null);
    }
  }

  private see(update: MarketUpdate): void {
    if (update.kind !== 'book' && update.kind !== 'book_doubted' && update.kind !== 'trade') return;
    const sighting = this.sightings.get(update.instrumentId) ?? new Sighting();
    this.sightings.set(update.instrumentId, sighting);
    sighting.see(update, this.receivedAt);
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
    this.behind.push(at);
    for (const reader of this.pipeline.wires())
      for (const followed of reader.followed()) {
        const { id } = followed.instrument;
        const pictures = this.pictures.get(id) ?? new Map<string, BookPicture>();
        this.pictures.set(id, pictures.set(at, bookPicture(followed, reader.bookOf(followed), at)));
      }
  }
}
