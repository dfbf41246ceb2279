import { isFrame } from '../../../adapters/venues/frame-source.ts';
import { LiveFeed } from '../../../adapters/venues/live-feed.ts';
import type { VenueKeys } from '../../../adapters/venues/protocols.ts';
import type { QueuedItem } from '../../../adapters/venues/session/item-queue.ts';
import type { Timers } from '../../../adapters/venues/session/timers.ts';
import { type RawVenues, venuesSchema } from '../../../core/config/venues-schema.ts';
import type { League } from '../../../core/market/game.ts';
import { type InstrumentId, instrumentId, symbolOf, type VenueId } from '../../../core/market/instrument.ts';
import { feedId, type MarketWindow } from '../../../core/market/window.ts';
import { type EpochMs, epochMs, SECOND_MS } from '../../../core/time.ts';
import type { FeedNote } from '../../../fargate/feed-note.ts';
import { FeedPipeline } from '../../../fargate/feed-pipeline.ts';
import type { WindowNews } from '../../../fargate/run-feed.ts';
import { SimTransport } from '../../../local/venue-simulator/sim-transport.ts';
import type { SimVenue } from '../../../local/venue-simulator/sim-venue.ts';
import { Truth } from '../../../local/venue-simulator/truth.ts';
import { VirtualTimers } from '../../../local/venue-simulator/virtual-timers.ts';
import { seeded } from '../../support/random.ts';

export const START = epochMs(1_790_000_000_000);

/** One venue of a simulated world, with what goes wrong there. */
export interface SimSide {
  readonly venue: VenueId;
  /** The venue's symbols that are followed. */
  readonly symbols: readonly string[];
  /** A book's number is the venue's update id. */
  readonly numbersUpdates: boolean;
  open(timers: Timers, seed: number): SimVenue;
}

export interface SimFeedOptions {
  readonly seed: number;
  readonly sides: readonly SimSide[];
  readonly access: RawVenues;
  readonly keys?: VenueKeys;
  readonly windowMs?: number;
  /** Leagues whose scores are asked for. */
  readonly leagues?: readonly League[];
  /** What else is in the network, as scoreboards are. */
  readonly beside?: (timers: VirtualTimers, seed: number) => readonly SimVenue[];
  /** Sees each window with what else happened in it. */
  readonly onWindow?: (news: WindowNews) => void;
  /** The edge of a window passed, whether or not one was closed. */
  readonly onBeat?: () => void;
}

const latency = { minMs: 1, medianMs: 1, p99Ms: 1 };
const proportional = { version: 'test', makerBps: 0, takerBps: 0, charge: 'quote' };
const quadratic = { version: 'test', makerRate: 0, takerRate: '0.07', roundTo: '0.0001' };

/** All venues as a configuration would reach them. */
export const accessOf = (coinbase: 'advanced' | 'exchange' = 'advanced'): RawVenues =>
  venuesSchema.parse({
    binance: { fees: proportional, latency },
    coinbase: { interface: coinbase, fees: proportional, latency },
    mexc: { fees: proportional, latency },
    polymarket: { fees: quadratic, latency },
    kalshi: { fees: quadratic, latency },
  });

/**
 * A whole feed in virtual time: the real sessions, readers and windows, connected to simulated venues in this process. At
 * each window's close every book that is shown as live is held against the venue's own.
 */
export class SimFeed {
  readonly timers = new VirtualTimers(START);
  readonly transport: SimTransport;
  readonly feed: LiveFeed;
  readonly pipeline: FeedPipeline;
  readonly notes: FeedNote[] = [];
  readonly sessionNotes: string[] = [];
  /** Live pictures of a book that its venue never had, in words. */
  readonly wrong: string[] = [];
  readonly sides: ReadonlyMap<VenueId, { readonly sim: SimVenue; readonly truth: Truth }>;
  readonly ids: readonly InstrumentId[];
  newest: MarketWindow | undefined;
  windows = 0;
  /** Live pictures that were held against the truth. */
  checks = 0;
  frames = 0;
  /** Windows that did not follow the one before. */
  missed = 0;
  /**
   * When each instrument was last shown without a live book for the second time in a row: one window alone may close amid
   * the messages of one event, where a venue sends several.
   */
  readonly deadAt = new Map<InstrumentId, EpochMs>();
  private readonly wasDead = new Set<InstrumentId>();
  /** When each instrument was last shown as halted by its breaker, whatever its book was like. */
  readonly haltedAt = new Map<InstrumentId, EpochMs>();
  /** The longest that a picture was shown as live after its venue's book had changed, for each instrument. */
  readonly behindMs = new Map<InstrumentId, number>();

