import { HostLimits } from './limits-by-address.ts';
import { aggregateRow, dayTicker, klineRows, rulesOf, tradeRow, weightOf } from './mexc-rows.ts';
import { json, type SimAnswer, type SimRequest, type VenueDesk } from './sim-dialect.ts';
import type { SimMarket } from './sim-market.ts';
import { touchOf } from './spot-rows.ts';
import type { SimLevel } from './tick-sides.ts';

const ROWS_MAX = 1_000;
/** Pictures of the book are as old as this, at most: the venue's snapshots lag behind its streams. */
const PICTURE_AGE_MS = 1_500;
interface Picture {
  readonly madeAt: number;
  readonly body: string;
}

/** MEXC's REST market data. */
export class MexcRest {
  private readonly desk: VenueDesk;
  /** Each endpoint has limits of its own. */
  private readonly limits = new Map<string, HostLimits>();
  private readonly pictures = new Map<string, Picture>();

  constructor(desk: VenueDesk) {
    this.desk = desk;
  }

  answer({ url }: SimRequest): SimAnswer {
    const path = url.pathname.replace(/^\/api\/v3\//, '');
    const { searchParams: asked } = url;
    const { status, retryAfterS } = this.limitsOf(path).take(this.desk.timers.now(), weightOf(path, asked));
    if (status === 200) return this.read(path, asked);
    return json('{"code":429,"msg":"Too many requests"}', status, { 'retry-after': `${retryAfterS}` });
  }

  /** The venue counts anew: older pictures are of no use. */
  restart(): void {
    this.pictures.clear();
  }

  private limitsOf(path: string): HostLimits {
    const known = this.limits.get(path);
    if (known !== undefined) return known;
    const limits = new HostLimits({ limit: 500, spanMs: 10_000, refusalsMax: 5, banMs: 120_000 });
    if (this.limits.size < 100) this.limits.set(path, limits);
    return limits;
  }

  private read(path: string, asked: URLSearchParams): SimAnswer {
    const { markets } = this.desk.floor;
    switch (path) {
      case 'ping':
        return json('{}');
      case 'time':
        return json(`{"serverTime":${this.desk.now()}}`);
      case 'defaultSymbols':
        return json(JSON.stringify({ code: 200, data: markets.map(({ symbol }) => symbol), msg: null }));
      case 'exchangeInfo':
        return json(this.rules(asked));
      case 'ticker/24hr':
        return this.ofSome(asked, (market) => dayTicker(market, this.desk.now()));
      case 'ticker/price':
        return this.ofSome(asked, ({ symbol, prices, candles }) => ({
          symbol,
          price: prices.of(candles.lastTicks),
        }));
      case 'ticker/bookTicker':
        return this.ofSome(asked, (market) => ({ symbol: market.symbol, ...touchOf(market) }));
      default:
        return this.ofOne(path, asked);
    }
  }

  private ofOne(path: string, asked: URLSearchParams): SimAnswer {
    const symbol = asked.get('symbol');
    const market = symbol === null ? undefined : this.desk.floor.market(symbol);
    if (market === undefined) return badSymbol();
    const limit = Math.max(1, Number(asked.get('limit') ?? (path === 'depth' ? 100 : 500)));
    switch (path) {
      case 'depth': {
        const afterMs = this.desk.faults.sumMs('slow_snapshot', market.symbol);
        return { ...json(this.picture(market, Math.min(limit, 5_000))), afterMs };
      }
      case 'trades':
        return json(
          JSON.stringify(market.trades(Math.min(limit, ROWS_MAX)).map((one) => tradeRow(one, market))),
        );
      case 'aggTrades':
        return json(
          JSON.stringify(market.trades(Math.min(limit, ROWS_MAX)).map((one) => aggregateRow(one, market))),
        );
      case 'klines':
        return this.klines(market, asked, Math.min(limit, ROWS_MAX));
      case 'avgPrice':
        return json(JSON.stringify({ mins: 5, price: market.prices.of(market.candles.lastTicks) }));
      default:
        return json('{"code":404,"msg":"Not Found"}', 404);
    }
  }

  private klines(market: SimMarket, asked: URLSearchParams, limit: number): SimAnswer {
    const rows = klineRows(market, asked, limit, this.desk.now());
    return rows === null ? json('{"code":-1121,"msg":"Invalid interval."}', 400) : json(JSON.stringify(rows));
  }

  private picture(market: SimMarket, limit: number): string {
    const key = `${market.symbol} ${limit}`;
    const now = this.desk.timers.now();
    const known = this.pictures.get(key);
    if (known !== undefined && now - known.madeAt < PICTURE_AGE_MS) return known.body;
    const { book } = market;
    const rows = (levels: readonly SimLevel[]) =>
      levels.map(({ tick, lots }) => [market.prices.of(tick), market.sizes.of(lots)]);
    const body = JSON.stringify({
      lastUpdateId: book.updateId,
      bids: rows(book.levels('bids', limit)),
      asks: rows(book.levels('asks', limit)),
      timestamp: this.desk.now(),
    });
    this.pictures.set(key, { madeAt: now, body });
    return body;
  }

  /** Unlisted symbols are left out in silence. */
  private rules(asked: URLSearchParams): string {
    const names = (asked.get('symbols') ?? asked.get('symbol'))?.split(',');
    const markets = this.desk.floor.markets.filter(({ symbol }) => names?.includes(symbol) ?? true);
    return JSON.stringify({
      timezone: 'CST',
      serverTime: this.desk.now(),
      rateLimits: [],
      exchangeFilters: [],
      symbols: markets.map(rulesOf),
    });
  }

  private ofSome(asked: URLSearchParams, row: (market: SimMarket) => object): SimAnswer {
    const symbol = asked.get('symbol');
    if (symbol === null) return json(JSON.stringify(this.desk.floor.markets.map(row)));
    const market = this.desk.floor.market(symbol);
    return market === undefined ? badSymbol() : json(JSON.stringify(row(market)));
  }
}

const badSymbol = (): SimAnswer => json('{"code":10007,"msg":"bad symbol"}', 400);
