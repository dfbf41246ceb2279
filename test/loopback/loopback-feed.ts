import { LiveFeed, type LiveFeedOptions } from '../../adapters/venues/live-feed.ts';
import type { VenueKeys } from '../../adapters/venues/protocols.ts';
import { QUICK } from '../../adapters/venues/session/backoff.ts';
import { wsTransport } from '../../adapters/venues/session/ws-transport.ts';
import type { DeckleEvent } from '../../core/events.ts';
import type { League } from '../../core/market/game.ts';
import { instrumentId, type VenueId } from '../../core/market/instrument.ts';
import type { Log, MetricName } from '../../core/metrics.ts';
import type { Alert } from '../../core/ports.ts';
import type { FeedHealth, FeedReport } from '../../fargate/feed-health.ts';
import { type SimServer, startSimServer } from '../../local/venue-simulator/sim-server.ts';
import type { SimVenue } from '../../local/venue-simulator/sim-venue.ts';
import { Truth } from '../../local/venue-simulator/truth.ts';
import { createMetrics, type Labels } from '../../local/watch/metrics.ts';
import { shippedConfig } from '../fargate/feeds-world.ts';
import { seeded } from '../support/random.ts';
import { type FeedsRun, startFeeds } from './feeds-run.ts';
import { type Place, symbolsOf } from './places.ts';
import { type WallTime, wallTime } from './wall-time.ts';
import { WindowJudge } from './window-judge.ts';

export const WINDOW_MS = 250;
/** Between attempts to connect, as configured. */
export const RECONNECT = { firstMs: 250, maxMs: 500 };

export interface LoopbackOptions {
  /** One for each venue. */
  readonly places: readonly Place[];
  /** An outage that lasts for so long is told, instead of a minute. */
  readonly outageMs?: number;
  readonly scores?: Scores;
  /** In [0, 1): spreads waits; a seeded one unless told. */
  readonly random?: () => number;
}

/** Leagues whose scores are asked for, and who answers. */
export interface Scores {
  readonly leagues: readonly League[];
  open(time: WallTime): SimVenue;
}

/** What `GET /health` of the feeds process says; amounts are texts there. */
export interface HealthDocument {
  readonly status: 'ok' | 'down';
  readonly counts: Readonly<Record<string, number>>;
  readonly feed: FeedReport;
}

/** A line of the process's log. */
export interface LogLine {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A served venue. */
interface Side {
  readonly place: Place;
  readonly sim: SimVenue;
  readonly server: SimServer;
}

/** The fastest that can be configured, lest a picture waits for the bars of an hour ago. */
const REST = { spacingMs: 20, burst: 20 };
const latency = { minMs: 1, medianMs: 1, p99Ms: 1 };
const FEES = {
  spot: { version: 'test', makerBps: 0, takerBps: 0, charge: 'quote' },
  contracts: { version: 'test', makerRate: 0, takerRate: '0.07', roundTo: '0.0001' },
} as const;

/**
 * The feeds process, connected to simulated venues over sockets and HTTP of this machine, in its time: the real transport,
 * sessions, readers, windows, metrics, health and alerts. All that it publishes is held against the venues' own books.
 */
export class LoopbackFeed {
  readonly time: WallTime;
  readonly judge: WindowJudge;
  /** All that went to the bus but windows. */
  readonly events: DeckleEvent[] = [];
  readonly alerts: Alert[] = [];
  readonly logged: LogLine[] = [];
  private readonly metrics = createMetrics();
  private readonly sides: readonly Side[];
  private readonly board: SimServer | undefined;
  private running: FeedsRun | undefined;

  private constructor(time: WallTime, sides: readonly Side[], board: SimServer | undefined) {
    this.time = time;
    this.sides = sides;
    this.board = board;
    this.judge = new WindowJudge(
      new Map(sides.map(({ place, sim }) => [place.venue, new Truth(sim.floor, place)])),
    );
  }

  /** Resolves when every book is live. */
  static async open(options: LoopbackOptions): Promise<LoopbackFeed> {
    const { places, scores } = options;
    const time = wallTime();
    const sides = await Promise.all(
      places.map(async (place) => {
        const sim = place.open(time);
        return { place, sim, server: await startSimServer(sim) };
      }),
    );
    const board = scores && (await startSimServer(scores.open(time)));
    const feed = new LoopbackFeed(time, sides, board);
    try {
      await feed.start(options);
      return feed;
    } catch (error) {
      await feed.close();
      throw error;
    }
  }

