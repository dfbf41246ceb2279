import { basename } from 'node:path';
import { DAY_MS, type EpochMs, epochMs, isoTime } from '../../core/time.ts';
import type { FrameSource, SourceFault, SourceItem } from '../venues/frame-source.ts';
import { WIRES } from '../venues/wire.ts';
import { ENDLESS_LINE, EndlessFileError, type LineBatch, readLines } from './line-reader.ts';
import { parseRecordedLine, RecordingError } from './recorded-line.ts';

/** A stamp this far ahead of the line before is a broken stamp, unless the next line agrees with it. */
const JUMP_MAX_MS = DAY_MS;
/** When the first lines are all unreadable, the file is something else. */
export const LINES_BEFORE_GIVING_UP = 20;

export interface RecordingOptions {
  /**
   * Takes frames whose recorder kept no receive time at the time of the frame before: to look into a recording. No window
   * can be cut from them.
   */
  readonly takesUnstamped?: boolean;
}

/**
 * Replays recorded frames. Inside a file the order of lines is authoritative; several files are merged by receive time,
 * the first named first where times are equal.
 */
export function recordingSource(paths: readonly string[], options: RecordingOptions = {}): FrameSource {
  return {
    name: `recording ${paths.map((path) => basename(path)).join(' + ')}`,
    frames: (signal) => {
      const [first, ...others] = paths;
      if (first === undefined) throw new RecordingError('name at least one recording');
      return others.length === 0 ? readRecording(first, options, signal) : merge(paths, options, signal);
    },
    need: () => false,
  };
}

/** A file that holds nothing, or only the beginning of a first block: all that a recorder killed at that moment leaves. */
export class EmptyRecordingError extends RecordingError {}

/**
 * @throws RecordingError, in words, when the file is missing, unreadable, empty, no recording, or of a venue that has no
 * reader.
 */
async function* readRecording(
  path: string,
  { takesUnstamped }: RecordingOptions,
  signal: AbortSignal,
): AsyncGenerator<SourceItem> {
  const name = basename(path);
  const order = new ReceiveOrder();
  let lineNumber = 0;
  let frames = 0;
  try {
    for await (const batch of readLines(path, signal)) {
      for (const line of batch.lines) {
        lineNumber += 1;
        if (line.length === 0) continue;
        const parsed = parseRecordedLine(line, takesUnstamped ? order.newest : undefined);
        if (parsed.kind === 'other_venue') throw ofOtherVenue(name, parsed.venue);
        if (parsed.kind === 'corrupt') {
          if (frames === 0 && lineNumber >= LINES_BEFORE_GIVING_UP) throw notARecording(name, parsed.detail);
          yield { reason: 'corrupt_line', detail: `${name} line ${lineNumber}: ${parsed.detail}` };
          continue;
        }
        if (parsed.kind === 'aside') continue;
        const item = parsed.kind === 'frame' ? parsed.frame : parsed.item;
        const fault = order.fault(item.receivedAt);
        if (fault !== undefined)
          yield { reason: fault.reason, detail: `${name} line ${lineNumber}: ${fault.detail}` };
        if (fault?.reason === 'corrupt_line') continue;
        if (parsed.kind === 'frame') frames += 1;
        yield item;
      }
      if (lineNumber === 0 && batch.fault === ENDLESS_LINE) throw endlessRecording(path);
      if (batch.fault !== undefined) yield truncated(name, lineNumber, batch);
      if (signal.aborted) return;
    }
  } catch (error) {
    throw inWords(error, path);
  }
  if (frames > 0 || signal.aborted) return;
  throw lineNumber === 0
    ? emptyRecording(path)
    : notARecording(name, 'none of its lines is a recorded frame');
}

/** Judges receive stamps against the line before: a step back is told and kept, a leap far ahead is a broken stamp. */
class ReceiveOrder {
  private last: EpochMs | undefined;
  private suspect: EpochMs | undefined;

