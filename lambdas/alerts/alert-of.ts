import type { DeckleEvent, EventOf } from '../../core/events.ts';
import type { AlertKind } from '../../core/ports.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';
import { isoTime } from '../../core/time.ts';

/**
 * What an event means to a person: something opened, or everything under the given keys is well again. Where news of one
 * matter are numbered, `order` tells which of them is the newer, in whatever order they come.
 */
export type AlertNews =
  | {
      readonly kind: 'opened';
      readonly key: string;
      readonly alert: AlertKind;
      readonly severity: 'critical' | 'notice';
      readonly title: string;
      readonly text: string;
      readonly order?: number;
    }
  | {
      readonly kind: 'cleared';
      readonly keys: readonly string[];
      readonly title: string;
      readonly text: string;
      readonly order?: number;
    };

const MODE_KEYS = [
  'mode/kill_switch',
  'mode/drawdown',
  'mode/daily_loss',
  'mode/feed_down',
  'mode/reconciliation_mismatch',
];

/** The news in an event, or null when it is none. `command` is how a person calls the command line of this very desk. Texts say what happened, whom it hurts and what to do. */
export function alertOf(event: DeckleEvent, command: string): AlertNews | null {
  switch (event.type) {
    case 'mode.changed':
      return modeNews(event.mode, command);
    case 'reconciliation.finished':
      return event.discrepancies.length === 0
        ? {
            kind: 'cleared',
            keys: [`reconciliation/${event.accountId}`],
            title: 'Ledger reconciled again',
            text: `Account ${event.accountId} has no discrepancies.`,
          }
        : {
            kind: 'opened',
            key: `reconciliation/${event.accountId}`,
            alert: 'reconciliation_mismatch',
            severity: 'critical',
            title: `Ledger of ${event.accountId} does not reconcile`,
            text: `${event.discrepancies.length} discrepancies, the first: ${event.discrepancies[0]?.kind} ${event.discrepancies[0]?.detail}. Balances and PnL of this account cannot be believed; the guard halts trading. Run: ${command} reconcile`,
          };
    case 'feed.silenced':
      return {
        kind: 'opened',
        key: feedKey(event),
        alert: 'feed_down',
        severity: 'critical',
        title: `Feed ${event.feedId}: ${event.instrumentId ?? 'everything'} is silent`,
        text: `${event.detail} Until it is back, positions in it have no fresh price and orders on it wait. Run: ${command} status`,
      };
    case 'feed.resumed':
      return {
        kind: 'cleared',
        keys: [feedKey(event)],
        title: `Feed ${event.feedId}: ${event.instrumentId ?? 'everything'} is no longer silent`,
        text: event.detail,
      };
    case 'venue.disconnected':
      if (isOfScores(event)) return scoresNews(event, command);
      return {
        kind: 'opened',
        key: venueKey(event),
        alert: 'feed_down',
        severity: 'critical',
        title: `Feed ${event.feedId}: no connection to ${event.venue}`,
        text: `${event.detail} Of its books only those are live meanwhile that are read by REST (/health marks them as polled); on the others orders wait and nothing new is decided. Run: ${command} status`,
      };
    case 'venue.connected':
      return {
        kind: 'cleared',
        keys: [venueKey(event)],
        title: isOfScores(event)
          ? `Feed ${event.feedId}: scores come again`
          : `Feed ${event.feedId}: the outage of ${event.venue} is over`,
        text: event.detail,
      };
    case 'breaker.opened':
      return {
        kind: 'opened',
        key: breakerKey(event),
        alert: 'bad_data',
        severity: 'critical',
        title: `Bad data: ${event.instrumentId} is halted`,
        text: `${event.detail}. Nothing fills on it and nothing is decided on it until then; other instruments and the trading mode are as they were. Run: ${command} status`,
      };
    case 'breaker.closed':
      return {
        kind: 'cleared',
        keys: [breakerKey(event)],
        title: `${event.instrumentId} is no longer halted`,
        text: event.detail,
      };
    case 'universe.changed':
      return event.size > 0
        ? {
            kind: 'cleared',
            keys: [universeKey(event)],
            title: `Feed ${event.feedId}: its universe holds ${event.size} instruments`,
            text: `Its rules find instruments again: ${event.added.map((one) => one.instrumentId).join(', ')}.`,
          }
        : {
            kind: 'opened',
            key: universeKey(event),
            alert: 'empty_universe',
            severity: 'critical',
            title: `Feed ${event.feedId}: its universe is empty`,
            text: `No instrument meets the rules under 'universe' any more${lastOf(event)}. Strategies that trade by these rules see nothing. Run: ${command} universe`,
          };
    case 'game.updated':
    case 'market.window':
    case 'signals.raised':
    case 'order.accepted':
    case 'order.denied':
    case 'order.closed':
    case 'fill.recorded':
      return null;
    case 'report.ready':
      return {
        kind: 'opened',
        key: `report/${event.accountId}/${event.day}`,
        alert: 'report_ready',
        severity: 'notice',
        title: `Daily report of ${event.day}: account ${event.accountId}`,
        text: `${event.summary} The whole report: ${command} report --day ${event.day}`,
      };
  }
}

