import { SECOND_MS } from '../../core/time.ts';
import { limitOf, partsOf } from './page-of.ts';
import { BOTH } from './polymarket-book.ts';
import { missing, PolymarketCatalogue } from './polymarket-catalogue.ts';
import type { PolymarketLives } from './polymarket-lives.ts';
import { type PolymarketMarket, tokenIndexOf, transactionOf } from './polymarket-market.ts';
import { resolutionRow, tokenRow } from './polymarket-objects.ts';
import { RateMeter } from './rate-meter.ts';
import { json, type SimAnswer, type SimRequest, type VenueDesk } from './sim-dialect.ts';

const SPAN_MS = 10 * SECOND_MS;
/** Requests of an address in ten seconds, by service. */
const LIMITS = { books: 500, clob: 1_500, gamma: 300, data: 200 } as const;
type Service = keyof typeof LIMITS;
/** Over the limit answers are held back, and refused when it goes on. */
const HELD_MS = SECOND_MS;
const REFUSED_FROM = 1.5;
const BOOKS_MAX = 500;
const CONDITIONS_MAX = 20;
const TRADES_MAX = 1_000;
const TRADES_USUAL = 100;

/** Polymarket's public REST services, all in one place: the catalogue, the matching engine's books, outcomes and trades. */
export class PolymarketRest {
  private readonly desk: VenueDesk;
  private readonly lives: PolymarketLives;
  private readonly catalogue: PolymarketCatalogue;
  private readonly meters = new Map<Service, RateMeter>();

  constructor(desk: VenueDesk, lives: PolymarketLives) {
    this.desk = desk;
    this.lives = lives;
    this.catalogue = new PolymarketCatalogue(desk, lives);
  }

  answer(request: SimRequest): SimAnswer {
    const path = request.url.pathname.split('/').slice(1);
    const service = serviceOf(path);
    const now = this.desk.timers.now();
    const meter = this.meters.get(service) ?? new RateMeter(LIMITS[service], SPAN_MS);
    this.meters.set(service, meter);
    if (meter.used(now) >= LIMITS[service] * REFUSED_FROM)
      return json('{"error":"Too Many Requests"}', 429, { 'retry-after': '1' });
    const isOver = !meter.take(now);
    const answer = this.read(path, request);
    return isOver ? { ...answer, afterMs: answer.afterMs + HELD_MS } : answer;
  }

  private read(path: readonly string[], { url, method, body }: SimRequest): SimAnswer {
    const { searchParams: asked } = url;
    const [first, second, third] = path;
    const token = asked.get('token_id') ?? '';
    switch (first) {
      case 'v2':
        return this.ofData(second, asked);
      case 'book':
        return this.book(token);
      case 'books':
        return method === 'POST' ? this.books(body) : missing('not found');
      case 'time':
        return json(`${Math.floor(this.desk.now() / SECOND_MS)}`);
      case 'tick-size':
        return this.tickSize(token);
      case 'markets':
        if (second?.startsWith('0x')) return this.byCondition(second);
        return this.catalogue.markets(second, third, asked);
      case 'events':
        return this.catalogue.events(second, third, asked);
      case 'series':
        return this.catalogue.series(asked.get('slug'));
      case 'public-search':
        return this.catalogue.search(asked.get('q') ?? '');
      default:
        return missing('not found');
    }
  }

  private book(token: string): SimAnswer {
    const text = this.bookOf(token);
    return text === undefined
      ? missing('No orderbook exists for the requested token id')
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
      ? missing('market not found')
      : json(`{"minimum_tick_size":"${market.tickSize}"}`);
  }

  /** A market as the matching engine has it. */
  private byCondition(condition: string): SimAnswer {
    const market = this.ofCondition(condition);
    if (market === undefined) return missing('market not found');
    const { plan, phase, tickSize } = market;
    const tokens = BOTH.map((index) => ({
      token_id: plan.tokens[index],
      outcome: plan.outcomes[index],
      winner: phase === 'resolved' && plan.winner === index,
    }));
    return json(
      JSON.stringify({
        condition_id: condition,
        closed: phase === 'resolved',
        accepting_orders: phase === 'open',
        minimum_tick_size: Number(tickSize),
        neg_risk: plan.negRisk,
        tokens,
      }),
    );
  }

  private ofData(what: string | undefined, asked: URLSearchParams): SimAnswer {
    const conditions = partsOf(asked.get('condition'));
    if (conditions.length > CONDITIONS_MAX) return json('{"error":"too many conditions"}', 400);
    const markets = conditions.flatMap((condition) => this.ofCondition(condition) ?? []);
    switch (what) {
      case 'tokens':
        return rowsOf(partsOf(asked.get('token_id')).flatMap((token) => this.tokenRow(token)));
      case 'resolutions':
        return rowsOf(markets.map(resolutionRow));
      case 'trades':
        return rowsOf(tradeRows(markets, limitOf(asked.get('limit'), TRADES_USUAL, TRADES_MAX)));
      default:
        return missing('not found');
    }
  }

  private tokenRow(token: string): readonly object[] {
    const market = this.lives.ofToken(token);
    const index = market && tokenIndexOf(market.plan, token);
    return market === undefined || index === undefined ? [] : [tokenRow(market, index)];
  }

  private ofCondition(condition: string): PolymarketMarket | undefined {
    return [...this.lives.markets()].find(({ plan }) => plan.condition === condition);
  }
}

function serviceOf([first = '', second = '']: readonly string[]): Service {
  if (first === 'v2') return 'data';
  if (first === 'books') return 'books';
  return ['book', 'time', 'tick-size'].includes(first) || second.startsWith('0x') ? 'clob' : 'gamma';
}

/** Newest first, in whole seconds, on the first token. */
function tradeRows(markets: readonly PolymarketMarket[], limit: number): object[] {
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

function tokensIn(body: string): readonly string[] | undefined {
  try {
    const list: unknown = JSON.parse(body);
    return Array.isArray(list) ? list.map((one: { token_id?: unknown }) => String(one.token_id)) : undefined;
  } catch {
    return undefined;
  }
}

const rowsOf = (data: readonly object[]): SimAnswer =>
  json(JSON.stringify({ data, pagination: { next_cursor: null } }));
