import { basename } from 'node:path';
import { DAY_MS, type EpochMs, isoTime } from '../../core/time.ts';
import type { Frame, FrameSource, SourceFault } from '../venues/frame-source.ts';
import { type LineBatch, readLines } from './line-reader.ts';
import { parseRecordedLine, RecordingError } from './recorded-line.ts';

/** A stamp this far ahead of the line before is a broken stamp, unless the next line agrees with it. */
const JUMP_MAX_MS = DAY_MS;
/** When the first lines are all unreadable, the file is something else. */
const LINES_BEFORE_GIVING_UP = 20;

/**
 * Replays recorded frames. Inside a file the order of lines is authoritative; several files are merged by receive time,
 * the first named first where times are equal.
 */
export function recordingSource(paths: readonly string[]): FrameSource {
  return {
    name: `recording ${paths.map((path) => basename(path)).join(' + ')}`,
    frames: (signal) => {
      const [first, ...others] = paths;
      if (first === undefined) throw new RecordingError('name at least one recording');
      return others.length === 0 ? readRecording(first, signal) : merge(paths, signal);
    },
    requestSnapshot: () => false,
  };
}

/**
 * @throws RecordingError, in words, when the file is missing, unreadable, empty, no recording, or of a venue that has no
 * reader.
 */
async function* readRecording(path: string, signal: AbortSignal): AsyncGenerator<Frame | SourceFault> {
  const name = basename(path);
  const order = new ReceiveOrder();
  let lineNumber = 0;
  let frames = 0;
  try {
    for await (const batch of readLines(path, signal)) {
      for (const line of batch.lines) {
        lineNumber += 1;
        if (line.length === 0) continue;
        const parsed = parseRecordedLine(line);
        if (parsed.kind === 'other_venue') {
          throw new RecordingError(
            `${name} holds frames of '${parsed.venue.slice(0, 40)}'; only recordings of 'binance-spot' can be replayed`,
          );
        }
        if (parsed.kind === 'corrupt') {
          if (frames === 0 && lineNumber >= LINES_BEFORE_GIVING_UP) throw notARecording(name, parsed.detail);
          yield { reason: 'corrupt_line', detail: `${name} line ${lineNumber}: ${parsed.detail}` };
          continue;
        }
        const fault = order.fault(parsed.frame.receivedAt);
        if (fault !== undefined)
          yield { reason: fault.reason, detail: `${name} line ${lineNumber}: ${fault.detail}` };
        if (fault?.reason === 'corrupt_line') continue;
        frames += 1;
        yield parsed.frame;
      }
      if (batch.fault !== undefined) yield truncated(name, lineNumber, batch);
      if (signal.aborted) return;
    }
  } catch (error) {
    throw inWords(error, path);
  }
  if (frames > 0 || signal.aborted) return;
  throw lineNumber === 0
    ? new RecordingError(`${name} is empty: no recorded frame in it`)
    : notARecording(name, 'none of its lines is a recorded frame');
}

/** Judges receive stamps against the line before: a step back is told and kept, a leap far ahead is a broken stamp. */
class ReceiveOrder {
  private newest: EpochMs | undefined;
  private suspect: EpochMs | undefined;

  fault(at: EpochMs): SourceFault | undefined {
    const { newest, suspect } = this;
    this.suspect = undefined;
    if (newest !== undefined && at < newest) {
      return { reason: 'clock_back', detail: `receivedAt goes back by ${newest - at} ms` };
    }
    const agrees = suspect !== undefined && Math.abs(at - suspect) <= JUMP_MAX_MS;
    if (newest !== undefined && at > newest + JUMP_MAX_MS && !agrees) {
      this.suspect = at;
      return { reason: 'corrupt_line', detail: `receivedAt leaps to ${isoTime(at)}` };
    }
    this.newest = at;
    return undefined;
  }
}

interface Head {
  readonly frames: AsyncGenerator<Frame | SourceFault>;
  next: Frame;
}

/** Two or three files as a rule, so the smallest head is simply looked for. Faults come out as they are met. */
async function* merge(paths: readonly string[], signal: AbortSignal): AsyncGenerator<Frame | SourceFault> {
  const heads: Head[] = [];
  const opened = paths.map((path) => readRecording(path, signal));
  try {
    for (const frames of opened) {
      const next = yield* nextFrame(frames);
      if (next !== undefined) heads.push({ frames, next });
    }
    for (;;) {
      let earliest = heads[0];
      if (earliest === undefined) return;
      for (const head of heads) {
        if (head.next.receivedAt < earliest.next.receivedAt) earliest = head;
      }
      yield earliest.next;
      const next = yield* nextFrame(earliest.frames);
      if (next === undefined) heads.splice(heads.indexOf(earliest), 1);
      else earliest.next = next;
    }
  } finally {
    await Promise.all(opened.map((frames) => frames.return(undefined)));
  }
}

async function* nextFrame(
  frames: AsyncGenerator<Frame | SourceFault>,
): AsyncGenerator<SourceFault, Frame | undefined> {
  for (;;) {
    const { value, done } = await frames.next();
    if (done) return undefined;
    if (!('reason' in value)) return value;
    yield value;
  }
}

const truncated = (name: string, lineNumber: number, batch: LineBatch): SourceFault => ({
  reason: 'truncated',
  detail: `${name} after line ${lineNumber}: ${batch.fault}`,
});

const notARecording = (name: string, detail: string): RecordingError =>
  new RecordingError(`${name} is not a recording: ${detail}`);

function inWords(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const { code } = error;
  if (code === 'ENOENT') return new RecordingError(`there is no recording at ${path}`, { cause: error });
  if (code === 'EISDIR') return new RecordingError(`${path} is a folder, not a recording`, { cause: error });
  return new RecordingError(`${path} cannot be read: ${error.message}`, { cause: error });
}
