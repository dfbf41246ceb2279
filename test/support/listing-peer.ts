import type { Timers } from '../../adapters/venues/session/timers.ts';
import type { RestAnswer, RestRequest, Transport } from '../../adapters/venues/session/transport.ts';
import { type EpochMs, isoTime, SECOND_MS } from '../../core/time.ts';

/** An answer that is not the venue's list: a refusal, an error, or nothing at all. */
export type Trouble = { readonly status: number; readonly body?: string } | Error | 'silent';

/** A market of Kalshi or Polymarket as far as the peer needs to know it. */
export interface PeerMarket {
  /** Ticker, or the last part of its address. */
  readonly name: string;
  readonly series: string;
  readonly opensAt: EpochMs;
  readonly closesAt: EpochMs;
  /** Fields that the venue's own messages have in the place of the usual ones. */
  readonly wire?: Readonly<Record<string, unknown>>;
}

type Wire = Readonly<Record<string, unknown>>;

/**
 * The list services of all five venues in one place, in their own words: what they list is set by tests, what trades at a
 * moment follows from the time. Answers come after a tenth of a second.
 */
export class ListingPeer implements Pick<Transport, 'fetch'> {
  readonly binance: { readonly info: Wire; readonly ticker: Wire }[] = [];
  readonly coinbase: Wire[] = [];
  readonly mexc: { readonly info: Wire; readonly ticker: Wire }[] = [];
  readonly kalshi: PeerMarket[] = [];
  readonly polymarket: PeerMarket[] = [];
  /** By a piece of the address. */
  readonly troubles = new Map<string, Trouble>();
  readonly asked: string[] = [];
  private readonly timers: Timers;

  constructor(timers: Timers) {
    this.timers = timers;
  }

  fetch(request: RestRequest, done: (answer: RestAnswer | Error) => void): () => void {
    this.asked.push(request.url);
    const trouble = [...this.troubles].find(([piece]) => request.url.includes(piece))?.[1];
    if (trouble === 'silent') return this.timers.after(request.timeoutMs, () => done(new Error('no answer')));
    return this.timers.after(100, () =>
      done(trouble instanceof Error ? trouble : this.answer(request, trouble)),
    );
  }

  /** What an HTTP server answers at an address. */
  answer({ url }: Pick<RestRequest, 'url'>, trouble?: Exclude<Trouble, Error | 'silent'>): RestAnswer {
    if (trouble !== undefined) return { status: trouble.status, headers: {}, body: trouble.body ?? '' };
    const value = this.valueAt(new URL(url));
    return value === undefined
      ? { status: 404, headers: {}, body: '{"error":"not found"}' }
      : { status: 200, headers: {}, body: JSON.stringify(value) };
  }

  private valueAt({ hostname, pathname, searchParams }: URL): unknown {
    const [, venue = hostname] = /^\/(binance|coinbase|mexc|kalshi|polymarket)\//.exec(pathname) ?? [];
    const path = pathname.replace(/^\/(binance|coinbase|mexc|kalshi|polymarket)(?=\/)/, '');
    if (venue.includes('binance')) return exchangeAt(this.binance, path, searchParams);
    if (venue.includes('mexc')) return exchangeAt(this.mexc, path, searchParams);
    if (venue.includes('coinbase'))
      return path === '/products' ? this.coinbase.map(exchangeProduct) : this.coinbaseProducts(searchParams);
    if (venue.includes('kalshi')) return this.kalshiAt(path.replace('/trade-api/v2', ''), searchParams);
    return this.gammaAt(path, searchParams);
  }

  private coinbaseProducts(query: URLSearchParams): unknown {
    const wanted = query.getAll('product_ids');
    const products = this.coinbase.filter(
      (one) => wanted.length === 0 || wanted.includes(String(one['product_id'])),
    );
    return { products, num_products: products.length };
  }

  private kalshiAt(path: string, query: URLSearchParams): unknown {
    const series = query.get('series_ticker');
    const [, seriesAsked] = /^\/series\/(.+)$/.exec(path) ?? [];
    if (seriesAsked !== undefined)
      return this.kalshi.some((one) => one.series === seriesAsked) ? kalshiSeries(seriesAsked) : undefined;
    const tickers = query.get('tickers')?.split(',');
    const markets = this.kalshi
      .filter((one) => series === null || one.series === series)
      .filter((one) => tickers?.includes(one.name) ?? this.isAsked(one, query.get('status')))
      .map((one) => this.kalshiMarket(one));
    if (path === '/markets') return { markets, cursor: '' };
    const events = [...Map.groupBy(markets, (one) => one.event_ticker)].map(([event_ticker, nested]) => ({
      event_ticker,
      series_ticker: this.kalshi.find((one) => eventOf(one) === event_ticker)?.series,
      title: `Event ${event_ticker}`,
      markets: nested,
    }));
    return path === '/events' ? { events, cursor: '' } : undefined;
  }

