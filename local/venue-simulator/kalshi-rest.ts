import { SECOND_MS } from '../../core/time.ts';
import { KalshiHistory } from './kalshi-history.ts';
import { maintenanceEnd, scheduleObject, weekPartAt } from './kalshi-hours.ts';
import { type FramesOf, KalshiLists } from './kalshi-lists.ts';
import type { KalshiLives } from './kalshi-lives.ts';
import type { KalshiMarket } from './kalshi-market.ts';
import { timeText } from './kalshi-objects.ts';
import { notFound, refusal } from './kalshi-words.ts';
import { partsOf } from './page-of.ts';
import { RateMeter } from './rate-meter.ts';
import { json, type SimAnswer, type SimRequest, type VenueDesk } from './sim-dialect.ts';
import type { SimLevel } from './tick-sides.ts';

export interface RestParts {
  readonly lives: KalshiLives;
  readonly framesOf: FramesOf;
  /** The exchange as a whole trades. */
  readonly isTrading: () => boolean;
}

const PREFIX = '/trade-api/v2/';
/** Requests without a key: sixty in three seconds. Those over it are told nothing of when to come back. */
const REQUESTS_MAX = 60;
const REQUESTS_SPAN_MS = 3 * SECOND_MS;
const BOOKS_MAX = 100;

/** Kalshi's public REST interface. */
export class KalshiRest {
  private readonly desk: VenueDesk;
  private readonly parts: RestParts;
  private readonly lists: KalshiLists;
  private readonly history: KalshiHistory;
  private readonly meter = new RateMeter(REQUESTS_MAX, REQUESTS_SPAN_MS);

  constructor(desk: VenueDesk, parts: RestParts) {
    this.desk = desk;
    this.parts = parts;
    this.lists = new KalshiLists(desk, parts.lives, parts.framesOf);
    this.history = new KalshiHistory(desk, this.lists, parts.framesOf);
  }

  answer({ url }: SimRequest): SimAnswer {
    if (!this.meter.take(this.desk.timers.now()))
      return refusal(429, 'too_many_requests', 'too many requests');
    if (!url.pathname.startsWith(PREFIX)) return notFound();
    const [what, name, part, ticker = '', last] = url.pathname.slice(PREFIX.length).split('/');
    const { searchParams: asked } = url;
    switch (what) {
      case 'markets':
        return name === undefined ? this.lists.page(what, url) : this.ofMarkets(name, part, asked);
      case 'events':
        if (name === undefined) return this.lists.page(what, url);
        return name === 'fee_changes' ? json('{"event_fee_changes":[]}') : this.lists.event(name);
      case 'series':
        if (name === 'fee_changes') return json('{"series_fee_change_arr":[]}');
        if (last === 'candlesticks') return this.history.candlesOfOne(ticker, asked);
        return this.lists.series(name ?? '');
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
        return this.history.trades(asked);
      case 'candlesticks':
        return this.history.candlesOfMany(partsOf(asked.get('market_tickers')), asked);
    }
    const market = this.lists.known(name);
    if (market === undefined) return notFound();
    if (part === undefined) return this.lists.market(market);
    if (part !== 'orderbook') return notFound();
    const book = this.book(market, Number(asked.get('depth') ?? 0));
    return this.late(name, json(`{"orderbook_fp":${book}}`));
  }

  /** A list with commas would be one market of that name; a market that nobody knows has an empty book. */
  private books(tickers: readonly string[]): SimAnswer {
    const [first = ''] = tickers;
    if (tickers.length === 0 || tickers.length > BOOKS_MAX)
      return refusal(400, 'bad_request', `tickers: 1 to ${BOOKS_MAX}`);
    const books = tickers.map((ticker) => {
      const market = this.lists.known(ticker);
      const book = market === undefined ? '{"yes_dollars":[],"no_dollars":[]}' : this.book(market, 0);
      return `{"ticker":${JSON.stringify(ticker)},"orderbook_fp":${book}}`;
    });
    return this.late(first, json(`{"orderbooks":[${books.join(',')}]}`));
  }

  /** Best prices are last; `depth` 0 is all. What nobody was told of in the stream is here. */
  private book(market: KalshiMarket, depth: number): string {
    const { phase, market: sim } = market;
    const isOpen = phase === 'active' || phase === 'inactive';
    const count = depth > 0 ? depth : Number.MAX_SAFE_INTEGER;
    const frames = this.parts.framesOf(market);
    const rows = (levels: readonly SimLevel[], price: (tick: number) => string): string =>
      levels
        .toReversed()
        .map(({ tick, lots }) => `["${price(tick)}","${frames.sizes.of(lots)}"]`)
        .join(',');
    const yes = isOpen ? rows(sim.book.levels('bids', count), (tick) => frames.prices.of(tick)) : '';
    const no = isOpen ? rows(sim.book.levels('asks', count), (tick) => frames.noPrice(tick)) : '';
    return `{"yes_dollars":[${yes}],"no_dollars":[${no}]}`;
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

  private late(ticker: string, answer: SimAnswer): SimAnswer {
    return { ...answer, afterMs: this.desk.faults.sumMs('slow_snapshot', ticker) };
  }
}
