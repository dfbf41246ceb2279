import { type BeatingSource, isFrame } from '../adapters/venues/frame-source.ts';
import type { WindowLog } from '../adapters/window-log/window-log.ts';
import type { MarketWindow } from '../core/market/window.ts';
import { withHistory } from '../core/market/window-history.ts';
import type { FeedSign } from '../core/ports.ts';
import type { EpochMs } from '../core/time.ts';
import { CandleKeeper, type CandleKeeping } from './candle-keeper.ts';
import type { FeedHealth } from './feed-health.ts';
import type { FeedEvent } from './feed-news.ts';
import type { FeedNote } from './feed-note.ts';
import { FeedPipeline, type PipelineOptions } from './feed-pipeline.ts';
import type { Lease } from './lease.ts';
import { SilenceWatch } from './silence-watch.ts';

/** What one event carries: the newest window and, oldest first with it at the end, those that it repeats. */
export interface WindowNews {
  readonly newest: MarketWindow;
  readonly windows: readonly MarketWindow[];
  /** What else happened in the newest window: instruments that fell silent or are back, breakers, games, venues. */
  readonly events: readonly FeedEvent[];
}

/** Does something of its own beside the work: no window waits for it. */
export interface FeedCompanion {
  /** A window was published. */
  see?(news: WindowNews): void;
  /** Time goes on, also while there are no windows: the first one needs something that is followed and heard of. */
  beat?(): void;
  /** The universe was looked at in this process, and may have changed. */
  universeLooked?(): void;
  /** Resolves when nothing is under way. */
  settled(): Promise<void>;
}

export interface FeedOptions extends Omit<PipelineOptions, 'need' | 'note'> {
  readonly source: BeatingSource;
  /** The version in force when a window closes, where that changes during a life of the feed; else `configHash`. */
  configHashNow?(): string;
  /** Resolves when the window is settled; the next one is not taken before. */
  publish(news: WindowNews): Promise<void>;
  readonly windowLog?: WindowLog;
  /** Keeps its bars as history; absent where its source is no live venue, which has no past to ask for. */
  readonly candles?: CandleKeeping;
  readonly companions?: readonly FeedCompanion[];
  /** Absent where something else makes sure that one feed runs, as the session's lock does in the embedded runtime. */
  readonly lease?: Lease;
  readonly health: FeedHealth;
  /** Windows up to here were settled by an earlier run: rebuilt for their books and bars, not published again. */
  readonly settledThrough: EpochMs | null;
  /** Aborted for a clean drain: the window being settled is finished, the one in progress is left to the next run. */
  readonly signal: AbortSignal;
  /** Told each note as it happens; the health keeps the last ones in any case. */
  onNote?(note: FeedNote): void;
}

/** `ended`: the source has no more frames. `stopped`: the signal. `fenced`: another feed has the lease now. */
export type FeedEnd = 'ended' | 'stopped' | 'fenced';

/**
 * Runs one feed: frames from the source through books into windows, each published and logged before the next. Log, bars and
 * lease are closed on every way out.
 * @throws what the source, the publisher or the log throws.
 */
