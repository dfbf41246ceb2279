import { type Frame, POLL } from '../../../../adapters/venues/frame-source.ts';
import { at, wireTime } from './listen.ts';

type WireLevels = readonly (readonly [string, string])[];

export const exchangeFrame = (channel: string, raw: string, ms = 0, more: Partial<Frame> = {}): Frame => ({
  wire: 'coinbase-exchange',
  receivedAt: at(ms),
  channel,
  raw,
  ...more,
});

export const message = (type: string, body: object, ms = 0): Frame =>
  exchangeFrame(type, JSON.stringify({ type, ...body }), ms);

export const BIDS: WireLevels = [
  ['100.00', '1'],
  ['99.99', '2'],
];
export const ASKS: WireLevels = [
  ['100.02', '3'],
  ['100.03', '4'],
];
export const snapshot = (ms = 0, product_id = 'BTC-USD', bids = BIDS, asks = ASKS): Frame =>
  message('snapshot', { product_id, bids, asks }, ms);

export const l2update = (
  ms: number,
  changes: readonly (readonly [string, string, string])[],
  product_id = 'BTC-USD',
): Frame => message('l2update', { product_id, time: wireTime(ms), changes }, ms);

export const match = (id: number, ms = id, body: object = {}, type = 'match'): Frame =>
  message(
    type,
    {
      trade_id: id,
      sequence: id * 3,
      time: wireTime(ms),
      product_id: 'BTC-USD',
      size: '0.5',
      price: '100.01',
      side: 'sell',
      ...body,
    },
    ms,
  );

export const heartbeat = (last_trade_id: number, ms: number, product_id = 'BTC-USD'): Frame =>
  message('heartbeat', { sequence: ms, last_trade_id, product_id, time: wireTime(ms) }, ms);

export const ticker = (best_bid: string, best_ask: string, ms = 0): Frame =>
  message('ticker', { product_id: 'BTC-USD', price: '100.01', best_bid, best_ask }, ms);

export const restBook = (bids = BIDS, asks = ASKS, ms = 0, connection = POLL): Frame =>
  exchangeFrame(
    'rest:book:BTC-USD',
    JSON.stringify({
      bids: bids.map((level) => [...level, 3]),
      asks: asks.map((level) => [...level, 3]),
      sequence: 51,
      auction_mode: false,
      time: wireTime(ms),
    }),
    ms,
    { connection, url: 'https://venue.example/products/BTC-USD/book?level=2' },
  );

export const restTrades = (ids: readonly number[], ms = 0, connection = POLL): Frame =>
  exchangeFrame(
    'rest:trades:BTC-USD',
    JSON.stringify(
      ids.map((id) => ({
        trade_id: id,
        side: 'sell',
        size: '0.5',
        price: '100.01',
        time: wireTime(id),
      })),
    ),
    ms,
    { connection, url: 'https://venue.example/products/BTC-USD/trades?limit=500' },
  );
