import type { Frame, Need } from '../../../../adapters/venues/frame-source.ts';
import { encodePush } from '../../../../adapters/venues/mexc/proto.ts';
import { mexcReader } from '../../../../adapters/venues/mexc/reader.ts';
import type { ReaderNote } from '../../../../adapters/venues/venue-reader.ts';
import type { WireReader } from '../../../../adapters/venues/wire-reader.ts';
import { money, price, quantity } from '../../../../core/amounts.ts';
import { type Instrument, instrumentId } from '../../../../core/market/instrument.ts';
import type { MarketUpdate } from '../../../../core/market/market-update.ts';
import type { BookView } from '../../../../core/market/order-book.ts';
import type { QualityCounts } from '../../../../core/market/quality.ts';
import { type EpochMs, epochMs } from '../../../../core/time.ts';

export const START = 1_790_000_000_000;
export const at = (ms: number): EpochMs => epochMs(START + ms);

export const BTC: Instrument = mexcInstrument('BTCUSDT', '0.01', '0.000001');

export function mexcInstrument(symbol: string, tickSize: string, lotSize: string): Instrument {
  return {
    id: instrumentId('mexc', symbol),
    venue: 'mexc',
    symbol,
    baseAsset: symbol.slice(0, -4),
    quoteAsset: 'USDT',
    tickSize: price(tickSize),
    lotSize: quantity(lotSize),
    quantityMin: quantity(lotSize),
    quantityMax: quantity('1000000'),
    notionalMin: money('1'),
    priceMin: price(tickSize),
    priceMax: price('1000000'),
  };
}

export const text = (channel: string, raw: string, ms = 0, more: Partial<Frame> = {}): Frame => ({
  wire: 'mexc-spot',
  receivedAt: at(ms),
  channel,
  raw,
  ...more,
});

export const binary = (channel: string, raw: string, ms = 0, more: Partial<Frame> = {}): Frame =>
  text(channel, raw, ms, { encoding: 'base64', ...more });

type Levels = readonly (readonly [string, string])[];
const levels = (of: Levels) => of.map(([at, size]) => ({ price: at, quantity: size }));

const push = (channel: string, body: object, ms: number, symbol: string): Frame =>
  binary(channel, encodePush({ channel, symbol, sendTime: START + ms, ...body }), ms);

export function depth(from: number, to: number, bids: Levels = [], asks: Levels = [], ms = to): Frame {
  const body = {
    bids: levels(bids),
    asks: levels(asks),
    eventType: 'spot@public.aggre.depth.v3.api.pb@100ms',
    fromVersion: String(from),
    toVersion: String(to),
  };
  return push('spot@public.aggre.depth.v3.api.pb@100ms@BTCUSDT', { publicAggreDepths: body }, ms, 'BTCUSDT');
}

export const BIDS: Levels = [
  ['100.00', '1'],
  ['99.99', '2'],
];
export const ASKS: Levels = [
  ['100.02', '3'],
  ['100.03', '4'],
];

export function picture(version: number, bids = BIDS, asks = ASKS, ms = version): Frame {
  const body = { bids: levels(bids), asks: levels(asks), version: String(version) };
  return push('spot@public.limit.depth.v3.api.pb@BTCUSDT@20', { publicLimitDepths: body }, ms, 'BTCUSDT');
}

export const REST = 'https://api.mexc.com/api/v3';

/** A REST picture asked for on `connection`. */
export function snapshot(
  lastUpdateId: number,
  ms = 0,
  { bids = BIDS, asks = ASKS, connection, limit = 5_000 }: Asked = {},
): Frame {
  const raw = JSON.stringify({ lastUpdateId, bids, asks, timestamp: START + ms });
  return text('rest:depth:BTCUSDT', raw, ms, {
    url: `${REST}/depth?symbol=BTCUSDT&limit=${limit}`,
    ...(connection !== undefined && { connection }),
  });
}

interface Asked {
  readonly bids?: Levels;
  readonly asks?: Levels;
  readonly connection?: string;
  readonly limit?: number;
}

