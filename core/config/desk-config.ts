import type { Money } from '../amounts.ts';
import { invariant } from '../invariant.ts';
import { INTERVAL_MS } from '../market/candle.ts';
import type { League } from '../market/game.ts';
import type { Instrument, InstrumentId, VenueId } from '../market/instrument.ts';
import { instrumentId, VENUES, venueOf } from '../market/instrument.ts';
import type { FeedId } from '../market/window.ts';
import type { FeeSchedule } from '../paper/fees.ts';
import type { LatencyModel } from '../paper/latency.ts';
import type { AccountId, StrategyId } from '../paper/order.ts';
import type { Sha256 } from '../ports.ts';
import type { ExecutionStyle, Limits, Sizing } from '../risk/limits.ts';
import type { StrategyRunner } from '../strategy/registry.ts';
import { STRATEGIES } from '../strategy/registry.ts';
import { MINUTE_MS } from '../time.ts';
import type { UniverseRule } from '../universe/rules.ts';
import { fieldIssues, pathText } from './field-issues.ts';
import { issueWords } from './issue-words.ts';
import type { RawConfig } from './schema.ts';
import { configSchema } from './schema.ts';
import { universeIssues } from './universe-issues.ts';
import { toRules } from './universe-schema.ts';
import type { RawVenue, RawVenues } from './venues-schema.ts';

export interface AccountConfig {
  readonly id: AccountId;
  readonly currency: string;
  readonly openingEquity: Money;
  readonly limits: Limits;
}

export interface StrategyConfig {
  readonly id: StrategyId;
  readonly type: string;
  readonly accountId: AccountId;
  readonly instruments: readonly InstrumentId[];
  readonly runner: StrategyRunner;
  readonly execution: ExecutionStyle;
  readonly sizing: Sizing;
}

export interface VenueConfig {
  readonly fees: FeeSchedule;
  readonly latency: LatencyModel;
}

/** A desk's whole configuration: one YAML file, validated; its hash travels with every window. */
export interface DeskConfig {
  readonly hash: string;
  readonly feed: {
    readonly id: FeedId;
    /** Where the feed's frames come from when nothing else is asked for. */
    readonly source: 'demo' | 'live';
    readonly windowMs: number;
    readonly depth: number;
    /** Between attempts to connect to a venue: the first wait, and the longest of the first minutes. */
    readonly reconnect: { readonly firstMs: number; readonly maxMs: number };
  };
  /** Those that the file names; strategies trade only on these. */
  readonly venues: Readonly<Partial<Record<VenueId, VenueConfig>>>;
  /** How each of them is reached, as the file says. */
  readonly access: RawVenues;
  /** Rules of instruments for sources that carry none (recordings without exchange information). */
  readonly instruments: readonly Instrument[];
  /** What the feed follows beyond the instruments of strategies, and how often the venues' lists are looked at again. */
  readonly universe: { readonly refreshMs: number; readonly rules: readonly UniverseRule[] };
  /** Leagues whose games are followed; the host that is asked for them, null for the source's own. */
  readonly scores: { readonly leagues: readonly League[]; readonly host: string | null };
  readonly accounts: readonly AccountConfig[];
  /** Sorted by id: the order in which they are stepped and decided. */
  readonly strategies: readonly StrategyConfig[];
  readonly guard: { readonly onDailyLoss: 'reducing' | 'halted' };
  readonly reconcileEveryMs: number;
  readonly demo: RawConfig['demo'];
  /** Paths whose value was not in the file and is the documented default. */
  readonly defaulted: readonly string[];
}

/** One thing that is wrong: where, and what to write instead. */
export interface ConfigIssue {
  readonly path: string;
  readonly message: string;
}

export type ConfigResult =
  | { readonly kind: 'valid'; readonly config: DeskConfig }
  | { readonly kind: 'invalid'; readonly issues: readonly ConfigIssue[] };

/** Validates a parsed YAML document. All issues are found at once; nothing is guessed. */
export function parseConfig(raw: unknown, sha256: Sha256): ConfigResult {
  const parsed = configSchema.safeParse(raw, { error: issueWords });
  if (!parsed.success) return { kind: 'invalid', issues: fieldIssues(parsed.error) };
  const { config, issues } = build(
    parsed.data,
    sha256(JSON.stringify(sorted(parsed.data))),
    missing(raw, parsed.data, []),
  );
  return issues.length > 0 ? { kind: 'invalid', issues } : { kind: 'valid', config };
}

