import type { DeskConfig, StrategyConfig } from '../../core/config/desk-config.ts';
import type { MarketWindowEvent, SignalsRaisedEvent } from '../../core/events.ts';
import { INTERVAL_MS } from '../../core/market/candle.ts';
import type { FeedId, MarketWindow } from '../../core/market/window.ts';
import type { Log, Metrics } from '../../core/metrics.ts';
import type { FeedStore, Publisher, RaisedSignals, StrategyMemory, Versioned } from '../../core/ports.ts';
import type { Signal } from '../../core/strategy/strategy.ts';
import { signalId } from '../../core/strategy/strategy.ts';
import type { EpochMs } from '../../core/time.ts';

export interface SignalsServices {
  readonly config: DeskConfig;
  readonly feeds: FeedStore;
  readonly publisher: Publisher;
  readonly metrics: Metrics;
  readonly log: Log;
}

/**
 * Steps every strategy of the feed through the windows it has not seen. At most one `signals.raised` per window, with all
 * its signals in the order of their strategies' ids. State and signals are stored together before they are published; an
 * event publishes again what of its windows nobody is known to have told, and always what its own window raised.
 */
export async function signals(event: MarketWindowEvent, services: SignalsServices): Promise<void> {
  const { feeds, publisher } = services;
  const feed = event.feedId as FeedId;
  if (event.epoch < (await feeds.epoch(feed))) {
    services.metrics.add('bus_windows_fenced_total', 1, { function: 'signals' });
    return;
  }
  for (const strategy of services.config.strategies) await stepStrategy(strategy, event.windows, services);
  const [oldest, newest] = [event.windows[0], event.windows.at(-1)];
  if (!oldest || !newest) return;
  const stored = await feeds.raised(feed, oldest.closedAt, newest.closedAt);
  for (const window of event.windows) {
    const raised = stored.filter((one) => one.closedAt === window.closedAt);
    const untold = raised.filter((one) => !one.told);
    if (raised.length === 0 || (untold.length === 0 && window !== newest)) continue;
    await publisher.publish([raisedEvent(event, window, raised)]);
    if (untold.length > 0) await feeds.markTold(feed, untold);
  }
}

/** Steps one strategy through the windows it has not seen. */
async function stepStrategy(
  strategy: StrategyConfig,
  windows: readonly MarketWindow[],
  services: SignalsServices,
): Promise<void> {
  let memory = await services.feeds.memory(strategy.id);
  const oldest = windows[0];
  if (memory && oldest && missedCandle(strategy, memory.value.cursor, oldest)) {
    services.metrics.add('signals_holes_total', 1, { strategy: strategy.id });
    services.log.warn('candle missed', {
      strategy: strategy.id,
      cursor: memory.value.cursor,
      window: oldest.closedAt,
    });
  }
  for (const window of windows) {
    if (memory && window.closedAt <= memory.value.cursor) continue;
    const before = memory?.value.state ?? strategy.runner.initialState();
    const { state, signals: drafts } = strategy.runner.step(before, window, strategy.instruments);
    // A strategy must know which of its candles it has seen, also one that it could not use; other windows are no news to it.
    if (state === before && drafts.length === 0 && !isMeantFor(strategy, window)) continue;
    const raised = drafts.map(
      (draft, i): Signal => ({
        ...draft,
        id: signalId(strategy.id, draft.instrumentId, window.closedAt, i + 1),
        strategyId: strategy.id,
        closedAt: window.closedAt,
        n: i + 1,
      }),
    );
    const after: StrategyMemory = { cursor: window.closedAt, state };
    const committed = await services.feeds.commitMemory(window.feedId, strategy.id, memory, after, raised);
    if (committed === 'conflict') {
      // Another invocation stepped it first: what it stored is what counts.
      memory = await services.feeds.memory(strategy.id);
      continue;
    }
    memory = { value: after, version: (memory?.version ?? 0) + 1 } satisfies Versioned<StrategyMemory>;
    for (const signal of raised) {
      services.metrics.add('signals_raised_total', 1, { strategy: strategy.id });
      services.log.info('signal', {
        signalId: signal.id,
        side: signal.side,
        confidence: signal.confidence,
        reason: signal.reason,
      });
    }
  }
}

/** True when a candle of the strategy's intervals closed with the window, or it listens to every window. */
const isMeantFor = ({ runner: { intervals } }: StrategyConfig, window: MarketWindow): boolean =>
  intervals.length === 0 || intervals.some((interval) => window.closes.includes(interval));

/** True when a candle of the strategy's intervals closed after its cursor and before the oldest window it is shown. */
function missedCandle(strategy: StrategyConfig, cursor: EpochMs, oldest: MarketWindow): boolean {
  const through = oldest.previousClosedAt ?? ((oldest.closedAt - 1) as EpochMs);
  if (strategy.runner.intervals.length === 0) return through > cursor;
  return strategy.runner.intervals.some((interval) => {
    const next = Math.floor(cursor / INTERVAL_MS[interval]) * INTERVAL_MS[interval] + INTERVAL_MS[interval];
    return next <= through;
  });
}

const raisedEvent = (
  event: MarketWindowEvent,
  window: MarketWindow,
  raised: readonly RaisedSignals[],
): SignalsRaisedEvent => ({
  type: 'signals.raised',
  version: 1,
  id: `signals/${window.feedId}/${window.closedAt}`,
  at: window.closedAt,
  feedId: event.feedId,
  epoch: event.epoch,
  signals: raised.flatMap((one) => one.signals),
  window,
});
