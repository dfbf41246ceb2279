import { recordLine } from '../../adapters/recordings/record-line.ts';
import type { RecordingWriter } from '../../adapters/recordings/recording-writer.ts';
import { type BeatingSource, isFrame, type SourceFault } from '../../adapters/venues/frame-source.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import type { EpochMs } from '../../core/time.ts';
import { FeedPipeline, type PipelineOptions } from '../../fargate/feed-pipeline.ts';

export interface RecordedFeed {
  readonly source: BeatingSource;
  readonly writer: RecordingWriter;
  /** How the readers beside the recording read; windows and notes of theirs are nobody's unless asked for. */
  readonly reading: Omit<PipelineOptions, 'need' | 'note'>;
  readonly signal: AbortSignal;
  onFault(fault: SourceFault): void;
  /** Told how many frames were written, at each beat. */
  onBeat?(at: EpochMs, frames: number): void;
  onWindow?(window: MarketWindow): void;
}

/**
 * Writes what a source says until it ends or `signal` is aborted; how many frames that were. The readers of a live feed run
 * beside it, since it is they who ask for pictures of books: without them nobody could build a book from the recording.
 * @throws what the source throws, and the file system's error when something cannot be written.
 */
export async function recordFeed(options: RecordedFeed): Promise<number> {
  const { source, writer, signal, reading, onFault, onBeat, onWindow } = options;
  const pipeline = new FeedPipeline({
    ...reading,
    need: (need) => source.need(need),
    note: () => undefined,
  });
  let frames = 0;
  for await (const item of source.frames(signal)) {
    if ('reason' in item) {
      onFault(item);
      continue;
    }
    const line = recordLine(item);
    if (line !== undefined && 'receivedAt' in item) await writer.add(line, item.receivedAt);
    for (const window of pipeline.windowsBefore(item)) onWindow?.(window);
    if ('beat' in item) {
      await writer.flushWhenDue(item.beat);
      onBeat?.(item.beat, frames);
      continue;
    }
    pipeline.take(item);
    if (isFrame(item)) frames += 1;
  }
  return frames;
}
