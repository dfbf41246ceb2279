import type { RawVenues } from '../../core/config/venues-schema.ts';
import type { League } from '../../core/market/game.ts';
import { type InstrumentId, symbolOf, VENUES, type VenueId, venueOf } from '../../core/market/instrument.ts';
import { ScorePoller } from './espn/poller.ts';
import { scoresEndWords, scoresOutageWords } from './espn/session-words.ts';
import type { Beat, BeatingSource, Followings, Need, SourceItem } from './frame-source.ts';
import { protocolOf, type VenueKeys } from './protocols.ts';
import { type Patience, QUICK } from './session/backoff.ts';
import { ConnectGate } from './session/connect-gate.ts';
import type { Feeder } from './session/feeder.ts';
import type { QueuedItem } from './session/item-queue.ts';
import { LiveSource } from './session/live-source.ts';
import { endWords, outageWords } from './session/outage-words.ts';
import type { HostStats } from './session/rest-lane.ts';
import { RestPacer } from './session/rest-pacer.ts';
import type { Outage, SessionStatus } from './session/session-status.ts';
import type { Timers } from './session/timers.ts';
import type { Transport } from './session/transport.ts';
import { VenueSession } from './session/venue-session.ts';
import { venueOfWire } from './wire.ts';

export interface LiveFeedOptions {
  readonly access: RawVenues;
  readonly keys: VenueKeys;
  /** Followed from the beginning. Their venues are in `access`. */
  readonly ids: readonly InstrumentId[];
  /** Leagues whose scores are asked for. */
  readonly leagues: readonly League[];
  /** Venues to be ready for although nothing of them is followed yet. */
  readonly venues: readonly VenueId[];
  readonly windowMs: number;
  /** Between attempts to connect; {@link QUICK} unless told. */
  readonly reconnect?: Patience;
  /** An outage of a venue that lasts for so long is told; a minute unless set. */
  readonly outageMs?: number;
  /** Where scores are asked for instead of their own host: `http://127.0.0.1:8080`. */
  readonly scoresHost?: string;
  readonly transport: Transport;
  readonly timers: Timers;
  /** Shared with whoever else of the process asks the venues' hosts; one of its own where nobody does. */
  readonly pacer?: RestPacer;
  /** In [0, 1): spreads waits. */
  readonly random: () => number;
  /** Told what a person may want to read, a venue's words shortened. */
  note(venue: string, detail: string): void;
}

/** The venues' own streams as one source, with the health of each connection. */
export class LiveFeed implements BeatingSource {
  readonly name: string;
  private readonly source: LiveSource;
  private readonly sessions: readonly VenueSession[];
  private readonly scores: ScorePoller | undefined;
  private readonly pacer: RestPacer;

  constructor(options: LiveFeedOptions) {
    const { access, keys, ids, venues, timers, transport, random, windowMs } = options;
    const { reconnect = QUICK, outageMs } = options;
    const { pacer = new RestPacer({ transport, timers, random }) } = options;
    this.pacer = pacer;
    const gate = new ConnectGate(timers);
    const wanted = VENUES.filter(
      (venue) => venues.includes(venue) || ids.some((id) => venueOf(id) === venue),
    );
    this.sessions = wanted.flatMap((venue) => {
      const protocol = protocolOf(venue, access, keys);
      if (protocol === undefined) return [];
      const symbols = ids.filter((id) => venueOf(id) === venue).map(symbolOf);
      const events = {
        disconnected: (outage: Outage) => this.tell(outage, 'begun', outageWords(outage)),
        reconnected: (outage: Outage, idleBecause: string | null) =>
          this.tell(outage, 'over', endWords(outage, idleBecause)),
        note: (detail: string) => options.note(protocol.name, detail),
      };
      const common = { transport, timers, pacer, gate, random, reconnect, events };
      const told = outageMs === undefined ? common : { ...common, outageMs };
      return [new VenueSession({ ...told, protocol, symbols })];
    });
    this.name = `live: ${this.sessions.map((one) => one.name).join('; ')}`;
    this.scores = options.leagues.length === 0 ? undefined : this.scorePoller(options);
    const feeders: readonly Feeder[] =
      this.scores === undefined ? this.sessions : [...this.sessions, this.scores];
    this.source = new LiveSource({ name: this.name, feeders, timers, windowMs });
  }

  frames(signal: AbortSignal): AsyncIterable<SourceItem | Beat> {
    return this.source.frames(signal);
  }

  /** Runs without a queue, for a simulation: each item is taken before anything else happens. */
  start(take: (item: QueuedItem) => void): void {
    this.source.start({
      take,
      fail: (error) => {
        throw error;
      },
    });
  }

  stop(): void {
    this.source.stop();
  }

  need(need: Need): boolean {
    return this.source.need(need);
  }

  connections(): readonly SessionStatus[] {
    return [...this.sessions, ...(this.scores === undefined ? [] : [this.scores])].map((one) => one.status());
  }

  hosts(): readonly HostStats[] {
    return this.pacer.stats();
  }

  follow({ follow, unfollow, detail }: Followings): readonly InstrumentId[] {
    const strangers = new Set(follow);
    for (const { wire } of this.sessions) {
      const of = (ids: readonly InstrumentId[]): readonly InstrumentId[] =>
        ids.filter((id) => venueOf(id) === venueOfWire(wire));
      const [more, less] = [of(follow), of(unfollow)];
      for (const id of more) strangers.delete(id);
      if (more.length + less.length === 0) continue;
      this.source.change(wire, { follow: more.map(symbolOf), unfollow: less.map(symbolOf), detail });
    }
    return [...strangers];
  }

  private scorePoller(options: LiveFeedOptions): ScorePoller {
    const { leagues, transport, timers, random, note, scoresHost: host } = options;
    const events = {
      note: (detail: string) => note('ESPN scores', detail),
      disconnected: (outage: Outage) => this.tell(outage, 'begun', scoresOutageWords(outage, host)),
      reconnected: (outage: Outage, idleBecause: string | null) =>
        this.tell(outage, 'over', scoresEndWords(outage, host, idleBecause)),
    };
    return new ScorePoller({
      leagues,
      transport,
      timers,
      random,
      events,
      ...(host !== undefined && { host }),
    });
  }

  private tell({ wire }: Outage, outage: 'begun' | 'over', detail: string): void {
    this.source.tell((receivedAt) => ({ wire, receivedAt, outage, detail }));
  }
}
