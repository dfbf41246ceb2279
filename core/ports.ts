import type { Money } from './amounts.ts';
import type { DeckleEvent } from './events.ts';
import type { EquityRecord, Mark } from './ledger/equity.ts';
import type { JournalEntry } from './ledger/journal.ts';
import type { LaneAccount } from './ledger/lane-account.ts';
import type { Candle, CandleSource, HistoryInterval, StoredCandle } from './market/candle.ts';
import type { CandleGap } from './market/candle-gaps.ts';
import type { GameState, League } from './market/game.ts';
import type { Instrument, InstrumentId, VenueId } from './market/instrument.ts';
import type { Listing } from './market/listing.ts';
import type { FeedId } from './market/window.ts';
import type { Fill } from './paper/fill.ts';
import type { AccountId, Lane, Order, OrderId, SignalId, StrategyId } from './paper/order.ts';
import type { Holding, OrderStep } from './paper/step.ts';
import type { Checkpoint, Decider } from './reconcile/checkpoint.ts';
import type { DailyReport } from './report/daily.ts';
import type { Assessment, Decision } from './risk/assess.ts';
import type { ModeState } from './risk/trading-mode.ts';
import type { JsonValue, Signal } from './strategy/strategy.ts';
import type { EpochMs } from './time.ts';
import type { CatalogueQuery } from './universe/catalogue-queries.ts';
import type { LeftOut, RuleFinding, UniverseChange, UniverseMember } from './universe/universe.ts';
import type { UniverseGames } from './universe/universe-games.ts';

/** Lower-case hexadecimal SHA-256 of the text's UTF-8 bytes. `core` derives ids and hashes with it but ships none itself. */
export type Sha256 = (text: string) => string;

/** Wall clock of the process; only the edges (liveness, logs, recordedAt) use it, never a fill. */
export interface Clock {
  now(): EpochMs;
  /** Resolves after `ms`; a simulation resolves it when its own time has moved on. */
  wait(ms: number): Promise<void>;
}

/** The last window applied to an account, and how many of its orders can still fill. Every change of an order moves its version. */
export interface Cursor {
  readonly appliedThrough: EpochMs;
  /** The window that some orders have met and others not yet; null between windows. Nothing is decided on half a window. */
  readonly applying: EpochMs | null;
  /** `appliedThrough` is the end of a hole: in the next window queues are joined anew and no print is credited. */
  readonly afterHole: boolean;
  readonly working: number;
  /**
   * Holdings, over all lanes, that remember what was taken from levels still displayed. While there are any, windows
   * are applied as if orders were working: otherwise nobody would see the venue show new size.
   */
  readonly watching: number;
  readonly version: number;
}

/** Nothing of the account depends on the next window: only a decision moves its cursor. */
export const isIdle = (cursor: Cursor): boolean => cursor.working === 0 && cursor.watching === 0;

/** Windows in `(after, through]` that an account with working orders never saw. */
export interface Hole {
  readonly after: EpochMs;
  readonly through: EpochMs;
  /** The window that whoever applied it left behind half-way, and nobody could take up again. */
  readonly half?: HalfWindow | undefined;
}

/** What of a window was committed before it became part of a hole: a replay does exactly this again. */
export interface HalfWindow {
  readonly closedAt: EpochMs;
  /** Orders that it changed, of those that can still fill. Orders that it ended are not named. */
  readonly met: readonly OrderId[];
  /** Holdings whose taken levels it revised; all were, once an order met it. */
  readonly revised: readonly { readonly lane: Lane; readonly instrumentId: InstrumentId }[];
}

/** Waits a moment that differs between those who lost against each other, the longer the more often they did. */
export type Backoff = (attempt: number) => Promise<void>;

/** A value and the version its item had when it was read; a commit fails when that has changed. */
export interface Versioned<T> {
  readonly value: T;
  readonly version: number;
}

/** An account as read at one moment: what a decision or a fill is computed from and committed against. */
export interface AccountView {
  readonly accountId: AccountId;
  readonly lanes: Readonly<Record<Lane, LaneAccount>>;
  readonly cursor: Cursor;
  /** Orders that can still fill in any lane, by decision time, then id. */
  readonly working: readonly Versioned<Order>[];
}

