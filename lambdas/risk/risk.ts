import {
  type AccountConfig,
  type DeskConfig,
  type StrategyConfig,
  venueConfig,
} from '../../core/config/desk-config.ts';
import type { SignalsRaisedEvent } from '../../core/events.ts';
import type { EquityRecord, Mark } from '../../core/ledger/equity.ts';
import { MARK_BEAT_MS } from '../../core/ledger/equity.ts';
import type { Instrument, InstrumentId } from '../../core/market/instrument.ts';
import type { FeedId, MarketWindow } from '../../core/market/window.ts';
import { instrumentOf, mid } from '../../core/market/window.ts';
import type { Log, Metrics } from '../../core/metrics.ts';
import type { AccountId } from '../../core/paper/order.ts';
import type { AccountView, AsideStore, Backoff, Clock, Ledger, ModeStore, Sha256 } from '../../core/ports.ts';
import { isIdle } from '../../core/ports.ts';
import type { Assessment } from '../../core/risk/assess.ts';
import { assess } from '../../core/risk/assess.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';
import type { Signal } from '../../core/strategy/strategy.ts';
import type { EpochMs } from '../../core/time.ts';
import { beatAt } from '../../core/time.ts';

export interface RiskServices {
  readonly config: DeskConfig;
  readonly ledger: Ledger;
  readonly modes: ModeStore;
  readonly instrument: (id: InstrumentId) => Instrument;
  readonly clock: Clock;
  readonly sha256: Sha256;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Where a signal that nobody can decide on is kept for a person. */
  readonly aside?: AsideStore;
  /** Before a decision is made again after a conflict; nobody to wait for where one process runs all. */
  readonly backoff?: Backoff;
}

/** How long a decision waits inside the invocation for its account to see the signal's window; the bus would take a minute. */
const WAIT_MS_MAX = 2_000;
const WAIT_STEP_MS = 50;
const ATTEMPTS_MAX = 8;

/** Decides on the signals of a window, in their order. A signal decided before keeps its stored outcome. */
export async function risk(event: SignalsRaisedEvent, services: RiskServices): Promise<void> {
  const waited = new Map<AccountId, number>();
  for (const signal of event.signals) {
    const strategy = services.config.strategies.find((one) => one.id === signal.strategyId);
    const account = services.config.accounts.find((one) => one.id === strategy?.accountId);
    if (!strategy || !account) {
      const reason = `strategy ${signal.strategyId} is not in the configuration of the signal's window`;
      services.metrics.add('bus_put_aside_total', 1, { function: 'risk' });
      services.log.warn('signal put aside', { signalId: signal.id, reason });
      const { id, closedAt: at } = signal;
      await services.aside?.put({ id, function: 'risk', reason, text: JSON.stringify(signal), at });
      continue;
    }
    await decide(signal, strategy, account, event, waited, services);
  }
}

async function decide(
  signal: Signal,
  strategy: StrategyConfig,
  account: AccountConfig,
  event: SignalsRaisedEvent,
  waited: Map<AccountId, number>,
  services: RiskServices,
): Promise<void> {
  const { ledger, modes, metrics, log } = services;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
    if (await ledger.decision(account.id, signal.id)) return;
    const caughtUp = await waitForAccount(account.id, signal.closedAt, waited, services);
    if (!caughtUp) throw new Error(`account ${account.id} is not open`);
    const mode = await modes.mode();
    const assessment = await assessSignal(signal, strategy, account, event.window, caughtUp, mode, services);
    const { decision } = assessment;
    // Counted before it is stored: the answer may get lost, and then nobody would count it. Too much is better than silence.
    if (decision.late) metrics.add('risk_late_total', 1);
    const result = await ledger.commitDecision(caughtUp.view, assessment, mode);
    if (result.kind === 'conflict') {
      await services.backoff?.(attempt);
      continue;
    }
    metrics.add('risk_decisions_total', 1, { outcome: decision.outcome, rule: decision.rule ?? 'none' });
    log.info('decision', {
      signalId: signal.id,
      outcome: decision.outcome,
      rule: decision.rule,
      detail: decision.detail,
      orderId: decision.orderId,
      seenThrough: decision.seenThrough,
      late: decision.late,
    });
    return;
  }
  throw new Error(`signal ${signal.id} could not be decided, ${ATTEMPTS_MAX} conflicts`);
}

/** An account as a decision sees it. */
interface SeenAccount {
  readonly view: AccountView;
  readonly equity: EquityRecord;
  /** The account was marked on the very beat that belongs to the signal's window, not an older or a newer one. */
  readonly marked: boolean;
}

/** The account once it has seen the window and its beat was marked, or as it is when the wait is over. */
async function waitForAccount(
  accountId: AccountId,
  closedAt: EpochMs,
  waited: Map<AccountId, number>,
  { ledger, clock }: RiskServices,
): Promise<SeenAccount | undefined> {
  const beat = beatAt(closedAt, MARK_BEAT_MS);
  for (;;) {
    const view = await ledger.load(accountId);
    const equity = (await ledger.equity(accountId, 'base'))?.value;
    if (!view || !equity) return undefined;
    const { applying, appliedThrough } = view.cursor;
    const seen = isIdle(view.cursor) || appliedThrough >= closedAt;
    const soFar = waited.get(accountId) ?? 0;
    const isOver = soFar >= WAIT_MS_MAX;
    if (applying === null && ((seen && equity.beatAt >= beat) || isOver))
      return { view, equity, marked: equity.beatAt === beat };
    // Whoever applies that window is still at it or died; half a window is nothing to decide on, so the bus asks again.
    if (isOver) throw new Error(`account ${accountId} is in the middle of window ${applying}`);
    await clock.wait(WAIT_STEP_MS);
    waited.set(accountId, soFar + WAIT_STEP_MS);
  }
}

async function assessSignal(
  signal: Signal,
  strategy: StrategyConfig,
  account: AccountConfig,
  window: MarketWindow,
  { view, equity, marked }: SeenAccount,
  mode: ModeState,
  services: RiskServices,
): Promise<Assessment> {
  const { ledger, config, sha256 } = services;
  const instrument = services.instrument(signal.instrumentId);
  const holdings = await ledger.holdings(account.id, 'base');
  const venue = venueConfig(config, instrument.venue);
  // An idle account has nothing to see: the decision moves its cursor to the signal's window.
  const idle = isIdle(view.cursor) && signal.closedAt > view.cursor.appliedThrough;
  const seenThrough = idle ? signal.closedAt : view.cursor.appliedThrough;
  return assess(
    {
      signal,
      accountId: account.id,
      execution: strategy.execution,
      sizing: strategy.sizing,
      limits: account.limits,
      instrument,
      fees: venue.fees,
      latency: venue.latency,
      feedId: window.feedId as FeedId,
      market: instrumentOf(window, signal.instrumentId),
      marks: marksOf(window),
      mode,
      account: view.lanes.base,
      positions: holdings.map((one) => one.value.position),
      working: view.working.map((one) => one.value),
      equity,
      seenThrough,
      made: view.cursor.version,
      late: seenThrough !== signal.closedAt || !marked,
    },
    sha256,
  );
}

/** Values at the window's own prices: the mid, or where the book is not clean the last trade. Nothing stored is read. */
const marksOf = (window: MarketWindow): readonly Mark[] =>
  window.instruments.flatMap((one) => {
    const price = mid(one) ?? one.lastPrice;
    return price === null ? [] : [{ instrumentId: one.instrumentId, price, at: window.closedAt }];
  });
