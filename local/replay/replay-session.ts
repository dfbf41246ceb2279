import { storedLedgerHash } from '../../adapters/store/books.ts';
import { createFeedStore } from '../../adapters/store/feed-store.ts';
import { createLedger } from '../../adapters/store/ledger.ts';
import { createModeStore } from '../../adapters/store/mode-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { type AccountConfig, type DeskConfig, venueConfig } from '../../core/config/desk-config.ts';
import type { MarketWindowEvent } from '../../core/events.ts';
import { invariant } from '../../core/invariant.ts';
import type { Instrument, InstrumentId } from '../../core/market/instrument.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import { NO_LOG, NO_METRICS } from '../../core/metrics.ts';
import type { FeeSchedule } from '../../core/paper/fees.ts';
import { reservationFor } from '../../core/paper/fees.ts';
import type { AccountId, Lane, LaneOrder, ModeStop, Order, OrderId } from '../../core/paper/order.ts';
import { acceptedLane, isWorking, LANES, perLane } from '../../core/paper/order.ts';
import type { Clock, HalfWindow, Hole, Ledger, Sha256 } from '../../core/ports.ts';
import type { Decision } from '../../core/risk/assess.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';
import type { EpochMs } from '../../core/time.ts';
import { epochMs } from '../../core/time.ts';
import type { FillsServices } from '../../lambdas/fills/fills.ts';
import { fills } from '../../lambdas/fills/fills.ts';
import { VersionedWindows } from './versioned-windows.ts';

/** A session to run again: its windows in order, and the ledger it wrote. */
export interface SessionReplay {
  readonly windows: AsyncIterable<MarketWindow>;
  readonly recorded: Ledger;
  /** The one configuration of the session, or all that it was ever given. */
  readonly config: DeskConfig | SessionVersions;
  readonly instrument: (id: InstrumentId) => Instrument;
  readonly sha256: Sha256;
}

/** The configurations of a session that was given others while it ran. */
export interface SessionVersions {
  /** Every account that was ever opened under one of them. */
  readonly accounts: readonly AccountConfig[];
  /** By the hash that windows carry. @throws Error in words when that version is not there, or cannot be read. */
  version(hash: string): DeskConfig;
}

/**
 * Runs a recorded session again on a fresh store: windows one after the other through fills, each under the configuration it
 * was published under, each recorded decision put in once the account has seen what the decision saw, windows of recorded
 * holes left out, orders that a halt ended ended there. It gives the session's own ledger hash, on a day with late decisions
 * too.
 * @throws Error when the session was killed inside a window and not started again since.
 */
export async function replaySession(session: SessionReplay): Promise<{ readonly ledgerHash: string }> {
  const { config, recorded, instrument, sha256 } = session;
  const windows = new VersionedWindows(session.windows);
  const versions: SessionVersions =
    'version' in config ? config : { accounts: config.accounts, version: () => config };
  const store = openSqliteStore({ path: ':memory:' });
  try {
    const ledger = createLedger(store, sha256, instrument);
    const modes = createModeStore(store, NO_CLOCK);
    await modes.setMode(await modes.mode(), ACTIVE);
    const mode = await modes.mode();
    const accounts = new Map<AccountId, RecordedAccount>();
    for (const { id, currency, openingEquity } of versions.accounts) {
      await ledger.openAccount(id, currency, openingEquity);
      accounts.set(id, await readRecorded(recorded, id));
    }
    const services: Omit<FillsServices, 'config'> = {
      ledger,
      feeds: createFeedStore(store),
      modes,
      instrument,
      sha256,
      metrics: NO_METRICS,
      log: NO_LOG,
      stopOf: (order, closedAt) =>
        accounts.get(order.accountId)?.stops.get(`${order.id}@${closedAt}`) ?? null,
      halfOf: (account, closedAt) => accounts.get(account)?.halves.get(closedAt),
    };
    const feesOf: FeesOf = async (order, closedAt) => {
      const hash = await windows.hashAt(closedAt);
      invariant(hash !== undefined, 'a decision rests on a window');
      return venueConfig(versions.version(hash), instrument(order.instrumentId).venue).fees;
    };
    const again: Again = { ledger, mode, feesOf };
    for await (const window of windows) {
      for (const account of accounts.values()) await catchUp(account, window.closedAt, again);
      // What an account has seen is recorded, and tells of an account that was left out for a while as well.
      const sees = ({ id }: AccountConfig): boolean => hasSeen(accounts.get(id), window.closedAt);
      await fills(eventOf(window), {
        ...services,
        config: { ...versions.version(window.configHash), accounts: versions.accounts.filter(sees) },
      });
    }
    for (const account of accounts.values()) await catchUp(account, null, again);
    return { ledgerHash: await storedLedgerHash(ledger, [...accounts.keys()], sha256) };
  } finally {
    await store.close();
  }
}

/** What an order was priced with when it was decided on a signal of a window. */
type FeesOf = (order: Order, closedAt: EpochMs) => Promise<FeeSchedule>;

/** The session that is run again. */
interface Again {
  readonly ledger: Ledger;
  readonly mode: ModeState;
  readonly feesOf: FeesOf;
}

