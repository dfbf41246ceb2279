import { type AccountConfig, type DeskConfig, venueConfig } from '../../core/config/desk-config.ts';
import type { MarketWindowEvent } from '../../core/events.ts';
import type { Instrument, InstrumentId } from '../../core/market/instrument.ts';
import type { FeedId, MarketWindow } from '../../core/market/window.ts';
import { instrumentOf, isClean } from '../../core/market/window.ts';
import type { Log, Metrics } from '../../core/metrics.ts';
import { reviseConsumption } from '../../core/paper/consumption.ts';
import type { AccountId, Lane, ModeStop, Order } from '../../core/paper/order.ts';
import { LANES, perLane } from '../../core/paper/order.ts';
import type { Holding, OrderStep } from '../../core/paper/step.ts';
import { emptyHolding, stepOrder } from '../../core/paper/step.ts';
import type {
  AccountView,
  Backoff,
  Cursor,
  FeedStore,
  HalfWindow,
  Hole,
  Ledger,
  ModeStore,
  Sha256,
  Versioned,
} from '../../core/ports.ts';
import { isIdle } from '../../core/ports.ts';
import type { TradingMode } from '../../core/risk/trading-mode.ts';
import { modeAt } from '../../core/risk/trading-mode.ts';
import type { EpochMs } from '../../core/time.ts';
import { plusMs } from '../../core/time.ts';
import { markWindow } from './mark.ts';

export interface FillsServices {
  readonly config: DeskConfig;
  readonly ledger: Ledger;
  readonly feeds: FeedStore;
  readonly modes: ModeStore;
  readonly instrument: (id: InstrumentId) => Instrument;
  readonly sha256: Sha256;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Before a window is computed again after a conflict; nobody to wait for where one process runs all. */
  readonly backoff?: Backoff;
  /** How the trading mode ended an order in a window, where that is known beforehand (replay); else the mode decides. */
  readonly stopOf?: (order: Order, closedAt: EpochMs) => ModeStop | null;
  /** What alone a window is to do to an account that never saw the rest of it (replay). */
  readonly halfOf?: (account: AccountId, closedAt: EpochMs) => HalfWindow | undefined;
}

/** A commit that keeps losing against other writers is handed back to the bus, which redelivers. */
const ATTEMPTS_MAX = 8;

/**
 * Working orders against the windows of an event. Each account applies each window once and in order, from whichever
 * event brought it first; a repeat changes nothing.
 */
export async function fills(event: MarketWindowEvent, services: FillsServices): Promise<void> {
  const feed = event.feedId as FeedId;
  if (event.epoch < (await services.feeds.epoch(feed))) {
    services.metrics.add('bus_windows_fenced_total', 1, { function: 'fills' });
    services.log.warn('window fenced', { feedId: feed, windowId: event.id, epoch: event.epoch });
    return;
  }
  const { accounts } = services.config;
  const cursors = new Map<AccountId, Cursor | undefined>();
  for (const { id } of accounts) cursors.set(id, await services.ledger.cursor(id));
  let marks = await services.feeds.marks(feed);
  for (const window of event.windows) {
    for (const account of accounts) {
      // As read once for the whole event: most accounts are idle, and most windows repeat what was applied. An order that
      // is admitted meanwhile meets its windows with the next event, which repeats them.
      const cursor = cursors.get(account.id);
      if (!cursor || isIdle(cursor) || window.closedAt <= cursor.appliedThrough) continue;
      await fillAccount(account, window, services);
    }
    marks = await markWindow(window, marks, services);
  }
}

/** One account and one window; loaded anew after a conflict until the window is applied. */
async function fillAccount(
  account: AccountConfig,
  window: MarketWindow,
  services: FillsServices,
): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    const view = await services.ledger.load(account.id);
    if (!view || isIdle(view.cursor) || window.closedAt <= view.cursor.appliedThrough) return;
    if (await applyWindow(view, window, services)) return;
    services.metrics.add('fills_conflicts_total', 1);
    await services.backoff?.(attempt);
  }
  throw new Error(
    `account ${account.id}: window ${window.closedAt} could not be applied, ${ATTEMPTS_MAX} conflicts`,
  );
}

/** True when the window was applied to its end; false when something the view rested on has changed. */
async function applyWindow(
  loaded: AccountView,
  window: MarketWindow,
  services: FillsServices,
): Promise<boolean> {
  const { ledger, metrics } = services;
  const { closedAt } = window;
  const mode = await services.modes.mode();
  const stop = (order: Order): ModeStop | null =>
    services.stopOf ? services.stopOf(order, closedAt) : modeStop(modeAt(mode, closedAt), order);
  let view = loaded;
  const half = services.halfOf?.(loaded.accountId, closedAt);
  const held = await loadHoldings(loaded.accountId, services);
  const hole = holeBefore(loaded, held, window);
  if (hole) {
    // Counted before it is stored: the answer may get lost, and then nobody would count it. Too much is better than silence.
    metrics.add('fills_holes_total', 1);
    services.log.warn('hole', { account: loaded.accountId, after: hole.after, through: hole.through });
    // Recorded before any order meets the window: a crash or a lost race in between must not forget it.
    const moved = await ledger.moveCursor(view, hole.through, hole);
    if (moved.kind === 'conflict') return false;
    view = moved.view;
  }
  const revised = await reviseHoldings(view, held, half, window, services);
  if (!revised) return false;
  view = revised;
  const { afterHole } = view.cursor;
  // Stable: only a replay, which knows of each order whether a halt met it, has both kinds in one window.
  const working = loaded.working.toSorted(
    (a, b) => Number(stop(a.value) !== null) - Number(stop(b.value) !== null),
  );
  for (const { value: order } of working) {
    if (half && !half.met.includes(order.id)) continue;
    const instrument = services.instrument(order.instrumentId);
    const step = stepOrder(
      order,
      {
        closedAt,
        market: instrumentOf(window, order.instrumentId),
        instrument,
        fees: venueConfig(services.config, instrument.venue).fees,
        holdings: holdingsFor(held, order, instrument),
        others: view.working.map((one) => one.value).filter((one) => one.id !== order.id),
        afterHole,
        stop: stop(order),
      },
      services.sha256,
    );
    if (!step) continue;
    const versions = perLane((lane) => held[lane].get(order.instrumentId));
    const result = await ledger.commitStep(view, step, versions, mode);
    if (result.kind === 'conflict') return false;
    view = result.view;
    remember(held, step);
    report(step, services);
  }
  if (half) return true;
  // What left nothing to work on or to watch moved the cursor itself; afterwards the next decision does.
  if (!isIdle(view.cursor)) {
    const moved = await ledger.moveCursor(view, closedAt, null);
    if (moved.kind === 'conflict') return false;
  }
  metrics.set('fills_working_orders', view.cursor.working, { account: view.accountId });
  return true;
}

