import type { VenueId } from '../market/instrument.ts';
import { namesSymbols, type UniverseRule } from './rules.ts';

/** One question to a venue about what it lists. */
export interface CatalogueQuery {
  readonly venue: VenueId;
  /** Tells it from the venue's other ones: `all`, `series:KXBTC15M`, `symbols:<rule>`. */
  readonly name: string;
  readonly wanted:
    | { readonly kind: 'all' }
    /** `aheadMs`: also what opens within this time; zero for what is open. */
    | { readonly kind: 'series'; readonly series: string; readonly aheadMs: number }
    | { readonly kind: 'symbols'; readonly symbols: readonly string[] };
  /** Names of the rules that need its answer. */
  readonly rules: readonly string[];
}

/**
 * What venues have to be asked for by these rules, and no more: a series where rules name one, symbols where they name
 * just those, and all that a venue lists only where a pattern needs it.
 */
export function catalogueQueries(
  rules: readonly UniverseRule[],
  refreshMs: number,
): readonly CatalogueQuery[] {
  const queries = new Map<string, CatalogueQuery>();
  const needsAll = new Set(rules.filter(isWide).map(({ venue }) => venue));
  for (const rule of rules)
    for (const query of queriesOf(rule, needsAll.has(rule.venue), refreshMs)) {
      const key = `${query.venue} ${query.name}`;
      const known = queries.get(key);
      queries.set(key, known === undefined ? query : merged(known, query));
    }
  return [...queries.values()];
}

const isWide = (rule: UniverseRule): boolean => rule.series.length === 0 && !namesSymbols(rule);

function queriesOf(rule: UniverseRule, all: boolean, refreshMs: number): readonly CatalogueQuery[] {
  const { name, venue, series, symbols } = rule;
  const rules = [name];
  if (series.length > 0) {
    const aheadMs = rule.rolling ? rule.leadMs + refreshMs : 0;
    return series.map((one) => ({
      venue,
      name: `series:${one}`,
      wanted: { kind: 'series', series: one, aheadMs },
      rules,
    }));
  }
  return [
    all
      ? { venue, name: 'all', wanted: { kind: 'all' }, rules }
      : { venue, name: `symbols:${name}`, wanted: { kind: 'symbols', symbols }, rules },
  ];
}

/** Of one series the longer look ahead serves both. */
function merged(one: CatalogueQuery, other: CatalogueQuery): CatalogueQuery {
  const rules = [...new Set([...one.rules, ...other.rules])];
  const wanted =
    one.wanted.kind === 'series' &&
    other.wanted.kind === 'series' &&
    other.wanted.aheadMs > one.wanted.aheadMs
      ? other.wanted
      : one.wanted;
  return { ...one, wanted, rules };
}
