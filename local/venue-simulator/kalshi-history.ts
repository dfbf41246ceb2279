import { epochMs, isoTime, MINUTE_MS, SECOND_MS } from '../../core/time.ts';
import { type KalshiFrames, tradeUuid } from './kalshi-frames.ts';
import { boundOf, type FramesOf, type KalshiLists, wishOf } from './kalshi-lists.ts';
import type { KalshiMarket } from './kalshi-market.ts';
import { notFound, refusal } from './kalshi-words.ts';
import { pageOf } from './page-of.ts';
import type { SimBar } from './price-history.ts';
import { json, type SimAnswer, type VenueDesk } from './sim-dialect.ts';

const TRADES_MAX = 1_000;
const CANDLES_MAX = 5_000;
const PERIODS: ReadonlySet<number> = new Set([1, 60, 1_440]);

/** What was traded at Kalshi: trades and bars. */
export class KalshiHistory {
  private readonly desk: VenueDesk;
  private readonly lists: KalshiLists;
  private readonly framesOf: FramesOf;

  constructor(desk: VenueDesk, lists: KalshiLists, framesOf: FramesOf) {
    this.desk = desk;
    this.lists = lists;
    this.framesOf = framesOf;
  }

  /** Newest first; of one market, or of all. */
  trades(asked: URLSearchParams): SimAnswer {
    const ticker = asked.get('ticker');
    const market = this.lists.known(ticker ?? '');
    if (ticker !== null && market === undefined) return notFound();
    const from = boundOf(asked.get('min_ts'), 0);
    const to = boundOf(asked.get('max_ts'), Number.POSITIVE_INFINITY);
    const rows = (market === undefined ? this.lists.all() : [market])
      .flatMap((one) => one.market.trades(TRADES_MAX).map((trade) => ({ one, trade })))
      .filter(({ trade }) => trade.at >= from && trade.at <= to)
      .sort((a, b) => b.trade.at - a.trade.at || b.trade.id - a.trade.id);
    const page = pageOf(rows, wishOf(asked, TRADES_MAX), ({ one, trade }) => tradeUuid(one.ticker, trade.id));
    const trades = page.rows.map(({ one, trade }) => restTrade(this.framesOf(one).trade(trade, trade.at)));
    return json(JSON.stringify({ cursor: page.next ?? '', trades }));
  }

  /** Bars of several markets, those that nobody knows left out. */
  candlesOfMany(tickers: readonly string[], asked: URLSearchParams): SimAnswer {
    const span = spanOf(asked);
    if (span === undefined) return refusal(400, 'bad_request', 'bad period');
    const markets = tickers
      .flatMap((ticker) => this.lists.known(ticker) ?? [])
      .map((market) => ({ market_ticker: market.ticker, candlesticks: this.candles(market, span) }));
    return json(JSON.stringify({ markets }));
  }

  candlesOfOne(ticker: string, asked: URLSearchParams): SimAnswer {
    const market = this.lists.known(ticker);
    const span = spanOf(asked);
    if (market === undefined) return notFound();
    if (span === undefined) return refusal(400, 'bad_request', 'bad period');
    return json(JSON.stringify({ ticker, candlesticks: this.candles(market, span) }));
  }

  /** Periods that end within the span, from the opening on; before them, where that is asked for, the price before. */
  private candles(market: KalshiMarket, { ms, from, to, hasLead }: Span): object[] {
    const { opensAt, closesAt, market: sim } = market;
    const now = this.desk.timers.now();
    const frames = this.framesOf(market);
    const first = Math.max(Math.ceil(from / ms) * ms - ms, opensAt - (opensAt % ms));
    const end = Math.min(now, closesAt);
    const candles: object[] = [];
    let previous = sim.candles.bar(opensAt, Math.max(0, first - opensAt), now)?.close;
    if (hasLead && previous !== undefined)
      candles.push(candle(Math.ceil((from + 1) / ms) * ms, undefined, previous, frames));
    let hasTraded = false;
    for (let start = first; start + ms <= to && start < end; start += ms) {
      const bar = sim.candles.bar(Math.max(start, opensAt), ms, now);
      // What was traded moves quotes for a while; where nothing moves there is no row.
      if (bar !== undefined || hasTraded) candles.push(candle(start + ms, bar, previous, frames));
      hasTraded = bar !== undefined;
      previous = bar?.close ?? previous;
    }
    return candles;
  }
}

interface Span {
  readonly ms: number;
  readonly from: number;
  readonly to: number;
  readonly hasLead: boolean;
}

function spanOf(asked: URLSearchParams): Span | undefined {
  const minutes = Number(asked.get('period_interval'));
  const ms = minutes * MINUTE_MS;
  const from = boundOf(asked.get('start_ts'), Number.NaN);
  const to = boundOf(asked.get('end_ts'), Number.NaN);
  const hasLead = asked.get('include_latest_before_start') === 'true';
  const isGood = PERIODS.has(minutes) && to >= from && (to - from) / ms <= CANDLES_MAX;
  return isGood ? { ms, from, to, hasLead } : undefined;
}

/** The facts of the stream, under other names of market and time. */
function restTrade(body: string): object {
  const { market_ticker: ticker, ts: _, ts_ms: at, taker_side: __, ...facts } = JSON.parse(body);
  return { ...facts, ticker, created_time: isoTime(epochMs(at)) };
}

/** Bars of quotes stand beside those of trades; where nothing was traded, these are empty. */
function candle(
  endsAt: number,
  bar: SimBar | undefined,
  previous: number | undefined,
  { prices, sizes }: KalshiFrames,
): object {
  const text = (tick: number | undefined): string | null => (tick === undefined ? null : prices.of(tick));
  const volume = sizes.of(bar?.lots ?? 0);
  return {
    end_period_ts: endsAt / SECOND_MS,
    volume_fp: volume,
    open_interest_fp: volume,
    price: {
      ...fourOf(text(bar?.open), text(bar?.high), text(bar?.low), text(bar?.close)),
      previous_dollars: text(previous),
    },
    yes_bid: fourOf('0.0000', '0.0000', '0.0000', '0.0000'),
    yes_ask: fourOf('1.0000', '1.0000', '1.0000', '1.0000'),
  };
}

const fourOf = (...[open, high, low, close]: readonly (string | null)[]): object => ({
  open_dollars: open,
  high_dollars: high,
  low_dollars: low,
  close_dollars: close,
});
