import {
  type AdvancedOptions,
  coinbaseAdvancedReader,
  coinbaseExchangeReader,
} from '../../../../adapters/venues/coinbase/reader.ts';
import type { ConnectionChange, Frame, Need } from '../../../../adapters/venues/frame-source.ts';
import type { ReaderNote, ReaderPorts, VenueReader } from '../../../../adapters/venues/venue-reader.ts';
import { money, price, quantity } from '../../../../core/amounts.ts';
import { type Instrument, instrumentId } from '../../../../core/market/instrument.ts';
import type { MarketUpdate } from '../../../../core/market/market-update.ts';
import type { BookView } from '../../../../core/market/order-book.ts';
import type { QualityCounts } from '../../../../core/market/quality.ts';
import { type EpochMs, epochMs } from '../../../../core/time.ts';

/** 2026-09-21T14:13:20Z. */
export const START = Date.parse('2026-09-21T14:13:20Z');
export const at = (ms: number): EpochMs => epochMs(START + ms);
/** The venue's way to write a moment. */
export const wireTime = (ms: number): string => new Date(START + ms).toISOString().replace('Z', '000Z');

export const product = (symbol: string): Instrument => ({
  id: instrumentId('coinbase', symbol),
  venue: 'coinbase',
  symbol,
  baseAsset: symbol.split('-')[0] ?? '',
  quoteAsset: symbol.split('-')[1] ?? '',
  tickSize: price('0.01'),
  lotSize: quantity('0.00000001'),
  quantityMin: quantity('0.00000001'),
  quantityMax: quantity('3400'),
  notionalMin: money('1'),
  priceMin: price('0.01'),
  priceMax: price('1000000000000000'),
});
export const BTC = product('BTC-USD');
export const BTC_USDC = product('BTC-USDC');
export const ETH = product('ETH-USD');

/** A reader with everything it said. */
export interface Listened {
  readonly reader: VenueReader;
  readonly updates: MarketUpdate[];
  readonly notes: ReaderNote[];
  readonly needs: Need[];
}

function listened(create: (ports: ReaderPorts) => VenueReader): Listened {
  const updates: MarketUpdate[] = [];
  const notes: ReaderNote[] = [];
  const needs: Need[] = [];
  const reader = create({
    emit: (update) => updates.push(update),
    note: (note) => notes.push(note),
    need: (need) => needs.push(need),
  });
  return { reader, updates, notes, needs };
}

export const listenAdvanced = (options: AdvancedOptions = { instruments: [BTC] }): Listened =>
  listened((ports) => coinbaseAdvancedReader(options, ports));

export const listenExchange = (
  options: Parameters<typeof coinbaseExchangeReader>[0] = { instruments: [BTC] },
): Listened => listened((ports) => coinbaseExchangeReader(options, ports));

export function read(listened: Listened, frames: readonly Frame[]): Listened {
  for (const one of frames) listened.reader.read(one);
  return listened;
}

export const opened = ({ wire }: VenueReader, connection: string, ms = 0): ConnectionChange => ({
  wire,
  receivedAt: at(ms),
  connection,
  change: 'opened',
  detail: 'connected',
});

/** The book that the reader last spoke of, live or not. */
export function bookOf({ updates }: Listened, of: Instrument = BTC): BookView | undefined {
  for (const update of updates.toReversed())
    if (update.kind === 'book' && update.instrumentId === of.id) return update.book;
  return undefined;
}

export const stateOf = (one: Listened, of: Instrument = BTC): string => bookOf(one, of)?.status ?? 'unproven';

export function countsOf({ reader }: Listened, of: Instrument = BTC): Readonly<QualityCounts> {
  const counts = reader.quality().get(of.id);
  if (counts === undefined) throw new Error(`the reader does not follow ${of.symbol}`);
  return counts;
}

/** Both sides, best first, as `price x quantity` texts of the book's own steps. */
export const levelsOf = (one: Listened, of: Instrument = BTC) => ({
  bids: bookOf(one, of)?.levels('bids', 99),
  asks: bookOf(one, of)?.levels('asks', 99),
});

export const ofKind = <K extends MarketUpdate['kind']>({ updates }: Listened, kind: K) =>
  updates.filter((update): update is Extract<MarketUpdate, { kind: K }> => update.kind === kind);

/** Frames of which a reader says what became of them: each is in exactly one of these counts. */
export function accounted({ messages, unknown, frames }: VenueReader): number {
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  return sum(messages) + sum(unknown) + frames.malformed + frames.venueErrors;
}
