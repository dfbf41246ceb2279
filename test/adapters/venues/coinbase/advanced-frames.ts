import { type Frame, POLL } from '../../../../adapters/venues/frame-source.ts';
import { at, wireTime } from './listen.ts';

type WireLevels = readonly (readonly [string, string])[];

export const advancedFrame = (channel: string, raw: string, ms = 0, more: Partial<Frame> = {}): Frame => ({
  wire: 'coinbase-advanced',
  receivedAt: at(ms),
  channel,
  raw,
  ...more,
});

/** A message with its place in the connection's sequence; it comes that many ms after the start unless said otherwise. */
export const message = (channel: string, sequence: number, events: readonly object[], ms = sequence): Frame =>
  advancedFrame(
    channel,
    JSON.stringify({ channel, timestamp: wireTime(ms), sequence_num: sequence, events }),
    ms,
  );

export const on = (connection: string, frame: Frame): Frame => ({ ...frame, connection });

const levels = (side: string, wire: WireLevels, ms: number) =>
  wire.map(([price_level, new_quantity]) => ({ side, event_time: wireTime(ms), price_level, new_quantity }));

export const l2 = (
  type: 'snapshot' | 'update',
  sequence: number,
  bids: WireLevels = [],
  asks: WireLevels = [],
  product_id = 'BTC-USD',
  ms = sequence,
): Frame => {
  const updates = [...levels('bid', bids, ms), ...levels('offer', asks, ms)];
  return message('l2_data', sequence, [{ type, product_id, updates }], ms);
};

export const BIDS: WireLevels = [
  ['100.00', '1'],
  ['99.99', '2'],
];
export const ASKS: WireLevels = [
  ['100.02', '3'],
  ['100.03', '4'],
];
export const snapshot = (sequence: number, product_id = 'BTC-USD', bids = BIDS, asks = ASKS): Frame =>
  l2('snapshot', sequence, bids, asks, product_id);
export const heartbeat = (sequence: number, ms = sequence): Frame =>
  message('heartbeats', sequence, [{ current_time: 'x', heartbeat_counter: sequence }], ms);

export interface WireTrade {
  readonly id: number | string;
  readonly price?: string;
  readonly size?: string;
  readonly side?: string;
  readonly product?: string;
  readonly ms?: number;
}

export const wireTrade = ({
  id,
  price = '100.01',
  size = '0.5',
  side = 'BUY',
  product,
  ms = 0,
}: WireTrade) => ({
  product_id: product ?? 'BTC-USD',
  trade_id: String(id),
  price,
  size,
  time: wireTime(ms),
  side,
});

export const trades = (type: 'snapshot' | 'update', sequence: number, all: readonly WireTrade[]): Frame =>
  message('market_trades', sequence, [{ type, trades: all.map(wireTrade) }]);

export const ticker = (sequence: number, best_bid: string, best_ask: string, product_id = 'BTC-USD'): Frame =>
  message('ticker', sequence, [
    { type: 'update', tickers: [{ type: 'ticker', product_id, best_bid, best_ask }] },
  ]);

export const answer = (channel: string, body: unknown, ms = 0, url?: string, connection = POLL): Frame =>
  advancedFrame(channel, JSON.stringify(body), ms, { connection, ...(url !== undefined && { url }) });

const rest = (wire: WireLevels) => wire.map(([price, size]) => ({ price, size }));

export const productBook = (
  bids = BIDS,
  asks = ASKS,
  ms = 0,
  limit = 250,
  connection = POLL,
  product_id = 'BTC-USD',
): Frame =>
  answer(
    `rest:product_book:${product_id}`,
    { pricebook: { product_id, bids: rest(bids), asks: rest(asks), time: wireTime(ms) } },
    ms,
    `https://venue.example/api/v3/brokerage/market/product_book?product_id=${product_id}&limit=${limit}`,
    connection,
  );
