import { advancedProduct, microTime } from './coinbase-text.ts';
import { HostLimits } from './limits-by-address.ts';
import { json, type SimAnswer, type SimRequest, type VenueDesk } from './sim-dialect.ts';
import type { SimMarket } from './sim-market.ts';
import type { SimLevel } from './tick-sides.ts';

const ROOT = '/api/v3/brokerage/';
const MINUTE_MS = 60_000;
const GRANULARITIES: ReadonlyMap<string, number> = new Map([
  ['ONE_MINUTE', MINUTE_MS],
  ['FIVE_MINUTE', 5 * MINUTE_MS],
  ['FIFTEEN_MINUTE', 15 * MINUTE_MS],
  ['THIRTY_MINUTE', 30 * MINUTE_MS],
  ['ONE_HOUR', 60 * MINUTE_MS],
  ['TWO_HOUR', 120 * MINUTE_MS],
  ['SIX_HOUR', 360 * MINUTE_MS],
  ['ONE_DAY', 1_440 * MINUTE_MS],
]);
const BARS_MAX = 350;
/** Answers are kept for so long. */
const KEPT_MS = 1_000;
const KEPT_MAX = 200;

/** Coinbase Advanced Trade's public REST endpoints. */
export class AdvancedRest {
  private readonly desk: VenueDesk;
  private readonly limits = new HostLimits({ limit: 10, spanMs: 1_000, refusalsMax: null, banMs: 0 });
  private readonly kept = new Map<string, { readonly at: number; readonly answer: SimAnswer }>();

  constructor(desk: VenueDesk) {
    this.desk = desk;
  }

  answer({ url }: SimRequest): SimAnswer {
    const now = this.desk.timers.now();
    if (this.limits.take(now, 1).status !== 200)
      return json('{"errors":[{"id":"rate_limit_exceeded","message":"Too many requests"}]}', 429);
    const known = this.kept.get(url.href);
    if (known !== undefined && now - known.at < KEPT_MS) return known.answer;
    const answer = this.read(url);
    if (this.kept.size >= KEPT_MAX) this.kept.clear();
    this.kept.set(url.href, { at: now, answer });
    return answer;
  }

  private read({ pathname, searchParams: asked }: URL): SimAnswer {
    const path = pathname.startsWith(ROOT) ? pathname.slice(ROOT.length) : '';
    const now = this.desk.now();
    if (path === 'time')
      return json(
        JSON.stringify({
          iso: `${microTime(now).slice(0, 19)}Z`,
          epochSeconds: `${Math.floor(now / 1_000)}`,
          epochMillis: `${now}`,
        }),
      );
    if (path === 'market/products') return this.products(asked);
    if (path === 'market/product_book')
      return this.with(asked.get('product_id') ?? '', (market) => this.book(market, asked));
    const [, , product = '', what] = path.split('/');
    if (!path.startsWith('market/products/')) return notFound();
    const symbol = decodeURIComponent(product);
    switch (what) {
      case undefined:
        return this.with(symbol, (market) => json(JSON.stringify(advancedProduct(market, symbol, now))));
      case 'candles':
        return this.with(symbol, (market) => candles(market, asked, now));
      case 'ticker':
        return this.with(symbol, (market) => trades(market, asked));
      default:
        return notFound();
    }
  }

  private with(symbol: string, read: (market: SimMarket) => SimAnswer): SimAnswer {
    const shown = this.desk.floor.showing(symbol);
    return shown === undefined ? notFound() : read(shown.market);
  }

  private products(asked: URLSearchParams): SimAnswer {
    const now = this.desk.now();
    const wanted = asked.getAll('product_ids');
    const all = this.desk.floor.markets.flatMap((market) =>
      [market.symbol, ...(market.listing.aliases ?? [])].map((symbol) => ({ market, symbol })),
    );
    const products = all
      .filter(({ symbol }) => wanted.length === 0 || wanted.includes(symbol))
      .map(({ market, symbol }) => advancedProduct(market, symbol, now));
    const pagination = { prev_cursor: '', next_cursor: '', has_next: false, has_prev: false };
    return json(JSON.stringify({ products, num_products: products.length, pagination }));
  }

  /** Without a number: it cannot be joined to the stream. */
  private book(market: SimMarket, asked: URLSearchParams): SimAnswer {
    const { book, prices, sizes, symbol } = market;
    const limit = Number(asked.get('limit') ?? Number.MAX_SAFE_INTEGER);
    const rows = (levels: readonly SimLevel[]) =>
      levels.map(({ tick, lots }) => ({ price: prices.of(tick), size: sizes.of(lots) }));
    const pricebook = {
      product_id: symbol,
      bids: rows(book.levels('bids', limit)),
      asks: rows(book.levels('asks', limit)),
      time: microTime(this.desk.now()),
    };
    const rest = { last: prices.of(market.candles.lastTicks), spread_bps: '1' };
    const afterMs = this.desk.faults.sumMs('slow_snapshot', symbol);
    return { ...json(JSON.stringify({ pricebook, ...rest })), afterMs };
  }
}

const notFound = (): SimAnswer =>
  json('{"error":"NOT_FOUND","error_details":"product not found","message":"product not found"}', 404);

const refused = (message: string): SimAnswer =>
  json(JSON.stringify({ error: 'INVALID_ARGUMENT', error_details: message, message }), 400);

/** Newest first; asked for too many, none at all. */
function candles(market: SimMarket, asked: URLSearchParams, now: number): SimAnswer {
  const ms = GRANULARITIES.get(asked.get('granularity') ?? '');
  if (ms === undefined) return refused('granularity');
  const from = Number(asked.get('start')) * 1_000;
  const through = Math.min(now, Number(asked.get('end')) * 1_000);
  if ((through - from) / ms > BARS_MAX)
    return refused(`number of candles requested should be less than ${BARS_MAX}`);
  const { prices, sizes } = market;
  const bars = market.candles.bars(ms, from, through).map((bar) => ({
    start: `${bar.start / 1_000}`,
    low: prices.of(bar.low),
    high: prices.of(bar.high),
    open: prices.of(bar.open),
    close: prices.of(bar.close),
    volume: sizes.of(bar.lots),
  }));
  return json(JSON.stringify({ candles: bars.reverse() }));
}

function trades(market: SimMarket, asked: URLSearchParams): SimAnswer {
  const limit = Number(asked.get('limit') ?? 0);
  if (limit <= 0) return refused('limit is required');
  const { book, prices, sizes, symbol } = market;
  const rows = market.trades(limit).map(({ id, tick, lots, aggressor, at }) => ({
    trade_id: `${id}`,
    product_id: symbol,
    price: prices.of(tick),
    size: sizes.of(lots),
    time: microTime(at),
    side: aggressor === 'buy' ? 'SELL' : 'BUY',
    bid: '',
    ask: '',
    exchange: 'CBE',
  }));
  const touch = { best_bid: prices.of(book.bestBid), best_ask: prices.of(book.bestAsk) };
  return json(JSON.stringify({ trades: rows.reverse(), ...touch }));
}
