import type { EpochMs } from '../../../core/time.ts';
import { later, noSessionCounts, type SessionStatus } from '../session/session-status.ts';
import type { LeagueStatus } from './league-scores.ts';

/** Scores in the words of venues' sessions, so that health shows them beside these: leagues are symbols that are polled. */
export function toSessionStatus(
  name: string,
  { is: connected, since }: { readonly is: boolean; readonly since: EpochMs },
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
