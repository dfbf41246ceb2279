import type { Grids } from '../levels.ts';
import type { RefusedMessage } from '../refused-message.ts';
import type { WireTicker } from './exchange-schema.ts';
import { type LevelMessage, takeLevel } from './mapper.ts';

/**
 * The two frequent messages of the Exchange feed in the venue's own layout, to the letter: what is needed of them is taken
 * from the text, without parsing what nobody needs. Whatever differs in the least is left to JSON and the schemas.
 */

/** An `l2update` as text; its changes begin at `from`. */
export interface TextUpdate {
  readonly product_id: string;
  readonly time: string;
  readonly raw: string;
  readonly from: number;
}

/** Longer ones are rare, and an expression that repeats itself so often could exhaust the engine's stack. */
const LETTERS_MAX = 16_384;
const DECIMAL = '\\d{1,30}(?:\\.\\d{1,30})?';
const COUNT = '(?:0|[1-9]\\d{0,15})';
const PRODUCT = '[A-Z\\d-]{1,40}';
const TIME = '[\\dT:.Z-]{1,40}';
const CHANGE = `\\["(?:buy|sell)","${DECIMAL}","${DECIMAL}"\\]`;
const UPDATE = new RegExp(
  `^(\\{"type":"l2update","product_id":"(${PRODUCT})","time":"(${TIME})","changes":\\[)${CHANGE}(?:,${CHANGE})*\\]\\}$`,
);

export function quickUpdate(raw: string): TextUpdate | undefined {
  if (!raw.startsWith('{"type":"l2update"') || raw.length > LETTERS_MAX) return undefined;
  const match = UPDATE.exec(raw);
  if (match === null) return undefined;
  const [, head = '', product = '', time = ''] = match;
  return { product_id: product, time, raw, from: head.length };
}

const LETTER_B = 98;
const BEFORE_PRICE = { buy: '["buy","'.length, sell: '["sell","'.length };
const BETWEEN = '","'.length;
const AFTER_SIZE = '"],'.length;

export function fillFromText(
  into: LevelMessage,
  { raw, from }: TextUpdate,
  grids: Grids,
): RefusedMessage | null {
  into.clear();
  let at = from;
  while (at < raw.length - 1) {
    const isBuy = raw.charCodeAt(at + 2) === LETTER_B;
    const price = at + (isBuy ? BEFORE_PRICE.buy : BEFORE_PRICE.sell);
    const priceEnd = raw.indexOf('"', price);
    const size = priceEnd + BETWEEN;
    const sizeEnd = raw.indexOf('"', size);
    const side = isBuy ? 'bids' : 'asks';
    const fault = takeLevel(into, side, raw.slice(price, priceEnd), raw.slice(size, sizeEnd), grids);
    if (fault !== null) return fault;
    at = sizeEnd + AFTER_SIZE;
  }
  return null;
}

const FIELDS_BEFORE_BID = ['price', 'open_24h', 'volume_24h', 'low_24h', 'high_24h', 'volume_30d'];
const TICKER = new RegExp(
  [
    `^\\{"type":"ticker","sequence":${COUNT},"product_id":"(${PRODUCT})"`,
    ...FIELDS_BEFORE_BID.map((field) => `"${field}":"${DECIMAL}"`),
    `"best_bid":"(${DECIMAL})"`,
    `"best_bid_size":"${DECIMAL}"`,
    `"best_ask":"(${DECIMAL})"`,
    `"best_ask_size":"${DECIMAL}"`,
    `"side":"(?:buy|sell)"`,
    `"time":"${TIME}"`,
    `"trade_id":${COUNT}`,
    `"last_size":"${DECIMAL}"\\}$`,
  ].join(','),
);

export function quickTicker(raw: string): WireTicker | undefined {
  if (!raw.startsWith('{"type":"ticker"')) return undefined;
  const match = TICKER.exec(raw);
  if (match === null) return undefined;
  const [, product = '', bid = '', ask = ''] = match;
  return { product_id: product, best_bid: bid, best_ask: ask };
}
