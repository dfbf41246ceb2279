import type * as z from 'zod/mini';
import { formatUnits } from '../../core/amounts.ts';
import type { CandleInterval } from '../../core/market/candle.ts';
import type { League } from '../../core/market/game.ts';
import type { InstrumentId, VenueId } from '../../core/market/instrument.ts';
import type { FeedId } from '../../core/market/window.ts';
import type { AccountId, Lane, OrderId, SignalId, StrategyId } from '../../core/paper/order.ts';
import type { EpochMs } from '../../core/time.ts';
import type { AttributeValue, Condition, Item, Key, Write } from './item-store.ts';
import { StoreError } from './item-store.ts';

/**
 * Keys of the one table (design: docs/architecture.md, "The table"). The base lane is the account of record and has the
 * account's own partition; each shadow lane has a partition beside it.
 */
export const accountPk = (account: AccountId, lane: Lane = 'base'): string =>
  lane === 'base' ? `ACCOUNT#${account}` : `ACCOUNT#${account}#${lane}`;
export const cataloguePk = (venue: VenueId, query: string): string => `CATALOGUE#${venue}#${query}`;
export const gamesPk = (league: League, easternDate: string): string => `GAMES#${league}#${easternDate}`;
/** Numbers in sort keys are padded so that text order is numeric order. */
const ordinal = (n: number): string => n.toString().padStart(15, '0');

export const keys = {
  state: (account: AccountId, lane: Lane): Key => ({ pk: accountPk(account, lane), sk: 'STATE' }),
  cursor: (account: AccountId): Key => ({ pk: accountPk(account), sk: 'CURSOR' }),
  hole: (account: AccountId, through: EpochMs): Key => ({
    pk: accountPk(account),
    sk: `HOLE#${ordinal(through)}`,
  }),
  holding: (account: AccountId, lane: Lane, instrument: InstrumentId): Key => ({
    pk: accountPk(account, lane),
    sk: `POSITION#${instrument}`,
  }),
  order: (account: AccountId, order: OrderId): Key => ({ pk: accountPk(account), sk: `ORDER#${order}` }),
  open: (account: AccountId, order: OrderId): Key => ({ pk: accountPk(account), sk: `OPEN#${order}` }),
  fill: (account: AccountId, lane: Lane, order: OrderId, closedAt: EpochMs): Key => ({
    pk: accountPk(account, lane),
    sk: `FILL#${order}#${ordinal(closedAt)}`,
  }),
  journal: (account: AccountId, lane: Lane, n: number): Key => ({
    pk: accountPk(account, lane),
    sk: `JOURNAL#${ordinal(n)}`,
  }),
  decision: (account: AccountId, signal: SignalId): Key => ({
    pk: accountPk(account),
    sk: `DECISION#${signal}`,
  }),
  equity: (account: AccountId, lane: Lane): Key => ({ pk: accountPk(account, lane), sk: 'EQUITY' }),
  report: (account: AccountId, day: string): Key => ({ pk: accountPk(account), sk: `REPORT#${day}` }),
  reconciliation: (account: AccountId): Key => ({ pk: accountPk(account), sk: 'RECONCILIATION' }),
  checkpoint: (account: AccountId): Key => ({ pk: accountPk(account), sk: 'RECONCILED' }),
  raised: (feed: FeedId, closedAt: EpochMs, strategy: StrategyId): Key => ({
    pk: `FEED#${feed}`,
    sk: `RAISED#${ordinal(closedAt)}#${strategy}`,
  }),
  marks: (feed: FeedId): Key => ({ pk: `FEED#${feed}`, sk: 'MARKS' }),
  rules: (feed: FeedId): Key => ({ pk: `FEED#${feed}`, sk: 'RULES' }),
  settled: (feed: FeedId): Key => ({ pk: `FEED#${feed}`, sk: 'SETTLED' }),
  memory: (strategy: StrategyId): Key => ({ pk: `STRATEGY#${strategy}`, sk: 'STATE#all' }),
  mode: { pk: 'CONTROL', sk: 'MODE' } as Key,
  heartbeat: { pk: 'CONTROL', sk: 'HEARTBEAT' } as Key,
  session: { pk: 'CONTROL', sk: 'SESSION' } as Key,
  config: (hash: string): Key => ({ pk: 'CONTROL', sk: `CONFIG#${hash}` }),
  /** Names the version of the configuration that is in force. */
  configInForce: { pk: 'CONTROL', sk: 'CONFIG' } as Key,
  lease: (feed: FeedId): Key => ({ pk: 'CONTROL', sk: `LEASE#${feed}` }),
  candle: (instrument: InstrumentId, interval: CandleInterval, start: EpochMs): Key => ({
    pk: `CANDLES#${instrument}#${interval}`,
    sk: ordinal(start),
  }),
  /** A list of a venue: what the first item of it does not hold is in parts. */
  catalogue: (venue: VenueId, query: string, readAt: EpochMs): Key => ({
    pk: cataloguePk(venue, query),
    sk: `HEAD#${ordinal(readAt)}`,
  }),
  cataloguePart: (venue: VenueId, query: string, readAt: EpochMs, n: number): Key => ({
    pk: cataloguePk(venue, query),
    sk: `${prefixes.cataloguePartsOf(readAt)}${ordinal(n)}`,
  }),
  universe: (feed: FeedId): Key => ({ pk: `FEED#${feed}`, sk: 'UNIVERSE' }),
  universeFindings: (feed: FeedId): Key => ({ pk: `FEED#${feed}`, sk: 'UNIVERSE#FINDINGS' }),
  game: (league: League, easternDate: string, gameId: string): Key => ({
    pk: gamesPk(league, easternDate),
    sk: `GAME#${gameId}`,
  }),
  alert: (key: string): Key => ({ pk: `ALERT#${key}`, sk: 'STATE' }),
  aside: (at: EpochMs, id: string): Key => ({ pk: 'ASIDE', sk: `${ordinal(at)}#${id}` }),
  /** Hop times of one event at one function, where a stage traces them. */
  trace: (event: string, by: string): Key => ({ pk: `TRACE#${event}`, sk: by }),
  audit: (day: string, at: EpochMs, id: string): Key => ({ pk: `AUDIT#${day}`, sk: `${ordinal(at)}#${id}` }),
} as const;

