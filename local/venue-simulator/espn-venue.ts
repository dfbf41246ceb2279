import type { Timers } from '../../adapters/venues/session/timers.ts';
import { type EpochMs, HOUR_MS, MINUTE_MS, plusMs } from '../../core/time.ts';
import { type EspnOptions, espnDialect } from './espn-dialect.ts';
import type { Fault } from './faults.ts';
import { fixture, type SimFixture } from './sim-fixtures.ts';
import { SimVenue } from './sim-venue.ts';

export interface EspnVenueOptions extends Partial<EspnOptions> {
  readonly seed: number;
  readonly timers: Timers;
  readonly faults?: readonly Fault[];
}

/** Simulated scoreboards; of two games of each league around now, unless told. */
export function espnVenue({ seed, timers, faults = [], ...options }: EspnVenueOptions): SimVenue {
  const { fixtures = usualFixtures(timers.now()) } = options;
  return new SimVenue({ seed, timers, dialect: espnDialect({ ...options, fixtures }), faults });
}

/** One game of each league that begins in a minute, and one that begins in hours. */
export function usualFixtures(now: EpochMs): readonly SimFixture[] {
  const soon = plusMs((now - (now % MINUTE_MS)) as EpochMs, 2 * MINUTE_MS);
  const later = plusMs(soon, 3 * HOUR_MS);
  return [
    fixture('nfl', { gameId: '401772001', startsAt: soon, home: 'NE', away: 'BUF' }),
    fixture('nfl', { gameId: '401772002', startsAt: later, home: 'KC', away: 'LAC' }),
    fixture('nba', { gameId: '401810123', startsAt: soon, home: 'LAL', away: 'GSW' }),
    fixture('nba', { gameId: '401810124', startsAt: later, home: 'BOS', away: 'NYK' }),
    fixture('nhl', { gameId: '401802222', startsAt: soon, home: 'TOR', away: 'BOS' }),
    fixture('nhl', { gameId: '401802223', startsAt: later, home: 'UTA', away: 'VGK' }),
    fixture('mlb', { gameId: '401816130', startsAt: soon, home: 'NYY', away: 'BOS' }),
    fixture('mlb', { gameId: '401816131', startsAt: later, home: 'CHC', away: 'STL' }),
  ];
}
