import { type Frame, POLL } from '../../../../adapters/venues/frame-source.ts';
import { toMarketFacts } from '../../../../adapters/venues/kalshi/market-facts.ts';
import { type KalshiReaderOptions, kalshiReader } from '../../../../adapters/venues/kalshi/reader.ts';
import type { ReaderNote } from '../../../../adapters/venues/venue-reader.ts';
import type { WireReader } from '../../../../adapters/venues/wire-reader.ts';
import { formatUnits } from '../../../../core/amounts.ts';
import { type Instrument, instrumentId } from '../../../../core/market/instrument.ts';
import type { MarketUpdate } from '../../../../core/market/market-update.ts';
import type { BookView } from '../../../../core/market/order-book.ts';
import type { QualityCounts } from '../../../../core/market/quality.ts';
import { type EpochMs, epochMs } from '../../../../core/time.ts';

/** The market of most tests, and another one beside it. */
export const A = 'FED-23DEC-T3.00';
export const B = 'KXBTC15M-26SEP261900-00';
/** The connection of most tests. */
export const LINE = 'kalshi-1';

export const START = 1_790_462_800_000;
export const at = (ms: number): EpochMs => epochMs(START + ms);

export const LINEAR = [{ start: '0.0000', end: '1.0000', step: '0.0100' }];
export const TAPERED = [
  { start: '0.0000', end: '0.1000', step: '0.0010' },
  { start: '0.1000', end: '0.9000', step: '0.0100' },
  { start: '0.9000', end: '1.0000', step: '0.0010' },
];

/** A market as the venue describes it. */
export const wireMarket = (ticker: string, more: object = {}) => ({
  ticker,
  event_ticker: ticker.slice(0, ticker.lastIndexOf('-')),
  status: 'active',
  title: `Will ${ticker} happen?`,
  yes_sub_title: 'It happens',
  open_time: '2026-09-26T22:45:00Z',
  close_time: '2026-09-26T23:00:00Z',
  price_level_structure: 'tapered_deci_cent',
  price_ranges: TAPERED,
  result: '',
  ...more,
});

export function market(ticker: string, more: object = {}): Instrument {
  const facts = toMarketFacts(wireMarket(ticker, more), undefined);
  if (typeof facts === 'string') throw new Error(facts);
  return facts.instrument;
}

/** Any message of the stream. */
export type WireValue = Readonly<Record<string, unknown>> & { readonly type: string };

export const frame = (channel: string, raw: string, ms = 0, connection: string | null = LINE): Frame => ({
  wire: 'kalshi',
  receivedAt: at(ms),
  channel,
  raw,
  ...(connection !== null && { connection }),
});

export const message = (value: WireValue, ms = 0, connection: string | null = LINE): Frame =>
  frame(value.type, JSON.stringify(value), ms, connection);

export type Levels = readonly (readonly [string, string])[];

/** The documentation's picture of market A. */
export const YES: Levels = [
  ['0.0800', '300.00'],
  ['0.2200', '333.00'],
];
export const NO: Levels = [
  ['0.5400', '20.00'],
  ['0.5600', '146.00'],
];

export interface Sides {
  readonly yes?: Levels;
  readonly no?: Levels;
}

export const snapshot = (
  symbol: string,
  seq: number,
  sides: Sides = { yes: YES, no: NO },
  ms = seq,
  sid = 2,
): Frame =>
  message(
    {
      type: 'orderbook_snapshot',
      sid,
      seq,
      msg: { market_ticker: symbol, yes_dollars_fp: sides.yes, no_dollars_fp: sides.no },
    },
    ms,
  );

/** As the check table writes it: `delta(A, 3, 'yes 0.2200 +17.00')`. */
export function delta(symbol: string, seq: number, change: string, ms = seq, sid = 2): Frame {
  const [side = '', price = '', size = ''] = change.split(' ');
  const msg = {
    market_ticker: symbol,
    price_dollars: price,
    delta_fp: size.replace('+', ''),
    side,
    ts_ms: START + ms,
  };
  return message({ type: 'orderbook_delta', sid, seq, msg }, ms);
}

export interface TradeFields {
  readonly seq?: number;
  readonly id?: string;
  readonly price?: string;
  readonly count?: string;
  readonly ms?: number;
  readonly sid?: number;
}

