import { setTimeout as sleep } from 'node:timers/promises';
import { RecordingWriter, type Written } from '../../adapters/recordings/recording-writer.ts';
import type { LiveFeed } from '../../adapters/venues/live-feed.ts';
import type { SessionStatus } from '../../adapters/venues/session/session-status.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import { type InstrumentId, VENUES, venueOf } from '../../core/market/instrument.ts';
import { feedId } from '../../core/market/window.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/time.ts';
import { openLiveFeed } from '../feeds/open-live-feed.ts';
import { followedBy } from '../followed.ts';
import { requireConfig } from './load.ts';
import { recordFeed } from './record-feed.ts';
import { CommandError, type Terminal } from './terminal.ts';
import { troubleWords } from './trouble-words.ts';
import { readVenueKeys } from './venue-keys.ts';

export interface RecordOptions {
  readonly config: string;
  readonly out: string;
  readonly name: string;
  /** Minutes. */
  readonly rotate: number;
  /** Megabytes. */
  readonly size: number;
  /** Seconds; until it is stopped when absent. */
  readonly for?: number;
  readonly json?: true;
}

export const RECORD_HELP = `
Writes every message of the venues as it arrived, with its receive time and the life of each connection, as gzip'd JSON lines:
a block a second, each on the disk before the next, so that a killed process loses no whole block. What is recorded is what the
configuration's strategies follow, or the instruments that are named. Replay it with npm start -- --recording FILE..., look into it
with npx deckle feed-check FILE.... Files begin anew by time and size; none is written over.

  npx deckle record --for 600
  npx deckle record binance:BTCUSDT binance:ETHUSDT --out recordings --rotate 60`;

const PROGRESS_MS = MINUTE_MS;
const NOTES_PER_MINUTE = 20;

/** `record`: the venues' messages into files until Ctrl+C; the exit code. 1 when not a single frame came. */
export async function record(
  ids: readonly string[],
  options: RecordOptions,
  terminal: Terminal,
): Promise<number> {
  const config = requireConfig(options.config);
  const followed = ids.length > 0 ? [...new Set(ids.map(idOf(config)))] : followedBy(config, []).ids;
  const notes = new Map<string, string>();
  const feed = openFeed(config, followed, notes, terminal);
  const writer = new RecordingWriter({
    directory: options.out,
    name: options.name,
    rotateMs: Math.min(options.rotate * MINUTE_MS, 24 * HOUR_MS),
    rotateBytes: options.size * 1_000_000,
  });
  await writer.prepare().catch((error: unknown) => {
    throw inWords(error, `--out ${options.out} cannot be written`);
  });
  const stop = new AbortController();
  let venues: readonly SessionStatus[] = [];
  const onSignal = (): void => {
    if (stop.signal.aborted) return;
    // Once it has stopped, nobody knows any more what kept it from being connected.
    venues = feed.connections();
    stop.abort();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  if (options.for !== undefined)
    void sleep(options.for * SECOND_MS, undefined, { signal: stop.signal }).then(onSignal, () => undefined);
  terminal.stderr(`recording ${feed.name} into ${options.out}; Ctrl+C ends it\n`);
  try {
    const frames = await writeAll({ config, followed, feed, writer, signal: stop.signal, terminal });
    for (const line of troubleWords(venues, notes)) terminal.stderr(`  ${line}\n`);
    tell(writer.written, frames, options, terminal);
    return frames > 0 ? 0 : 1;
  } finally {
    stop.abort();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

interface Recorder {
  readonly config: DeskConfig;
  readonly followed: readonly InstrumentId[];
  readonly feed: LiveFeed;
  readonly writer: RecordingWriter;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
}

/** How many frames were written. Whatever ends it, what is in memory goes to the disk as far as that is possible. */
async function writeAll({ config, followed, feed, writer, signal, terminal }: Recorder): Promise<number> {
  let saidAt = 0;
  try {
    const frames = await recordFeed({
      source: feed,
      writer,
      signal,
      reading: {
        ids: followed,
        instruments: config.instruments.filter((one) => followed.includes(one.id)),
        feedId: feedId(config.feed.id),
        windowMs: config.feed.windowMs,
        depth: config.feed.depth,
        configHash: config.hash,
        epoch: 0,
      },
      onFault: ({ reason, detail }) => terminal.stderr(`  ${reason}: ${detail}\n`),
      onBeat: (at, frames) => {
        if (at - saidAt < PROGRESS_MS) return;
        if (saidAt > 0) terminal.stderr(`  ${frames} frames, ${writer.written.bytes} bytes\n`);
        saidAt = at;
      },
    });
    await writer.close();
    return frames;
  } catch (error) {
    // Of two errors the first one is told.
    await writer.close().catch(() => undefined);
    const { files, lines } = writer.written;
    throw inWords(
      error,
      'the recording cannot be written on',
      `; ${lines} lines are kept in ${files.join(', ') || 'no file'}`,
    );
  }
}

/** The file system's errors are for people; others stay as they are. */
const inWords = (error: unknown, what: string, kept = ''): unknown =>
  error instanceof Error && 'code' in error ? new CommandError(`${what}: ${error.message}${kept}`) : error;

function openFeed(
  config: DeskConfig,
  ids: readonly InstrumentId[],
  notes: Map<string, string>,
  terminal: Terminal,
): LiveFeed {
  let said = 0;
  const limit = setInterval(() => {
    said = 0;
  }, MINUTE_MS);
  limit.unref();
  return openLiveFeed(config, ids, readVenueKeys(process.env), (venue, detail) => {
    notes.set(venue, detail);
    said += 1;
    if (said <= NOTES_PER_MINUTE) terminal.stderr(`  ${venue}: ${detail}\n`);
  });
}

const idOf =
  (config: DeskConfig) =>
  (text: string): InstrumentId => {
    const id = text as InstrumentId;
    const venue = venueOf(id);
    if (venue === undefined)
      throw new CommandError(
        `'${text}' is no instrument: name it <venue>:<symbol>, the venue one of ${VENUES.join(', ')}`,
        2,
      );
    if (config.access[venue] === undefined)
      throw new CommandError(`the configuration has no venue '${venue}': add it under 'venues'`, 2);
    return id;
  };

function tell(
  { files, lines, blocks, bytes }: Written,
  frames: number,
  { json }: RecordOptions,
  terminal: Terminal,
): void {
  if (json) terminal.stdout(`${JSON.stringify({ files, frames, lines, blocks, bytes })}\n`);
  else if (files.length === 0) terminal.stdout('nothing was received\n');
  else terminal.stdout(`${frames} frames in ${bytes} bytes:\n${files.map((file) => `  ${file}\n`).join('')}`);
}
