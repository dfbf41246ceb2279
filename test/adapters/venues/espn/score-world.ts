import { ScorePoller } from '../../../../adapters/venues/espn/poller.ts';
import { espnReader, type ScoreReader } from '../../../../adapters/venues/espn/reader.ts';
import { type Frame, isFrame, type SourceItem } from '../../../../adapters/venues/frame-source.ts';
import type { FeedSink } from '../../../../adapters/venues/session/feeder.ts';
import type { Outage } from '../../../../adapters/venues/session/session-status.ts';
import type { ReaderNote } from '../../../../adapters/venues/venue-reader.ts';
import type { League } from '../../../../core/market/game.ts';
import type { GameUpdate } from '../../../../core/market/game-watch.ts';
import { type EpochMs, plusMs } from '../../../../core/time.ts';
import { VirtualTimers } from '../../../../local/venue-simulator/virtual-timers.ts';
import { utc } from '../../../core/market/sample-games.ts';
import { ScoreHost } from '../../../support/score-host.ts';

/** Sunday afternoon: the sample of football is being played. */
export const START = utc('2026-10-04T19:00Z');

export interface Listened {
  readonly reader: ScoreReader;
  readonly updates: GameUpdate[];
  readonly notes: ReaderNote[];
}

/** A reader, and all that it tells. */
export function listen(): Listened {
  const updates: GameUpdate[] = [];
  const notes: ReaderNote[] = [];
  const reader = espnReader({
    emit: (update) => {
      if (update.kind === 'game') updates.push(update.update);
    },
    need: () => undefined,
    note: (note) => notes.push(note),
  });
  return { reader, updates, notes };
}

export interface World extends Listened {
  readonly timers: VirtualTimers;
  readonly host: ScoreHost;
  readonly poller: ScorePoller;
  readonly sink: FeedSink;
  readonly items: SourceItem[];
  readonly said: string[];
  readonly outages: {
    readonly kind: 'begun' | 'over';
    readonly at: number;
    readonly outage: Outage;
    readonly idleBecause?: string;
  }[];
  pass(ms: number): void;
  /** Milliseconds since the beginning. */
  since(at: EpochMs): number;
  /** When a league was asked, in milliseconds since the beginning. */
  asked(league: League): readonly number[];
  frames(): readonly Frame[];
}

export interface WorldOptions {
  readonly leagues?: readonly League[];
  readonly start?: EpochMs;
  /** The middle of the jitter unless told otherwise, so that the plain intervals show. */
  readonly random?: () => number;
  /** Changes the host before it is asked for the first time. */
  readonly host?: (host: ScoreHost) => void;
}

/** A poller on a host in virtual time, running, with a reader that takes what comes. */
export function openWorld(options: WorldOptions = {}): World {
  const { leagues = ['nfl'], start = START, random = () => 0.5 } = options;
  const timers = new VirtualTimers(start);
  const host = new ScoreHost(timers);
  const listened = listen();
  const items: SourceItem[] = [];
  const said: string[] = [];
  const outages: World['outages'] = [];
  const since = (at: EpochMs): number => at - start;
  const poller = new ScorePoller({
    leagues,
    transport: host,
    timers,
    random,
    events: {
      disconnected: (outage) => outages.push({ kind: 'begun', at: since(timers.now()), outage }),
      reconnected: (outage, idleBecause) =>
        outages.push({
          kind: 'over',
          at: since(timers.now()),
          outage,
          ...(idleBecause !== null && { idleBecause }),
        }),
      note: (detail) => said.push(detail),
    },
  });
  const sink: FeedSink = {
    stamp: () => timers.now(),
    take: (item) => {
      items.push(item);
      if (isFrame(item)) listened.reader.read(item);
      else if ('follow' in item) listened.reader.changeFollowed(item);
    },
  };
  options.host?.(host);
  poller.start(sink);
  return {
    ...listened,
    timers,
    host,
    poller,
    sink,
    items,
    said,
    outages,
    since,
    pass: (ms) => timers.runUntil(plusMs(timers.now(), ms)),
    asked: (league) => host.of(league).map(({ at }) => since(at)),
    frames: () => items.filter(isFrame),
  };
}