  get health(): FeedHealth {
    if (this.running === undefined) throw new Error('it does not run yet');
    return this.running.health;
  }

  /** Resolves when it is so. @throws what ended the process, or an Error in words when it takes too long. */
  until(isSo: () => boolean, what: () => string): Promise<void> {
    return this.time.until(() => {
      const failure = this.running?.failure();
      if (failure !== undefined) throw failure;
      return isSo();
    }, what);
  }

  /** Drains the process and closes the venues. */
  async close(): Promise<void> {
    try {
      await this.running?.stop();
    } finally {
      for (const { server } of this.sides) await server.close();
      await this.board?.close();
      this.time.stop();
    }
  }

  /** Asks the process how it is, over its port. */
  async document(): Promise<HealthDocument> {
    const response = await fetch(this.running?.healthUrl ?? '');
    return (await response.json()) as HealthDocument;
  }

  /** @throws Error when no such venue is served. */
  simOf(venue: VenueId): SimVenue {
    const side = this.sides.find(({ place }) => place.venue === venue);
    if (side === undefined) throw new Error(`${venue} is not served`);
    return side.sim;
  }

  /** What is wrong now, in words. */
  troubles(): readonly string[] {
    return this.health.report().instruments.flatMap(({ trouble }) => trouble ?? []);
  }

  /** A metric as the process has told it with the window that is newest now. */
  async metric(name: MetricName, labels: Labels = {}): Promise<number> {
    const { newest } = this.judge;
    // It is told behind the window, and before the next one.
    await this.until(
      () => this.judge.newest !== newest,
      () => 'no window closes',
    );
    return this.metrics.value(name, labels);
  }

  private async start(options: LoopbackOptions): Promise<void> {
    const line = (event: string, fields = {}): void => void this.logged.push({ event, fields });
    const log: Log = { info: line, warn: line, error: line };
    this.running = await startFeeds({
      document: documentFor(this.sides),
      clock: this.time.clock,
      metrics: this.metrics,
      log,
      open: ({ access, feed }, ids) =>
        new LiveFeed({
          ...this.sourceOptions(options),
          access,
          ids,
          windowMs: feed.windowMs,
          reconnect: { ...QUICK, ...feed.reconnect },
        }),
      take: (event) => this.take(event),
      alert: (alert) => void this.alerts.push(alert),
    });
    const count = this.sides.flatMap(({ sim }) => symbolsOf(sim)).length;
    await this.until(
      () => this.judge.newest?.instruments.length === count && this.judge.liveSince(WINDOW_MS) !== null,
      () => `not all live: ${this.troubles().join('; ')}`,
    );
  }

  private sourceOptions({
    places,
    outageMs,
    scores,
    random = seeded(1),
  }: LoopbackOptions): Omit<LiveFeedOptions, 'access' | 'ids' | 'windowMs' | 'reconnect'> {
    return {
      keys: Object.assign({}, ...places.map((place) => place.keys)) as VenueKeys,
      leagues: scores?.leagues ?? [],
      venues: [],
      ...(outageMs !== undefined && { outageMs }),
      ...(this.board !== undefined && { scoresHost: this.board.hosts.rest }),
      transport: wsTransport,
      timers: this.time,
      random,
      note: (venue, detail) => void this.logged.push({ event: 'venue', fields: { venue, detail } }),
    };
  }

  private take(event: DeckleEvent): void {
    if (event.type !== 'market.window') {
      this.events.push(event);
      return;
    }
    const newest = event.windows.at(-1);
    if (newest !== undefined) this.judge.see(newest);
  }
}

/** A configuration that follows everything that these venues list. */
function documentFor(sides: readonly Side[]): unknown {
  const raw = shippedConfig();
  const [strategy] = raw.strategies;
  const ids = sides.flatMap(({ place, sim }) => symbolsOf(sim).map((one) => instrumentId(place.venue, one)));
  const venues = sides.map(({ place: { venue, settings, hosts }, server }) => {
    const fees = venue === 'kalshi' || venue === 'polymarket' ? FEES.contracts : FEES.spot;
    return [venue, { fees, latency, rest: REST, ...settings, hosts: hosts(server.hosts) }] as const;
  });
  return {
    ...raw,
    feed: { id: 'main', source: 'live', windowMs: WINDOW_MS, depth: 50, reconnect: RECONNECT },
    venues: Object.fromEntries(venues),
    strategies: [{ ...strategy, instruments: ids }],
  };
}
