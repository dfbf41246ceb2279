import { binanceReader } from '../../../../adapters/venues/binance/reader.ts';
import type { Frame, Need } from '../../../../adapters/venues/frame-source.ts';
import type { ReaderNote, VenueReader } from '../../../../adapters/venues/venue-reader.ts';
import type { MarketUpdate } from '../../../../core/market/market-update.ts';
import { type EpochMs, epochMs } from '../../../../core/time.ts';
import { OAK } from '../../../core/market/samples.ts';

export const START = 1_700_000_000_000;
export const at = (ms: number): EpochMs => epochMs(START + ms);

export const frame = (channel: string, raw: string, ms = 0, url?: string): Frame => ({
  wire: 'binance-spot',
  receivedAt: at(ms),
  channel,
  raw,
  ...(url !== undefined && { url }),
});

const stream = (channel: string, data: object, ms: number): Frame =>
  frame(channel, JSON.stringify({ stream: channel, data }), ms);

type WireLevels = readonly (readonly [string, string])[];

export function depth(
  first: number,
  last: number,
  bids: WireLevels = [],
  asks: WireLevels = [],
  ms = last,
): Frame {
  return stream(
    'oakusdt@depth@100ms',
    { e: 'depthUpdate', E: START + ms, s: 'OAKUSDT', U: first, u: last, b: bids, a: asks },
    ms,
  );
}

export const BIDS: WireLevels = [
  ['100.00', '1.000'],
  ['99.99', '2.000'],
];
export const ASKS: WireLevels = [
  ['100.02', '3.000'],
  ['100.03', '4.000'],
];

export const snapshot = (lastUpdateId: number, bids = BIDS, asks = ASKS, ms = 0): Frame =>
  frame('rest:depth:oakusdt', JSON.stringify({ lastUpdateId, bids, asks }), ms);

export const touch = (
  u: number,
  bid: readonly [string, string],
  ask: readonly [string, string],
  ms = u,
): Frame => stream('oakusdt@bookTicker', { u, s: 'OAKUSDT', b: bid[0], B: bid[1], a: ask[0], A: ask[1] }, ms);

export function trade(t: number, p: string, q: string, isBuyerMaker = false, ms = t): Frame {
  const data = { e: 'trade', E: START + ms, s: 'OAKUSDT', t, p, q, T: START + ms, m: isBuyerMaker, M: true };
  return stream('oakusdt@trade', data, ms);
}

export function aggregate(f: number, l: number, p: string, q: string, ms = l): Frame {
  const data = {
    e: 'aggTrade',
    E: START + ms,
    s: 'OAKUSDT',
    a: f,
    p,
    q,
    f,
    l,
    T: START + ms,
    m: true,
    M: true,
  };
  return stream('oakusdt@aggTrade', data, ms);
}

/** The frame as this connection carries it. */
export const on = (connection: string, one: Frame): Frame => ({ ...one, connection });

/** A reader with everything it said. */
export interface Listened {
  readonly reader: VenueReader;
  readonly updates: MarketUpdate[];
  readonly notes: ReaderNote[];
  /** Symbols of which a snapshot was asked for. */
  readonly requests: string[];
  readonly needs: Need[];
}

export function listen(options: Parameters<typeof binanceReader>[0] = { instruments: [OAK] }): Listened {
  const updates: MarketUpdate[] = [];
  const notes: ReaderNote[] = [];
  const requests: string[] = [];
  const needs: Need[] = [];
  const reader = binanceReader(options, {
    emit: (update) => updates.push(update),
    note: (note) => notes.push(note),
    need: (need) => {
      needs.push(need);
      if (need.kind === 'snapshot') requests.push(need.symbol);
    },
  });
  return { reader, updates, notes, requests, needs };
}

/** The book that the reader last spoke of, live or not. */
export function bookOf({ updates }: Listened) {
  for (const update of updates.toReversed()) if (update.kind === 'book') return update.book;
  return undefined;
}

export function countsOf({ reader }: Listened) {
  const counts = reader.quality().get(OAK.id);
  if (counts === undefined) throw new Error('the reader does not follow OAKUSDT');
  return counts;
}

/** Frames of which a reader says what became of them: each is in exactly one of these counts. */
export function accounted({ messages, unknown, frames }: VenueReader): number {
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  return sum(messages) + sum(unknown) + frames.malformed + frames.venueErrors;
}
