import { easternDate, easternMoment } from '../../../core/market/eastern-time.ts';
import { type GameState, isInPlay } from '../../../core/market/game.ts';
import { type EpochMs, HOUR_MS, MINUTE_MS, plusMs, SECOND_MS } from '../../../core/time.ts';

/** There are no published limits; one request a second is said to be tolerated, so these stay far away from it. */
const LIVE_MS = 10 * SECOND_MS;
const SOON_MS = 60 * SECOND_MS;
const IDLE_MS = 10 * MINUTE_MS;
const BACKOFF_FIRST_MS = 15 * SECOND_MS;
/** The longest wait before a scoreboard that failed is asked for again, but for its jitter. */
export const BACKOFF_MAX_MS = 10 * MINUTE_MS;
/** A game is about to start from half an hour before; when it is overdue it is awaited for so long. */
const START_NEAR_MS = 30 * MINUTE_MS;
const START_OVERDUE_MS = 6 * HOUR_MS;
/** On a day without games the schedule is read once, by the Eastern clock. */
const DAILY_HOUR = 6;
const JITTER = 0.2;
const FAILURES_STALE = 3;

/** What the poller knows of a league after its newest answer. */
export interface LeaguePoll {
  /** Games of the last good answer; null before the first. */
  readonly games: readonly GameState[] | null;
  /** Games whose final status waits to be seen a second time. */
  readonly unconfirmed: number;
  /** Answers in a row that failed: refused, not read in time, status 403, 429 or 5xx, or a shape that is not known. */
  readonly failures: number;
  /** What the newest answer asks to wait at least (`max-age`, `Retry-After`), in milliseconds. */
  readonly waitMsMin: number;
}

/** When a league is asked again; `random` is 0 to 1 and spreads the polls by a fifth to either side. */
export function nextPollAt(poll: LeaguePoll, now: EpochMs, random: number): EpochMs {
  const earliest = plusMs(now, poll.waitMsMin);
  const planned = plannedAt(poll, now, random);
  return planned > earliest ? planned : earliest;
}

/** Too many failures in a row: what is known of the league's games is out of date, and nothing may be concluded from it. */
export const isLeagueStale = (failures: number): boolean => failures >= FAILURES_STALE;

/** Milliseconds for which `Cache-Control` says that an answer `ageSeconds` old will not change; 0 when it says nothing. */
export function freshMs(cacheControl: string | null, ageSeconds: number): number {
  const seconds = Number(/(?:^|[\s,])max-age=(\d{1,9})(?=$|[\s,;])/i.exec(cacheControl ?? '')?.[1] ?? 0);
  return Math.max(0, seconds - Math.max(0, ageSeconds)) * SECOND_MS;
}

function plannedAt({ games, unconfirmed, failures }: LeaguePoll, now: EpochMs, random: number): EpochMs {
  const spread = (ms: number): EpochMs => plusMs(now, Math.round(ms * (1 - JITTER + 2 * JITTER * random)));
  if (failures > 0) return spread(Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** (failures - 1)));
  if (games === null) return now;
  // A minute at most, so that the leagues do not all come at once.
  if (games.length === 0) return plusMs(nextDailyReading(now), Math.round(MINUTE_MS * random));
  if (unconfirmed > 0 || games.some(({ status }) => isInPlay(status))) return spread(LIVE_MS);
  return spread(games.some((game) => isStartNear(game, now)) ? SOON_MS : IDLE_MS);
}

const isStartNear = ({ status, startsAt }: GameState, now: EpochMs): boolean =>
  status === 'pre' && startsAt - now <= START_NEAR_MS && now - startsAt <= START_OVERDUE_MS;

function nextDailyReading(now: EpochMs): EpochMs {
  const [today, tomorrow] = [0, 1].map((days) => easternMoment(easternDate(now, days), DAILY_HOUR, 0) ?? now);
  return today !== undefined && today > now ? today : (tomorrow ?? now);
}