/** `conflict`: somebody else changed what the commit rested on; reload and compute again. `halted`: the mode changed. */
export type CommitResult =
  | { readonly kind: 'committed'; readonly view: AccountView }
  | { readonly kind: 'conflict'; readonly what: string };

/** Accounts, orders, fills and their journal. Every change is one conditional transaction. */
export interface Ledger {
  /** Books the opening deposit in all lanes, once. */
  openAccount(accountId: AccountId, currency: string, amount: Money): Promise<void>;
  cursor(accountId: AccountId): Promise<Cursor | undefined>;
  /** Undefined when the account was never opened. */
  load(accountId: AccountId): Promise<AccountView | undefined>;
  holdings(accountId: AccountId, lane: Lane): Promise<readonly Versioned<Holding>[]>;
  decision(accountId: AccountId, signal: SignalId): Promise<Decision | undefined>;
  /** Stores the decision with its order and cancels. A cursor with nothing working moves to the decision's window. A conflict in the middle of a window. */
  commitDecision(view: AccountView, assessment: Assessment, mode: ModeState): Promise<CommitResult>;
  /** Stores one order's window: order, pointer, and per lane balances, holding, journal entry and fill. */
  commitStep(
    view: AccountView,
    step: OrderStep,
    holdings: Readonly<Record<Lane, Versioned<Holding> | undefined>>,
    mode: ModeState,
  ): Promise<CommitResult>;
  /** Stores what is still taken from displayed levels after the venue showed a new picture. */
  commitHolding(
    view: AccountView,
    lane: Lane,
    before: Versioned<Holding>,
    after: Holding,
    closedAt: EpochMs,
  ): Promise<CommitResult>;
  /** Ends a window, or, given a hole, goes to its end and records it. */
  moveCursor(view: AccountView, through: EpochMs, hole: Hole | null): Promise<CommitResult>;
  equity(accountId: AccountId, lane: Lane): Promise<Versioned<EquityRecord> | undefined>;
  commitEquity(
    before: Versioned<EquityRecord> | undefined,
    after: EquityRecord,
  ): Promise<'committed' | 'conflict'>;
  order(accountId: AccountId, order: OrderId): Promise<Order | undefined>;
  fill(accountId: AccountId, lane: Lane, order: OrderId, closedAt: EpochMs): Promise<Fill | undefined>;
  orders(accountId: AccountId): AsyncIterable<Order>;
  /** All of a lane, or those of one order. */
  fills(accountId: AccountId, lane: Lane, order?: OrderId): AsyncIterable<Fill>;
  /** The whole journal of a lane, or its entries after the `after`-th. */
  journal(accountId: AccountId, lane: Lane, after?: number): AsyncIterable<JournalEntry>;
  /** All of an account, or those on signals of one strategy about one instrument of windows from `from` on. */
  decisions(accountId: AccountId, of?: Decider & { readonly from: EpochMs }): AsyncIterable<Decision>;
  holes(accountId: AccountId): AsyncIterable<Hole>;
  /** Ids of the pointers that say an order can still fill. */
  openPointers(accountId: AccountId): AsyncIterable<OrderId>;
}

/** Mids of a feed's live, clean books. */
export interface FeedMarks {
  readonly feedId: FeedId;
  readonly at: EpochMs;
  readonly marks: readonly Mark[];
}

export interface StrategyMemory {
  /** The newest window stepped through whose result was stored. */
  readonly cursor: EpochMs;
  readonly state: JsonValue;
}

/** What one strategy raised on one window. `told` once the bus has taken it; until then it may have to be told again. */
export interface RaisedSignals {
  readonly strategyId: StrategyId;
  readonly closedAt: EpochMs;
  readonly signals: readonly Signal[];
  readonly told: boolean;
}

