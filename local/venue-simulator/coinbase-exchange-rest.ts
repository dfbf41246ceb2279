import { dayOf, exchangeProduct, microTime } from './coinbase-text.ts';
import { HostLimits } from './limits-by-address.ts';
import { json, type SimAnswer, type SimRequest, type VenueDesk } from './sim-dialect.ts';
import type { SimMarket } from './sim-market.ts';
import type { SimLevel } from './tick-sides.ts';

const GRANULARITIES: ReadonlySet<number> = new Set([60, 300, 900, 3_600, 21_600, 86_400]);
const BARS_MAX = 300;
const TRADES_MAX = 1_000;

/** Coinbase Exchange's public REST endpoints. */
export class ExchangeRest {
  private readonly desk: VenueDesk;
  private readonly limits = new HostLimits({ limit: 15, spanMs: 1_000, refusalsMax: null, banMs: 0 });

  constructor(desk: VenueDesk) {
    this.desk = desk;
  }

  answer({ url, headers }: SimRequest): SimAnswer {
    if (headers['user-agent'] === undefined) return json('{"message":"User-Agent header is required."}', 400);
    if (this.limits.take(this.desk.timers.now(), 1).status !== 200)
      return json('{"message":"Public rate limit exceeded"}', 429);
    const now = this.desk.now();
    if (url.pathname === '/time') return json(JSON.stringify({ iso: microTime(now), epoch: now / 1_000 }));
    if (url.pathname === '/products')
      return json(JSON.stringify(this.desk.floor.markets.map(exchangeProduct)));
    const [, , product = '', what] = url.pathname.split('/');
    const market = this.desk.floor.market(decodeURIComponent(product));
    if (!url.pathname.startsWith('/products/') || market === undefined) return notFound();
    return this.ofOne(market, what, url.searchParams);
  }

  private ofOne(market: SimMarket, what: string | undefined, asked: URLSearchParams): SimAnswer {
    const now = this.desk.now();
    switch (what) {
      case undefined:
        return json(JSON.stringify(exchangeProduct(market)));
      case 'book': {
        const afterMs = this.desk.faults.sumMs('slow_snapshot', market.symbol);
        return { ...json(bookText(market, asked.get('level') ?? '1', now)), afterMs };
      }
      case 'trades':
        return json(tradesText(market, Number(asked.get('limit') ?? TRADES_MAX)));
      case 'candles':
        return candles(market, asked, now);
      case 'ticker':
        return json(tickerText(market, now));
      case 'stats': {
        const { open, high, low, volume } = dayOf(market, now);
        const last = market.prices.of(market.candles.lastTicks);
        return json(JSON.stringify({ open, high, low, last, volume, volume_30day: volume }));
      }
      default:
        return notFound();
    }
  }
}

const notFound = (): SimAnswer => json('{"message":"NotFound"}', 404);

/** Level 1 is the best of each side, level 2 all of them. How many orders make a level, nobody knows here. */
function bookText({ book, prices, sizes, isOpen }: SimMarket, level: string, now: number): string {
  const count = level === '1' ? 1 : Number.MAX_SAFE_INTEGER;
  const rows = (levels: readonly SimLevel[]) =>
    levels.map(({ tick, lots }) => [prices.of(tick), sizes.of(lots), 1]);
  return JSON.stringify({
    bids: rows(book.levels('bids', count)),
    asks: rows(book.levels('asks', count)),
    sequence: book.updateId,
    auction_mode: false,
    auction: null,
    time: microTime(now),
    ...(!isOpen && { trading_disabled: true }),
  });
}

function tradesText(market: SimMarket, limit: number): string {
  const { prices, sizes } = market;
  const rows = market.trades(Math.min(limit, TRADES_MAX)).map(({ id, tick, lots, aggressor, at }) => ({
    trade_id: id,
    side: aggressor === 'buy' ? 'sell' : 'buy',
    size: sizes.of(lots),
    price: prices.of(tick),
    time: microTime(at),
  }));
  return JSON.stringify(rows.reverse());
}

/** Rows of numbers, newest first, in the order time, low, high, open, close, volume; none where nothing was traded. */
function candles(market: SimMarket, asked: URLSearchParams, now: number): SimAnswer {
  const seconds = Number(asked.get('granularity'));
  if (!GRANULARITIES.has(seconds)) return json('{"message":"Unsupported granularity"}', 400);
  const [start, end] = [asked.get('start'), asked.get('end')];
  const through = Math.min(now, end === null ? now : Date.parse(end));
  const from = start === null ? through - BARS_MAX * seconds * 1_000 : Date.parse(start);
  if ((through - from) / (seconds * 1_000) > BARS_MAX)
    return json(
      `{"message":"granularity too small for the requested time range. Count of aggregations requested exceeds ${BARS_MAX}"}`,
      400,
    );
  const { prices, sizes } = market;
  const rows = market.candles
    .bars(seconds * 1_000, from, through)
    .map(
      (bar) =>
        `[${bar.start / 1_000},${prices.of(bar.low)},${prices.of(bar.high)},${prices.of(bar.open)},${prices.of(bar.close)},${sizes.of(bar.lots)}]`,
    );
  return json(`[${rows.reverse().join(',')}]`);
}

function tickerText(market: SimMarket, now: number): string {
  const { book, prices, sizes } = market;
  const [last] = market.trades(1);
  return JSON.stringify({
    trade_id: last?.id ?? book.tradeId,
    price: prices.of(market.candles.lastTicks),
    size: sizes.of(last?.lots ?? 0),
    bid: prices.of(book.bestBid),
    ask: prices.of(book.bestAsk),
    volume: dayOf(market, now).volume,
    time: microTime(last?.at ?? now),
  });
}
