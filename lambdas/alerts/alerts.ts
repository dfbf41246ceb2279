import type { DeckleEvent } from '../../core/events.ts';
import type { Log, Metrics } from '../../core/metrics.ts';
import type {
  Alert,
  AlertKind,
  AlertSender,
  AlertState,
  Clock,
  RecordStore,
  Versioned,
} from '../../core/ports.ts';
import type { AlertNews } from './alert-of.ts';
import { alertOf } from './alert-of.ts';

export interface AlertsServices {
  readonly records: RecordStore;
  readonly sender: AlertSender;
  /** The command line of this desk, for the texts; that of the newest session on this machine unless given. */
  readonly command?: string;
  readonly metrics: Metrics;
  readonly log: Log;
  /** The wall clock, where invocations run side by side; one process that runs alone never meets itself and needs none. */
  readonly clock?: Clock;
}

/** Further news under an open key is not sent again within this time. */
export const DEDUPE_MS = 60_000;
/**
 * How long an intention to send is left to whoever stored it: longer than a function runs, and shorter than the minute
 * after which it is tried again if it failed.
 */
const CLAIM_MS = 45_000;
const ATTEMPTS_MAX = 5;

/**
 * News to people: one alert per key and episode, deduplicated for a minute, and one when it is over. The intention to
 * send is stored first, so that an alert whose sending failed is sent when its event comes again.
 */
export async function alerts(event: DeckleEvent, services: AlertsServices): Promise<void> {
  const news = alertOf(event, services.command ?? 'npx deckle');
  if (!news) return;
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++)
    if (await tell(event, news, services, attempt > 1)) return;
  throw new Error(`alert of ${event.id} could not be stored, ${ATTEMPTS_MAX} conflicts`);
}

/** False when somebody else wrote under one of the keys meanwhile: what they said decides what is left to say. */
async function tell(
  event: DeckleEvent,
  news: AlertNews,
  services: AlertsServices,
  lostBefore: boolean,
): Promise<boolean> {
  if (news.kind === 'cleared') {
    for (const key of news.keys) {
      const before = await services.records.alert(key);
      if (isOutdated(news, before?.value)) continue;
      const repeats = before && !before.value.open && before.value.eventId === event.id && !before.value.sent;
      if (!before || (!before.value.open && !repeats)) {
        if (!(await noteOrder(event, key, news, before, services))) return false;
        continue;
      }
      if (repeats && isClaimed(before.value, services)) continue;
      const kind = before.value.kind as AlertKind;
      const alert = {
        key,
        kind,
        severity: 'notice',
        cleared: true,
        title: news.title,
        text: news.text,
      } as const;
      if (!(await say(event, alert, news, before, services))) return false;
    }
    return true;
  }
  const before = await services.records.alert(news.key);
  // Lost to another invocation with the very same news: it is the one that sends.
  if (lostBefore && before?.value.eventId === event.id) return true;
  if (isOutdated(news, before?.value)) {
    services.metrics.add('alerts_outdated_total', 1, { kind: news.alert });
    services.log.warn('alert outdated', { key: news.key, eventId: event.id, since: before?.value.eventId });
    return true;
  }
  if (before?.value.open) {
    const repeated = before.value.eventId === event.id || event.at - before.value.sentAt < DEDUPE_MS;
    if (repeated && (before.value.sent || isClaimed(before.value, services))) {
      services.metrics.add('alerts_deduplicated_total', 1, { kind: news.alert });
      return true;
    }
  }
  const { key, alert: kind, severity, title, text } = news;
  return say(event, { key, kind, severity, cleared: false, title, text }, news, before, services);
}

/** Newer news of the same matter were told before: a halt that was lifted since is nothing to wake anybody for. */
const isOutdated = ({ order }: AlertNews, before: AlertState | undefined): boolean =>
  order !== undefined && (before?.order ?? 0) > order;

/** Remembers numbered news that there was nobody to tell of, so that older ones are known for what they are. */
async function noteOrder(
  event: DeckleEvent,
  key: string,
  { order }: AlertNews,
  before: Versioned<AlertState> | undefined,
  { records }: AlertsServices,
): Promise<boolean> {
  if (order === undefined || (before?.value.order ?? 0) >= order) return true;
  const kind = key.slice(key.indexOf('/') + 1);
  const { id: eventId, at: sentAt } = event;
  const episodes = before?.value.episodes ?? 0;
  const after = { key, kind, open: false, eventId, sentAt, sent: true, episodes, order };
  return (await records.commitAlert(before, after)) === 'committed';
}

/** Somebody else is sending it; if they fail, their own event comes again. */
const isClaimed = ({ sent, claimedAt }: AlertState, { clock }: AlertsServices): boolean =>
  !sent && clock !== undefined && claimedAt !== undefined && clock.now() - claimedAt < CLAIM_MS;

async function say(
  event: DeckleEvent,
  news: Omit<Alert, 'id' | 'at'>,
  { order }: AlertNews,
  before: Versioned<AlertState> | undefined,
  { records, sender, metrics, log, clock }: AlertsServices,
): Promise<boolean> {
  const opens = !news.cleared && !before?.value.open;
  const intent: AlertState = {
    key: news.key,
    kind: news.kind,
    open: !news.cleared,
    eventId: event.id,
    sentAt: event.at,
    sent: false,
    ...(clock ? { claimedAt: clock.now() } : {}),
    ...(order === undefined ? {} : { order }),
    episodes: (before?.value.episodes ?? 0) + (opens ? 1 : 0),
  };
  if ((await records.commitAlert(before, intent)) === 'conflict') return false;
  await sender.send({
    ...news,
    id: `${news.key}/${event.id}${news.cleared ? '/cleared' : ''}`,
    at: event.at,
  });
  await records.commitAlert(
    { value: intent, version: (before?.version ?? 0) + 1 },
    { ...intent, sent: true },
  );
  metrics.add('alerts_sent_total', 1, { kind: news.kind });
  log.warn('alert', { key: news.key, kind: news.kind, cleared: news.cleared, title: news.title });
  return true;
}
