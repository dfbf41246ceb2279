import { setTimeout as sleep } from 'node:timers/promises';
import { recordLine } from '../../adapters/recordings/record-line.ts';
import { RecordingWriter, type Written } from '../../adapters/recordings/recording-writer.ts';
import { type BeatingSource, isFrame } from '../../adapters/venues/frame-source.ts';
import { LiveFeed } from '../../adapters/venues/live-feed.ts';
import type { SessionStatus } from '../../adapters/venues/session/session-status.ts';
import { systemTimers } from '../../adapters/venues/session/timers.ts';
import { wsTransport } from '../../adapters/venues/session/ws-transport.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import { type InstrumentId, VENUES, venueOf } from '../../core/market/instrument.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/time.ts';
import { followedBy } from '../followed.ts';
import { requireConfig } from './load.ts';
import { CommandError, type Terminal } from './terminal.ts';
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
  const feed = openFeed(
    config,
    ids.length > 0 ? ids.map(idOf(config)) : followedBy(config, []).ids,
    terminal,
  );
  const writer = new RecordingWriter({
    directory: options.out,
    name: options.name,
    rotateMs: Math.min(options.rotate * MINUTE_MS, 24 * HOUR_MS),
    rotateBytes: options.size * 1_000_000,
  });
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  if (options.for !== undefined)
    void sleep(options.for * SECOND_MS, undefined, { signal: stop.signal }).then(onSignal, () => undefined);
  terminal.stderr(`recording ${feed.name} into ${options.out}; Ctrl+C ends it\n`);
  try {
    const frames = await writeAll(feed, writer, stop.signal, terminal);
    await writer.close();
    for (const line of troubleWords(feed.connections())) terminal.stderr(`  ${line}\n`);
    tell(writer.written, frames, options, terminal);
    return frames > 0 ? 0 : 1;
  } catch (error) {
    const { files, lines } = writer.written;
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw new CommandError(
      `the recording cannot be written on: ${error.message}; ${lines} lines are kept in ${files.join(', ') || 'no file'}`,
    );
  } finally {
    stop.abort();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

async function writeAll(
  feed: BeatingSource,
  writer: RecordingWriter,
  signal: AbortSignal,
  terminal: Terminal,
): Promise<number> {
  let frames = 0;
  let saidAt = 0;
  for await (const item of feed.frames(signal)) {
    if ('beat' in item) {
      await writer.flushWhenDue(item.beat);
      if (item.beat - saidAt < PROGRESS_MS) continue;
      if (saidAt > 0) terminal.stderr(`  ${frames} frames, ${writer.written.bytes} bytes\n`);
      saidAt = item.beat;
      continue;
    }
    if ('reason' in item) {
      terminal.stderr(`  ${item.reason}: ${item.detail}\n`);
      continue;
    }
    const line = recordLine(item);
    if (line !== undefined) await writer.add(line, item.receivedAt);
    if (isFrame(item)) frames += 1;
  }
  return frames;
}

function openFeed(config: DeskConfig, ids: readonly InstrumentId[], terminal: Terminal): LiveFeed {
  let said = 0;
  const limit = setInterval(() => {
    said = 0;
  }, MINUTE_MS);
  limit.unref();
  return new LiveFeed({
    access: config.access,
    keys: readVenueKeys(process.env),
    ids,
    leagues: config.scores.leagues,
    venues: [],
    windowMs: config.feed.windowMs,
    transport: wsTransport,
    timers: systemTimers,
    random: Math.random,
    note: (venue, detail) => {
      said += 1;
      if (said <= NOTES_PER_MINUTE) terminal.stderr(`  ${venue}: ${detail}\n`);
    },
  });
}

/** What keeps venues from sending, a line each; nothing while all is well. */
export const troubleWords = (venues: readonly SessionStatus[]): readonly string[] =>
  venues.flatMap(({ name, trouble, closedBecause, connected, refused }) => [
    ...(closedBecause !== null ? [`${name}: closed: ${closedBecause}`] : []),
    ...(trouble !== null ? [`${name}: ${trouble}`] : []),
    ...(trouble === null && closedBecause === null && !connected ? [`${name}: it has not answered yet`] : []),
    ...refused.map(({ symbol, why }) => `${name}: ${symbol}: ${why}`),
  ]);

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