export interface SampleDeal {
  readonly price?: string;
  readonly quantity?: string;
  readonly tradeType?: number;
  readonly ms?: number;
  readonly tradeId?: string;
}

export function deals(list: readonly SampleDeal[], ms = 0, connection?: string): Frame {
  const body = list.map(({ price: at = '100.01', quantity: size = '0.5', tradeType = 1, ...one }) => ({
    price: at,
    quantity: size,
    tradeType,
    time: START + (one.ms ?? ms),
    tradeId: one.tradeId ?? '',
  }));
  const channel = 'spot@public.aggre.deals.v3.api.pb@100ms@BTCUSDT';
  const frame = push(channel, { publicAggreDeals: { deals: body } }, ms, 'BTCUSDT');
  return connection === undefined ? frame : { ...frame, connection };
}

export function answeredTrades(
  list: readonly SampleDeal[],
  ms: number,
  connection: string,
  limit = 500,
): Frame {
  const rows = list.map(({ price: at = '100.01', quantity: size = '0.5', tradeType = 1, ...one }) => ({
    id: null,
    price: at,
    qty: size,
    quoteQty: '0',
    time: START + (one.ms ?? ms),
    isBuyerMaker: tradeType === 2,
    isBestMatch: true,
  }));
  return text('rest:trades:BTCUSDT', JSON.stringify(rows), ms, {
    url: `${REST}/trades?symbol=BTCUSDT&limit=${limit}`,
    connection,
  });
}

type Side = readonly [string, string];
export function touch(version: string, [bid, bidSize]: Side, [ask, askSize]: Side, ms = 0): Frame {
  const body = { bidPrice: bid, bidQuantity: bidSize, askPrice: ask, askQuantity: askSize, version };
  const channel = 'spot@public.aggre.bookTicker.v3.api.pb@100ms@BTCUSDT';
  return push(channel, { publicAggreBookTicker: body }, ms, 'BTCUSDT');
}

/** A reader with everything it said. */
export interface Listened {
  readonly reader: WireReader;
  readonly updates: MarketUpdate[];
  readonly notes: ReaderNote[];
  readonly needs: Need[];
}

export function listen(instruments: readonly Instrument[] = [BTC]): Listened {
  const updates: MarketUpdate[] = [];
  const notes: ReaderNote[] = [];
  const needs: Need[] = [];
  const reader = mexcReader(
    { instruments },
    {
      emit: (update) => updates.push(update),
      note: (note) => notes.push(note),
      need: (need) => needs.push(need),
    },
  );
  return { reader, updates, notes, needs };
}

export function read(frames: readonly Frame[], listened: Listened = listen()): Listened {
  for (const one of frames) listened.reader.read(one);
  return listened;
}

/** The book that the reader last spoke of, live or not. */
export function bookOf({ updates }: Pick<Listened, 'updates'>): BookView | undefined {
  const last = updates.findLast((update) => update.kind === 'book');
  return last?.kind === 'book' ? last.book : undefined;
}

export const stateOf = (listened: Pick<Listened, 'updates'>): string => {
  const book = bookOf(listened);
  return book === undefined ? 'unproven' : `${book.status} ${book.sequence}`;
};

export function countsOf({ reader }: Listened): Readonly<QualityCounts> {
  const counts = reader.quality().get(BTC.id);
  if (counts === undefined) throw new Error('the reader does not follow BTCUSDT');
  return counts;
}

export const tradesOf = ({ updates }: Listened) =>
  updates.flatMap((update) => (update.kind === 'trade' ? [update] : []));

/** Every frame is counted once, as something. */
export function countedFrames({ reader }: Listened): number {
  const sum = (counts: ReadonlyMap<string, number>): number =>
    [...counts.values()].reduce((a, b) => a + b, 0);
  const { malformed, venueErrors } = reader.frames;
  return sum(reader.messages) + sum(reader.unknown) + malformed + venueErrors;
}
