/**
 * Every metric there is: this table is the only way to emit one. `cloud` marks the few that are sent to CloudWatch,
 * unlabelled, since each label set is a paid metric there; all appear on `/metrics` of a local desk.
 */
export interface MetricSpec {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  readonly cloud: boolean;
}

const counter = (help: string, labels: readonly string[] = [], cloud = false): MetricSpec => ({
  type: 'counter',
  labels,
  help,
  cloud,
});
const gauge = (help: string, labels: readonly string[] = [], cloud = false): MetricSpec => ({
  type: 'gauge',
  labels,
  help,
  cloud,
});

export const METRICS = {
  feed_messages_total: counter(
    "Messages read, by the venue's own names of their kinds",
    ['venue', 'kind'],
    true,
  ),
  feed_validation_failures_total: counter(
    'Messages and books with something wrong, by reason; more than ten a minute on one instrument open its breaker',
    ['reason'],
    true,
  ),
  feed_reconnects_total: counter('Connections that were lost and opened anew', ['venue'], true),
  feed_latency_ms: gauge(
    'Slowest message of the newest window, against the quickest of the last minute',
    ['venue'],
    true,
  ),
  window_age_ms: gauge('Age of the newest window by the clock of the process', [], true),
  feed_frames_malformed_total: counter('Frames put aside because they could not be read', [], true),
  feed_frames_unknown_total: counter('Frames of a kind that nobody knows'),
  feed_source_faults_total: counter(
    'Faults of the source itself: corrupt lines, truncation, a clock that went back',
    ['reason'],
  ),
  feed_gaps_total: counter('Sequence gaps: messages lost on the way', ['instrument'], true),
  feed_candles_compared_total: counter(
    "Minutes of ours held against the venue's own after each hour: agrees, differs, missing at either, unjudged where ours may miss prints",
    ['venue', 'outcome'],
  ),
  feed_windows_total: counter('Windows closed'),
  feed_publish_failed_total: counter(
    'Windows that the bus did not take in time; the next event repeats them',
  ),
  feed_windows_unlogged_total: counter(
    'Windows that the window log dropped because it could not be written for too long',
    [],
    true,
  ),
  feed_clock_offset_ms: gauge('Estimated venue clock minus receive clock', ['venue']),
  feed_instruments_live: gauge('Instruments whose book is live and not crossed'),
  bus_windows_fenced_total: counter('Windows dropped because a newer feed holds the lease', ['function']),
  fills_recorded_total: counter('Fills recorded in the base lane', ['liquidity'], true),
  fills_conflicts_total: counter('Commits computed again because something they rested on changed'),
  fills_holes_total: counter('Holes: windows that an account with working orders never saw', [], true),
  fills_working_orders: gauge('Orders that can still fill', ['account']),
  signals_raised_total: counter('Signals raised', ['strategy']),
  signals_holes_total: counter('Candles that a strategy never saw', ['strategy'], true),
  risk_decisions_total: counter('Decisions by outcome and deciding rule', ['outcome', 'rule']),
  risk_late_total: counter(
    'Decisions that did not see the account exactly at their window; the target is zero',
    [],
    true,
  ),
  risk_equity: gauge('Equity at the newest marks', ['account', 'lane']),
  risk_drawdown_bps: gauge('Fall from peak equity in basis points', ['account']),
  guard_checks_total: counter('Checks of the limits'),
  guard_actions_total: counter('Changes of the trading mode made by the guard', ['cause'], true),
  reconcile_discrepancies: gauge('Discrepancies found by the newest reconciliation', ['account'], true),
  report_written_total: counter('Daily reports written', [], true),
  alerts_sent_total: counter('Alerts sent', ['kind']),
  alerts_deduplicated_total: counter('Alerts not sent again within their minute', ['kind']),
  alerts_outdated_total: counter('Alerts not sent because newer news of the same matter was told before', [
    'kind',
  ]),
  bus_events_total: counter('Events delivered, by type', ['type']),
  bus_publish_retries_total: counter('Events put on the bus again because it did not take them at once'),
  bus_put_aside_total: counter(
    'Events put aside because they could not be handled, by function',
    ['function'],
    true,
  ),
} as const satisfies Record<string, MetricSpec>;

export type MetricName = keyof typeof METRICS;

/** Emits metrics; names and labels are those of {@link METRICS}. */
export interface Metrics {
  add(name: MetricName, value: number, labels?: Readonly<Record<string, string>>): void;
  set(name: MetricName, value: number, labels?: Readonly<Record<string, string>>): void;
  /** What a series was about is gone: whoever shows series one by one drops it. What sums over labels keeps what it counted. */
  forget?(name: MetricName, labels: Readonly<Record<string, string>>): void;
}

/** Structured log of one part: one line per decision, with its ids. */
export interface Log {
  info(event: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(event: string, fields?: Readonly<Record<string, unknown>>): void;
  error(event: string, fields?: Readonly<Record<string, unknown>>): void;
}

/** For runs nobody watches: a verification, a single command. */
export const NO_METRICS: Metrics = { add: () => undefined, set: () => undefined };
export const NO_LOG: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };
