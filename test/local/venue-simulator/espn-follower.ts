import type { LeagueStatus } from '../../../adapters/venues/espn/league-scores.ts';
import { type ScoreOptions, ScorePoller } from '../../../adapters/venues/espn/poller.ts';
import { espnReader } from '../../../adapters/venues/espn/reader.ts';
import { isFrame } from '../../../adapters/venues/frame-source.ts';
import { LEAGUES, type League } from '../../../core/market/game.ts';
import type { GameUpdate } from '../../../core/market/game-watch.ts';
import { plusMs } from '../../../core/time.ts';
import type { EspnOptions } from '../../../local/venue-simulator/espn-dialect.ts';
import { espnVenue } from '../../../local/venue-simulator/espn-venue.ts';
import type { Fault } from '../../../local/venue-simulator/faults.ts';
import { SimTransport } from '../../../local/venue-simulator/sim-transport.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { seeded } from '../../support/random.ts';
import { START } from './sim-world.ts';

/** A whole game of football takes some four minutes. */
export const PACE = 20;

export interface Options extends Partial<EspnOptions> {
  readonly seed?: number;
  readonly faults?: readonly Fault[];
}

/** The real poller and reader of scores, and what they told. */
export function startScores(options: Omit<ScoreOptions, 'events'>) {
  const { timers } = options;
  const updates: GameUpdate[] = [];
  const notes: string[] = [];
  const reader = espnReader({
    emit: (update) => update.kind === 'game' && updates.push(update.update),
    need: () => undefined,
    note: ({ detail }) => notes.push(detail),
  });
  const poller = new ScorePoller({ ...options, events: { note: (detail) => notes.push(detail) } });
  poller.start({ take: (item) => isFrame(item) && reader.read(item), stamp: () => timers.now() });
  return { poller, reader, updates, notes };
}

/** Both, and the scoreboards that they ask, in virtual time. */
export function follow(
  { seed = 7, faults = [], ...options }: Options = {},
  leagues: readonly League[] = LEAGUES,
) {
  const timers = new VirtualTimers(START);
  const venue = espnVenue({ seed, timers, faults, pace: PACE, ...options });
  const transport = new SimTransport({ seed, timers, venues: [venue] });
  const { poller, ...told } = startScores({ leagues, transport, timers, random: seeded(seed) });
  const statusOf = (league: League): LeagueStatus | undefined =>
    poller.scores().find((one) => one.league === league);
  return {
    ...told,
    timers,
    venue,
    statusOf,
    pass: (ms: number) => timers.runUntil(plusMs(timers.now(), ms)),
  };
}
