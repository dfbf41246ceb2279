import type { Frame } from '../../adapters/venues/frame-source.ts';
import type { WireId } from '../../adapters/venues/wire.ts';
import { type InstrumentId, symbolOf } from '../../core/market/instrument.ts';
import type { BookView } from '../../core/market/order-book.ts';
import { protoFields, protoText } from './proto-fields.ts';

/** What a message says of one level, in units of 10^-8. */
export interface Told {
  readonly symbol: string;
  readonly side: 'bids' | 'asks';
  readonly price: bigint;
  readonly size: bigint;
  /** The size is to be added to what stands there. */
  readonly isDelta: boolean;
}

/** Levels of a book by `bids 1234` and `asks 1234`, price and size in units of 10^-8. */
export type Levels = Map<string, bigint>;

/**
 * What a frame says of an instrument's book, read in the plainest way: `JSON.parse`, decimal texts, the field names of the venue's
 * documentation. Undefined for what is no book change. It judges nothing: whether a message counts is the reader's business.
 */
export function toldBy(frame: Frame, id: InstrumentId): readonly Told[] | undefined {
  const symbol = symbolOf(id);
  try {
    return READ[frame.wire]?.(frame, symbol)?.filter((one) => one.symbol === symbol);
  } catch {
    return undefined;
  }
}

export function fold(levels: Levels, told: readonly Told[]): void {
  for (const one of told) {
    const key = `${one.side} ${one.price}`;
    const size = one.isDelta ? (levels.get(key) ?? 0n) + one.size : one.size;
    if (size === 0n) levels.delete(key);
    else levels.set(key, size);
  }
}

export function levelsOf(book: BookView): Levels {
  const levels: Levels = new Map();
  for (const side of ['bids', 'asks'] as const)
    for (const { price, quantity } of book.levels(side, Number.MAX_SAFE_INTEGER))
      levels.set(`${side} ${price}`, quantity);
  return levels;
}

/** The first difference of two books in words; undefined where there is none. */
export function difference(expected: Levels, found: Levels): string | undefined {
  for (const [key, size] of expected)
    if (found.get(key) !== size) return `${key}: ${found.get(key) ?? 'none'} instead of ${size}`;
  for (const [key, size] of found) if (!expected.has(key)) return `${key}: ${size} instead of none`;
  return undefined;
}

type Pairs = readonly (readonly [string, string])[];

/** The messages as the venues' pages show them. A text that is none of them throws on the way, and then says nothing. */
interface BinanceDepth {
  readonly e: string;
  readonly s: string;
  readonly b: Pairs;
  readonly a: Pairs;
}
interface AdvancedLevels {
  readonly channel: string;
  readonly events: readonly {
    readonly product_id: string;
    readonly updates: readonly {
      readonly side: string;
      readonly price_level: string;
      readonly new_quantity: string;
    }[];
  }[];
}
interface ExchangeUpdate {
  readonly type: string;
  readonly product_id: string;
  readonly changes: readonly (readonly [side: string, price: string, size: string])[];
}
interface KalshiDelta {
  readonly type: string;
  readonly msg: {
    readonly market_ticker: string;
    readonly price_dollars: string;
    readonly delta_fp: string;
    readonly side: string;
  };
}
interface PolymarketChange {
  readonly event_type: string;
  readonly price_changes: readonly {
    readonly asset_id: string;
    readonly price: string;
    readonly size: string;
    readonly side: string;
  }[];
}

function units(text: unknown): bigint {
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(String(text));
  if (match === null) throw new RangeError('no decimal');
  const [, sign, whole = '', fraction = ''] = match;
  if (/[1-9]/.test(fraction.slice(8))) throw new RangeError('too fine');
  const value = BigInt(whole + fraction.slice(0, 8).padEnd(8, '0'));
  return sign === '-' ? -value : value;
}

const rows = (symbol: string, side: Told['side'], pairs: Pairs): Told[] =>
  pairs.map(([price, size]) => ({ symbol, side, price: units(price), size: units(size), isDelta: false }));

/** Older messages of Polymarket write `.48` for `0.48`. */
const withZero = (text: string): string => (text.startsWith('.') ? `0${text}` : text);

const sideOf = (word: string): Told['side'] => {
  if (['bid', 'buy', 'BUY'].includes(word)) return 'bids';
  if (['offer', 'sell', 'SELL'].includes(word)) return 'asks';
  throw new RangeError('no side');
};

const READ: Readonly<Partial<Record<WireId, (frame: Frame, symbol: string) => Told[] | undefined>>> = {
  'binance-spot': ({ raw }) => {
    const value: BinanceDepth & { readonly data?: BinanceDepth } = JSON.parse(raw);
    const data = value.data ?? value;
    if (data.e !== 'depthUpdate') return undefined;
    return [...rows(data.s, 'bids', data.b), ...rows(data.s, 'asks', data.a)];
  },
  'coinbase-advanced': ({ raw }) => {
    const value: AdvancedLevels = JSON.parse(raw);
    if (value.channel !== 'l2_data') return undefined;
    return value.events.flatMap((event) =>
      event.updates.flatMap((one) =>
        rows(event.product_id, sideOf(one.side), [[one.price_level, one.new_quantity]]),
      ),
    );
  },
  'coinbase-exchange': ({ raw }) => {
    const value: ExchangeUpdate = JSON.parse(raw);
    if (value.type !== 'l2update') return undefined;
    return value.changes.flatMap(([side, price, size]) =>
      rows(value.product_id, sideOf(side), [[price, size]]),
    );
  },
  kalshi: ({ raw }) => {
    const { type, msg }: KalshiDelta = JSON.parse(raw);
    if (type !== 'orderbook_delta') return undefined;
    const price = units(msg.price_dollars);
    const isYes = msg.side === 'yes';
    return [
      {
        symbol: msg.market_ticker,
        side: isYes ? 'bids' : 'asks',
        price: isYes ? price : units('1') - price,
        size: units(msg.delta_fp),
        isDelta: true,
      },
    ];
  },
  polymarket: ({ raw }, symbol) => {
    const value: PolymarketChange | readonly PolymarketChange[] = JSON.parse(raw);
    const messages = [value].flat();
    if (!messages.every((one) => one.event_type === 'price_change')) return undefined;
    return messages.flatMap(({ price_changes }) =>
      // Each token's part is judged for itself.
      price_changes
        .filter((one) => one.asset_id === symbol)
        .flatMap((one) => rows(symbol, sideOf(one.side), [[withZero(one.price), withZero(one.size)]])),
    );
  },
  'mexc-spot': ({ raw, encoding }) => {
    if (encoding !== 'base64') return undefined;
    const bytes = Buffer.from(raw, 'base64');
    const push = protoFields(bytes);
    // What comes twice is one message: its lists follow each other, and of its texts the last one counts.
    const bodies = push.filter(({ field }) => field === 313);
    // The channel names the symbol as well, for messages that leave it out.
    const symbol = protoText(bytes, 3) || protoText(bytes, 1).split('@').at(-1);
    if (bodies.length === 0 || symbol === undefined) return undefined;
    const levels = (side: Told['side'], wanted: number): Told[] =>
      bodies
        .flatMap((body) => protoFields(body.bytes))
        .filter(({ field }) => field === wanted)
        .flatMap((level) => rows(symbol, side, [[protoText(level.bytes, 1), protoText(level.bytes, 2)]]));
    return [...levels('asks', 1), ...levels('bids', 2)];
  },
};