/** The newest sign of life of a feed, written with its lease. */
export interface FeedSign {
  /** `running` also stands when its process died without a word; then `at` grows old. */
  readonly phase: 'running' | 'finished' | 'stopped';
  /** Wall clock of the sign. */
  readonly at: EpochMs;
  /** The newest window published by then; null before the first. */
  readonly eventTime: EpochMs | null;
}

/** What functions remember about feeds and strategies. */
export interface FeedStore {
  /** The fencing token in force, 0 when nobody ever held the feed's lease. */
  epoch(feedId: FeedId): Promise<number>;
  /** Undefined when the feed never ran. */
  sign(feedId: FeedId): Promise<FeedSign | undefined>;
  /** Rules of the feed's instruments as their venues last announced them; empty when the feed never ran. */
  rules(feedId: FeedId): Promise<readonly Instrument[]>;
  /** Stores the rules when they differ from those stored. */
  putRules(feedId: FeedId, rules: readonly Instrument[]): Promise<void>;
  marks(feedId: FeedId): Promise<Versioned<FeedMarks> | undefined>;
  commitMarks(before: Versioned<FeedMarks> | undefined, after: FeedMarks): Promise<'committed' | 'conflict'>;
  memory(strategy: StrategyId): Promise<Versioned<StrategyMemory> | undefined>;
  /** Stores the state together with the signals it raised. */
  commitMemory(
    feedId: FeedId,
    strategy: StrategyId,
    before: Versioned<StrategyMemory> | undefined,
    after: StrategyMemory,
    raised: readonly Signal[],
  ): Promise<'committed' | 'conflict'>;
  /** What was raised on windows in [from, through], by window, then strategy. */
  raised(feedId: FeedId, from: EpochMs, through: EpochMs): Promise<readonly RaisedSignals[]>;
  /** Remembers that the bus has taken them. */
  markTold(feedId: FeedId, raised: readonly RaisedSignals[]): Promise<void>;
}

/** The one switch. */
export interface ModeStore {
  /** A missing or unreadable mode reads as halted. */
  mode(): Promise<ModeState>;
  /** Fails with `conflict` when the mode is no longer the one given; the change is audited. */
  setMode(expected: ModeState, next: Omit<ModeState, 'version'>): Promise<'committed' | 'conflict'>;
}

/** Where events go. Resolves when the bus has taken them; delivery is at least once and in any order. */
export interface Publisher {
  publish(events: readonly DeckleEvent[]): Promise<void>;
}

/** The outcome of the newest reconciliation of an account. */
export interface ReconciliationRecord {
  readonly accountId: AccountId;
  readonly at: EpochMs;
  /** `since`: only what was written since the one before, which found nothing. `full` where it is absent. */
  readonly scope?: 'full' | 'since' | undefined;
  /** Journal entries of all lanes that were checked. */
  readonly entries: number;
  readonly discrepancies: readonly {
    readonly kind: string;
    readonly lane: string | null;
    readonly detail: string;
  }[];
}

/** A checkpoint as it is found; `unreadable` when it is not what this version wrote, with why. */
export type StoredCheckpoint =
  | { readonly kind: 'absent'; readonly version: 0 }
  | { readonly kind: 'unreadable'; readonly version: number; readonly why: string }
  | { readonly kind: 'readable'; readonly version: number; readonly checkpoint: Checkpoint };

/** Where the reconciliations of accounts go on from. */
export interface CheckpointStore {
  checkpoint(accountId: AccountId): Promise<StoredCheckpoint>;
  /** Takes the place of the version that was read. */
  commitCheckpoint(versionBefore: number, after: Checkpoint): Promise<'committed' | 'conflict'>;
}

/** What was last said under an alert key. `sent` is false between the decision to send and the sending. */
export interface AlertState {
  readonly key: string;
  readonly kind: string;
  readonly open: boolean;
  readonly eventId: string;
  readonly sentAt: EpochMs;
  readonly sent: boolean;
  /** Wall clock of the intention to send, where several may send at once. */
  readonly claimedAt?: EpochMs | undefined;
  /** Number of the newest news of it, where they are numbered. */
  readonly order?: number | undefined;
  readonly episodes: number;
}