export function trade(symbol: string, fields: TradeFields = {}, more: object = {}): Frame {
  const { seq, id = `trade-${seq}`, price = '0.4400', count = '1.00', ms = 0, sid = 11 } = fields;
  const msg = {
    trade_id: id,
    market_ticker: symbol,
    yes_price_dollars: price,
    count_fp: count,
    taker_book_side: 'bid',
    is_block_trade: false,
    ts_ms: START + ms,
    ...more,
  };
  return message({ type: 'trade', sid, ...(seq !== undefined && { seq }), msg }, ms);
}

export const lifecycle = (event: string, symbol: string, more: object = {}, ms = 0): Frame =>
  message(
    {
      type: 'market_lifecycle_v2',
      sid: 13,
      msg: { event_type: event, market_ticker: symbol, ...more },
    },
    ms,
  );

export const rest = (
  endpoint: string,
  value: unknown,
  ms = 0,
  connection: string | null = LINE,
  url?: string,
): Frame => ({
  ...frame(`rest:${endpoint}`, JSON.stringify(value), ms, connection),
  ...(url !== undefined && { url }),
});

export const restBook = (
  symbol: string,
  sides: Required<Sides>,
  ms = 0,
  connection: string | null = POLL,
): Frame =>
  rest(
    'orderbooks',
    { orderbooks: [{ ticker: symbol, orderbook_fp: { yes_dollars: sides.yes, no_dollars: sides.no } }] },
    ms,
    connection,
  );

/** A reader with everything it said. */
export interface Listened {
  readonly reader: WireReader;
  readonly updates: MarketUpdate[];
  readonly notes: ReaderNote[];
  /** `snapshot FED-23DEC-T3.00`, `reconnect `. */
  readonly needs: string[];
  read(...frames: Frame[]): void;
}

export function listen(options: Partial<KalshiReaderOptions> = {}): Listened {
  const updates: MarketUpdate[] = [];
  const notes: ReaderNote[] = [];
  const needs: string[] = [];
  const reader = kalshiReader(
    { instruments: [market(A), market(B)], ...options },
    {
      emit: (update) => updates.push(update),
      note: (note) => notes.push(note),
      need: ({ kind, symbol }) => needs.push(`${kind} ${symbol}`),
    },
  );
  const read = (...frames: Frame[]): void => {
    for (const one of frames) reader.read(one);
  };
  return { reader, updates, notes, needs, read };
}

/** The book that the reader last spoke of. */
export function bookOf({ updates }: Listened, symbol: string): BookView | undefined {
  const id = instrumentId('kalshi', symbol);
  for (const update of updates.toReversed())
    if (update.kind === 'book' && update.instrumentId === id) return update.book;
  return undefined;
}

const sideOf = (book: BookView, side: 'bids' | 'asks'): string[] =>
  book.levels(side, 100).map(({ price, quantity }) => `${formatUnits(price)} x ${formatUnits(quantity)}`);

/** What anyone may see of a market: nothing unless its book is live. `bids: ['0.22 x 333', '0.08 x 300']`. */
export function shown(
  listened: Listened,
  symbol: string,
): { status: string; bids: string[]; asks: string[] } {
  const book = bookOf(listened, symbol);
  if (book === undefined) return { status: 'never shown', bids: [], asks: [] };
  return book.status === 'live'
    ? { status: 'live', bids: sideOf(book, 'bids'), asks: sideOf(book, 'asks') }
    : { status: book.status, bids: [], asks: [] };
}

export function countsOf({ reader }: Listened, symbol: string): Readonly<QualityCounts> {
  const counts = reader.quality().get(instrumentId('kalshi', symbol));
  if (counts === undefined) throw new Error(`the reader does not follow ${symbol}`);
  return counts;
}

/** Counts that are not zero. */
export const countedOf = (listened: Listened, symbol: string): object =>
  Object.fromEntries(
    Object.entries(countsOf(listened, symbol)).filter(([, count]) => count !== 0 && count !== 0n),
  );

/** Updates but for changes of books. */
export const toldBy = ({ updates }: Listened): MarketUpdate[] =>
  updates.filter(({ kind }) => kind !== 'book');

/** Frames of which a reader says what became of them: each is in exactly one of these counts. */
export function accounted({ messages, unknown, frames }: WireReader): number {
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((a, b) => a + b, 0);
  return sum(messages) + sum(unknown) + frames.malformed + frames.venueErrors;
}
