import type { League } from '../../../core/market/game.ts';
import { type EpochMs, isoTime } from '../../../core/time.ts';
import { OUTAGE_MS } from '../session/outage-watch.ts';
import type { Outage, SessionEvents } from '../session/session-status.ts';
import type { LeagueScores } from './league-scores.ts';

/** Why nothing is asked for; null while something is. */
export const idleBecause = (leagues: readonly unknown[]): string | null =>
  leagues.length === 0 ? 'no league is followed' : null;

/** Tells once that a league's scores are out of date, and once that they are back; to people, and as an outage of the wire. */
export class StaleWatch {
  private readonly name: string;
  private readonly events: SessionEvents;
  private readonly stale = new Set<League>();
  /** Since when a league's polls fail. */
  private readonly failing = new Map<League, EpochMs>();
  private told: Outage | undefined;

  constructor(name: string, events: SessionEvents) {
    this.name = name;
    this.events = events;
  }

  /**
   * `startedAt`: since when there could have been answers. Returns in how many milliseconds to look again, where an outage is
   * to be told then unless an answer comes before.
   */
  look(leagues: readonly LeagueScores[], startedAt: EpochMs, now: EpochMs): number | undefined {
    for (const one of leagues) this.say(one, now);
    for (const league of [...this.stale, ...this.failing.keys()])
      if (!leagues.some((one) => one.league === league)) this.forget(league);
    return this.tell(leagues, startedAt, now);
  }

  private forget(league: League): void {
    this.stale.delete(league);
    this.failing.delete(league);
  }

  private say({ league, isStale, answeredAt, failedBecause }: LeagueScores, now: EpochMs): void {
    const wasStale = this.stale.has(league);
    if (failedBecause === null) this.failing.delete(league);
    else if (!this.failing.has(league)) this.failing.set(league, now);
    if (isStale && !wasStale) {
      const newest = answeredAt === null ? 'none came yet' : `the newest are of ${isoTime(answeredAt)}`;
      this.stale.add(league);
      this.events.note?.(`${league}: scores are out of date, ${newest}: ${failedBecause ?? ''}`);
    } else if (wasStale && !isStale && answeredAt !== null) {
      this.stale.delete(league);
      this.events.note?.(`${league}: scores come again`);
    }
  }

  /** It is over when all leagues have answered, not when a feed that begins anew has yet to see that none does. */
  private tell(leagues: readonly LeagueScores[], startedAt: EpochMs, now: EpochMs): number | undefined {
    const stale = leagues.filter(({ isStale }) => isStale);
    const [first] = stale;
    if (first !== undefined && this.told === undefined) {
      // As long as a venue's connection has to be away: a poll or three that fail are soon forgotten.
      const since = Math.min(...stale.map(({ league }) => this.failing.get(league) ?? now));
      if (now - since < OUTAGE_MS) return since + OUTAGE_MS - now;
      this.told = {
        wire: 'espn',
        name: this.name,
        since: first.answeredAt ?? startedAt,
        symbols: stale.map(({ league }) => league),
        why: first.failedBecause ?? '',
        isPolling: false,
      };
      this.events.disconnected?.(this.told);
    } else if (this.told !== undefined && leagues.every((one) => !one.isStale && one.answeredAt !== null)) {
      this.events.reconnected?.(this.told, idleBecause(leagues));
      this.told = undefined;
    }
    return undefined;
  }
}
