import { limitOf, pageOf } from './page-of.ts';
import type { PolymarketLives } from './polymarket-lives.ts';
import type { PolymarketMarket } from './polymarket-market.ts';
import { gammaEvent, gammaMarket } from './polymarket-objects.ts';
import { json, type SimAnswer, type VenueDesk } from './sim-dialect.ts';

const PAGE_MAX = 100;
const USUAL = 20;

/** Polymarket's catalogue (Gamma): markets, events, series and a search. */
export class PolymarketCatalogue {
  private readonly desk: VenueDesk;
  private readonly lives: PolymarketLives;

  constructor(desk: VenueDesk, lives: PolymarketLives) {
    this.desk = desk;
    this.lives = lives;
  }

  markets(second: string | undefined, third: string | undefined, asked: URLSearchParams): SimAnswer {
    if (second === 'slug') return this.bySlug(third ?? '');
    if (second === 'keyset') return this.list(asked);
    const market = [...this.lives.markets()].find(({ plan }) => plan.id === second);
    return market === undefined ? missing('id not found') : json(JSON.stringify(gammaMarket(market)));
  }

  events(second: string | undefined, third: string | undefined, asked: URLSearchParams): SimAnswer {
    if (second === 'slug') return this.event(third ?? '');
    if (second !== 'keyset') return missing('not found');
    const series = asked.get('series_id');
    const wanted = this.open().filter(
      ({ plan }) => (series === null || plan.series?.id === series) && !this.isEmpty(plan.series?.slug),
    );
    const events = [...Map.groupBy(wanted, ({ plan }) => plan.event.slug)];
    const page = pageOf(events, wishOf(asked), ([slug]) => slug);
    const rows = page.rows.map(([, markets]) => gammaEvent(markets));
    return json(JSON.stringify({ events: rows, next_cursor: page.next }));
  }

  series(slug: string | null): SimAnswer {
    const all = new Map(
      [...this.lives.markets()].flatMap(({ plan: { series } }) =>
        series === null ? [] : [[series.slug, series]],
      ),
    );
    return json(JSON.stringify([...all.values()].filter((one) => slug === null || one.slug === slug)));
  }

  /** Open markets by any of the words. */
  search(text: string): SimAnswer {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const found = this.open().filter(({ plan }) => {
      const title = `${plan.event.title} ${plan.question} ${plan.slug}`.toLowerCase();
      return words.some((word) => title.includes(word));
    });
    const events = this.isEmpty() ? [] : [...Map.groupBy(found, ({ plan }) => plan.event.slug).values()];
    return json(JSON.stringify({ events: events.map(gammaEvent), pagination: { hasMore: false } }));
  }

  private bySlug(slug: string): SimAnswer {
    const market = this.lives.ofSlug(slug);
    if (market === undefined || this.isEmpty(market.plan.series?.slug)) return missing('slug not found');
    return json(JSON.stringify(gammaMarket(market)));
  }

  private event(slug: string): SimAnswer {
    const markets = [...this.lives.markets()].filter(({ plan }) => plan.event.slug === slug);
    return markets.length === 0 ? missing('slug not found') : json(JSON.stringify(gammaEvent(markets)));
  }

  /** Open markets or closed ones, of some tokens or conditions, or all. */
  private list(asked: URLSearchParams): SimAnswer {
    if (asked.has('offset')) return json('{"error":"offset is not supported, use after_cursor"}', 422);
    const tokens = new Set(asked.getAll('clob_token_ids'));
    const conditions = new Set(asked.getAll('condition_ids'));
    const isOfAll = tokens.size + conditions.size === 0;
    // Nobody has tokens of the second version yet.
    if (asked.has('position_ids') || (isOfAll && this.isEmpty()))
      return json('{"markets":[],"next_cursor":null}');
    const isClosed = asked.get('closed') === 'true';
    const markets = [...this.lives.markets()].filter(
      ({ plan, phase }) =>
        (phase === 'resolved') === isClosed &&
        (tokens.size === 0 || plan.tokens.some((token) => tokens.has(token))) &&
        (conditions.size === 0 || conditions.has(plan.condition)),
    );
    if (asked.get('order') === 'volume24hr') markets.sort((a, b) => b.volumeLots - a.volumeLots);
    const page = pageOf(markets, wishOf(asked), ({ plan }) => plan.slug);
    return json(JSON.stringify({ markets: page.rows.map(gammaMarket), next_cursor: page.next }));
  }

  private open(): readonly PolymarketMarket[] {
    return [...this.lives.markets()].filter(({ phase }) => phase !== 'resolved');
  }

  private isEmpty(series?: string): boolean {
    return this.lives.empties.isEmpty(series, this.desk.timers.now());
  }
}

const wishOf = (asked: URLSearchParams): { readonly cursor: string | null; readonly limit: number } => ({
  cursor: asked.get('after_cursor'),
  limit: limitOf(asked.get('limit'), USUAL, PAGE_MAX),
});

export const missing = (error: string): SimAnswer => json(JSON.stringify({ error }), 404);