/** A configuration as it was pushed: the document itself, so that every reader validates it anew. */
export interface StoredConfig {
  readonly hash: string;
  /** The parsed YAML document. */
  readonly document: unknown;
  readonly pushedAt: EpochMs;
  readonly pushedBy: string;
}

/** Versions of the configuration; one of them is in force. */
export interface ConfigStore {
  /** The version in force; undefined before the first push. */
  current(): Promise<StoredConfig | undefined>;
  /** Its hash alone, for those who know the version already. */
  currentHash(): Promise<string | undefined>;
  version(hash: string): Promise<StoredConfig | undefined>;
  /** Stores the version once and puts it in force. */
  push(config: StoredConfig): Promise<void>;
}

/** Something a function was given and cannot handle, kept for a person. */
export interface AsideRecord {
  /** Derived from what it is about: the same thing put aside twice is one record. */
  readonly id: string;
  readonly function: string;
  readonly reason: string;
  /** What was given, as text, cut to what an item holds. */
  readonly text: string;
  readonly at: EpochMs;
}

/** What was put aside with its reason instead of being tried for ever; kept for 30 days. */
export interface AsideStore {
  put(record: AsideRecord): Promise<void>;
  /** Newest first, at most `limit`. */
  list(limit: number): Promise<readonly AsideRecord[]>;
}

/** The bars of instruments, from a minute on, each interval for as long as it is kept. */
export interface CandleStore {
  /**
   * Stores bars of any intervals; those shorter than a minute are left out. A bar takes the place of the one that is stored
   * when it is the better of the two (`betterOf`), so that the same bars may come twice and in any order. What is stored already
   * costs a read and no write, and bars that are given together are written together: give many at a time.
   */
  put(instrumentId: InstrumentId, candles: readonly Candle[], source: CandleSource): Promise<void>;
  /**
   * The newest bars that start at or before `through`, oldest first.
   * @throws RangeError when `count` is not 1 to 1,000.
   */
  read(
    instrumentId: InstrumentId,
    interval: HistoryInterval,
    range: { readonly through?: EpochMs | undefined; readonly count: number },
  ): Promise<readonly StoredCandle[]>;
  /** Stored bars that are missing or may miss prints, of those that start in `[from, through]`, oldest first. */
  gaps(
    instrumentId: InstrumentId,
    interval: HistoryInterval,
    from: EpochMs,
    through: EpochMs,
  ): Promise<readonly CandleGap[]>;
}

/** An answer to a question about what a venue lists. `problems`: entries that could not be read, and what was cut off. */
export type CatalogueReading =
  | { readonly kind: 'read'; readonly listings: readonly Listing[]; readonly problems: readonly string[] }
  /** In words a person can act on; nothing of an answer that came in parts is given. */
  | { readonly kind: 'failed'; readonly why: string };

/** Asks venues what they list, within their limits and a time. Never rejects. */
export interface CatalogueReader {
  read(query: CatalogueQuery, now: EpochMs): Promise<CatalogueReading>;
  /** What a person looks for in a venue's lists by some words; may hold more than what the words find. */
  search(venue: VenueId, words: string): Promise<CatalogueReading>;
  /** Where a venue is asked. */
  host(venue: VenueId): string;
}

/** A venue's list as it was read. */
export interface Catalogue {
  readonly venue: VenueId;
  /** What the venue was asked for, e.g. `all`, `series:KXBTC15M`. */
  readonly query: string;
  /** Who was asked: a simulator's list is not the venue's own. Null in lists of a time when that was not stored. */
  readonly host: string | null;
  readonly readAt: EpochMs;
  readonly listings: readonly Listing[];
}

/** Venues' lists, kept for a day: what is known of a venue while it cannot be read. */
export interface CatalogueStore {
  /** The newest; undefined when there is none that is younger than a day at `now`. */
  newest(venue: VenueId, query: string, now: EpochMs): Promise<Catalogue | undefined>;
  put(catalogue: Catalogue): Promise<void>;
}

