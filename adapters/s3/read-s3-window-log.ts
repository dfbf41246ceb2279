import type { FeedId, MarketWindow } from '../../core/market/window.ts';
import { bytesAfterHeader, decodeBlock, HEADER_BYTES } from '../window-log/log-block.ts';
import { WindowLogError } from '../window-log/window-log.ts';
import type { ObjectReader } from './object-reader.ts';
import { windowsPrefix } from './s3-window-log.ts';

/**
 * The windows that a feed has logged in a bucket, oldest first, each once. Where two lives of the feed kept the same
 * window, that of the higher epoch counts: it held the lease.
 * @throws WindowLogError when there are none, or when an object is no block of a window log or is damaged.
 */
export async function* readS3WindowLog(
  reader: ObjectReader,
  feedId: FeedId,
): AsyncGenerator<MarketWindow, void, undefined> {
  const prefix = windowsPrefix(feedId);
  let minute: string | undefined;
  let windows = new Map<number, MarketWindow>();
  for await (const { key } of reader.list(prefix)) {
    // A block never leaves its minute, so that minutes can be put in order one by one.
    const of = minuteOf(key);
    if (minute !== undefined && of !== minute) {
      yield* inOrder(windows);
      windows = new Map();
    }
    minute = of;
    for (const window of blockOf(key, await reader.get(key))) {
      const known = windows.get(window.closedAt);
      if (known === undefined || known.epoch < window.epoch) windows.set(window.closedAt, window);
    }
  }
  if (minute === undefined)
    throw new WindowLogError(
      `there is no window log under ${prefix}; a feed writes its first block within two minutes`,
    );
  yield* inOrder(windows);
}

const inOrder = (windows: ReadonlyMap<number, MarketWindow>): MarketWindow[] =>
  [...windows.values()].sort((a, b) => a.closedAt - b.closedAt);

/** Date and minute in the key of a block. */
const minuteOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + '/HHMM'.length);

function blockOf(key: string, bytes: Buffer): readonly MarketWindow[] {
  const rest = bytesAfterHeader(bytes.subarray(0, HEADER_BYTES));
  if (rest === undefined) throw new WindowLogError(`${key} is no block of a window log`);
  const windows =
    bytes.length === HEADER_BYTES + rest ? decodeBlock(bytes.subarray(HEADER_BYTES)) : undefined;
  if (windows === undefined) throw new WindowLogError(`${key} is damaged: its block cannot be unpacked`);
  return windows;
}