/** Prefixes of the sort keys that are queried. */
export const prefixes = {
  hole: 'HOLE#',
  holding: 'POSITION#',
  order: 'ORDER#',
  open: 'OPEN#',
  fill: 'FILL#',
  fillsOf: (order: OrderId) => `FILL#${order}#`,
  journal: 'JOURNAL#',
  decision: 'DECISION#',
  catalogue: 'HEAD#',
  cataloguePartsOf: (readAt: EpochMs) => `PART#${ordinal(readAt)}#`,
  game: 'GAME#',
  raised: (closedAt?: EpochMs) => (closedAt === undefined ? 'RAISED#' : `RAISED#${ordinal(closedAt)}#`),
} as const;

/** Bounds of the sort keys that are queried from somewhere on; `:` follows the digits. */
export const ranges = {
  journalAfter: (n: number) => ({ from: `JOURNAL#${ordinal(n + 1)}`, to: 'JOURNAL#:' }),
  /** Signal ids hold plain milliseconds: 13 digits until the year 2286, so text order is their order. */
  decisionsFrom: (strategy: StrategyId, instrument: InstrumentId, from: EpochMs) => ({
    from: `DECISION#${strategy}/${instrument}/${from}`,
    to: `DECISION#${strategy}/${instrument}/:`,
  }),
} as const;

/** A domain value as attributes: amounts become decimal text; `entity` names the kind for readers of the raw table. */
export function toItem(key: Key, entity: string, value: object, version: number): Item {
  return { ...(attributes(value) as Record<string, AttributeValue>), ...key, entity, version };
}

/** The item is still the version that was read; version 0 stands for one that was not there. */
export const asRead = (version: number): Condition =>
  version === 0 ? { kind: 'absent' } : { kind: 'version', version };

/** A put that replaces exactly the version that was read, or creates what was absent. */
export const replace = (key: Key, entity: string, value: object, versionBefore: number): Write => ({
  kind: 'put',
  item: toItem(key, entity, value, versionBefore + 1),
  condition: asRead(versionBefore),
});

/** A put of something that must not be there yet. */
export const create = (key: Key, entity: string, value: object): Write => replace(key, entity, value, 0);

/** An item's value through its schema. @throws StoreError naming the item and the field, when it is not what we wrote. */
export function fromItem<T>(schema: z.ZodMiniType<T, unknown>, item: Item): T {
  const parsed = schema.safeParse(item);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new StoreError(
    'corrupt',
    `item ${item.pk} / ${item.sk} is not readable: ${issue?.path.join('.') ?? '?'} ${issue?.message ?? ''}`,
  );
}

export const versionOf = (item: Item | undefined): number =>
  typeof item?.['version'] === 'number' ? item['version'] : 0;

function attributes(value: unknown): AttributeValue {
  if (typeof value === 'bigint') return formatUnits(value);
  if (Array.isArray(value)) return value.map(attributes);
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(
      Object.entries(value)
        .filter(([, one]) => one !== undefined)
        .map(([name, one]) => [name, attributes(one)]),
    );
  return value as AttributeValue;
}
