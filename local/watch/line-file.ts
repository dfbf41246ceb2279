import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';

/** A file of lines, opened for appending. */
export interface LineFile {
  /** Returns when the kernel has the line: it outlives this process, though not a power failure. */
  append(line: string): void;
  /** Returns when the disk has all lines. */
  sync(): void;
  close(): void;
}

const NEWLINE = 0x0a;

/**
 * Opens or creates a file of lines. Each line is one write at the end of the file, so that lines of two processes do not
 * mix; a line that was cut off (a full disk, a killed process) is ended first, so that it damages no other.
 * @throws the file system's errors.
 */
export function openLineFile(path: string): LineFile {
  const file = openSync(path, 'a+');
  let endsWithLine = endsLine(file);
  return {
    append(line) {
      const bytes = Buffer.from(`${endsWithLine ? '' : '\n'}${line}\n`);
      let written = 0;
      try {
        while (written < bytes.length) written += writeSync(file, bytes, written);
        endsWithLine = true;
      } finally {
        if (written > 0 && written < bytes.length) endsWithLine = false;
      }
    },
    sync: () => fsyncSync(file),
    close: () => closeSync(file),
  };
}

/** Milliseconds after which to look again: another process may be in the middle of its line. */
const LOOK_AGAIN_MS = 2;

function endsLine(file: number): boolean {
  if (seesLineEnd(file)) return true;
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS);
  return seesLineEnd(file);
}

function seesLineEnd(file: number): boolean {
  const { size } = fstatSync(file);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  return readSync(file, last, 0, 1, size - 1) === 0 || last[0] === NEWLINE;
}
