import { type FileHandle, open, stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';

const NEWLINE = 10;
/** Small enough that even a hostile archive unfolds to some 33 MB at a time. */
const CHUNK_BYTES = 32 * 1_024;
const OUTPUT_BYTES = 64 * 1_024;
/** The longest lines are lists of all instruments, of some megabytes; a file without lines must not fill the memory. */
const LINE_BYTES_MAX = 64 * 1_024 ** 2;
/** The fault of a file that holds more than {@link LINE_BYTES_MAX} without a newline. */
export const ENDLESS_LINE = 'a line has no end within 64 MB';

/** Lines of one piece of the file; `fault` ends a file that breaks off or turns to garbage after them. */
export interface LineBatch {
  readonly lines: readonly string[];
  readonly fault?: string;
}

/**
 * Lines of a plain or gzip'd text file in batches, in bounded memory. A file cut off in the middle yields all its whole
 * lines and then a fault, and so does an archive that turns to garbage; the piece after the last newline is a line only where
 * the file ended properly.
 * @throws the file system's error when the file cannot be opened or read, and {@link EndlessFileError}.
 */
export async function* readLines(path: string, signal: AbortSignal): AsyncGenerator<LineBatch> {
  const file = await openFile(path);
  try {
    let rest: Buffer[] = [];
    let held = 0;
    let isBegun = false;
    for await (const piece of (await isGzip(file)) ? unzipped(file) : plain(file)) {
      if (signal.aborted) return;
      const { fault } = piece;
      const bytes = isBegun ? piece.bytes : withoutMark(piece.bytes);
      isBegun = true;
      const cut = bytes.lastIndexOf(NEWLINE);
      const lines =
        cut < 0
          ? []
          : Buffer.concat([...rest, bytes.subarray(0, cut)])
              .toString('utf8')
              .split('\n');
      if (cut >= 0) rest = [];
      rest.push(Buffer.from(bytes.subarray(cut + 1)));
      held = (cut < 0 ? held : 0) + bytes.length - cut - 1;
      const end = fault ?? (held > LINE_BYTES_MAX ? ENDLESS_LINE : undefined);
      yield end === undefined ? { lines } : { lines, fault: end };
      if (end !== undefined) return;
    }
    if (held > 0) yield { lines: [Buffer.concat(rest).toString('utf8')] };
  } finally {
    await file.close();
  }
}

/** Editors put a mark before the first letter of a text. */
const MARK = Buffer.from('\uFEFF');
const withoutMark = (bytes: Buffer): Buffer =>
  bytes.subarray(0, MARK.length).equals(MARK) ? bytes.subarray(MARK.length) : bytes;

/** A pipe or a device: nobody knows that it ends, and opening a pipe waits for whoever writes into it. */
export class EndlessFileError extends Error {}

async function openFile(path: string): Promise<FileHandle> {
  const found = await stat(path);
  // The file system itself says it of folders.
  if (found.isFile() || found.isDirectory()) return open(path);
  throw new EndlessFileError(`${path} is a pipe or a device, not a file`);
}

interface Piece {
  readonly bytes: Buffer;
  readonly fault?: string;
}

async function isGzip(file: FileHandle): Promise<boolean> {
  const start = new Uint8Array(2);
  const { bytesRead } = await file.read(start, 0, 2, 0);
  return bytesRead === 2 && start[0] === 0x1f && start[1] === 0x8b;
}

async function* plain(file: FileHandle): AsyncGenerator<Piece> {
  let position = 0;
  for (;;) {
    const chunk = Buffer.alloc(OUTPUT_BYTES);
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield { bytes: chunk.subarray(0, bytesRead) };
  }
}

/**
 * Pushed by hand, one input chunk at a time: a piped stream would throw away what it has unfolded but not yet handed over
 * when it meets the broken end. So does zlib with what a chunk held in front of garbage: from the chunk that broke on, what
 * follows the `known` unfolded bytes is read again byte by byte, `carefulFrom` there.
 */
async function* unzipped(
  file: FileHandle,
  carefulFrom = Number.POSITIVE_INFINITY,
  known = 0,
): AsyncGenerator<Piece> {
  const gunzip = createGunzip({ chunkSize: OUTPUT_BYTES });
  let unfolded: Buffer[] = [];
  let fault: string | undefined;
  // A broken archive closes the stream without calling back for the chunk that broke it.
  let goOn = (): void => {};
  gunzip.on('close', () => goOn());
  gunzip.on('data', (bytes: Buffer) => unfolded.push(bytes));
  gunzip.on('error', (error) => {
    fault = `the file breaks off: ${error.message}`;
  });
  let given = 0;
  const take = (): Piece => {
    const all = Buffer.concat(unfolded);
    const bytes = all.subarray(Math.max(0, known - given));
    given += all.length;
    unfolded = [];
    return fault === undefined ? { bytes } : { bytes, fault };
  };
  const chunk = Buffer.alloc(CHUNK_BYTES);
  let position = 0;
  try {
    for (;;) {
      const isCareful = position >= carefulFrom;
      const { bytesRead } = await file.read(chunk, 0, isCareful ? 1 : CHUNK_BYTES, position);
      if (bytesRead === 0) break;
      position += bytesRead;
      await new Promise<void>((resolve) => {
        goOn = resolve;
        gunzip.write(chunk.subarray(0, bytesRead), () => resolve());
      });
      if (fault !== undefined && !isCareful) {
        yield* unzipped(file, position - bytesRead, given);
        return;
      }
      if (unfolded.length > 0 || fault !== undefined) yield take();
      if (fault !== undefined) return;
    }
    await new Promise<void>((resolve) => {
      goOn = resolve;
      gunzip.end();
    });
    yield take();
  } finally {
    gunzip.destroy();
  }
}
