import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { MarketWindow } from '../../core/market/window.ts';
import { decodeWindow, encodeWindow } from '../../core/market/window-codec.ts';

/**
 * A block of the window log is one gzip member (RFC 1952) of JSON lines, so `zcat` reads the file. Its header carries the
 * length of the compressed part in an extra field named `DK`: a reader walks from block to block and knows a torn one.
 */
const HEADER = [0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255, 8, 0, 0x44, 0x4b, 4, 0] as const;
export const HEADER_BYTES = HEADER.length + 4;
const TRAILER_BYTES = 8;
/** A minute of windows of a large feed is some 20 MB; beyond this the length is not one of ours. */
const BODY_BYTES_MAX = 500_000_000;

export function encodeBlock(windows: readonly MarketWindow[]): Buffer {
  const text = Buffer.from(windows.map((one) => `${JSON.stringify(encodeWindow(one))}\n`).join(''), 'utf8');
  const body = deflateRawSync(text);
  const block = Buffer.alloc(HEADER_BYTES + body.length + TRAILER_BYTES);
  block.set(HEADER);
  block.writeUInt32LE(body.length, HEADER.length);
  block.set(body, HEADER_BYTES);
  block.writeUInt32LE(crc32(text), HEADER_BYTES + body.length);
  block.writeUInt32LE(text.length, HEADER_BYTES + body.length + 4);
  return block;
}

/** Bytes that follow the header in its block; undefined when this is no header of ours. */
export function bytesAfterHeader(header: Buffer): number | undefined {
  if (header.length < HEADER_BYTES || HEADER.some((byte, n) => header[n] !== byte)) return undefined;
  const body = header.readUInt32LE(HEADER.length);
  return body <= BODY_BYTES_MAX ? body + TRAILER_BYTES : undefined;
}

/** Windows of the bytes after a header; undefined when they are damaged. @throws WindowFormatError naming a wrong field. */
export function decodeBlock(rest: Buffer): MarketWindow[] | undefined {
  const body = rest.subarray(0, rest.length - TRAILER_BYTES);
  let text: Buffer;
  try {
    text = inflateRawSync(body, { maxOutputLength: BODY_BYTES_MAX });
  } catch {
    return undefined;
  }
  if (crc32(text) !== rest.readUInt32LE(body.length) || text.length !== rest.readUInt32LE(body.length + 4)) {
    return undefined;
  }
  const lines = text.toString('utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => decodeWindow(JSON.parse(line)));
}
