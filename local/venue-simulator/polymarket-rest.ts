import { SECOND_MS } from '../../core/time.ts';
import { BOTH } from './polymarket-book.ts';
import type { PolymarketLives } from './polymarket-lives.ts';
import { type PolymarketMarket, tokenIndexOf, transactionOf } from './polymarket-market.ts';
import { gammaEvent, gammaMarket, resolutionRow, tokenRow } from './polymarket-objects.ts';
import { RateMeter } from './rate-meter.ts';
import { json, type SimAnswer, type SimRequest, type VenueDesk } from './sim-dialect.ts';

const SPAN_MS = 10 * SECOND_MS;
/** Requests of an address in ten seconds, by service. */
const LIMITS = { books: 500, clob: 1_500, gamma: 300, data: 200 } as const;
type Service = keyof typeof LIMITS;
/** Over the limit answers are held back, and refused when it goes on. */
const HELD_MS = SECOND_MS;
const REFUSED_FROM = 1.5;
const PAGE_MAX = 100;
const BOOKS_MAX = 500;
const CONDITIONS_MAX = 20;
const TRADES_MAX = 1_000;

/** Polymarket's public REST services, all in one place: the catalogue, the matching engine's books, outcomes and trades. */
export class PolymarketRest {
  private readonly desk: VenueDesk;
  private readonly lives: PolymarketLives;
  private readonly meters = new Map<Service, RateMeter>();

  constructor(desk: VenueDesk, lives: PolymarketLives) {
    this.desk = desk;
    this.lives = lives;
  }

  answer(request: SimRequest): SimAnswer {
    const path = request.url.pathname.split('/').slice(1);
    const service = serviceOf(path);
    const now = this.desk.timers.now();
    const meter = this.meters.get(service) ?? new RateMeter(LIMITS[service], SPAN_MS);
    this.meters.set(service, meter);
    const used = meter.used(now);
    if (used >= LIMITS[service] * REFUSED_FROM)
      return json('{"error":"Too Many Requests"}', 429, { 'retry-after': '1' });
    const isOver = !meter.take(now);
    const answer = this.read(path, request);
    return isOver ? { ...answer, afterMs: answer.afterMs + HELD_MS } : answer;
  }

  private read([first = '', second, third]: readonly string[], { url, method, body }: SimRequest): SimAnswer {
    const { searchParams: asked } = url;
    switch (first) {
      case 'v2':
        return this.ofData(second, asked);
      case 'book':
        return this.book(asked.get('token_id') ?? '');
      case 'books':
        return method === 'POST' ? this.books(body) : notFound('not found');
      case 'time':
        return json(`${Math.floor(this.desk.now() / SECOND_MS)}`);
      case 'tick-size':
        return this.tickSize(asked.get('token_id') ?? '');
      case 'markets':
        return this.ofMarkets(second, third, asked);
      case 'events':
        return this.ofEvents(second, third, asked);
      case 'series':
        return this.series(asked.get('slug'));
      case 'public-search':
        return this.search(asked.get('q') ?? '');
      default:
        return notFound('not found');
    }
  }

  private ofMarkets(
    second: string | undefined,
    third: string | undefined,
    asked: URLSearchParams,
  ): SimAnswer {
    if (second === 'slug') return this.bySlug(third ?? '');
    if (second === 'keyset') return this.list(asked);
    if (second?.startsWith('0x')) return this.byCondition(second);
    const market = [...this.lives.markets()].find(({ plan }) => plan.id === second);
    return market === undefined ? notFound('id not found') : json(JSON.stringify(gammaMarket(market)));
  }

  private bySlug(slug: string): SimAnswer {
    const market = this.lives.ofSlug(slug);
    const isHidden = market !== undefined && this.isEmpty(market.plan.series?.slug);
    return market === undefined || isHidden
      ? notFound('slug not found')
      : json(JSON.stringify(gammaMarket(market)));
  }