export async function runFeed(options: FeedOptions): Promise<FeedEnd> {
  const { source, health, signal } = options;
  const note = (one: FeedNote): void => {
    health.note(one);
    options.onNote?.(one);
  };
  const pipeline = new FeedPipeline({
    ...options,
    note,
    need: (need) => source.need(need),
    onUpdate: (update) => {
      options.onUpdate?.(update);
      if (update.kind === 'candles') keeper?.told(update);
    },
  });
  const keeper =
    options.candles &&
    new CandleKeeper({
      ...options.candles,
      need: (need) => source.need(need),
      wireOf: (id) => pipeline.wireOf(id),
    });
  // What has connections looks after them.
  const silence = new SilenceWatch(pipeline, source.connections !== undefined);
  const publisher = new WindowPublisher(options, pipeline, silence, keeper);
  health.watch(source, pipeline, silence, keeper);
  let at: EpochMs | null = null;
  // What fails leaves the sign of a feed that runs: it grows old, and the guard sees it.
  let phase: FeedSign['phase'] = 'running';
  const endWith = (end: FeedEnd): FeedEnd => {
    phase = end === 'ended' ? 'finished' : 'stopped';
    return end;
  };
  try {
    health.connected(true);
    for await (const item of source.frames(signal)) {
      if (signal.aborted) return endWith('stopped');
      if ('reason' in item) {
        health.sawFault(item);
        note({ kind: item.reason, at, detail: item.detail });
        continue;
      }
      for (const window of pipeline.windowsBefore(item)) {
        if (signal.aborted) return endWith('stopped');
        if ((await publisher.settle(window)) === 'fenced') return endWith('fenced');
      }
      if ('beat' in item) {
        health.sawBeat();
        // Before something comes there are no windows, and nobody else may take the feed for dead.
        if ((await publisher.keepLease()) === 'lost') return endWith('fenced');
        for (const companion of options.companions ?? []) companion.beat?.();
        continue;
      }
      pipeline.take(item);
      at = item.receivedAt;
      if (isFrame(item)) health.sawFrame(at);
    }
    // A window in progress is closed only where nothing can follow: another run would build it again, and differently.
    if (signal.aborted) return endWith('stopped');
    for (const window of pipeline.windows.finish()) {
      if ((await publisher.settle(window)) === 'fenced') return endWith('fenced');
    }
    return endWith('ended');
  } finally {
    health.connected(false);
    await closeAll(options, keeper, phase, publisher.publishedThrough);
  }
}

class WindowPublisher {
  private readonly options: FeedOptions;
  private readonly pipeline: FeedPipeline;
  private readonly silence: SilenceWatch;
  private readonly keeper: CandleKeeper | undefined;
  private history: readonly MarketWindow[] = [];
  /** The newest window published, by this run or before it. */
  publishedThrough: EpochMs | null;

  constructor(
    options: FeedOptions,
    pipeline: FeedPipeline,
    silence: SilenceWatch,
    keeper: CandleKeeper | undefined,
  ) {
    this.options = options;
    this.pipeline = pipeline;
    this.silence = silence;
    this.keeper = keeper;
    this.publishedThrough = options.settledThrough;
  }

  async keepLease(): Promise<'held' | 'lost'> {
    return (await this.options.lease?.keep(this.publishedThrough)) ?? 'held';
  }

  async settle(closed: MarketWindow): Promise<'settled' | 'fenced'> {
    const { health, settledThrough, windowLog, configHashNow, companions } = this.options;
    const window = configHashNow === undefined ? closed : { ...closed, configHash: configHashNow() };
    this.history = withHistory(this.history, window);
    const events = [...this.silence.see(window), ...this.pipeline.news.take()];
    const isNews = settledThrough === null || window.closedAt > settledThrough;
    if (isNews) {
      if ((await this.keepLease()) === 'lost') return 'fenced';
      const news = { newest: window, windows: this.history, events };
      await this.options.publish(news);
      this.publishedThrough = window.closedAt;
      for (const companion of companions ?? []) companion.see?.(news);
      this.keeper?.saw(window);
    }
    health.sawWindow(window, isNews);
    // Settled windows too: the log may have lost its last minute with the process, and takes each window once.
    await windowLog?.append(window);
    return 'settled';
  }
}

async function closeAll(
  { windowLog, lease, companions }: FeedOptions,
  keeper: CandleKeeper | undefined,
  phase: FeedSign['phase'],
  publishedThrough: EpochMs | null,
): Promise<void> {
  try {
    await windowLog?.close();
  } finally {
    try {
      await keeper?.close();
      for (const companion of companions ?? []) await companion.settled();
    } finally {
      await lease?.release(phase, publishedThrough);
    }
  }
}
