import { exchangeInfo } from '../demo-market/binance-frames.ts';
import type { BinanceMarket } from './binance-market.ts';
import { aggregatesOf, dayTicker, klineRows, ROWS_MAX, tradeRow, weightOf } from './binance-rows.ts';
import { HostLimits } from './limits-by-address.ts';
import { json, type SimAnswer, type SimRequest, type VenueDesk } from './sim-dialect.ts';
import type { SimMarket } from './sim-market.ts';
import { touchOf } from './spot-rows.ts';

const WEIGHT_PER_MINUTE = 6_000;
const MINUTE_MS = 60_000;

/** Binance's REST market data. */
export class BinanceRest {
  private readonly desk: VenueDesk;
  private readonly markets: ReadonlyMap<SimMarket, BinanceMarket>;
  private readonly limits = new HostLimits({
    limit: WEIGHT_PER_MINUTE,
    spanMs: MINUTE_MS,
    refusalsMax: 5,
    banMs: 120_000,
  });

  constructor(desk: VenueDesk, markets: ReadonlyMap<SimMarket, BinanceMarket>) {
    this.desk = desk;
    this.markets = markets;
  }

  answer({ url }: SimRequest): SimAnswer {
    const path = url.pathname.replace(/^\/api\/v3\//, '');
    const { searchParams: asked } = url;
    const { status, used, retryAfterS } = this.limits.take(this.desk.timers.now(), weightOf(path, asked));
    const headers = { 'x-mbx-used-weight-1m': `${used}` };
    if (status === 200) return withHeaders(this.read(path, asked), headers);
    const msg =
      status === 429 ? 'Too much request weight used' : 'Way too much request weight used; IP banned';
    return json(`{"code":-1003,"msg":"${msg}."}`, status, { ...headers, 'retry-after': `${retryAfterS}` });
  }

  private read(path: string, asked: URLSearchParams): SimAnswer {
    switch (path) {
      case 'ping':
        return json('{}');
      case 'time':
        return json(`{"serverTime":${this.desk.now()}}`);
      case 'exchangeInfo':
        return this.rules(asked);
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
    if (symbol === null)
      return fault(-1102, "Mandatory parameter 'symbol' was not sent, was empty/null, or malformed.");
    const market = this.desk.floor.market(symbol);
    if (market === undefined) return fault(-1121, 'Invalid symbol.');
    const limit = Math.max(1, Number(asked.get('limit') ?? (path === 'depth' ? 100 : 500)));
    switch (path) {
      case 'depth':
        return {
          ...json(this.markets.get(market)?.picture(Math.min(limit, 5_000)) ?? ''),
          afterMs: this.desk.faults.sumMs('slow_snapshot', symbol),
        };
      case 'trades':
      case 'historicalTrades':
        return json(
          JSON.stringify(market.trades(Math.min(limit, ROWS_MAX)).map((one) => tradeRow(one, market))),
        );
      case 'aggTrades':
        return json(JSON.stringify(aggregatesOf(market, asked, limit)));
      case 'klines':
      case 'uiKlines':
        return this.klines(market, asked, Math.min(limit, ROWS_MAX));
      case 'avgPrice':
        return json(
          JSON.stringify({
            mins: 5,
            price: market.prices.of(market.candles.lastTicks),
            closeTime: this.desk.now(),
          }),
        );
      default:
        return fault(-1000, `no such path: ${path}`, 404);
    }
  }

  private klines(market: SimMarket, asked: URLSearchParams, limit: number): SimAnswer {
    const rows = klineRows(market, asked, limit, this.desk.now());
    return rows === null ? fault(-1120, 'Invalid interval.') : json(JSON.stringify(rows));
  }

  /** Of all symbols, of one, or of a list; one that is not listed spoils the whole answer. */
  private rules(asked: URLSearchParams): SimAnswer {
    const markets = this.named(asked);
    if (!Array.isArray(markets)) return markets;
    const instruments = markets.map(({ instrument }) => instrument);
    const info = JSON.parse(exchangeInfo(instruments, this.desk.now()));
    const symbols = info.symbols.map((rules: object, n: number) => ({
      ...rules,
      status: markets[n]?.isOpen === false ? 'BREAK' : 'TRADING',
    }));
    return json(JSON.stringify({ ...info, symbols }));
  }

  private ofSome(asked: URLSearchParams, row: (market: SimMarket) => object): SimAnswer {
    const markets = this.named(asked);
    if (!Array.isArray(markets)) return markets;
    const rows = markets.map(row);
    return json(JSON.stringify(asked.has('symbol') ? rows[0] : rows));
  }

  private named(asked: URLSearchParams): SimMarket[] | SimAnswer {
    const [one, list] = [asked.get('symbol'), asked.get('symbols')];
    if (one === null && list === null) return [...this.desk.floor.markets];
    const markets: SimMarket[] = [];
    for (const symbol of list === null ? [one ?? ''] : listIn(list)) {
      const market = this.desk.floor.market(symbol);
      if (market === undefined) return fault(-1121, 'Invalid symbol.');
      markets.push(market);
    }
    return markets;
  }
}

const withHeaders = (answer: SimAnswer, headers: Readonly<Record<string, string>>): SimAnswer => ({
  ...answer,
  headers: { ...answer.headers, ...headers },
});

const fault = (code: number, msg: string, status = 400): SimAnswer =>
  json(JSON.stringify({ code, msg }), status);

function listIn(text: string): readonly string[] {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(String) : [text];
  } catch {
    return [text];
  }
}
