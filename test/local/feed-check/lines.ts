import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { listing } from '../../adapters/venues/binance/samples.ts';

/** A Binance second by hand: `depth`, `touch` and `trade` at a receive time in milliseconds after this one. */
export const T0 = 1_790_000_000_000;

const line = (ms: number, venue: string, channel: string, message: unknown, more: object = {}): string =>
  JSON.stringify({
    receivedAt: T0 + ms,
    unit: 'ms',
    venue,
    channel,
    ...more,
    raw: typeof message === 'string' ? message : JSON.stringify(message),
  });

type Rows = readonly (readonly [string, string])[];
interface Sides {
  readonly b?: Rows;
  readonly a?: Rows;
}

const stream = (ms: number, symbol: string, kind: string, data: object): string => {
  const channel = `${symbol.toLowerCase()}@${kind}`;
  return line(ms, 'binance-spot', channel, { stream: channel, data });
};

/** The whole book as asked for by REST, at an update id. */
export const snapshot = (ms: number, symbol: string, id: number, { b = [], a = [] }: Sides): string =>
  line(
    ms,
    'binance-spot',
    `rest:depth:${symbol.toLowerCase()}`,
    { lastUpdateId: id, bids: b, asks: a },
    { url: `https://data-api.binance.vision/api/v3/depth?symbol=${symbol}&limit=1000` },
  );

/** Changes of the book over update ids `[first, last]`. */
export const depth = (
  ms: number,
  symbol: string,
  [first, last]: readonly [number, number],
  { b = [], a = [] }: Sides,
): string =>
  stream(ms, symbol, 'depth@100ms', {
    e: 'depthUpdate',
    E: T0 + ms,
    s: symbol,
    U: first,
    u: last,
    b,
    a,
  });

/** Best prices beside the book, at an update id. */
export const touch = (
  ms: number,
  symbol: string,
  id: number,
  [bid, ask]: readonly [readonly [string, string], readonly [string, string]],
): string =>
  stream(ms, symbol, 'bookTicker', { u: id, s: symbol, b: bid[0], B: bid[1], a: ask[0], A: ask[1] });

export const trade = (ms: number, symbol: string, id: number, price: string, quantity: string): string =>
  stream(ms, symbol, 'trade', {
    e: 'trade',
    E: T0 + ms,
    s: symbol,
    t: id,
    p: price,
    q: quantity,
    T: T0 + ms,
    m: true,
    M: true,
  });

/** The venue's rules of a symbol, which does not trade for now. */
export const halted = (ms: number, symbol: string): string =>
  line(ms, 'binance-spot', 'rest:exchangeInfo', { symbols: [listing({ symbol, status: 'HALT' })] });

/** Something of another wire: Coinbase's subscription is acknowledged. */
export const heartbeat = (ms: number, sequence: number): string =>
  line(ms, 'coinbase-advanced', 'heartbeats', {
    channel: 'heartbeats',
    client_id: '',
    timestamp: new Date(T0 + ms).toISOString(),
    sequence_num: sequence,
    events: [{ current_time: 'now', heartbeat_counter: sequence }],
  });

/** Writes a recording, gzip'd when its name says so; where it is. */
export function recordingOf(folder: string, name: string, lines: readonly string[]): string {
  const path = join(folder, name);
  const text = `${lines.join('\n')}\n`;
  writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text);
  return path;
}
