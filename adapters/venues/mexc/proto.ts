import protobuf from 'protobufjs/light.js';
import type { WirePush } from './schema.ts';

/**
 * The public part of MEXC's protobuf definitions (mexcdevelop/websocket-proto, 2026-06-17), by name and number. Fields and
 * bodies that are not listed are skipped by the decoder without being kept.
 */
const text = (id: number) => ({ type: 'string', id });
const int64 = (id: number) => ({ type: 'int64', id });
const one = (type: string, id: number) => ({ type, id });
const many = (type: string, id: number) => ({ rule: 'repeated', type, id });
const message = (fields: Record<string, { type: string; id: number; rule?: string }>) => ({ fields });

const { Root } = protobuf;
const definitions = Root.fromJSON({
  nested: {
    Push: message({
      channel: text(1),
      symbol: text(3),
      symbolId: text(4),
      createTime: int64(5),
      sendTime: int64(6),
      publicDeals: one('Deals', 301),
      publicIncreaseDepths: one('IncreaseDepths', 302),
      publicLimitDepths: one('LimitDepths', 303),
      publicBookTicker: one('BookTicker', 305),
      publicSpotKline: one('Kline', 308),
      publicMiniTicker: one('MiniTicker', 309),
      publicMiniTickers: one('MiniTickers', 310),
      publicBookTickerBatch: one('BookTickerBatch', 311),
      publicIncreaseDepthsBatch: one('IncreaseDepthsBatch', 312),
      publicAggreDepths: one('AggreDepths', 313),
      publicAggreDeals: one('Deals', 314),
      publicAggreBookTicker: one('AggreBookTicker', 315),
    }),
    // 301 and 314: the un-aggregated one has no trade ids.
    Deals: message({ deals: many('Deal', 1), eventType: text(2) }),
    Deal: message({
      price: text(1),
      quantity: text(2),
      tradeType: one('int32', 3),
      time: int64(4),
      tradeId: text(5),
    }),
    Level: message({ price: text(1), quantity: text(2) }),
    AggreDepths: message({
      asks: many('Level', 1),
      bids: many('Level', 2),
      eventType: text(3),
      fromVersion: text(4),
      toVersion: text(5),
      lastOrderCreateTime: int64(6),
    }),
    LimitDepths: message({
      asks: many('Level', 1),
      bids: many('Level', 2),
      eventType: text(3),
      version: text(4),
      lastOrderCreateTime: int64(5),
    }),
    IncreaseDepths: message({
      asks: many('Level', 1),
      bids: many('Level', 2),
      eventType: text(3),
      version: text(4),
    }),
    IncreaseDepthsBatch: message({ items: many('IncreaseDepths', 1), eventType: text(2) }),
    BookTicker: message({ bidPrice: text(1), bidQuantity: text(2), askPrice: text(3), askQuantity: text(4) }),
    AggreBookTicker: message({
      bidPrice: text(1),
      bidQuantity: text(2),
      askPrice: text(3),
      askQuantity: text(4),
      version: text(5),
      lastOrderCreateTime: int64(6),
    }),
    BookTickerBatch: message({
      items: many('BookTicker', 1),
      version: text(2),
      lastOrderCreateTime: int64(3),
    }),
    Kline: message({
      interval: text(1),
      // Seconds, unlike every other time of this venue.
      windowStart: int64(2),
      openingPrice: text(3),
      closingPrice: text(4),
      highestPrice: text(5),
      lowestPrice: text(6),
      volume: text(7),
      amount: text(8),
      windowEnd: int64(9),
    }),
    MiniTicker: message({
      symbol: text(1),
      price: text(2),
      rate: text(3),
      zonedRate: text(4),
      high: text(5),
      low: text(6),
      // Turnover in the quote asset; `quantity` is the volume in the base asset.
      volume: text(7),
      quantity: text(8),
      lastCloseRate: text(9),
      lastCloseZonedRate: text(10),
      lastCloseHigh: text(11),
      lastCloseLow: text(12),
    }),
    MiniTickers: message({ items: many('MiniTicker', 1) }),
  },
});

/** `PushDataV3ApiWrapper`: the one message that every binary frame is. */
const PUSH = definitions.lookupType('Push');
/** Where a field is absent the decoder's objects show `''`, 0, an empty list or null, as proto3 has it. */
type DecodedPush = protobuf.Message & WirePush;

/** Bytes of a message; far above the busiest, so that what a frame can make us allocate is bounded. */
const BYTES_MAX = 1 << 20;

/** Reads the base64 text of a binary frame; an Error says why it is none. */
export function decodePush(base64: string): WirePush | Error {
  if (base64.length > (BYTES_MAX / 3) * 4) return new Error(`longer than ${BYTES_MAX} bytes`);
  const bytes = Buffer.from(base64, 'base64');
  // Letters that are not base64 are skipped in silence, which would shift everything behind them.
  if (bytes.length !== byteLength(base64)) return new Error('not base64');
  try {
    return PUSH.decode(bytes) as DecodedPush;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The binary frame, as base64 text, of a message given in its JSON form: for a simulated venue. */
export function encodePush(push: object): string {
  return Buffer.from(PUSH.encode(PUSH.fromObject(push)).finish()).toString('base64');
}

/** The JSON form of a decoded message, 64-bit numbers as texts: for people and recordings. */
export const plainPush = (push: WirePush): object => PUSH.toObject(PUSH.create(push), { longs: String });

function byteLength(base64: string): number {
  const { length } = base64;
  if (length % 4 !== 0) return -1;
  const padding = base64.endsWith('==') ? 2 : base64.endsWith('=') ? 1 : 0;
  return (length / 4) * 3 - padding;
}