  /** The newest time so far: what a line without a stamp is taken to be received at. */
  get newest(): EpochMs {
    return this.last ?? epochMs(0);
  }

  fault(at: EpochMs): SourceFault | undefined {
    const { last: newest, suspect } = this;
    this.suspect = undefined;
    if (newest !== undefined && at < newest) {
      return { reason: 'clock_back', detail: `receivedAt goes back by ${newest - at} ms` };
    }
    const agrees = suspect !== undefined && Math.abs(at - suspect) <= JUMP_MAX_MS;
    if (newest !== undefined && at > newest + JUMP_MAX_MS && !agrees) {
      this.suspect = at;
      return { reason: 'corrupt_line', detail: `receivedAt leaps to ${isoTime(at)}` };
    }
    this.last = at;
    return undefined;
  }
}

interface Head {
  readonly items: AsyncGenerator<SourceItem>;
  next: Exclude<SourceItem, SourceFault>;
}

/** Two or three files as a rule, so the smallest head is simply looked for. Faults come out as they are met. */
async function* merge(
  paths: readonly string[],
  options: RecordingOptions,
  signal: AbortSignal,
): AsyncGenerator<SourceItem> {
  const heads: Head[] = [];
  const opened = paths.map((path) => readRecording(path, options, signal));
  let empty: EmptyRecordingError | undefined;
  try {
    for (const items of opened) {
      try {
        const next = yield* nextItem(items);
        if (next !== undefined) heads.push({ items, next });
      } catch (error) {
        // Beside files that hold something it is no reason to give up: a recorder was killed as it began a file.
        if (!(error instanceof EmptyRecordingError)) throw error;
        empty ??= error;
        yield { reason: 'truncated', detail: error.message };
      }
    }
    if (heads.length === 0 && empty !== undefined && !signal.aborted) throw empty;
    for (;;) {
      let earliest = heads[0];
      if (earliest === undefined) return;
      for (const head of heads) {
        if (head.next.receivedAt < earliest.next.receivedAt) earliest = head;
      }
      yield earliest.next;
      const next = yield* nextItem(earliest.items);
      if (next === undefined) heads.splice(heads.indexOf(earliest), 1);
      else earliest.next = next;
    }
  } finally {
    await Promise.all(opened.map((items) => items.return(undefined)));
  }
}

async function* nextItem(
  items: AsyncGenerator<SourceItem>,
): AsyncGenerator<SourceFault, Exclude<SourceItem, SourceFault> | undefined> {
  for (;;) {
    const { value, done } = await items.next();
    if (done) return undefined;
    if (!('reason' in value)) return value;
    yield value;
  }
}

const truncated = (name: string, lineNumber: number, batch: LineBatch): SourceFault => ({
  reason: 'truncated',
  detail: `${name} after line ${lineNumber}: ${batch.fault}`,
});

export const emptyRecording = (path: string): EmptyRecordingError =>
  new EmptyRecordingError(`${basename(path)} is empty: no recorded frame in it`);

export const endlessRecording = (path: string): RecordingError => notARecording(basename(path), ENDLESS_LINE);

export const notARecording = (name: string, detail: string): RecordingError =>
  new RecordingError(`${name} is not a recording: ${detail}`);

export const ofOtherVenue = (name: string, venue: string): RecordingError =>
  new RecordingError(
    `${name} holds frames of '${venue.slice(0, 40)}'; recordings of these can be read: ${WIRES.join(', ')}`,
  );

export function inWords(error: unknown, path: string): unknown {
  if (error instanceof EndlessFileError) return new RecordingError(error.message, { cause: error });
  if (!(error instanceof Error) || !('code' in error)) return error;
  const { code } = error;
  if (code === 'ENOENT') return new RecordingError(`there is no recording at ${path}`, { cause: error });
  if (code === 'EISDIR') return new RecordingError(`${path} is a folder, not a recording`, { cause: error });
  return new RecordingError(`${path} cannot be read: ${error.message}`, { cause: error });
}
