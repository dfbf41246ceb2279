import type { League } from '../../../core/market/game.ts';
import { type EpochMs, isoTime } from '../../../core/time.ts';
import type { Outage, SessionEvents } from '../session/session-status.ts';
import type { LeagueScores } from './league-scores.ts';

/** Tells once that a league's scores are out of date, and once that they are back; to people, and as an outage of the wire. */
export class StaleWatch {
  private readonly name: string;
  private readonly events: SessionEvents;
  private readonly stale = new Set<League>();
  private told: Outage | undefined;

  constructor(name: string, events: SessionEvents) {
    this.name = name;
    this.events = events;
  }

  /** `startedAt`: since when there could have been answers. */
  look(leagues: readonly LeagueScores[], startedAt: EpochMs): void {
    for (const one of leagues) this.say(one);
    for (const league of this.stale)
      if (!leagues.some((one) => one.league === league)) this.stale.delete(league);
    this.tell(leagues, startedAt);
  }

  private say({ league, isStale, answeredAt, failedBecause }: LeagueScores): void {
    const wasStale = this.stale.has(league);
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
  private tell(leagues: readonly LeagueScores[], startedAt: EpochMs): void {
    const stale = leagues.filter(({ isStale }) => isStale);
    const [first] = stale;
    if (first !== undefined && this.told === undefined) {
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
      this.events.reconnected?.(this.told);
      this.told = undefined;
    }
  }
}