  private isAsked({ opensAt, closesAt }: PeerMarket, status: string | null): boolean {
    const now = this.timers.now();
    return status === 'unopened' ? now < opensAt : opensAt <= now && now < closesAt;
  }

  private kalshiMarket(market: PeerMarket) {
    const { name, opensAt, closesAt, wire } = market;
    return {
      ticker: name,
      event_ticker: eventOf(market),
      status: this.timers.now() < opensAt ? 'initialized' : 'active',
      title: `Market ${name}`,
      yes_sub_title: 'Up',
      open_time: isoTime(opensAt),
      close_time: isoTime(closesAt),
      price_level_structure: 'linear_cent',
      yes_bid_dollars: '0.4800',
      yes_ask_dollars: '0.5000',
      yes_bid_size_fp: '100.00',
      yes_ask_size_fp: '50.00',
      last_price_dollars: '0.5000',
      volume_24h_fp: '2000.00',
      ...wire,
    };
  }

  private gammaAt(path: string, query: URLSearchParams): unknown {
    const [, slug] = /^\/markets\/slug\/(.+)$/.exec(path) ?? [];
    if (slug !== undefined) {
      const found = this.polymarket.find((one) => one.name === slug);
      return found && this.gammaMarket(found);
    }
    if (path === '/series')
      return this.polymarket
        .filter(({ series }) => series === query.get('slug'))
        .slice(0, 1)
        .map(({ series }) => ({ id: `id-of-${series}`, slug: series }));
    const events = this.polymarket
      .filter(({ series }) => query.get('series_id') === `id-of-${series}` || path === '/public-search')
      .map((one) => ({
        slug: one.name,
        title: `Event ${one.name}`,
        seriesSlug: one.series,
        markets: [this.gammaMarket(one)],
      }));
    if (path === '/events/keyset' || path === '/public-search') return { events, next_cursor: 'LTE=' };
    const tokens = query.getAll('clob_token_ids');
    const markets = this.polymarket.filter((one) => tokensOf(one).some((token) => tokens.includes(token)));
    return path === '/markets/keyset'
      ? { markets: markets.map((one) => this.gammaMarket(one)), next_cursor: 'LTE=' }
      : undefined;
  }

  private gammaMarket(market: PeerMarket) {
    const { name, series, opensAt, closesAt, wire } = market;
    return {
      conditionId: `0x${hash(name).toString(16).padStart(64, '0')}`,
      slug: name,
      version: 'v1',
      question: `Market ${name}`,
      outcomes: '["Up", "Down"]',
      outcomePrices: '["0.5", "0.5"]',
      clobTokenIds: JSON.stringify(tokensOf(market)),
      startDate: isoTime(opensAt),
      eventStartTime: isoTime(opensAt),
      endDate: isoTime(closesAt),
      active: true,
      closed: this.timers.now() >= closesAt,
      acceptingOrders: this.timers.now() < closesAt,
      enableOrderBook: true,
      orderPriceMinTickSize: 0.01,
      orderMinSize: 5,
      feesEnabled: true,
      feeType: 'crypto_fees_v2',
      feeSchedule: { rate: 0.07, exponent: 1, takerOnly: true, rebateRate: 0.2 },
      volume24hr: 1_234.5,
      bestBid: 0.49,
      bestAsk: 0.51,
      events: [{ slug: name, title: `Event ${name}`, seriesSlug: series }],
      ...wire,
    };
  }
}

/** Binance's list and MEXC's have the same form. One symbol that is not listed spoils an answer about several. */
function exchangeAt(all: ListingPeer['binance'], path: string, query: URLSearchParams): unknown {
  const wanted = query.has('symbols') ? (JSON.parse(query.get('symbols') ?? '[]') as string[]) : null;
  const rows = all.filter(({ info }) => wanted?.includes(String(info['symbol'])) ?? true);
  if (wanted !== null && rows.length < wanted.length) return undefined;
  if (path === '/api/v3/exchangeInfo') return { timezone: 'UTC', symbols: rows.map(({ info }) => info) };
  return path === '/api/v3/ticker/24hr' ? rows.map(({ ticker }) => ticker) : undefined;
}