/** What a feed follows by its rules, beyond the instruments of strategies. */
export interface Universe {
  readonly feedId: FeedId;
  /** Sorted by instrument. */
  readonly members: readonly UniverseMember[];
  /** The newest change of its members, and how many there were: each is told once as `universe.changed`. */
  readonly changedAt: EpochMs;
  readonly changes: number;
  readonly added: readonly UniverseChange[];
  readonly removed: readonly UniverseChange[];
}

/** How one list was come by when the universe was last looked at. */
export interface CatalogueFinding {
  readonly venue: VenueId;
  readonly query: string;
  /** `kept`: it could not be read, and an older one served. `missing`: nor was there one. */
  readonly state: 'read' | 'kept' | 'missing';
  readonly listings: number;
  /** When what served was read; null when nothing did. */
  readonly readAt: EpochMs | null;
  /** When one was last put into the store; null when none was that is still there. */
  readonly storedAt: EpochMs | null;
  /** Since when it cannot be read; null while it can. */
  readonly failingSince: EpochMs | null;
  /** Why it could not be read, or what of it could not; null when all is well. */
  readonly trouble: string | null;
}

/** What the newest look at the venues' lists found, for people. */
export interface UniverseFindings {
  readonly feedId: FeedId;
  readonly configHash: string;
  readonly at: EpochMs;
  /** Of the universe after it. */
  readonly size: number;
  /** Each rule in words, with how it fared. */
  readonly rules: readonly (RuleFinding & { readonly words: string })[];
  readonly leftOut: readonly LeftOut[];
  readonly catalogues: readonly CatalogueFinding[];
  /** Null when no league is followed. */
  readonly games: UniverseGames | null;
}

export interface UniverseStore {
  /** Undefined when the feed never had rules. */
  universe(feedId: FeedId): Promise<Versioned<Universe> | undefined>;
  commitUniverse(before: Versioned<Universe> | undefined, after: Universe): Promise<'committed' | 'conflict'>;
  findings(feedId: FeedId): Promise<UniverseFindings | undefined>;
  putFindings(findings: UniverseFindings): Promise<void>;
}

export interface SeenGame {
  readonly game: GameState;
  readonly seenAt: EpochMs;
}

/** Games as they were last seen, kept for three days after that. */
export interface GameStore {
  /** Takes the place of an older state of the same game; one that is older than what is stored is left out. */
  put(games: readonly GameState[], seenAt: EpochMs): Promise<void>;
  /** Of a league, by the Eastern date of their scheduled start (`YYYY-MM-DD`). A game that was moved is on both dates. */
  games(league: League, easternDate: string): Promise<readonly SeenGame[]>;
}

/** What functions write down about their own work. */
export interface RecordStore {
  reconciliation(accountId: AccountId): Promise<ReconciliationRecord | undefined>;
  putReconciliation(record: ReconciliationRecord): Promise<void>;
  report(accountId: AccountId, day: string): Promise<DailyReport | undefined>;
  putReport(report: DailyReport): Promise<void>;
  alert(key: string): Promise<Versioned<AlertState> | undefined>;
  commitAlert(
    before: Versioned<AlertState> | undefined,
    after: AlertState,
  ): Promise<'committed' | 'conflict'>;
}

export type AlertKind =
  | 'kill_switch'
  | 'drawdown'
  | 'daily_loss'
  | 'feed_down'
  | 'bad_data'
  | 'empty_universe'
  | 'reconciliation_mismatch'
  | 'report_ready';

/** News for a person. */
export interface Alert {
  readonly id: string;
  readonly key: string;
  readonly kind: AlertKind;
  readonly severity: 'critical' | 'notice';
  readonly cleared: boolean;
  readonly at: EpochMs;
  readonly title: string;
  /** What happened, whom it hurts, what to do. */
  readonly text: string;
}

/** Takes alerts to people: SNS topics in the cloud, terminal and outbox file embedded. */
export interface AlertSender {
  send(alert: Alert): Promise<void>;
}

/** Where a finished report is put for people: a bucket in the cloud, a folder embedded. */
export interface ReportSink {
  write(report: DailyReport, markdown: string): Promise<void>;
}
