import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { MarketWindow } from '../../core/market/window.ts';
import { beatAt, type EpochMs, MINUTE_MS } from '../../core/time.ts';
import { makeFolder } from '../make-folder.ts';
import { bytesAfterHeader, decodeBlock, encodeBlock, HEADER_BYTES } from './log-block.ts';

/** Keeps every published window, each once. */
export interface WindowLog {
  /** A window at or before the newest one kept is ignored: after a restart the same windows come again. */
  append(window: MarketWindow): Promise<void>;
  /** Writes what is still in memory. */
  close(): Promise<void>;
}

/** A window log that cannot be read; the message is written for a person. */
export class WindowLogError extends Error {
  override readonly name = 'WindowLogError';
}

/**
 * Opens a log file for appending, or makes it. A block that an earlier process was killed in is cut off: its windows come
 * again when the feed rebuilds them.
 * @throws WindowLogError when the file is something else, or is damaged before its end.
 */
export async function openWindowLog(path: string): Promise<WindowLog> {
  makeFolder(dirname(path));
  const file = await open(path, 'a+');
  try {
    let end = 0;
    let newest: EpochMs | undefined;
    for await (const block of readBlocks(file, path)) {
      end = block.end;
      newest = block.windows.at(-1)?.closedAt ?? newest;
    }
    await file.truncate(end);
    return new FileWindowLog(file, newest);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * The windows of a log, oldest first. A torn last block, of a process that was killed while writing, is left out.
 * @throws WindowLogError when the file is missing, something else, or damaged before its end.
 */
export async function* readWindowLog(path: string): AsyncGenerator<MarketWindow> {
  const file = await openToRead(path);
  try {
    for await (const block of readBlocks(file, path)) yield* block.windows;
  } finally {
    await file.close();
  }
}

class FileWindowLog implements WindowLog {
  private readonly file: FileHandle;
  private newest: EpochMs | undefined;
  /** The block in progress: windows of one minute. */
  private block: MarketWindow[] = [];

  constructor(file: FileHandle, newest: EpochMs | undefined) {
    this.file = file;
    this.newest = newest;
  }

  async append(window: MarketWindow): Promise<void> {
    if (this.newest !== undefined && window.closedAt <= this.newest) return;
    const first = this.block[0];
    if (first !== undefined && beatAt(first.closedAt, MINUTE_MS) !== beatAt(window.closedAt, MINUTE_MS)) {
      await this.writeBlock();
    }
    this.newest = window.closedAt;
    this.block.push(window);
  }

  async close(): Promise<void> {
    try {
      await this.writeBlock();
    } finally {
      await this.file.close();
    }
  }

  /** One write per block: a reader sees it whole, or torn at the end of the file, never mixed with another. */
  private async writeBlock(): Promise<void> {
    if (this.block.length === 0) return;
    await this.file.appendFile(encodeBlock(this.block));
    this.block = [];
  }
}

interface Block {
  readonly windows: readonly MarketWindow[];
  /** Where the next block begins. */
  readonly end: number;
}

async function* readBlocks(file: FileHandle, path: string): AsyncGenerator<Block> {
  const { size } = await file.stat();
  let at = 0;
  while (size - at >= HEADER_BYTES) {
    const rest = bytesAfterHeader(await readAt(file, at, HEADER_BYTES));
    if (rest === undefined) throw new WindowLogError(`${path} is no window log, or is damaged at byte ${at}`);
    const end = at + HEADER_BYTES + rest;
    if (end > size) return;
    const windows = decodeBlock(await readAt(file, at + HEADER_BYTES, rest));
    if (windows === undefined) {
      // The last block may have been allocated by the file system and never filled.
      if (end === size) return;
      throw new WindowLogError(`${path} is damaged: the block at byte ${at} cannot be unpacked`);
    }
    yield { windows, end };
    at = end;
  }
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}

async function openToRead(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw new WindowLogError(`there is no readable window log at ${path}`, { cause: error });
  }
}
