import type { ItemStore } from '../adapters/store/item-store.ts';
import type { WindowLog } from '../adapters/window-log/window-log.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import type { Instrument, InstrumentId } from '../core/market/instrument.ts';
import type { Log, Metrics } from '../core/metrics.ts';
import type { AlertSender, CatalogueReader, Clock, Publisher, ReportSink, Sha256 } from '../core/ports.ts';
import type { EpochMs } from '../core/time.ts';
import { epochMs, isoTime } from '../core/time.ts';
import { keepCandlesIn } from '../fargate/candle-keeping.ts';
import type { FeedHealth } from '../fargate/feed-health.ts';
import { acquireLease } from '../fargate/lease.ts';
import { liveCompanions } from '../fargate/live-companions.ts';
import { RulesTeller } from '../fargate/rules-teller.ts';
import type { FeedCompanion, FeedEnd, WindowNews } from '../fargate/run-feed.ts';
import { runFeed } from '../fargate/run-feed.ts';
import { windowEvent } from '../fargate/window-event.ts';
import type { GoingOn } from '../lambdas/reconcile/going-on.ts';
import { relay } from '../lambdas/relay/relay.ts';
import type { FunctionName } from '../lambdas/topology.ts';
import { TOPOLOGY } from '../lambdas/topology.ts';
import { DeskError } from './desk-error.ts';
import { followedBy } from './followed.ts';
import type { DeskInput } from './input.ts';
import { isDue, scheduleTimes } from './schedule.ts';
import type { DeskServices } from './services.ts';
import { createServices } from './services.ts';
import { Turns } from './turns.ts';

export interface DeskOptions {
  readonly config: DeskConfig;
  readonly input: DeskInput;
  readonly store: ItemStore;
  readonly sha256: Sha256;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: (part: string) => Log;
  readonly alertSender: AlertSender;
  readonly reportSink: ReportSink;
  readonly health: FeedHealth;
  readonly windowLog?: WindowLog;
  /** Lets reconcile go on from a checkpoint, as in the cloud; without it it reads everything. */
  readonly goingOn?: GoingOn;
  /** Asks venues what they list; without it the universe stays as it is. */
  readonly catalogueReader?: CatalogueReader;
  /** Settles at most so many windows of the session in all. */
  readonly windowsMax?: number;
  readonly signal: AbortSignal;
  /** A session that goes on was reconciled; called before anything trades. */
  onRecovered?(recovered: Recovered): void;
  /** After each settled window. */
  onSettled?(through: EpochMs, windows: number): void;
  /** Forgets changes that were told; called now and then. */
  prune?(position: string): Promise<unknown>;
  /** Lets a harness stand before and after each publication. */
  readonly aroundPublish?: (publisher: Publisher) => Publisher;
}

/** How a session was found that goes on. */
export interface Recovered {
  /** Orders that can still fill, in any lane. */
  readonly openOrders: number;
  readonly windows: number;
  readonly discrepancies: number;
}

export interface DeskEnd {
  readonly services: DeskServices;
  readonly feed: FeedEnd;
  readonly windows: number;
  readonly through: EpochMs | null;
  /** Whether the session's input is over. */
  readonly finished: boolean;
}

/** Changes told per turn of the relay. */
const CHANGES_MAX = 500;
/** Windows between two prunings of told changes. */
const PRUNE_EVERY = 300;

/**
 * Runs a session from where it stopped to its end, or until the signal: one window settles completely (fills, signals,
 * risk, news, what is due) before the next is taken, so nothing is late. Time is the windows' own.
 */