const feedKey = ({ feedId, instrumentId }: EventOf<'feed.silenced' | 'feed.resumed'>): string =>
  instrumentId === null ? `feed/${feedId}` : `feed/${feedId}/${instrumentId}`;

const venueKey = ({ feedId, venue }: EventOf<'venue.disconnected' | 'venue.connected'>): string =>
  `venue/${feedId}/${venue}`;
/** The source of scores has no orders and no prices. */
const isOfScores = ({ venue }: EventOf<'venue.disconnected' | 'venue.connected'>): boolean =>
  venue === 'espn';
const scoresNews = (event: EventOf<'venue.disconnected'>, command: string): AlertNews => ({
  kind: 'opened',
  key: venueKey(event),
  alert: 'feed_down',
  severity: 'notice',
  title: `Feed ${event.feedId}: scores are out of date`,
  text: `${event.detail} Until they come again nothing may be concluded from what is known of the games; books, prices and orders are not touched. Run: ${command} status`,
});
const breakerKey = ({ feedId, instrumentId }: EventOf<'breaker.opened' | 'breaker.closed'>): string =>
  `breaker/${feedId}/${instrumentId}`;
const universeKey = ({ feedId }: EventOf<'universe.changed'>): string => `universe/${feedId}`;

/** Why the last ones went, in brackets. */
function lastOf({ removed }: EventOf<'universe.changed'>): string {
  const [first] = removed;
  if (first === undefined) return '';
  const others = removed.length > 1 ? `, and ${removed.length - 1} others` : '';
  return ` (${first.instrumentId}: ${first.reason}${others})`;
}

function modeNews(mode: ModeState, command: string): AlertNews | null {
  const since = `at ${isoTime(mode.changedAt)} by ${mode.author}`;
  if (mode.mode === 'active') {
    if (mode.cause === 'start') return null;
    return {
      kind: 'cleared',
      keys: MODE_KEYS,
      order: mode.version,
      title: 'Trading resumed',
      text: `Trading is active again ${since}: ${mode.reason}.`,
    };
  }
  const stopped =
    mode.mode === 'halted'
      ? 'Trading is halted: nothing new is admitted, open orders are canceled, nothing fills.'
      : 'Trading is reducing: positions may only shrink.';
  const next =
    mode.until === null
      ? `Only a person resumes: ${command} resume --reason "..."`
      : `It ends by itself at ${isoTime(mode.until)}.`;
  const text = `${stopped} Set ${since}: ${mode.reason}. ${next}`;
  const opened = (alert: AlertKind, title: string): AlertNews => ({
    kind: 'opened',
    key: `mode/${alert}`,
    alert,
    severity: 'critical',
    title,
    text,
    order: mode.version,
  });
  switch (mode.cause) {
    case 'start':
    case 'person':
      return opened('kill_switch', 'Kill switch: trading stopped');
    case 'drawdown':
      return opened('drawdown', 'Drawdown limit reached: trading halted');
    case 'daily_loss':
      return opened('daily_loss', 'Daily loss limit reached');
    case 'reconciliation':
      return opened('reconciliation_mismatch', 'Ledger mismatch: trading halted');
    case 'marks_old':
    case 'feed_silence':
      return opened('feed_down', 'No market data: trading halted');
  }
}
