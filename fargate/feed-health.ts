import type { BeatingSource, SourceFault } from '../adapters/venues/frame-source.ts';
import type { HostStats } from '../adapters/venues/session/rest-lane.ts';
import { later } from '../adapters/venues/session/session-status.ts';
import { type FrameCounts, noFrameCounts, type VenueReader } from '../adapters/venues/venue-reader.ts';
import { venueOfWire, type WireId } from '../adapters/venues/wire.ts';
import type { Instrument, InstrumentId, VenueId } from '../core/market/instrument.ts';
import { noQualityCounts, type QualityCounts } from '../core/market/quality.ts';
import type {
  ClockOffsets,
  InstrumentStatus,
  MarketWindow,
  QualityFlag,
  QualityReason,
  Verdict,
} from '../core/market/window.ts';
import type { EpochMs } from '../core/time.ts';
import type { CandleKeeper, CandlesReport } from './candle-keeper.ts';
import type { FeedNote } from './feed-note.ts';
import type { FeedPipeline } from './feed-pipeline.ts';
import { KLINES_KIND, type KlinesCounts } from './klines-frames.ts';
import type { SilenceWatch } from './silence-watch.ts';
import { type VenueHealth, venueHealth } from './venue-health.ts';

const NOTES_MAX = 50;

export interface InstrumentHealth {
  readonly instrumentId: InstrumentId;
  /** As the newest window shows it; `stale` before one does. */
  readonly status: InstrumentStatus;
  readonly quality: readonly QualityFlag[];
  readonly verdict: Verdict;
  readonly counts: Readonly<QualityCounts>;
  /** Receive times of the newest message about it, as far as the newest window knows, and about its book; null before the first. */
  readonly lastMessageAt: EpochMs | null;
  readonly lastBookAt: EpochMs | null;
  /** The venue decided what it pays, or its trading has come to its announced end. */
  readonly isOver: boolean;
  /** The venue has announced it and does not trade it yet. */
  readonly isAhead: boolean;
  /** Since when and why it is not live or silent, in words; null when all is well or there is no window yet. */
  readonly trouble: string | null;
}

/** What came over one wire. */
export interface WireHealth {
  readonly wire: WireId;
  /** Null for scores. */
  readonly venue: VenueId | null;
  readonly frames: Readonly<FrameCounts>;
  /** By the wire's own names. */
  readonly messages: Readonly<Record<string, number>>;
  readonly unknown: Readonly<Record<string, number>>;
}

export interface FeedReport {
  readonly source: string;
  readonly connected: boolean;
  /** Connections to the venues, by venue and channel; empty where nothing is connected. */
  readonly venues: readonly VenueHealth[];
  /** REST hosts that are asked, with what they saw of this feed; empty where none is. */
  readonly hosts: readonly HostStats[];
  readonly lastFrameAt: EpochMs | null;
  readonly lastWindowAt: EpochMs | null;
  /** Windows built in this life, those of before a restart included, and those published by it. */
  readonly windowsBuilt: number;
  readonly windowsPublished: number;
  /** Windows in which some instrument showed a crossed book. */
  readonly windowsCrossed: number;
  /** Venue clock minus receive clock. */
  readonly clockOffsets: ClockOffsets;
  /** Slowest message of each venue in the newest window, against the quickest of the last minute; milliseconds. */
  readonly latencies: ClockOffsets;
  /** Of all wires together. */
  readonly frames: Readonly<FrameCounts & { unknown: number }>;
  readonly wires: readonly WireHealth[];
  /** What was wrong with messages and books since the feed began, by reason. */
  readonly failures: Readonly<Partial<Record<QualityReason, number>>>;
  readonly faults: Readonly<Record<SourceFault['reason'], number>>;
  readonly clampedStamps: number;
  readonly lateMessages: number;
  readonly longSilences: number;
  readonly instruments: readonly InstrumentHealth[];
  /** The bars that are kept as history; null where none are. */
  readonly candles: CandlesReport | null;
  /** The last notes, oldest first. */
  readonly notes: readonly FeedNote[];
}

type Connected = Pick<BeatingSource, 'name' | 'connections' | 'hosts'>;

/** What the feed can say of itself at any moment; read by `/health`, the metrics and the final summary. */
export class FeedHealth {
  private pipeline: FeedPipeline | undefined;
  private silence: SilenceWatch | undefined;
  private keeper: CandleKeeper | undefined;
  private source: Connected = { name: '' };
  private isConnected = false;
  private lastFrameAt: EpochMs | null = null;
  private newest: MarketWindow | undefined;
  private built = 0;
  /** Beats before the first window. */
  private beats = 0;
  private published = 0;
  private crossed = 0;
  private faults = noFaults();
  private readonly notes: FeedNote[] = [];

  /** A life of a feed begins, and its counts with it. */
  watch(
    source: Connected,
    pipeline: FeedPipeline,
    silence: SilenceWatch,
    keeper: CandleKeeper | undefined,
  ): void {
    this.source = source;
    this.pipeline = pipeline;
    this.silence = silence;
    this.keeper = keeper;
    this.built = 0;
    this.beats = 0;
    this.published = 0;
    this.crossed = 0;
    this.faults = noFaults();
  }

  connected(isConnected: boolean): void {
    this.isConnected = isConnected;
  }

