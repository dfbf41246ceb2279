import { type EpochMs, isoTime, MINUTE_MS } from '../../../core/time.ts';
import { hostOf } from '../session/http-words.ts';
import { later, noSessionCounts, type Outage, type SessionStatus } from '../session/session-status.ts';
import type { LeagueStatus } from './league-scores.ts';
import { BACKOFF_MAX_MS } from './polling.ts';
import { ESPN_HOST } from './scoreboard-url.ts';
import { idleBecause } from './stale-watch.ts';

/** Scores in the words of venues' sessions, so that health shows them beside these: leagues are symbols that are polled. */
export function toSessionStatus(
  name: string,
  { is: connected, since }: { readonly is: boolean | null; readonly since: EpochMs },
  leagues: readonly LeagueStatus[],
): SessionStatus {
  const sum = (of: (one: LeagueStatus) => number): number =>
    leagues.reduce((total, one) => total + of(one), 0);
  const lastMessageAt = leagues.reduce<EpochMs | null>((last, one) => later(last, one.answeredAt), null);
  const stale = leagues.filter((one) => one.stale);
  const scoreboards = {
    channel: 'scoreboard',
    symbols: leagues.length,
    shown: leagues.filter(({ answeredAt }) => answeredAt !== null).length,
    lastDataAt: lastMessageAt,
    mute: stale.map(({ league }) => league),
  };
  return {
    wire: 'espn',
    name,
    connected,
    since,
    lastMessageAt,
    reconnects: 0,
    polling: leagues.map(({ league }) => league),
    closedBecause: null,
    idleBecause: idleBecause(leagues),
    trouble: stale[0]?.failedBecause ?? null,
    gaveUp: false,
    refused: [],
    channels: [scoreboards],
    connections: [],
    counts: {
      ...noSessionCounts(),
      messages: sum(({ answers }) => answers),
      pollRounds: sum(({ polls }) => polls),
      pollsFailed: sum(({ pollsFailed }) => pollsFailed),
    },
  };
}

/** Scores that do not come, for people: of which leagues, from which host, since when, why, and what is done about it. */
export const scoresOutageWords = ({ name, symbols, since, why }: Outage, host: string = ESPN_HOST): string =>
  `${name}: ${hostOf(host)} gave no good answer for ${symbols.join(', ')} since ${isoTime(since)}: ${why}. It is asked again and again, less and less often, down to once in ${BACKOFF_MAX_MS / MINUTE_MS} minutes.`;

/** The end of that: all leagues are answered for again, or none is followed any more. */
export const scoresEndWords = (
  { name, symbols, since }: Outage,
  host: string = ESPN_HOST,
  idle: string | null = null,
): string =>
  `${name}: ${idle ?? `${hostOf(host)} answers for all leagues again`}; there was no good answer for ${symbols.join(', ')} since ${isoTime(since)}.`;