function build(
  raw: RawConfig,
  hash: string,
  defaulted: readonly string[],
): { config: DeskConfig; issues: ConfigIssue[] } {
  const issues: ConfigIssue[] = [
    ...repeated(raw.accounts, 'accounts'),
    ...repeated(raw.strategies, 'strategies'),
  ];
  issues.push(...otherCurrencies(raw), ...universeIssues(raw));
  const { windowMs } = raw.feed;
  if (INTERVAL_MS['1s'] % windowMs !== 0 && windowMs % INTERVAL_MS['1s'] !== 0)
    issues.push({
      path: 'feed.windowMs',
      message: 'must divide 1000 or be a multiple of it, e.g. 500, 1000, 5000',
    });
  const strategies = raw.strategies.flatMap((one, i): StrategyConfig[] => {
    const path = `strategies[${i}]`;
    if (!raw.accounts.some((account) => account.id === one.account))
      issues.push({
        path: `${path}.account`,
        message: `names no account; there are ${raw.accounts.map((a) => a.id).join(', ')}`,
      });
    const strategy = STRATEGIES[one.type];
    if (!strategy) {
      issues.push({
        path: `${path}.type`,
        message: `is not a strategy; there are ${Object.keys(STRATEGIES).join(', ')}`,
      });
      return [];
    }
    one.instruments.forEach((id, j) => {
      const venue = venueOf(id as InstrumentId);
      if (venue !== undefined && raw.venues[venue] === undefined)
        issues.push({
          path: `${path}.instruments[${j}]`,
          message: `trades on ${venue}, which is not under 'venues'`,
        });
    });
    const params = strategy.parseParams(one.params);
    if (params.kind === 'invalid') {
      for (const issue of params.issues)
        issues.push({
          path: [`${path}.params`, issue.path].filter(Boolean).join('.'),
          message: issue.message,
        });
      return [];
    }
    if (one.execution.style !== 'take' && one.execution.timeInForce === 'IOC')
      issues.push({
        path: `${path}.execution.timeInForce`,
        message: `must be GTC with style ${one.execution.style}: an order that rests at its price can never fill at once`,
      });
    if (one.execution.postOnly && (one.execution.style === 'take' || one.execution.timeInForce === 'IOC'))
      issues.push({
        path: `${path}.execution.postOnly`,
        message: 'goes with style join or improve and timeInForce GTC only',
      });
    return [
      {
        id: one.id as StrategyId,
        type: one.type,
        accountId: one.account as AccountId,
        instruments: [...new Set(one.instruments)].sort() as InstrumentId[],
        runner: params.runner,
        execution: one.execution,
        sizing: one.sizing,
      },
    ];
  });
  const config: DeskConfig = {
    hash,
    feed: { ...raw.feed, id: raw.feed.id as FeedId },
    venues: toVenues(raw.venues),
    access: raw.venues,
    instruments: raw.instruments.map((one) => ({ ...one, id: instrumentId(one.venue, one.symbol) })),
    universe: { refreshMs: raw.universe.refreshMinutes * MINUTE_MS, rules: toRules(raw.universe) },
    scores: { leagues: [...new Set(raw.scores.leagues)], host: raw.scores.host },
    accounts: raw.accounts.map((one) => ({ ...one, id: one.id as AccountId })),
    strategies: strategies.sort((a, b) => (a.id < b.id ? -1 : 1)),
    guard: raw.guard,
    reconcileEveryMs: raw.reconcile.everyMinutes * 60_000,
    demo: raw.demo,
    defaulted,
  };
  return { config, issues };
}

/** Fees and latency of a venue. Strategies trade on configured venues only, and one is not taken away from working orders. */
export function venueConfig(config: DeskConfig, venue: VenueId): VenueConfig {
  const known = config.venues[venue];
  invariant(known !== undefined, `the configuration has no venue '${venue}'; add it under 'venues'`);
  return known;
}

function toVenues(raw: RawVenues): Partial<Record<VenueId, VenueConfig>> {
  const venues: Partial<Record<VenueId, VenueConfig>> = {};
  for (const id of VENUES) {
    const venue = raw[id];
    if (venue !== undefined) venues[id] = { fees: toFees(venue.fees), latency: venue.latency };
  }
  return venues;
}

const toFees = (fees: RawVenue['fees']): FeeSchedule =>
  'roundTo' in fees
    ? {
        version: fees.version,
        makerRate: fees.makerRate,
        takerRate: fees.takerRate,
        charge: 'quote',
        quadraticStep: fees.roundTo,
      }
    : { version: fees.version, makerRate: fees.makerBps, takerRate: fees.takerBps, charge: fees.charge };

/** Sums over accounts and positions need one currency: all accounts are kept in it, and what they trade is quoted in it. */
function otherCurrencies({ accounts, strategies, instruments }: RawConfig): ConfigIssue[] {
  const currency = accounts[0]?.currency;
  const kept = accounts.flatMap((one, i) =>
    one.currency === currency
      ? []
      : [
          {
            path: `accounts[${i}].currency`,
            message: `must be ${currency}, as the first account's: a desk keeps one currency`,
          },
        ],
  );
  const quoted = strategies.flatMap((strategy, i) =>
    strategy.instruments.flatMap((id, j) => {
      const listed = instruments.find((one) => `${one.venue}:${one.symbol}` === id);
      return listed === undefined || listed.quoteAsset === currency
        ? []
        : [
            {
              path: `strategies[${i}].instruments[${j}]`,
              message: `is paid in ${listed.quoteAsset}; the accounts are kept in ${currency}`,
            },
          ];
    }),
  );
  return [...kept, ...quoted];
}

const repeated = (all: readonly { id: string }[], path: string): ConfigIssue[] =>
  all.flatMap((one, i) =>
    all.findIndex((other) => other.id === one.id) < i
      ? [{ path: `${path}[${i}].id`, message: `'${one.id}' is used twice; ids must differ` }]
      : [],
  );

/** Effective values with sorted keys: the hash depends on what holds, not on what was written out or in which order. */
function sorted(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}

/** Paths that the parsed document has and the raw one has not. */
function missing(raw: unknown, parsed: unknown, path: readonly PropertyKey[]): string[] {
  if (Array.isArray(parsed))
    return parsed.flatMap((one, i) => missing(Array.isArray(raw) ? raw[i] : undefined, one, [...path, i]));
  if (parsed === null || typeof parsed !== 'object') return raw === undefined ? [pathText(path)] : [];
  return Object.entries(parsed).flatMap(([key, one]) =>
    missing((raw as Record<string, unknown> | undefined)?.[key], one, [...path, key]),
  );
}
