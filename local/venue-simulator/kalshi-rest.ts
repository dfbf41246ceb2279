import { epochMs, isoTime, MINUTE_MS, SECOND_MS } from '../../core/time.ts';
import { AnswerCache } from './answer-cache.ts';
import { type KalshiFrames, tradeUuid } from './kalshi-frames.ts';
import { maintenanceEnd, scheduleObject, weekPartAt } from './kalshi-hours.ts';
import type { KalshiLives } from './kalshi-lives.ts';
import type { KalshiMarket } from './kalshi-market.ts';
import { eventObject, FILTER_OF, marketObject, seriesObject, timeText } from './kalshi-objects.ts';
import type { SimBar } from './price-history.ts';
import { RateMeter } from './rate-meter.ts';
import { json, type SimAnswer, type SimRequest, type VenueDesk } from './sim-dialect.ts';
import type { SimLevel } from './tick-sides.ts';

export interface RestParts {
  frames(market: KalshiMarket): KalshiFrames;
  /** The exchange as a whole trades. */
  isTrading(): boolean;
}

const PREFIX = '/trade-api/v2/';
/** Requests without a key: sixty in three seconds. Those over it are told nothing of when to come back. */
const REQUESTS_MAX = 60;
const REQUESTS_SPAN_MS = 3 * SECOND_MS;
/** Lists of markets and events are kept at the edge of the network. */
const CACHED_MS = 15 * SECOND_MS;
const MARKETS_MAX = 1_000;
const EVENTS_MAX = 200;
const BOOKS_MAX = 100;
const TRADES_MAX = 1_000;
const CANDLES_MAX = 5_000;

/** Kalshi's public REST interface. */
export class KalshiRest {
  private readonly desk: VenueDesk;
  private readonly lives: KalshiLives;
  private readonly parts: RestParts;
  private readonly meter = new RateMeter(REQUESTS_MAX, REQUESTS_SPAN_MS);
  private readonly cache = new AnswerCache(CACHED_MS);

  constructor(desk: VenueDesk, lives: KalshiLives, parts: RestParts) {
    this.desk = desk;
    this.lives = lives;
    this.parts = parts;
  }

  answer({ url }: SimRequest): SimAnswer {
    const now = this.desk.timers.now();
    if (!this.meter.take(now)) return wrong(429, 'too_many_requests', 'too many requests');
    if (!url.pathname.startsWith(PREFIX)) return notFound();
    const path = url.pathname.slice(PREFIX.length).split('/');
    const [what = '', name] = path;
    if ((what === 'markets' || what === 'events') && name === undefined)
      return this.cache.get(url.search + what, now, () => this.list(what, url.searchParams));
    return this.one(path, url.searchParams);
  }

  private one(path: readonly string[], asked: URLSearchParams): SimAnswer {
    const [what, name = '', part, ticker = '', last] = path;
    switch (what) {
      case 'markets':
        return this.ofMarkets(name, part, asked);
      case 'events':
        return name === 'fee_changes' ? json('{"event_fee_changes":[]}') : this.event(name);
      case 'series':
        if (name === 'fee_changes') return json('{"series_fee_change_arr":[]}');
        if (last === 'candlesticks') return this.candles([ticker], asked, ticker);
        return this.series(name);
      case 'exchange':
        return name === 'schedule' ? json(JSON.stringify(scheduleObject())) : this.status();
      default:
        return notFound();
    }
  }

  private ofMarkets(name: string, part: string | undefined, asked: URLSearchParams): SimAnswer {
    switch (name) {
      case 'orderbooks':
        return this.books(asked.getAll('tickers'));
      case 'trades':
        return this.trades(asked);
      case 'candlesticks':
        return this.candles(listIn(asked.get('market_tickers')), asked);
    }
    const market = this.known(name);
    if (market === undefined) return notFound();
    if (part === undefined) return json(JSON.stringify({ market: this.object(market) }));
    if (part !== 'orderbook') return notFound();
    const depth = Number(asked.get('depth') ?? 0);
    return this.late(name, json(`{"orderbook_fp":${this.book(market, depth)}}`));
  }

  private list(what: 'markets' | 'events', asked: URLSearchParams): SimAnswer {
    const markets = this.chosen(asked);
    if (what === 'markets') {
      const page = pageOf(markets, asked, MARKETS_MAX, (market) => market.ticker);
      return json(JSON.stringify({ cursor: page.cursor, markets: page.rows.map((one) => this.object(one)) }));
    }
    // An event is shown with all of its markets as soon as one of them matches.
    const firsts = [...new Map(markets.map((market) => [market.plan.event, market])).values()];
    const page = pageOf(firsts, asked, EVENTS_MAX, (market) => market.plan.event);
    const isNested = asked.get('with_nested_markets') === 'true';
    const events = page.rows.map((first) => ({
      ...eventObject(first, this.lives.series.get(first.plan.series)),
      ...(isNested && { markets: this.ofEvent(first.plan.event).map((one) => this.object(one)) }),
    }));
    return json(JSON.stringify({ cursor: page.cursor, events }));
  }