/** A symbol of Binance's list with its row of the day's ticker. */
export const binanceSymbol = (symbol: string, ticker: Wire = {}, info: Wire = {}) => ({
  info: {
    symbol,
    status: 'TRADING',
    baseAsset: symbol.slice(0, -4),
    quoteAsset: symbol.slice(-4),
    isSpotTradingAllowed: true,
    filters: [
      { filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000', tickSize: '0.01' },
      { filterType: 'LOT_SIZE', minQty: '0.00001', maxQty: '9000', stepSize: '0.00001' },
      { filterType: 'NOTIONAL', minNotional: '5' },
    ],
    ...info,
  },
  ticker: {
    symbol,
    quoteVolume: '1000000',
    bidPrice: '99.99',
    bidQty: '10',
    askPrice: '100.01',
    askQty: '10',
    ...ticker,
  },
});

/** A symbol of MEXC's list, likewise. */
export const mexcSymbol = (symbol: string, ticker: Wire = {}, info: Wire = {}) => ({
  info: {
    symbol,
    status: '1',
    baseAsset: symbol.slice(0, -4),
    baseAssetPrecision: 8,
    quoteAsset: symbol.slice(-4),
    quotePrecision: 2,
    quoteAssetPrecision: 2,
    baseSizePrecision: '0.000001',
    quoteAmountPrecision: '1',
    isSpotTradingAllowed: true,
    makerCommission: '0',
    takerCommission: '0.0005',
    tradeSideType: 1,
    ...info,
  },
  ticker: {
    symbol,
    quoteVolume: '1000000',
    bidPrice: '99.99',
    bidQty: '10',
    askPrice: '100.01',
    askQty: '10',
    ...ticker,
  },
});

/** A product of Advanced Trade's list. */
export const coinbaseProduct = (product_id: string, more: Wire = {}): Wire => ({
  product_id,
  product_type: 'SPOT',
  base_currency_id: product_id.split('-')[0],
  quote_currency_id: product_id.split('-')[1],
  price_increment: '0.01',
  base_increment: '0.00000001',
  base_min_size: '0.00000001',
  base_max_size: '3400',
  quote_min_size: '1',
  base_name: 'Coin',
  quote_name: 'US Dollar',
  status: 'online',
  approximate_quote_24h_volume: '1000000',
  ...more,
});

/** The same product in the words of the older interface. */
const exchangeProduct = (one: Wire): Wire => ({
  id: one['product_id'],
  base_currency: one['base_currency_id'],
  quote_currency: one['quote_currency_id'],
  quote_increment: one['price_increment'],
  base_increment: one['base_increment'],
  min_market_funds: one['quote_min_size'],
  status: one['status'],
});

/** Kalshi's market of a quarter of an hour: `KXBTC15M-<start>`. */
export const kalshiQuarter = (opensAt: EpochMs, series = 'KXBTC15M', wire: Wire = {}): PeerMarket => ({
  name: `${series}-${opensAt / SECOND_MS}-00`,
  series,
  opensAt,
  closesAt: (opensAt + 900 * SECOND_MS) as EpochMs,
  wire,
});

/** Polymarket's, by the clock. */
export const polymarketQuarter = (opensAt: EpochMs, series = 'btc-updown-15m'): PeerMarket => ({
  name: `${series}-${opensAt / SECOND_MS}`,
  series,
  opensAt,
  closesAt: (opensAt + 900 * SECOND_MS) as EpochMs,
});

/** Ids of the two outcomes of a market of Polymarket, as long as the venue's own. */
export const tokensOf = ({ name }: PeerMarket): readonly [string, string] => [
  `1${String(hash(name)).padStart(76, '0')}`,
  `2${String(hash(name)).padStart(76, '0')}`,
];

const kalshiSeries = (ticker: string) => ({
  series: {
    ticker,
    title: `Series ${ticker}`,
    settlement_sources: [{ name: 'CF Benchmarks', url: 'https://example.org' }],
    fee_type: 'quadratic',
    fee_multiplier: 1,
  },
});

const eventOf = ({ name, wire }: PeerMarket): string =>
  String(wire?.['event_ticker'] ?? name.slice(0, name.lastIndexOf('-')));

function hash(text: string): number {
  let sum = 7;
  for (let n = 0; n < text.length; n += 1) sum = (sum * 31 + text.charCodeAt(n)) % 1_000_000_007;
  return sum;
}