  /** As the matching engine has it, in short words. */
  private byCondition(condition: string): SimAnswer {
    const market = this.ofCondition(condition);
    if (market === undefined) return notFound('market not found');
    const { plan, phase } = market;
    const tokens = BOTH.map((index) => ({
      token_id: plan.tokens[index],
      outcome: plan.outcomes[index],
      winner: phase === 'resolved' && plan.winner === index,
    }));
    return json(
      JSON.stringify({
        condition_id: plan.condition,
        closed: phase === 'resolved',
        accepting_orders: phase === 'open',
        minimum_tick_size: Number(market.tickSize),
        neg_risk: plan.negRisk,
        tokens,
      }),
    );
  }

  private list(asked: URLSearchParams): SimAnswer {
    if (asked.has('offset')) return json('{"error":"offset is not supported, use after_cursor"}', 422);
    const tokens = new Set(asked.getAll('clob_token_ids'));
    const conditions = new Set(asked.getAll('condition_ids'));
    const isClosed = asked.get('closed') === 'true';
    // Nobody has tokens of the second version yet.
    if (asked.has('position_ids') || (tokens.size + conditions.size === 0 && this.isEmpty()))
      return json('{"markets":[],"next_cursor":null}');
    const markets = [...this.lives.markets()].filter(
      ({ plan, phase }) =>
        (phase === 'resolved') === isClosed &&
        (tokens.size === 0 || plan.tokens.some((token) => tokens.has(token))) &&
        (conditions.size === 0 || conditions.has(plan.condition)),
    );
    if (asked.get('order') === 'volume24hr') markets.sort((a, b) => b.volumeLots - a.volumeLots);
    const page = pageOf(markets, asked, ({ plan }) => plan.slug);
    return json(JSON.stringify({ markets: page.rows.map(gammaMarket), next_cursor: page.next }));
  }

  private ofEvents(second: string | undefined, third: string | undefined, asked: URLSearchParams): SimAnswer {
    const open = [...this.lives.markets()];
    if (second === 'slug') {
      const markets = open.filter(({ plan }) => plan.event.slug === third);
      return markets.length === 0 ? notFound('slug not found') : json(JSON.stringify(gammaEvent(markets)));
    }
    if (second !== 'keyset') return notFound('not found');
    const series = asked.get('series_id');
    const wanted = open.filter(
      ({ plan, phase }) =>
        phase !== 'resolved' &&
        (series === null || plan.series?.id === series) &&
        !this.isEmpty(plan.series?.slug),
    );
    const events = [...Map.groupBy(wanted, ({ plan }) => plan.event.slug)];
    const page = pageOf(events, asked, ([slug]) => slug);
    return json(
      JSON.stringify({ events: page.rows.map(([, markets]) => gammaEvent(markets)), next_cursor: page.next }),
    );
  }

  private series(slug: string | null): SimAnswer {
    const all = new Map(
      [...this.lives.markets()].flatMap(({ plan }) =>
        plan.series === null ? [] : [[plan.series.slug, plan.series]],
      ),
    );
    return json(JSON.stringify([...all.values()].filter((one) => slug === null || one.slug === slug)));
  }

  /** By any of the words. */
  private search(text: string): SimAnswer {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = [...this.lives.markets()].filter(({ plan, phase }) => {
      const title = `${plan.event.title} ${plan.question} ${plan.slug}`.toLowerCase();
      return phase !== 'resolved' && words.some((word) => title.includes(word));
    });
    const events = this.isEmpty() ? [] : [...Map.groupBy(found, ({ plan }) => plan.event.slug).values()];
    return json(JSON.stringify({ events: events.map(gammaEvent), pagination: { hasMore: false } }));
  }

  private book(token: string): SimAnswer {
    const text = this.bookOf(token);
    return text === undefined
      ? notFound('No orderbook exists for the requested token id')
      : { ...json(text), afterMs: this.desk.faults.sumMs('slow_snapshot', token) };
  }

  /** Those without a book are left out. */
  private books(body: string): SimAnswer {
    const tokens = tokensIn(body);
    if (tokens === undefined || tokens.length > BOOKS_MAX) return json('{"error":"Invalid payload"}', 400);
    const texts = tokens.flatMap((token) => this.bookOf(token) ?? []);
    const afterMs = Math.max(0, ...tokens.map((token) => this.desk.faults.sumMs('slow_snapshot', token)));
    return { ...json(`[${texts.join(',')}]`), afterMs };
  }

