import { formatUnits, type Money, type Price } from '../amounts.ts';
import type { VenueId } from '../market/instrument.ts';

/** Which instruments of a venue belong to the universe: those in its scope that meet every bound. */
export interface UniverseRule {
  /** Its own in the universe; reasons begin with it. */
  readonly name: string;
  readonly venue: VenueId;
  /** Patterns of venue symbols (see {@link matchesGlob}), one of which must match; empty for all. */
  readonly symbols: readonly string[];
  /** Series of recurring markets by the venue's own names; empty for all. */
  readonly series: readonly string[];
  /** Patterns of venue symbols that are left out whatever else holds. */
  readonly exclude: readonly string[];
  /** Of each series only what trades now and what comes next, by closing time. */
  readonly rolling: boolean;
  /** With `rolling`: what comes next is in the universe at least so long before it takes over. */
  readonly leadMs: number;
  /** In the quote asset. */
  readonly volume24hMin: Money | null;
  /** Best ask less best bid, in the quote asset: the measure for contracts that pay a fixed amount. */
  readonly spreadMax: Price | null;
  /** The same in basis points of the middle: the measure for assets. */
  readonly spreadBpsMax: number | null;
  /** Resting at the best bid and ask together, in the quote asset. */
  readonly depthMin: Money | null;
  /** Days until trading ends, fractions included. */
  readonly daysToExpiryMin: number | null;
  readonly daysToExpiryMax: number | null;
  /** The best by 24-hour volume; with `rolling`, of each closing time. */
  readonly limit: number;
}

/** A universe holds no more: all of it travels in one event and one item. What comes beyond, in the order of rules, is left out. */
export const UNIVERSE_MAX = 300;

/** Whether names of a rule's symbols are the symbols themselves, so that a venue can be asked for just these. */
export const namesSymbols = ({ symbols }: Pick<UniverseRule, 'symbols'>): boolean =>
  symbols.length > 0 && !symbols.some(isGlob);

/** Whether a pattern can match more than one symbol. */
export const isGlob = (pattern: string): boolean => /[*?]/.test(pattern);

/** A rule in one line, for people. */
export function ruleWords(rule: UniverseRule): string {
  const list = (word: string, all: readonly string[]): string =>
    all.length === 0 ? '' : `${word} ${all.join(' ')}`;
  return [
    rule.venue,
    list('series', rule.series),
    list('symbols', rule.symbols),
    list('without', rule.exclude),
    rule.rolling ? 'rolling' : '',
    ...boundWords(rule),
    `at most ${rule.limit}`,
  ]
    .filter(Boolean)
    .join(', ');
}

const boundWords = (rule: UniverseRule): readonly string[] => [
  rule.volume24hMin === null ? '' : `24 h volume from ${formatUnits(rule.volume24hMin)}`,
  rule.spreadMax === null ? '' : `spread to ${formatUnits(rule.spreadMax)}`,
  rule.spreadBpsMax === null ? '' : `spread to ${rule.spreadBpsMax} bps`,
  rule.depthMin === null ? '' : `depth from ${formatUnits(rule.depthMin)}`,
  rule.daysToExpiryMin === null ? '' : `${rule.daysToExpiryMin} days to expiry or more`,
  rule.daysToExpiryMax === null ? '' : `${rule.daysToExpiryMax} days to expiry or less`,
];