export async function runDesk(options: DeskOptions): Promise<DeskEnd> {
  const { config, input, store, signal } = options;
  const stop = new AbortController();
  requireTradable(config, input);
  let companions: readonly FeedCompanion[] = [];
  const turns = new Turns();
  const services = createServices({
    ...options,
    instrument: rulesOf(input.instruments, options.health),
    universeLooked: async () => {
      for (const companion of companions) companion.universeLooked?.();
      // The first window may be far: nothing has come yet, and perhaps nothing will.
      await turns.take(tell);
    },
  });
  const feed = config.feed.id;
  const settled = await services.runtime.settled(feed);
  for (const account of config.accounts)
    await services.ledger.openAccount(account.id, account.currency, account.openingEquity);
  await beginTrading(services, options);

  let windows = settled?.windows ?? 0;
  let through = settled?.through ?? null;
  let relayed = settled?.relayed ?? null;
  const windowsMax = options.windowsMax ?? Number.POSITIVE_INFINITY;
  const stopAtMax = (): void => {
    if (windows >= windowsMax) stop.abort();
  };
  /** Tells what was committed, and what that leads to, until nothing is left to tell. */
  const tell = async (): Promise<void> => {
    for (;;) {
      const { changes, position } = await store.changes(relayed ?? undefined, CHANGES_MAX);
      if (changes.length === 0) return;
      await relay(changes, services.publisher);
      await services.bus.drain();
      relayed = position;
    }
  };
  // What the input lists is known without being stored.
  const listed = new Set(input.instruments.map((one) => one.id));
  const rules = new RulesTeller({ feeds: services.feeds, feedId: feed, log: options.log('feeds') });
  const settle = async ({ newest, windows: history, events }: WindowNews): Promise<void> => {
    await rules.tell(options.health.rules().filter((one) => !listed.has(one.id)));
    await services.publisher.publish([windowEvent(newest, history), ...events]);
    await services.bus.drain();
    await tell();
    await runScheduled(services, newest.previousClosedAt, newest.closedAt, config);
    await tell();
    windows += 1;
    through = newest.closedAt;
    await services.runtime.putSettled(feed, { through, windows, finished: false, relayed });
    if (relayed !== null && windows % PRUNE_EVERY === 0) await options.prune?.(relayed);
    options.onSettled?.(through, windows);
    stopAtMax();
    // The window settles without ever waiting for anything real; timers and signals get their turn here.
    await new Promise((resolve) => setImmediate(resolve));
  };

  await tell();
  stopAtMax();
  const lease = await acquireLease({
    store,
    feedId: feed,
    owner: `desk/${input.session}`,
    clock: options.clock,
  });
  if (lease.kind === 'held')
    throw new DeskError(
      `the feed '${feed}' is held by ${lease.owner} until ${isoTime(lease.until)}; stop it first`,
    );
  const source = await input.open();
  const followed = followedBy(config, input.instruments);
  companions = liveCompanions({ ...options, ...followed, source, log: options.log('feeds') });
  // Nobody waits for the schedule with a universe that is not known yet.
  await services.scheduled.universe(options.clock.now());
  const end = await runFeed({
    source,
    ...followed,
    companions,
    feedId: feed,
    windowMs: config.feed.windowMs,
    depth: config.feed.depth,
    configHash: config.hash,
    epoch: lease.lease.epoch,
    lease: lease.lease,
    settledThrough: through,
    health: options.health,
    signal: AbortSignal.any([signal, stop.signal]),
    publish: (news) => turns.take(() => settle(news)),
    onNote: (note) => options.log('feeds').warn(note.kind, { ...note }),
    ...(options.windowLog ? { windowLog: options.windowLog } : {}),
    ...(input.kind === 'live' && {
      candles: keepCandlesIn(store, 'minutes', config, options.log('feeds')),
    }),
  });
  const finished = end === 'ended';
  await services.idle();
  if (through !== null) {
    await services.scheduled.reconcile(through);
    // A window that closes at midnight holds the last moments of the day before.
    if (finished) await services.scheduled.report(epochMs(through - 1));
    await tell();
    await services.runtime.putSettled(feed, { through, windows, finished, relayed });
  }
  return { services, feed: end, windows, through, finished };
}

/** Refuses, before anything trades, instruments that their account's currency cannot pay for. */
function requireTradable(config: DeskConfig, input: DeskInput): void {
  for (const strategy of config.strategies) {
    const account = config.accounts.find((one) => one.id === strategy.accountId);
    for (const id of strategy.instruments) {
      const known = input.instruments.find((one) => one.id === id);
      if (known && account && known.quoteAsset !== account.currency)
        throw new DeskError(
          `strategy ${strategy.id} trades ${id}, which is paid in ${known.quoteAsset}; its account ${account.id} is kept in ${account.currency}`,
        );
    }
  }
}

/** A session that was never begun starts active; one that goes on is reconciled before anything trades. */
async function beginTrading(services: DeskServices, options: DeskOptions): Promise<void> {
  const mode = await services.modes.mode();
  const settled = await services.runtime.settled(options.config.feed.id);
  if (mode.version === 0 && !settled)
    await services.modes.setMode(mode, {
      mode: 'active',
      cause: 'start',
      reason: 'a new session begins',
      author: 'deckle',
      changedAt: epochMs(0),
      until: null,
    });
  if (!settled) return;
  const records = await services.scheduled.reconcile(settled.through);
  // The guard keeps its own times, so that a restart changes nothing; only a mismatch cannot wait for the next minute.
  const discrepancies = records.reduce((total, one) => total + one.discrepancies.length, 0);
  if (discrepancies > 0) await services.scheduled.guard(settled.through);
  let openOrders = 0;
  for (const { id } of options.config.accounts)
    openOrders += (await services.ledger.cursor(id))?.working ?? 0;
  options.onRecovered?.({ openOrders, windows: settled.windows, discrepancies });
}

/** The functions whose schedule has a time between the last window and this one. */
async function runScheduled(
  services: DeskServices,
  previous: EpochMs | null,
  now: EpochMs,
  config: DeskConfig,
): Promise<void> {
  if (previous === null) return;
  const due = (name: FunctionName): boolean =>
    (TOPOLOGY.find((one) => one.name === name)?.schedules ?? []).some((one) =>
      isDue(scheduleTimes(one), previous, now),
    );
  const reconciles =
    isDue({ everyMs: config.reconcileEveryMs, offsetMs: 0 }, previous, now) || due('reconcile');
  if (reconciles) await services.scheduled.reconcile(now);
  if (due('guard')) await services.scheduled.guard(now);
  // Five past midnight it is about the day before.
  if (due('report')) await services.scheduled.report(epochMs(now - 3_600_000));
  if (due('universe')) await services.scheduled.universe(now);
}

/** Rules of an instrument: as the venue announced them in this run, else as known before. */
const rulesOf =
  (known: readonly Instrument[], health: FeedHealth) =>
  (id: InstrumentId): Instrument => {
    const rules = health.instrument(id) ?? known.find((one) => one.id === id);
    if (!rules)
      throw new DeskError(`no rules are known for ${id}: list it under 'instruments' in the configuration`);
    return rules;
  };