  private bookOf(token: string): string | undefined {
    const market = this.lives.ofToken(token);
    const index = market && tokenIndexOf(market.plan, token);
    if (market === undefined || index === undefined || !market.hasBook(this.desk.timers.now()))
      return undefined;
    return market.wholeBook(index);
  }

  private tickSize(token: string): SimAnswer {
    const market = this.lives.ofToken(token);
    return market === undefined
      ? notFound('market not found')
      : json(`{"minimum_tick_size":"${market.tickSize}"}`);
  }

  private ofData(what: string | undefined, asked: URLSearchParams): SimAnswer {
    const conditions = listIn(asked.get('condition'));
    if (conditions.length > CONDITIONS_MAX) return json('{"error":"too many conditions"}', 400);
    const markets = conditions.flatMap((condition) => this.ofCondition(condition) ?? []);
    switch (what) {
      case 'tokens':
        return rowsOf(
          listIn(asked.get('token_id')).flatMap((token) => {
            const market = this.lives.ofToken(token);
            const index = market && tokenIndexOf(market.plan, token);
            return market === undefined || index === undefined ? [] : [tokenRow(market, index)];
          }),
        );
      case 'resolutions':
        return rowsOf(markets.map(resolutionRow));
      case 'trades':
        return rowsOf(this.trades(markets, Math.min(TRADES_MAX, Number(asked.get('limit') ?? 100))));
      default:
        return notFound('not found');
    }
  }

  /** Newest first, in whole seconds. */
  private trades(markets: readonly PolymarketMarket[], limit: number): object[] {
    return markets
      .flatMap((market) => market.market.trades(limit).map((trade) => ({ market, trade })))
      .sort((a, b) => b.trade.at - a.trade.at || b.trade.id - a.trade.id)
      .slice(0, limit)
      .map(({ market: { plan, book }, trade }) => ({
        condition_id: plan.condition,
        token_id: plan.tokens[0],
        side: trade.aggressor === 'buy' ? 'BUY' : 'SELL',
        size: Number(book.size(trade.lots)),
        price: Number(book.price(trade.tick, 0)),
        timestamp: Math.floor(trade.at / SECOND_MS),
        transaction_hash: transactionOf(plan.condition, trade.id),
      }));
  }

  private ofCondition(condition: string): PolymarketMarket | undefined {
    return [...this.lives.markets()].find(({ plan }) => plan.condition === condition);
  }

  private isEmpty(series?: string): boolean {
    return this.lives.empties.isEmpty(series, this.desk.timers.now());
  }
}

function serviceOf([first, second]: readonly string[]): Service {
  if (first === 'v2') return 'data';
  if (first === 'books') return 'books';
  const isEngine = ['book', 'time', 'tick-size'].includes(first ?? '') || second?.startsWith('0x') === true;
  return isEngine ? 'clob' : 'gamma';
}

function pageOf<T>(
  all: readonly T[],
  asked: URLSearchParams,
  nameOf: (row: T) => string,
): { readonly rows: readonly T[]; readonly next: string | null } {
  const limit = Math.min(PAGE_MAX, Math.max(1, Number(asked.get('limit') ?? 20)));
  const cursor = asked.get('after_cursor');
  const from = cursor === null ? 0 : all.findIndex((row) => nameOf(row) === cursor) + 1;
  const rows = all.slice(from, from + limit);
  const last = rows.at(-1);
  return { rows, next: last !== undefined && from + limit < all.length ? nameOf(last) : null };
}

function tokensIn(body: string): readonly string[] | undefined {
  try {
    const list: unknown = JSON.parse(body);
    return Array.isArray(list) ? list.map((one: { token_id?: unknown }) => String(one.token_id)) : undefined;
  } catch {
    return undefined;
  }
}

const listIn = (text: string | null): readonly string[] =>
  (text ?? '').split(',').filter((one) => one !== '');

const rowsOf = (data: readonly object[]): SimAnswer =>
  json(JSON.stringify({ data, pagination: { next_cursor: null } }));

const notFound = (error: string): SimAnswer => json(JSON.stringify({ error }), 404);
