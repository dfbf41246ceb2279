import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { recordingSource } from '../adapters/recordings/recording-source.ts';
import { isFrame, type Need } from '../adapters/venues/frame-source.ts';
import type { QueuedItem } from '../adapters/venues/session/item-queue.ts';
import type { WireId } from '../adapters/venues/wire.ts';
import type { Instrument, InstrumentId } from '../core/market/instrument.ts';
import { feedId, type MarketWindow } from '../core/market/window.ts';
import { FeedPipeline } from '../fargate/feed-pipeline.ts';
import { looseRules } from '../local/feed-check/loose-rules.ts';
import { simulatedWorld } from './simulated-world.ts';

const { DECKLE_RECORDINGS: FOLDER = '../shared/data' } = process.env;

/** What arrives, faults of a source aside. */
export type Item = Exclude<QueuedItem, { reason: string }>;

/** Frames to be read, all in memory. */
export interface Load {
  readonly name: string;
  readonly items: readonly Item[];
  /** Rules known beforehand. */
  readonly instruments: readonly Instrument[];
  /** What is followed, its rules being among the frames; with neither, whatever is met. */
  readonly ids: readonly InstrumentId[];
  /** False for a recording that left out what it did not care for. */
  readonly gapCheck: boolean;
}

/** Some recordings as one load, merged by time. */
export async function recorded(
  name: string,
  files: readonly string[],
  more: Partial<Pick<Load, 'instruments' | 'gapCheck'>> = {},
): Promise<Load> {
  const paths = files.map((file) => join(FOLDER, `${file}.jsonl.gz`));
  const missing = paths.find((path) => !existsSync(path));
  if (missing !== undefined) throw new Error(`no recording at ${missing}; set DECKLE_RECORDINGS`);
  const items: Item[] = [];
  for await (const item of recordingSource(paths).frames(new AbortController().signal))
    if (!('reason' in item)) items.push(item);
  return { name, items, instruments: [], ids: [], gapCheck: true, ...more };
}

/** What a session receives of a simulated venue until it has so many frames, its own questions answered. */
export function simulated(name: string, wire: WireId, frames: number, seed: number): Load {
  const world = simulatedWorld(wire, seed);
  const items: Item[] = [];
  const load = { name, items, instruments: world.instruments, ids: world.ids, gapCheck: true };
  const pipeline = pipelineOf(load, (need) => world.need(need));
  let left = frames;
  world.run(
    (item) => {
      if ('reason' in item) return;
      items.push(item);
      if (isFrame(item)) left -= 1;
      give(pipeline, item, []);
    },
    () => left <= 0,
  );
  return load;
}

/** Parse, book, quality and windows of one second: what the feeds process does with a load. */
export function pipe(load: Load): { readonly windows: MarketWindow[]; readonly pipeline: FeedPipeline } {
  const pipeline = pipelineOf(load, () => undefined);
  const windows: MarketWindow[] = [];
  for (const item of load.items) give(pipeline, item, windows);
  return { windows, pipeline };
}

function give(pipeline: FeedPipeline, item: Item, into: MarketWindow[]): void {
  for (const window of pipeline.windowsBefore(item)) into.push(window);
  if (!('beat' in item)) pipeline.take(item);
}

function pipelineOf(
  { instruments, ids, gapCheck }: Omit<Load, 'name' | 'items'>,
  need: (need: Need) => void,
): FeedPipeline {
  return new FeedPipeline({
    feedId: feedId('bench'),
    windowMs: 1_000,
    depth: 10,
    configHash: '',
    epoch: 1,
    ids,
    instruments,
    ...(instruments.length === 0 && ids.length === 0 && { rulesOfAny: looseRules }),
    kalshi: { gapCheck },
    need,
    note: () => undefined,
  });
}
