import { SUBSCRIBE_BYTES_MAX, SUBSCRIBE_STREAMS_MAX } from './limits.ts';

/** What is followed of each symbol, by the names of its streams behind the symbol's. */
const SUFFIXES = { depth: '@depth@100ms', bookTicker: '@bookTicker', trade: '@trade' } as const;

export type ChannelName = keyof typeof SUFFIXES;

/** One stream: `btcusdt@trade`. */
export interface Stream {
  readonly name: string;
  readonly channel: ChannelName;
  readonly symbol: string;
}

/** The streams of a symbol; their names are in lower case. */
export const streamsOf = (symbol: string): readonly Stream[] =>
  Object.entries(SUFFIXES).map(([channel, suffix]) => ({
    name: `${symbol.toLowerCase()}${suffix}`,
    channel: channel as ChannelName,
    symbol,
  }));

/** What surrounds the list of a request: method, id and brackets. */
const FRAME_BYTES = 60;

/** Streams in lists, each of which fits into one request. */
export function inRequests(streams: readonly Stream[]): readonly (readonly Stream[])[] {
  const lists: Stream[][] = [];
  let size = SUBSCRIBE_BYTES_MAX;
  for (const stream of streams) {
    const bytes = Buffer.byteLength(JSON.stringify(stream.name)) + 1;
    if (size + bytes > SUBSCRIBE_BYTES_MAX || (lists.at(-1)?.length ?? 0) >= SUBSCRIBE_STREAMS_MAX) {
      lists.push([]);
      size = FRAME_BYTES;
    }
    lists.at(-1)?.push(stream);
    size += bytes;
  }
  return lists;
}
