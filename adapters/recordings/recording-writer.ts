import { access, constants, type FileHandle, open, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type EpochMs, isoTime } from '../../core/time.ts';
import { makeFolder } from '../make-folder.ts';

export interface WriterOptions {
  /** Folder of the recording's files; made when it is not there. */
  readonly directory: string;
  /** Beginning of their names. */
  readonly name: string;
  /** A file is closed and the next one begun after so long in receive time, or when it holds so many bytes. */
  readonly rotateMs: number;
  readonly rotateBytes: number;
  /** Lines are written together once they are so many characters, or the oldest waited so long in receive time. */
  readonly blockChars?: number;
  readonly blockMs?: number;
}

/** A second of a busy feed: what a killed process loses at most. */
const BLOCK_MS = 1_000;
const BLOCK_CHARS = 1_000_000;

/** What a recording amounts to so far. */
export interface Written {
  readonly files: readonly string[];
  readonly lines: number;
  readonly blocks: number;
  /** Bytes on the disk. */
  readonly bytes: number;
}

/**
 * Writes a recording as gzip'd JSON lines in files that begin anew by time and size. Lines go out in blocks: each is a whole
 * gzip member in one write, and on the disk (fsync) before the next is begun, so that a process killed at any moment
 * leaves all whole blocks and at most one torn end, which every reader of recordings tolerates.
 * @throws the file system's error when something cannot be written; what was written before stays, and nothing is written
 * any more: a block behind the half of another could not be read.
 */
export class RecordingWriter {
  private readonly options: WriterOptions;
  private readonly files: string[] = [];
  private file: FileHandle | undefined;
  private fileBegan: EpochMs | undefined;
  private fileBytes = 0;
  private block: string[] = [];
  private blockBegan: EpochMs | undefined;
  private chars = 0;
  private lines = 0;
  private blocks = 0;
  private bytes = 0;
  private hasFailed = false;

  constructor(options: WriterOptions) {
    this.options = options;
  }

  get written(): Written {
    const { lines, blocks, bytes } = this;
    return { files: [...this.files], lines, blocks, bytes };
  }

  /** Makes the folder. @throws the file system's error when it cannot be made, or nothing can be written into it. */
  async prepare(): Promise<void> {
    const { directory } = this.options;
    makeFolder(directory);
    await access(directory, constants.W_OK | constants.X_OK);
  }

  /** Takes a line received at `at`; resolves when it is kept in memory, or on the disk when a block is full. */
  async add(line: string, at: EpochMs): Promise<void> {
    await this.flushWhenDue(at);
    this.blockBegan ??= at;
    this.block.push(line);
    this.chars += line.length;
    if (this.chars >= (this.options.blockChars ?? BLOCK_CHARS)) await this.flush();
  }

  /** Lets time pass: a block that waited long enough is written although nothing comes. */
  async flushWhenDue(at: EpochMs): Promise<void> {
    if (this.blockBegan !== undefined && at - this.blockBegan >= (this.options.blockMs ?? BLOCK_MS))
      await this.flush();
  }

  /** Writes what is still in memory, unless a block could not be written before. */
  async close(): Promise<void> {
    try {
      if (!this.hasFailed) await this.flush();
    } finally {
      await this.file?.close();
      this.file = undefined;
    }
  }

  private async flush(): Promise<void> {
    const { block, blockBegan } = this;
    if (blockBegan === undefined) return;
    const bytes = gzipSync(`${block.join('\n')}\n`);
    try {
      const file = await this.fileFor(blockBegan);
      await file.appendFile(bytes);
      await file.sync();
    } catch (error) {
      this.hasFailed = true;
      // What is not taken back is a torn end, which readers know; the first error is the one to tell.
      await this.takeBack().catch(() => undefined);
      throw error;
    }
    this.block = [];
    this.blockBegan = undefined;
    this.chars = 0;
    this.lines += block.length;
    this.blocks += 1;
    this.bytes += bytes.length;
    this.fileBytes += bytes.length;
  }

  /** Cuts off the half of a block, and a file that was begun for it. */
  private async takeBack(): Promise<void> {
    const { file, fileBytes } = this;
    if (file === undefined) return;
    if (fileBytes > 0) await file.truncate(fileBytes);
    else await unlink(this.files.pop() ?? '');
  }

  private async fileFor(at: EpochMs): Promise<FileHandle> {
    const { rotateMs, rotateBytes } = this.options;
    const isOver =
      this.fileBegan !== undefined && (at - this.fileBegan >= rotateMs || this.fileBytes >= rotateBytes);
    if (this.file !== undefined && !isOver) return this.file;
    await this.file?.close();
    this.file = undefined;
    this.file = await this.begin(at);
    this.fileBegan = at;
    this.fileBytes = 0;
    return this.file;
  }

  /** Never into a file that is there already. */
  private async begin(at: EpochMs): Promise<FileHandle> {
    const { directory, name } = this.options;
    makeFolder(directory);
    const stamp = isoTime(at).replaceAll(/[-:]/g, '').replace('.', '-');
    for (let n = 1; ; n += 1) {
      const path = join(directory, `${name}-${stamp}${n === 1 ? '' : `-${n}`}.jsonl.gz`);
      try {
        const file = await open(path, 'wx');
        this.files.push(path);
        return file;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
    }
  }
}