/** A sell only closes what is held, so `reducing` lets it live; a buy that rests would grow a position. */
function modeStop(mode: TradingMode, order: Order): ModeStop | null {
  switch (mode) {
    case 'active':
      return null;
    case 'reducing':
      return order.side === 'buy' ? 'reducing' : null;
    case 'halted':
      return 'halted';
  }
}

/** Windows between the account's cursor and this one that it never saw; a new life of the feed always leaves a hole. */
function holeBefore(view: AccountView, held: Holdings, window: MarketWindow): Hole | null {
  const after = view.cursor.appliedThrough;
  const through = window.previousClosedAt ?? plusMs(window.closedAt, -1);
  if (through <= after) return null;
  const half = halfWindow(view, held);
  return half ? { after, through, half } : { after, through };
}

/** A window that somebody began to apply to the account and that no event brings any more. */
function halfWindow({ cursor, working }: AccountView, held: Holdings): HalfWindow | null {
  const { applying, appliedThrough } = cursor;
  const revisions = LANES.flatMap((lane) =>
    [...held[lane]].map(([instrumentId, { value }]) => ({ lane, instrumentId, at: value.revisedAt ?? 0 })),
  );
  // Revised levels alone leave no mark on the cursor.
  const closedAt = applying ?? (Math.max(0, ...revisions.map((one) => one.at)) as EpochMs);
  if (closedAt <= appliedThrough) return null;
  return {
    closedAt,
    met: working
      .filter((one) => LANES.some((lane) => one.value.lanes[lane].steppedAt === closedAt))
      .map((one) => one.value.id),
    revised: revisions
      .filter((one) => one.at === closedAt)
      .map(({ lane, instrumentId }) => ({ lane, instrumentId })),
  };
}

type Holdings = Readonly<Record<Lane, Map<InstrumentId, Versioned<Holding>>>>;

async function loadHoldings(account: AccountId, services: FillsServices): Promise<Holdings> {
  const held = perLane(() => new Map<InstrumentId, Versioned<Holding>>());
  for (const lane of LANES)
    for (const one of await services.ledger.holdings(account, lane))
      held[lane].set(one.value.position.instrumentId, one);
  return held;
}

const holdingsFor = (held: Holdings, order: Order, instrument: Instrument): Record<Lane, Holding> =>
  perLane((lane) => held[lane].get(order.instrumentId)?.value ?? emptyHolding(instrument));

/** What is still taken from displayed levels, before any order of this window looks at them. */
async function reviseHoldings(
  loaded: AccountView,
  held: Holdings,
  half: HalfWindow | undefined,
  window: MarketWindow,
  services: FillsServices,
): Promise<AccountView | null> {
  let view = loaded;
  for (const lane of LANES)
    for (const [id, before] of held[lane]) {
      if (half && half.met.length === 0 && !isRevised(half, lane, id)) continue;
      const market = instrumentOf(window, id);
      // A book that is not proven shows nothing: what was taken stays taken.
      if (!market || !isClean(market) || before.value.consumption.levels.length === 0) continue;
      const consumption = reviseConsumption(before.value.consumption, market);
      if (consumption === before.value.consumption) continue;
      const after = { ...before.value, consumption, revisedAt: window.closedAt };
      const result = await services.ledger.commitHolding(view, lane, before, after, window.closedAt);
      if (result.kind === 'conflict') return null;
      view = result.view;
      held[lane].set(id, { value: after, version: before.version + 1 });
    }
  return view;
}

const isRevised = (half: HalfWindow, lane: Lane, id: InstrumentId): boolean =>
  half.revised.some((one) => one.lane === lane && one.instrumentId === id);

function remember(held: Holdings, step: OrderStep): void {
  for (const { lane, holding } of step.lanes) {
    if (!holding) continue;
    const id = holding.position.instrumentId;
    held[lane].set(id, { value: holding, version: (held[lane].get(id)?.version ?? 0) + 1 });
  }
}

function report(step: OrderStep, { metrics, log }: FillsServices): void {
  for (const { lane, fill } of step.lanes) {
    if (!fill || lane !== 'base') continue;
    metrics.add('fills_recorded_total', 1, { liquidity: fill.liquidity });
    log.info('fill', {
      fillId: fill.id,
      orderId: fill.orderId,
      instrument: fill.instrumentId,
      side: fill.side,
      quantity: fill.quantity,
      liquidity: fill.liquidity,
      window: fill.closedAt,
    });
  }
  const { base } = step.after.lanes;
  if (base.endedAt === step.closedAt && base.status !== 'filled')
    log.info('order ended', {
      orderId: step.after.id,
      status: base.status,
      reason: base.endReason,
      window: step.closedAt,
    });
}