/** What one account did in the recorded session that its windows alone do not tell. */
interface RecordedAccount {
  readonly id: AccountId;
  /** In the order they were made; taken from the front. */
  readonly decisions: Decision[];
  readonly orders: ReadonlyMap<OrderId, Order>;
  readonly holes: readonly Hole[];
  /** Those of them that were not passed yet; taken from the front. */
  readonly holesAhead: Hole[];
  /** Windows that it met half-way and never again, by their close. */
  readonly halves: ReadonlyMap<EpochMs, HalfWindow>;
  /** The last window it was applied to; the session ended for it there. */
  readonly seenThrough: EpochMs;
  /** What the trading mode ended, by `<order>@<window>`. */
  readonly stops: ReadonlyMap<string, ModeStop>;
}

async function readRecorded(recorded: Ledger, id: AccountId): Promise<RecordedAccount> {
  const orders = await Array.fromAsync(recorded.orders(id));
  const decisions = await Array.fromAsync(recorded.decisions(id));
  const cursor = await recorded.cursor(id);
  invariant(
    cursor?.applying === null,
    `the recorded session of account ${id} ended in the middle of a window`,
  );
  const holes = await Array.fromAsync(recorded.holes(id));
  return {
    id,
    // Decisions that rest on the same cursor did not move it and touch different orders: among them any order will do.
    decisions: decisions.sort((a, b) => a.made - b.made),
    orders: new Map(orders.map((order) => [order.id, order])),
    holes,
    holesAhead: [...holes],
    halves: new Map(holes.flatMap(({ half }) => (half ? [[half.closedAt, withEnded(half, orders)]] : []))),
    seenThrough: cursor.appliedThrough,
    stops: new Map(orders.flatMap((order) => LANES.flatMap((lane) => stopsOf(order, order.lanes[lane])))),
  };
}

/** The half window with the orders that it ended: nothing came after that could have ended them. */
const withEnded = (half: HalfWindow, orders: readonly Order[]): HalfWindow => {
  const ended = orders.filter(
    (order) => !isWorking(order) && LANES.some((lane) => order.lanes[lane].endedAt === half.closedAt),
  );
  return { ...half, met: [...half.met, ...ended.map((order) => order.id)] };
};

const stopsOf = (order: Order, { endReason, endedAt }: LaneOrder): (readonly [string, ModeStop])[] =>
  endReason === 'halted' || endReason === 'reducing' ? [[`${order.id}@${endedAt}`, endReason]] : [];

const hasSeen = (account: RecordedAccount | undefined, closedAt: EpochMs): boolean =>
  account !== undefined &&
  closedAt <= account.seenThrough &&
  (account.halves.has(closedAt) ||
    !account.holes.some((hole) => closedAt > hole.after && closedAt <= hole.through));

/** What the account did between the window before and this one, or after the last: its decisions, and holes it found. */
async function catchUp(account: RecordedAccount, closedAt: EpochMs | null, again: Again): Promise<void> {
  const isOver = (at: EpochMs): boolean => closedAt === null || at < closedAt;
  for (let hole = account.holesAhead[0]; hole && isOver(hole.through); hole = account.holesAhead[0]) {
    account.holesAhead.shift();
    const { through } = hole;
    await insertDecisions(account, (decision) => decision.seenThrough < through, again);
    const view = await again.ledger.load(account.id);
    invariant(view !== undefined, `account ${account.id} is not open`);
    const moved = await again.ledger.moveCursor(view, through, hole);
    invariant(moved.kind === 'committed', `the hole through ${through} could not be repeated`);
  }
  await insertDecisions(account, (decision) => isOver(decision.seenThrough), again);
}

/** Puts in the decisions that are due, from the oldest on, as they were recorded: nothing is judged again. */
async function insertDecisions(
  account: RecordedAccount,
  isDue: (decision: Decision) => boolean,
  { ledger, mode, feesOf }: Again,
): Promise<void> {
  for (let next = account.decisions[0]; next && isDue(next); next = account.decisions[0]) {
    account.decisions.shift();
    const view = await ledger.load(account.id);
    invariant(view !== undefined, `account ${account.id} is not open`);
    const order = next.orderId === null ? null : account.orders.get(next.orderId);
    invariant(order !== undefined, 'an accepted decision has its order');
    const placed = order && asPlaced(order, await feesOf(order, next.signal.closedAt));
    const result = await ledger.commitDecision(view, { decision: next, order: placed }, mode);
    invariant(result.kind === 'committed', `decision ${next.signal.id} could not be repeated`);
  }
}

/** A recorded order as it was before any window met it. */
function asPlaced(order: Order, fees: FeeSchedule): Order {
  const reserved = reservationFor(order.side, order.limitPrice, order.quantity, fees);
  const lane = (of: Lane): LaneOrder => acceptedLane(order.lanes[of].effectiveAt, reserved);
  return {
    ...order,
    cancelAt: null,
    lanes: perLane(lane),
  };
}

const eventOf = (window: MarketWindow): MarketWindowEvent => ({
  type: 'market.window',
  version: 1,
  id: `${window.feedId}/${window.closedAt}`,
  at: window.closedAt,
  feedId: window.feedId,
  epoch: window.epoch,
  closes: [...window.closes],
  windows: [window],
});

const ACTIVE: Omit<ModeState, 'version'> = {
  mode: 'active',
  cause: 'start',
  reason: 'replay of a recorded session',
  author: 'deckle',
  changedAt: epochMs(0),
  until: null,
};

/** A replay has no wall clock: what it writes about itself is thrown away with its store. */
const NO_CLOCK: Clock = { now: () => epochMs(0), wait: async () => {} };
