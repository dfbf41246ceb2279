import { SECOND_MS } from '../../core/time.ts';
import { AnswerCache } from './answer-cache.ts';
import type { KalshiFrames } from './kalshi-frames.ts';
import type { KalshiLives } from './kalshi-lives.ts';
import type { KalshiMarket } from './kalshi-market.ts';
import { eventObject, FILTER_OF, marketObject, seriesObject } from './kalshi-objects.ts';
import { notFound } from './kalshi-words.ts';
import { limitOf, pageOf, partsOf } from './page-of.ts';
import { json, type SimAnswer, type VenueDesk } from './sim-dialect.ts';

export type FramesOf = (market: KalshiMarket) => KalshiFrames;

/** Lists are kept at the edge of the network. */
const CACHED_MS = 15 * SECOND_MS;
const MARKETS_MAX = 1_000;
const EVENTS_MAX = 200;
const USUAL = 100;

/** Kalshi's lists of series, events and markets. */
export class KalshiLists {
  private readonly desk: VenueDesk;
  private readonly lives: KalshiLives;
  private readonly framesOf: FramesOf;
  private readonly cache = new AnswerCache(CACHED_MS);

  constructor(desk: VenueDesk, lives: KalshiLives, framesOf: FramesOf) {
    this.desk = desk;
    this.lives = lives;
    this.framesOf = framesOf;
  }

  /** What is in the lists; what was just created is not yet. */
  known(ticker: string): KalshiMarket | undefined {
    const market = this.lives.of(ticker);
    return market?.isKnown(this.desk.timers.now()) === true ? market : undefined;
  }

  all(): readonly KalshiMarket[] {
    const now = this.desk.timers.now();
    return [...this.lives.markets()].filter((market) => market.isKnown(now));
  }

  page(what: 'markets' | 'events', { search, searchParams: asked }: URL): SimAnswer {
    const make = (): SimAnswer => (what === 'markets' ? this.markets(asked) : this.events(asked));
    return this.cache.get(`${what}${search}`, this.desk.timers.now(), make);
  }

  market(market: KalshiMarket): SimAnswer {
    return json(JSON.stringify({ market: this.object(market) }));
  }

  /** One event, its markets beside it. */
  event(ticker: string): SimAnswer {
    const markets = this.ofEvent(ticker);
    const [first] = markets;
    if (first === undefined) return notFound();
    const event = eventObject(first, this.lives.series.get(first.plan.series));
    return json(JSON.stringify({ event, markets: markets.map((one) => this.object(one)) }));
  }

  /** One series, or all without a name. */
  series(ticker: string): SimAnswer {
    const series = this.lives.series.get(ticker);
    if (series !== undefined) return json(JSON.stringify({ series: seriesObject(series) }));
    if (ticker !== '') return notFound();
    return json(JSON.stringify({ series: [...this.lives.series.values()].map(seriesObject) }));
  }

  private markets(asked: URLSearchParams): SimAnswer {
    const page = pageOf(this.chosen(asked), wishOf(asked, MARKETS_MAX), ({ ticker }) => ticker);
    const markets = page.rows.map((one) => this.object(one));
    return json(JSON.stringify({ cursor: page.next ?? '', markets }));
  }

  /** An event is shown with all of its markets as soon as one of them is asked for. */
  private events(asked: URLSearchParams): SimAnswer {
    const firsts = [...new Map(this.chosen(asked).map((market) => [market.plan.event, market])).values()];
    const page = pageOf(firsts, wishOf(asked, EVENTS_MAX), ({ plan }) => plan.event);
    const isNested = asked.get('with_nested_markets') === 'true';
    const events = page.rows.map((first) => ({
      ...eventObject(first, this.lives.series.get(first.plan.series)),
      ...(isNested && { markets: this.ofEvent(first.plan.event).map((one) => this.object(one)) }),
    }));
    return json(JSON.stringify({ cursor: page.next ?? '', events }));
  }

  private chosen(asked: URLSearchParams): readonly KalshiMarket[] {
    const [tickers, series, event, status] = ['tickers', 'series_ticker', 'event_ticker', 'status'].map(
      (name) => asked.get(name) || null,
    );
    const isEmpty = this.lives.empties.isEmpty(series ?? undefined, this.desk.timers.now());
    if (tickers == null && isEmpty) return [];
    const wanted = tickers == null ? null : new Set(partsOf(tickers));
    const from = boundOf(asked.get('min_close_ts'), 0);
    const to = boundOf(asked.get('max_close_ts'), Number.POSITIVE_INFINITY);
    return this.all().filter(
      ({ ticker, plan, phase, closesAt }) =>
        (wanted === null || wanted.has(ticker)) &&
        (series == null || plan.series === series) &&
        (event == null || plan.event === event) &&
        (status == null || FILTER_OF[phase] === status) &&
        closesAt >= from &&
        closesAt <= to,
    );
  }

  private ofEvent(ticker: string): readonly KalshiMarket[] {
    return this.all().filter(({ plan }) => plan.event === ticker);
  }

  private object(market: KalshiMarket): object {
    return marketObject(market, this.framesOf(market));
  }
}

/** A bound in seconds, in milliseconds. */
export const boundOf = (text: string | null, otherwise: number): number =>
  text === null ? otherwise : Number(text) * SECOND_MS;

export const wishOf = (
  asked: URLSearchParams,
  most: number,
): { readonly cursor: string | null; readonly limit: number } => ({
  cursor: asked.get('cursor'),
  limit: limitOf(asked.get('limit'), USUAL, most),
});