  sawFrame(receivedAt: EpochMs): void {
    this.lastFrameAt = receivedAt;
  }

  sawBeat(): void {
    if (this.built === 0) this.beats += 1;
  }

  /** Grows while a life of the feed gets on: with each window, and with each beat until something comes to begin one with. */
  get progress(): number {
    return this.built + this.beats;
  }

  sawFault(fault: SourceFault): void {
    this.faults[fault.reason] += 1;
  }

  sawWindow(window: MarketWindow, isPublished: boolean): void {
    this.newest = window;
    this.built += 1;
    if (isPublished) this.published += 1;
    if (window.instruments.some((one) => one.quality.includes('crossed'))) this.crossed += 1;
  }

  note(note: FeedNote): void {
    this.notes.push(note);
    if (this.notes.length > NOTES_MAX) this.notes.shift();
  }

  /** Rules of an instrument as the venue last announced them, or as configured. */
  instrument(id: InstrumentId): Instrument | undefined {
    return this.rules().find((one) => one.id === id);
  }

  /** Rules of all instruments followed, as far as they are known. */
  rules(): readonly Instrument[] {
    return this.pipeline?.instruments() ?? [];
  }

  report(): FeedReport {
    const { pipeline, newest } = this;
    const wires = [...(pipeline?.wires() ?? [])].map((reader) =>
      wireHealth(reader, pipeline?.klines.counts(reader.wire)),
    );
    const instruments = this.instruments();
    return {
      source: this.source.name,
      venues: (this.source.connections?.() ?? []).map((one) => venueHealth(one, instruments)),
      hosts: this.source.hosts?.() ?? [],
      connected: this.isConnected,
      lastFrameAt: this.lastFrameAt,
      lastWindowAt: newest?.closedAt ?? null,
      windowsBuilt: this.built,
      windowsPublished: this.published,
      windowsCrossed: this.crossed,
      clockOffsets: pipeline?.windows.clockOffsets ?? {},
      latencies: pipeline?.windows.latencies ?? {},
      frames: sum(wires),
      wires,
      failures: Object.fromEntries(pipeline?.windows.failures() ?? []),
      faults: { ...this.faults },
      clampedStamps: pipeline?.windows.clampedStamps ?? 0,
      lateMessages: pipeline?.windows.lateMessages ?? 0,
      longSilences: pipeline?.windows.longSilences ?? 0,
      instruments,
      candles: this.keeper?.report() ?? null,
      notes: [...this.notes],
    };
  }

  private instruments(): InstrumentHealth[] {
    const counts = new Map<InstrumentId, Readonly<QualityCounts>>(
      [...(this.pipeline?.followed() ?? [])].map((one) => [one.instrument.id, one.counts]),
    );
    const shown = this.newest?.instruments ?? [];
    const followed = this.pipeline?.windows.instruments ?? [];
    const ids = [...new Set([...followed, ...shown.map((one) => one.instrumentId), ...counts.keys()])].sort();
    return ids.map((instrumentId) => {
      const picture = shown.find((one) => one.instrumentId === instrumentId);
      const lastBookAt = this.pipeline?.windows.lastBookAt(instrumentId) ?? null;
      return {
        instrumentId,
        status: picture?.status ?? 'stale',
        quality: picture?.quality ?? [],
        verdict: picture?.verdict ?? 'blind',
        counts: { ...(counts.get(instrumentId) ?? noQualityCounts()) },
        lastMessageAt: later(picture?.receivedAt ?? null, lastBookAt),
        lastBookAt,
        isOver: this.newest !== undefined && (this.silence?.isOver(instrumentId, this.newest) ?? false),
        isAhead:
          this.newest !== undefined && (this.silence?.opensAt(instrumentId, this.newest) ?? null) !== null,
        trouble: this.newest ? (this.silence?.trouble(instrumentId, this.newest) ?? null) : null,
      };
    });
  }
}

const noFaults = (): Record<SourceFault['reason'], number> => ({
  corrupt_line: 0,
  truncated: 0,
  clock_back: 0,
  overflow: 0,
});

const wireHealth = (
  { wire, frames, messages, unknown }: VenueReader,
  klines: Readonly<KlinesCounts> | undefined,
): WireHealth => ({
  wire,
  venue: venueOfWire(wire),
  frames: klines === undefined ? { ...frames } : plus(frames, klines),
  messages: {
    ...Object.fromEntries(messages),
    ...(klines !== undefined && klines.read > 0 && { [KLINES_KIND]: klines.read }),
  },
  unknown: Object.fromEntries(unknown),
});

const plus = (a: Readonly<FrameCounts>, b: Readonly<FrameCounts>): FrameCounts => ({
  frames: a.frames + b.frames,
  malformed: a.malformed + b.malformed,
  venueErrors: a.venueErrors + b.venueErrors,
  unfollowed: a.unfollowed + b.unfollowed,
});

function sum(wires: readonly WireHealth[]): FrameCounts & { unknown: number } {
  const total = { ...noFrameCounts(), unknown: 0 };
  for (const { frames, unknown } of wires) {
    total.frames += frames.frames;
    total.malformed += frames.malformed;
    total.venueErrors += frames.venueErrors;
    total.unfollowed += frames.unfollowed;
    for (const count of Object.values(unknown)) total.unknown += count;
  }
  return total;
}