  private readonly onWindow: SimFeedOptions['onWindow'];
  private readonly onBeat: SimFeedOptions['onBeat'];

  constructor(options: SimFeedOptions) {
    const { seed, sides, access, keys = {}, windowMs = SECOND_MS, leagues = [], beside } = options;
    const { timers } = this;
    this.onWindow = options.onWindow;
    this.onBeat = options.onBeat;
    this.sides = new Map(
      sides.map(({ venue, numbersUpdates, open }) => {
        const sim = open(timers, seed);
        return [venue, { sim, truth: new Truth(sim.floor, { numbersUpdates }) }];
      }),
    );
    this.ids = sides.flatMap(({ venue, symbols }) => symbols.map((symbol) => instrumentId(venue, symbol)));
    this.transport = new SimTransport({
      seed,
      timers,
      venues: [...[...this.sides.values()].map(({ sim }) => sim), ...(beside?.(timers, seed) ?? [])],
    });
    this.feed = new LiveFeed({
      access,
      keys,
      ids: this.ids,
      venues: sides.map(({ venue }) => venue),
      leagues,
      windowMs,
      transport: this.transport,
      timers,
      random: seeded(seed),
      note: (venue, detail) => this.sessionNotes.push(`${timers.now() - START} ${venue}: ${detail}`),
    });
    this.pipeline = new FeedPipeline({
      ids: this.ids,
      instruments: [],
      feedId: feedId('sim'),
      windowMs,
      depth: 10,
      configHash: '',
      epoch: 1,
      need: (need) => this.feed.need(need),
      note: (note) => this.notes.push(note),
    });
  }

  start(): this {
    this.feed.start((item) => this.take(item));
    return this;
  }

  pass(ms: number): void {
    this.timers.runUntil(epochMs(this.timers.now() + ms));
  }

  /** Instruments that the newest window does not show as live and right. */
  dead(): readonly InstrumentId[] {
    return this.ids.filter(
      (id) => this.newest?.instruments.find((one) => one.instrumentId === id)?.status !== 'live',
    );
  }

  resyncs(id: InstrumentId): number {
    for (const followed of this.pipeline.followed())
      if (followed.instrument.id === id) return followed.counts.resyncs;
    return 0;
  }

  private take(item: QueuedItem): void {
    if ('reason' in item) return;
    for (const window of this.pipeline.windowsBefore(item)) this.see(window);
    if ('beat' in item) {
      this.onBeat?.();
      return;
    }
    if (isFrame(item)) this.frames += 1;
    this.pipeline.take(item);
  }

  private see(window: MarketWindow): void {
    const { newest } = this;
    if (newest !== undefined && window.previousClosedAt !== newest.closedAt) this.missed += 1;
    this.newest = window;
    this.windows += 1;
    this.onWindow?.({ newest: window, windows: [window], events: this.pipeline.news.take() });
    for (const reader of this.pipeline.wires())
      for (const followed of reader.followed()) {
        const { id } = followed.instrument;
        const shown = window.instruments.find((one) => one.instrumentId === id);
        if (shown?.status === 'halted') this.haltedAt.set(id, window.closedAt);
        const book = reader.bookOf(followed);
        const isLive = shown?.status === 'halted' ? book?.status === 'live' : shown?.status === 'live';
        if (!isLive) {
          if (this.wasDead.has(id)) this.deadAt.set(id, window.closedAt);
          this.wasDead.add(id);
          continue;
        }
        this.wasDead.delete(id);
        const truth = this.sides.get(followed.instrument.venue)?.truth;
        if (book === undefined || truth === undefined) continue;
        this.checks += 1;
        const { why, state } = truth.judge(book, symbolOf(id));
        if (why !== null) this.wrong.push(`${window.closedAt - START} ms: ${why}`);
        const behindMs = window.closedAt - (state?.until ?? window.closedAt);
        this.behindMs.set(id, Math.max(this.behindMs.get(id) ?? 0, behindMs));
      }
  }
}