  private chosen(asked: URLSearchParams): KalshiMarket[] {
    const tickers = asked.get('tickers');
    const [series, event, status] = ['series_ticker', 'event_ticker', 'status'].map((name) =>
      asked.get(name),
    );
    const now = this.desk.timers.now();
    if (tickers === null && this.lives.empties.isEmpty(series ?? undefined, now)) return [];
    const wanted = tickers === null ? null : new Set(listIn(tickers));
    const [from, to] = [bound(asked.get('min_close_ts'), 0), bound(asked.get('max_close_ts'), Infinity)];
    return [...this.lives.markets()].filter(
      (market) =>
        market.isKnown(now) &&
        (wanted === null || wanted.has(market.ticker)) &&
        (!series || market.plan.series === series) &&
        (!event || market.plan.event === event) &&
        (!status || FILTER_OF[market.phase] === status) &&
        market.closesAt >= from &&
        market.closesAt <= to,
    );
  }

  private event(ticker: string): SimAnswer {
    const markets = this.ofEvent(ticker);
    const [first] = markets;
    if (first === undefined) return notFound();
    const event = eventObject(first, this.lives.series.get(first.plan.series));
    return json(JSON.stringify({ event, markets: markets.map((one) => this.object(one)) }));
  }

  private ofEvent(ticker: string): KalshiMarket[] {
    const now = this.desk.timers.now();
    return [...this.lives.markets()].filter((one) => one.plan.event === ticker && one.isKnown(now));
  }

  private series(ticker: string): SimAnswer {
    const series = this.lives.series.get(ticker);
    if (series !== undefined) return json(JSON.stringify({ series: seriesObject(series) }));
    if (ticker !== '') return notFound();
    return json(JSON.stringify({ series: [...this.lives.series.values()].map(seriesObject) }));
  }

  private status(): SimAnswer {
    const now = this.desk.timers.now();
    const isMaintained = weekPartAt(now) !== 'open';
    return json(
      JSON.stringify({
        exchange_active: true,
        trading_active: this.parts.isTrading(),
        exchange_estimated_resume_time: isMaintained ? timeText(maintenanceEnd(now)) : null,
      }),
    );
  }

  /** A list with commas would be one market of that name; a market that nobody knows has an empty book. */
  private books(tickers: readonly string[]): SimAnswer {
    if (tickers.length === 0 || tickers.length > BOOKS_MAX)
      return wrong(400, 'bad_request', `tickers: 1 to ${BOOKS_MAX}`);
    const books = tickers.map((ticker) => {
      const market = this.known(ticker);
      const book = market === undefined ? '{"yes_dollars":[],"no_dollars":[]}' : this.book(market, 0);
      return `{"ticker":${JSON.stringify(ticker)},"orderbook_fp":${book}}`;
    });
    return this.late(tickers[0] ?? '', json(`{"orderbooks":[${books.join(',')}]}`));
  }

  /** Best prices are last; `depth` 0 is all. What nobody was told of in the stream is here. */
  private book(market: KalshiMarket, depth: number): string {
    const frames = this.parts.frames(market);
    const { book } = market.market;
    const isOpen = market.phase === 'active' || market.phase === 'inactive';
    const rows = (levels: readonly SimLevel[], price: (tick: number) => string): string =>
      levels
        .toReversed()
        .map(({ tick, lots }) => `["${price(tick)}","${frames.sizes.of(lots)}"]`)
        .join(',');
    const count = depth > 0 ? depth : Number.MAX_SAFE_INTEGER;
    const yes = isOpen ? rows(book.levels('bids', count), (tick) => frames.prices.of(tick)) : '';
    const no = isOpen ? rows(book.levels('asks', count), (tick) => frames.noPrice(tick)) : '';
    return `{"yes_dollars":[${yes}],"no_dollars":[${no}]}`;
  }

  /** Newest first. */
  private trades(asked: URLSearchParams): SimAnswer {
    const [from, to] = [bound(asked.get('min_ts'), 0), bound(asked.get('max_ts'), Infinity)];
    const ticker = asked.get('ticker');
    const market = this.known(ticker ?? '');
    if (ticker !== null && market === undefined) return notFound();
    const markets = market === undefined ? [...this.lives.markets()] : [market];
    const rows = markets
      .flatMap((one) => one.market.trades(TRADES_MAX).map((trade) => ({ one, trade })))
      .filter(({ trade }) => trade.at >= from && trade.at <= to)
      .sort((a, b) => b.trade.at - a.trade.at || b.trade.id - a.trade.id);
    const page = pageOf(rows, asked, TRADES_MAX, ({ one, trade }) => tradeUuid(one.ticker, trade.id), 100);
    const trades = page.rows.map(({ one, trade }) => {
      const { at, ...facts } = trade;
      // The same facts as in the stream, under other names of market and time.
      const { market_ticker, ts, ts_ms, taker_side, ...wire } = JSON.parse(
        this.parts.frames(one).trade(facts, at),
      );
      return { ...wire, ticker: market_ticker, created_time: isoTime(epochMs(ts_ms)) };
    });
    return json(JSON.stringify({ cursor: page.cursor, trades }));
  }

