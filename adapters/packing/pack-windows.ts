import { gunzipSync, gzipSync } from 'node:zlib';
import type { MarketWindow } from '../../core/market/window.ts';
import { decodeWindow, encodeWindow, WindowFormatError } from '../../core/market/window-codec.ts';

/** A hundred times what an event may hold on the bus; guards against a text that unfolds without end. */
const UNPACKED_BYTES_MAX = 50_000_000;

/** Windows as one gzip+base64 text, as they travel in an event; order is kept. */
export const packWindows = (windows: readonly MarketWindow[]): string =>
  gzipSync(JSON.stringify(windows.map(encodeWindow))).toString('base64');

/** @throws WindowFormatError, in words, when the text is not what {@link packWindows} makes. */
export function unpackWindows(packed: string): MarketWindow[] {
  const value = parsePacked(packed);
  if (!Array.isArray(value)) throw new WindowFormatError('packed windows must be a list');
  return value.map((one: unknown) => decodeWindow(one));
}

function parsePacked(packed: string): unknown {
  try {
    const bytes = gunzipSync(Buffer.from(packed, 'base64'), { maxOutputLength: UNPACKED_BYTES_MAX });
    return JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new WindowFormatError('packed windows are not gzip+base64 of JSON', { cause: error });
  }
}
