/**
 * Other libraries reading the same frames: `tardis-dev` (its mappers and order book) and `ccxt` (its streaming clients and
 * order book). They are installed in bench/peers, a package of its own: `npm ci --prefix bench/peers`.
 */
import { existsSync } from 'node:fs';
import type { Frame } from '../adapters/venues/frame-source.ts';

const TARDIS = new URL('peers/node_modules/tardis-dev/dist/index.js', import.meta.url);
const CCXT = new URL('peers/node_modules/ccxt/js/ccxt.js', import.meta.url);

/** Reads all frames from nothing; returns its best prices at the end, to be held against ours. */
export interface Peer {
  readonly name: string;
  run(frames: readonly Frame[]): PeerTouch;
}

/** Best bid and ask of each symbol, in the venue's own names. */
export type PeerTouch = ReadonlyMap<string, readonly [bid: number | undefined, ask: number | undefined]>;

export const havePeers = (): boolean => existsSync(TARDIS) && existsSync(CCXT);

interface TardisMapper {
  canHandle(message: object): boolean;
  map(message: object, at: Date): Iterable<{ readonly type: string; readonly symbol: string }> | undefined;
}
interface TardisBook {
  update(change: object): void;
  bestBid(): { readonly price: number } | undefined;
  bestAsk(): { readonly price: number } | undefined;
}
interface Tardis {
  readonly normalizeTrades: (exchange: string, at: Date) => TardisMapper;
  readonly normalizeBookChanges: (exchange: string, at: Date) => TardisMapper;
  readonly normalizeBookTickers: (exchange: string, at: Date) => TardisMapper;
  readonly OrderBook: new () => TardisBook;
}

/** `tardis-dev` knows Binance's stream and Coinbase's Exchange feed; not Advanced Trade. */
export async function tardisPeer(exchange: 'binance' | 'coinbase'): Promise<Peer> {
  const tardis = (await import(TARDIS.href)) as Tardis;
  return {
    name: 'tardis-dev',
    run(frames) {
      const { normalizeTrades, normalizeBookChanges, normalizeBookTickers, OrderBook } = tardis;
      const mappers = [normalizeTrades, normalizeBookChanges, normalizeBookTickers].map((make) =>
        make(exchange, new Date(0)),
      );
      const books = new Map<string, TardisBook>();
      for (const frame of frames) {
        const message = tardisMessage(frame);
        const at = new Date(frame.receivedAt);
        for (const mapper of mappers) {
          if (!mapper.canHandle(message)) continue;
          for (const one of mapper.map(message, at) ?? []) {
            if (one.type !== 'book_change') continue;
            const book = books.get(one.symbol) ?? new OrderBook();
            books.set(one.symbol, book);
            book.update(one);
          }
        }
      }
      return new Map(
        [...books].map(([symbol, book]) => [symbol, [book.bestBid()?.price, book.bestAsk()?.price]]),
      );
    },
  };
}

/** Its recordings carry a REST snapshot as a stream of its own. */
function tardisMessage({ raw, channel }: Frame): object {
  const message = JSON.parse(raw) as object;
  if (!channel.startsWith('rest')) return message;
  return { stream: `${channel.split(':')[2]}@depthSnapshot`, generated: true, data: message };
}

interface CcxtBook {
  readonly bids: readonly (readonly number[])[];
  readonly asks: readonly (readonly number[])[];
  readonly cache: object[];
  reset(snapshot: object): void;
}
interface CcxtExchange {
  readonly orderbooks: Record<string, CcxtBook>;
  setMarkets(markets: readonly object[]): void;
  orderBook(snapshot: object, depth: number): CcxtBook;
  parseOrderBook(message: object, symbol: string): object;
  handleMessage(client: object, message: object): void;
  handleOrderBook(client: object, message: object): void;
}
type CcxtNames = 'binance' | 'coinbase' | 'coinbaseexchange';

/** Symbols are given as [venue's id, base, quote]. */
export async function ccxtPeer(
  exchange: CcxtNames,
  symbols: readonly (readonly [id: string, base: string, quote: string])[],
): Promise<Peer> {
  const { default: ccxt } = (await import(CCXT.href)) as {
    readonly default: { readonly pro: Readonly<Record<CcxtNames, new () => CcxtExchange>> };
  };
  const unified = new Map(symbols.map(([id, base, quote]) => [id, `${base}/${quote}`]));
  return {
    name: 'ccxt',
    run(frames) {
      const one = new ccxt.pro[exchange]();
      one.setMarkets(symbols.map(([id, base, quote]) => market(id, base, quote)));
      for (const symbol of unified.values()) one.orderbooks[symbol] = one.orderBook({}, 1_000_000);
      for (const frame of frames) feedCcxt(one, exchange, frame, unified);
      return new Map(
        [...unified].map(([id, symbol]) => {
          const book = one.orderbooks[symbol];
          return [id, [book?.bids[0]?.[0], book?.asks[0]?.[0]]];
        }),
      );
    },
  };
}

const CLIENT = {
  url: 'wss://stream.binance.com:9443/stream',
  subscriptions: {},
  futures: {},
  resolve: () => undefined,
  reject: (error: unknown) => {
    throw error;
  },
};

function feedCcxt(
  one: CcxtExchange,
  exchange: CcxtNames,
  { raw, channel }: Frame,
  unified: ReadonlyMap<string, string>,
): void {
  const message = JSON.parse(raw) as { readonly data?: object; readonly lastUpdateId?: number };
  if (exchange !== 'binance') {
    one.handleMessage(CLIENT, message);
    return;
  }
  if (!channel.startsWith('rest')) {
    one.handleMessage(CLIENT, message.data ?? message);
    return;
  }
  const symbol = unified.get((channel.split(':')[2] ?? '').toUpperCase()) ?? '';
  const book = one.orderbooks[symbol];
  if (book === undefined) return;
  book.reset({ ...one.parseOrderBook(message, symbol), nonce: message.lastUpdateId });
  for (const waiting of book.cache.splice(0)) one.handleOrderBook(CLIENT, waiting);
}

const market = (id: string, base: string, quote: string): object => ({
  id,
  lowercaseId: id.toLowerCase(),
  symbol: `${base}/${quote}`,
  base,
  quote,
  baseId: base,
  quoteId: quote,
  active: true,
  type: 'spot',
  spot: true,
  margin: false,
  swap: false,
  future: false,
  option: false,
  contract: false,
  precision: { amount: 1e-8, price: 0.01 },
  limits: {},
  info: {},
});
