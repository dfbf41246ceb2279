import { type Frame, type Need, POLL } from '../../../../adapters/venues/frame-source.ts';
import { pricesAt } from '../../../../adapters/venues/polymarket/market-facts.ts';
import {
  type PolymarketReaderOptions,
  polymarketReader,
} from '../../../../adapters/venues/polymarket/reader.ts';
import type { ReaderNote } from '../../../../adapters/venues/venue-reader.ts';
import type { WireReader } from '../../../../adapters/venues/wire-reader.ts';
import { money, price, quantity } from '../../../../core/amounts.ts';
import { type Instrument, instrumentId } from '../../../../core/market/instrument.ts';
import { type MarketUpdate, subjectOf } from '../../../../core/market/market-update.ts';
import type { BookView } from '../../../../core/market/order-book.ts';
import type { QualityCounts } from '../../../../core/market/quality.ts';
import { type EpochMs, epochMs } from '../../../../core/time.ts';
import { BOOK, MARKET, N, Y } from './samples.ts';

/** The moment of the sample book. */
export const START = Number(BOOK.timestamp);
export const at = (ms: number): EpochMs => epochMs(START + ms);

export const tokenInstrument = (symbol: string, tick = '0.01'): Instrument => ({
  id: instrumentId('polymarket', symbol),
  venue: 'polymarket',
  symbol,
  baseAsset: symbol,
  quoteAsset: 'pUSD',
  ...pricesAt(price(tick)),
  lotSize: quantity('0.001'),
  quantityMin: quantity('5'),
  quantityMax: quantity('1000000000000'),
  notionalMin: money('0'),
});

export const INSTRUMENTS = [tokenInstrument(Y), tokenInstrument(N)];

/** A frame of the stream. */
export const ws = (raw: unknown, ms = 0, connection = 'c1'): Frame => ({
  wire: 'polymarket',
  receivedAt: at(ms),
  channel: 'market',
  raw: typeof raw === 'string' ? raw : JSON.stringify(raw),
  connection,
});

/** An answer by REST, asked for on a connection. */
export const rest = (endpoint: string, body: unknown, ms = 0, connection?: string): Frame => ({
  wire: 'polymarket',
  receivedAt: at(ms),
  channel: `rest:${endpoint}`,
  raw: typeof body === 'string' ? body : JSON.stringify(body),
  ...(connection !== undefined && { connection }),
});

export const polled = (endpoint: string, body: unknown, ms = 0): Frame => rest(endpoint, body, ms, POLL);

type Levels = readonly (readonly [price: string, size: string])[];
const levels = (of: Levels) => of.map(([one, size]) => ({ price: one, size }));

/** A book of the stream, or of an answer. */
export const book = (bids: Levels, asks: Levels, more: object = {}): object => ({
  ...BOOK,
  hash: '',
  bids: levels(bids),
  asks: levels(asks),
  ...more,
});

/** `BUY 0.50 40 (0.50/0.52)` of a token; the best prices may be left out. */
export function entry(text: string, token = Y, hash?: string): object {
  const match = /^(BUY|SELL) (\S+) (\S+)(?: \((\S+)\/(\S+)\))?$/.exec(text);
  if (match === null) throw new Error(`no entry: ${text}`);
  const [, side, at, size, bid, ask] = match;
  return {
    asset_id: token,
    price: at,
    size,
    side,
    ...(hash !== undefined && { hash }),
    ...(bid !== undefined && { best_bid: bid, best_ask: ask }),
  };
}

/** A `price_change` with these entries. */
export const change = (entries: readonly object[], stamp = START): object => ({
  event_type: 'price_change',
  market: MARKET,
  timestamp: String(stamp),
  price_changes: entries,
});

/** A reader with everything it said. */
export interface Listened {
  readonly reader: WireReader;
  readonly updates: MarketUpdate[];
  readonly notes: ReaderNote[];
  readonly needs: Need[];
}

export function listen(options: PolymarketReaderOptions = { instruments: INSTRUMENTS }): Listened {
  const updates: MarketUpdate[] = [];
  const notes: ReaderNote[] = [];
  const needs: Need[] = [];
  const reader = polymarketReader(options, {
    emit: (update) => updates.push(update),
    note: (note) => notes.push(note),
    need: (need) => needs.push(need),
  });
  return { reader, updates, notes, needs };
}

/** A reader that has read these frames. */
export function heard(frames: readonly Frame[], options?: PolymarketReaderOptions): Listened {
  const listened = listen(options);
  for (const frame of frames) listened.reader.read(frame);
  return listened;
}

/** The sample book, then these frames 10 ms apart. */
export const afterBook = (...raws: readonly unknown[]): Listened =>
  heard([ws(BOOK), ...raws.map((raw, n) => ws(raw, 10 * (n + 1)))]);

const idOf = (token: string) => instrumentId('polymarket', token);

/** The book that was last shown of a token. */
export function bookOf({ updates }: Listened, token = Y): BookView | undefined {
  for (const update of updates.toReversed())
    if (update.kind === 'book' && update.instrumentId === idOf(token)) return update.book;
  return undefined;
}

/** Status and best levels of a token: `live 0.50×15 / 0.52×25`. */
export function shown(listened: Listened, token = Y): string {
  const of = bookOf(listened, token);
  if (of === undefined) return 'none';
  const best = (side: 'bids' | 'asks'): string => {
    const [level] = of.levels(side, 1);
    return level === undefined ? '-' : `${text(level.price)}×${text(level.quantity)}`;
  };
  return `${of.status} ${best('bids')} / ${best('asks')}`;
}

const text = (units: bigint): string => String(Number(units) / 1e8);

export function countsOf({ reader }: Listened, token = Y): Readonly<QualityCounts> {
  const counts = reader.quality().get(idOf(token));
  if (counts === undefined) throw new Error('the reader does not follow it');
  return counts;
}

/** Kinds of what was told of a token, in order. */
export const told = ({ updates }: Listened, token = Y): string[] =>
  updates.flatMap((update) => (subjectOf(update) === idOf(token) ? [update.kind] : []));

/** Why the books of a token were doubted. */
export const doubts = ({ updates }: Listened, token = Y): string[] =>
  updates.flatMap((update) =>
    update.kind === 'book_doubted' && update.instrumentId === idOf(token) ? [update.doubt] : [],
  );

/** Frames of which a reader says what became of them: each is in exactly one of these counts. */
export function accounted({ messages, unknown, frames }: WireReader): number {
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  return sum(messages) + sum(unknown) + frames.malformed + frames.venueErrors;
}