  private candles(tickers: readonly string[], asked: URLSearchParams, single?: string): SimAnswer {
    const minutes = Number(asked.get('period_interval'));
    const [from, to] = [bound(asked.get('start_ts'), Number.NaN), bound(asked.get('end_ts'), Number.NaN)];
    if (![1, 60, 1_440].includes(minutes) || !(to >= from)) return wrong(400, 'bad_request', 'bad period');
    const ms = minutes * MINUTE_MS;
    if ((to - from) / ms > CANDLES_MAX) return wrong(400, 'bad_request', 'too many candlesticks');
    const markets = tickers.flatMap((ticker) => this.known(ticker) ?? []);
    const lists = markets.map((market) => ({
      market_ticker: market.ticker,
      candlesticks: this.candlesOf(market, ms, from, to),
    }));
    if (single === undefined) return json(JSON.stringify({ markets: lists }));
    const [list] = lists;
    return list === undefined
      ? notFound()
      : json(JSON.stringify({ ticker: single, candlesticks: list.candlesticks }));
  }

  /** Periods that end within the bounds, from the opening on. */
  private candlesOf(market: KalshiMarket, ms: number, from: number, to: number): object[] {
    const now = this.desk.timers.now();
    const frames = this.parts.frames(market);
    const first = Math.max(Math.ceil(from / ms) * ms - ms, market.opensAt - (market.opensAt % ms));
    const candles: object[] = [];
    for (let start = first; start + ms <= to && start < Math.min(now, market.closesAt); start += ms)
      candles.push(
        candleObject(start + ms, market.market.candles.bar(Math.max(start, market.opensAt), ms, now), frames),
      );
    return candles;
  }

  private object(market: KalshiMarket): object {
    return marketObject(market, this.parts.frames(market));
  }

  /** What was just created is not found yet. */
  private known(ticker: string): KalshiMarket | undefined {
    const market = this.lives.of(ticker);
    return market?.isKnown(this.desk.timers.now()) === true ? market : undefined;
  }

  private late(ticker: string, answer: SimAnswer): SimAnswer {
    return { ...answer, afterMs: this.desk.faults.sumMs('slow_snapshot', ticker) };
  }
}

/** Bars of quotes beside those of trades; where nothing was traded, those of trades are empty. */
function candleObject(endsAt: number, bar: SimBar | undefined, frames: KalshiFrames): object {
  const { prices, sizes } = frames;
  const text = (tick: number | undefined): string | null => (tick === undefined ? null : prices.of(tick));
  const quote = (price: string): object => ({
    open_dollars: price,
    high_dollars: price,
    low_dollars: price,
    close_dollars: price,
  });
  return {
    end_period_ts: endsAt / SECOND_MS,
    volume_fp: sizes.of(bar?.lots ?? 0),
    open_interest_fp: sizes.of(bar?.lots ?? 0),
    price: {
      open_dollars: text(bar?.open),
      high_dollars: text(bar?.high),
      low_dollars: text(bar?.low),
      close_dollars: text(bar?.close),
    },
    yes_bid: quote('0.0000'),
    yes_ask: quote('1.0000'),
  };
}

interface Page<T> {
  readonly rows: readonly T[];
  /** Empty on the last page. */
  readonly cursor: string;
}

/** A page after the row that the cursor names. */
function pageOf<T>(
  all: readonly T[],
  asked: URLSearchParams,
  most: number,
  nameOf: (row: T) => string,
  usual = 100,
): Page<T> {
  const limit = Math.min(most, Math.max(1, Number(asked.get('limit') ?? usual)));
  const cursor = asked.get('cursor') ?? '';
  const from = cursor === '' ? 0 : all.findIndex((row) => nameOf(row) === cursor) + 1;
  const rows = all.slice(from, from + limit);
  const last = rows.at(-1);
  return { rows, cursor: last !== undefined && from + limit < all.length ? nameOf(last) : '' };
}

const listIn = (text: string | null): readonly string[] =>
  (text ?? '').split(',').filter((one) => one !== '');

/** A bound in seconds, in milliseconds. */
const bound = (text: string | null, otherwise: number): number =>
  text === null ? otherwise : Number(text) * SECOND_MS;

const wrong = (status: number, code: string, message: string): SimAnswer =>
  json(JSON.stringify({ error: { code, message } }), status);

const notFound = (): SimAnswer => wrong(404, 'not_found', 'not found');
