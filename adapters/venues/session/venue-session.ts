import { type EpochMs, epochMs, MINUTE_MS, SECOND_MS } from '../../../core/time.ts';
import { type Need, POLL } from '../frame-source.ts';
import type { WireId } from '../wire.ts';
import { type Patience, QUICK } from './backoff.ts';
import { CandleAsker } from './candle-asker.ts';
import type { ConnectGate } from './connect-gate.ts';
import type { Feeder, FeedSink, Following } from './feeder.ts';
import { type Down, Fleet } from './fleet.ts';
import { FrameAsker } from './frame-asker.ts';
import { short } from './http-words.ts';
import { ListingWatch } from './listing-watch.ts';
import { NoteFilter } from './note-filter.ts';
import { OutageWatch } from './outage-watch.ts';
import type { VenueProtocol } from './protocol.ts';
import type { RestPacer } from './rest-pacer.ts';
import { RestPoller } from './rest-poller.ts';
import {
  channelsOf,
  later,
  noSessionCounts,
  type SessionEvents,
  type SessionStatus,
} from './session-status.ts';
import { SnapshotAsker } from './snapshot-asker.ts';
import type { LineNews, SocketLine } from './socket-line.ts';
import type { Timers } from './timers.ts';
import type { Transport } from './transport.ts';
import { VenueHours } from './venue-hours.ts';
import { WitnessRounds } from './witness-rounds.ts';

export interface SessionOptions {
  readonly protocol: VenueProtocol;
  /** The venue's symbols to follow from the beginning. */
  readonly symbols: readonly string[];
  readonly transport: Transport;
  readonly timers: Timers;
  /** One for all sessions of the process: hosts limit by address. */
  readonly pacer: RestPacer;
  /** One for all sessions of the process, too. */
  readonly gate: ConnectGate;
  /** In [0, 1): spreads waits. A seeded one makes the session the same each time. */
  readonly random: () => number;
  /** Between attempts to connect; {@link QUICK} unless told. */
  readonly reconnect?: Patience;
  /** An outage that lasts for so long is told; a minute unless set. */
  readonly outageMs?: number;
  readonly events?: SessionEvents;
}

const SWEEP_MS = SECOND_MS;
/** A symbol that stays mute costs its neighbors one reconnect in this time. */
const MUTE_RECONNECT_MS = 30 * MINUTE_MS;
/** A symbol that the socket refused for good is offered to it again no sooner than this. */
const BAN_MS_MIN = 10 * MINUTE_MS;
/** Without sockets: three polls without an answer are an outage, and no time shorter than this. */
const POLL_SILENCE_MS = 15 * SECOND_MS;
const DEAF: FeedSink = { take: () => undefined, stamp: () => epochMs(0) };

type Standing = Pick<SessionStatus, 'connected' | 'since' | 'idleBecause'>;

/** Keeps one venue's symbols coming: listed, connected, watched, and polled where no socket can be had. */
export class VenueSession implements Feeder {
  readonly wire: WireId;
  readonly name: string;
  private readonly options: SessionOptions;
  private readonly counts = noSessionCounts();
  private readonly followed: Set<string>;
  /** Refused by the socket for good, until it is offered to it again. */
  private readonly banned = new Map<string, string>();
  /** When a reconnect was last tried for a symbol that does not speak. */
  private readonly mutes = new Map<string, EpochMs>();
  private readonly notes = new NoteFilter();
  private readonly alarms = new Set<() => void>();
  private readonly listings: ListingWatch;
  private readonly snapshots: SnapshotAsker;
  private readonly witnesses: WitnessRounds;
  private readonly poller: RestPoller;
  private readonly candles: CandleAsker;
  private readonly hours: VenueHours;
  private readonly outages: OutageWatch;
  private readonly fleet: Fleet;
  private out: FeedSink = DEAF;
  private isRunning = false;
  private connections = 0;
  private standing: Standing = { connected: false, since: epochMs(0), idleBecause: null };

  constructor(options: SessionOptions) {
    const { protocol, timers, random, pacer, events } = options;
    this.options = options;
    this.wire = protocol.wire;
    this.name = protocol.name;
    this.followed = new Set(options.symbols);
    const sink: FeedSink = { take: (item) => this.out.take(item), stamp: () => this.out.stamp() };
    const asker = new FrameAsker(protocol, pacer, sink);
    const ports = {
      protocol,
      timers,
      random,
      pacer,
      sink,
      asker,
      note: (detail: string) => this.note(detail),
    };
    this.snapshots = new SnapshotAsker(ports);
    this.witnesses = new WitnessRounds(ports);
    this.poller = new RestPoller(ports);
    this.candles = new CandleAsker(ports);
    this.hours = new VenueHours({ ...ports, changed: () => this.openOrClose() });
    this.listings = new ListingWatch({
      ...ports,
      discovery: protocol.discovery,
      changed: () => this.share(),
    });
    this.outages = new OutageWatch(events ?? {}, options.outageMs);
    this.fleet = new Fleet({
      ...options,
      reconnect: options.reconnect ?? QUICK,
      sink,
      counts: this.counts,
      news: this.lineNews(),
      nextId: () => `${this.wire}/${++this.connections}`,
      isTrading: () => this.hours.closedBecause === null,
      ended: (line) => {
        this.snapshots.forget(line);
        this.witnesses.forget(line);
        this.in(0, () => this.judge());
      },
    });
  }

  start(sink: FeedSink): void {
    const now = this.options.timers.now();
    this.out = sink;
    this.isRunning = true;
    const idleBecause = this.idleBecause();
    this.standing = { connected: idleBecause === null ? false : null, since: now, idleBecause };
    this.hours.start();
    this.listings.start([...this.followed]);
    this.sweepEvery();
  }

  stop(): void {
    this.out = DEAF;
    this.isRunning = false;
    this.hours.stop();
    this.listings.stop();
    this.poller.stop();
    this.candles.stop();
    this.fleet.stop('the feed stops');
    for (const cancel of this.alarms) cancel();
    this.alarms.clear();
  }

  need({ wire, kind, connection, symbol, why, candles }: Need): boolean {
    if (wire !== this.wire) return false;
    if (kind === 'candles') return candles !== undefined && this.candles.need(symbol, candles);
    // The next round brings it in any case.
    if (connection === POLL) return true;
    const lines = this.fleet.lines();
    const line =
      connection === undefined ? lines.find((one) => one.carries(symbol)) : byId(lines, connection);
    if (line === undefined) return false;
    if (kind === 'snapshot') this.snapshots.need(line, symbol, why);
    // Not at once: the reader that says so is at work on a frame of this line.
    else this.in(0, () => line.abandon(`the reader cannot trust it: ${why}`));
    return true;
  }

  follow({ follow, unfollow, detail }: Following): void {
    const removed = unfollow.filter((symbol) => this.followed.delete(symbol));
    const added = follow.filter((symbol) => !this.followed.has(symbol) && this.followed.add(symbol));
    if (!this.isRunning || added.length + removed.length === 0) return;
    for (const symbol of removed) {
      this.banned.delete(symbol);
      this.mutes.delete(symbol);
    }
    const receivedAt = this.out.stamp();
    this.out.take({ wire: this.wire, receivedAt, follow: added, unfollow: removed, detail });
    this.listings.unfollow(removed);
    this.candles.unfollow(removed);
    if (added.length > 0) this.listings.follow(added);
    this.share();
  }

  interrupt(why: string): void {
    for (const line of this.fleet.lines()) line.abandon(why);
    this.listings.lookAgain();
  }

  status(): SessionStatus {
    const { wire, name, counts, standing, poller, snapshots } = this;
    const lines = this.fleet.lines().map((line) => line.status());
    const banned = [...this.banned].map(([symbol, why]) => ({ symbol, why }));
    return {
      wire,
      name,
      ...standing,
      lastMessageAt: lines.reduce((last, one) => later(last, one.lastMessageAt), poller.answeredAt),
      reconnects: counts.reconnects,
      polling: poller.symbols,
      closedBecause: this.hours.closedBecause,
      trouble: this.trouble(),
      gaveUp: this.fleet.gaveUp,
      refused: [...this.listings.refused(), ...banned, ...lines.flatMap(({ refused }) => refused)],
      channels: channelsOf(lines),
      connections: lines,
      counts: {
        ...counts,
        snapshotsAsked: snapshots.asked,
        snapshotsFailed: snapshots.failed,
        pollRounds: poller.rounds,
        pollsFailed: poller.failed,
      },
    };
  }

  private lineNews(): LineNews {
    return {
      banned: (symbols, why) => this.ban(symbols, why),
      isWorthReconnecting: (symbols) => this.isWorthReconnecting(symbols),
      suspects: (line, symbols) => this.suspect(line, symbols),
    };
  }

  /** Its silence may be that of a quiet market or of a dead channel: a picture tells. */
  private suspect(line: SocketLine, symbols: readonly string[]): void {
    if (this.witnesses.ask(line, symbols)) return;
    for (const symbol of symbols) this.snapshots.need(line, symbol, 'it is silent for longer than usual');
  }

  /** Refused for good is until a later listing: by then it may be carried again. */
  private ban(symbols: readonly string[], why: string): void {
    for (const symbol of symbols) {
      this.banned.set(symbol, why);
      this.note(`${symbol} refused: ${why}`);
    }
    // Not at once: the line that says so is at work on a message.
    this.in(0, () => this.share());
    this.in(Math.max(BAN_MS_MIN, this.options.protocol.discovery.everyMs), () => {
      for (const symbol of symbols) this.banned.delete(symbol);
      this.share();
    });
  }

  private isWorthReconnecting(symbols: ReadonlySet<string>): boolean {
    const now = this.options.timers.now();
    const isNew = [...symbols].some((symbol) => {
      const at = this.mutes.get(symbol);
      return at === undefined || now - at >= MUTE_RECONNECT_MS;
    });
    if (isNew) for (const symbol of symbols) if (this.followed.has(symbol)) this.mutes.set(symbol, now);
    return isNew;
  }

  /** What may be subscribed goes to the connections. */
  private share(): void {
    if (this.options.protocol.hasSocket) this.fleet.carry(this.carried());
    this.judge();
  }

  private carried(): readonly string[] {
    return [...this.followed].filter((symbol) => this.listings.admits(symbol) && !this.banned.has(symbol));
  }

  private openOrClose(): void {
    if (this.hours.closedBecause === null) this.fleet.hurry();
    this.judge();
  }

  private sweepEvery(): void {
    this.in(SWEEP_MS, () => {
      const now = this.options.timers.now();
      this.hours.look(now);
      this.fleet.sweep(now);
      if (this.hours.closedBecause === null) this.witnesses.look(now, this.fleet.lines());
      this.judge();
      this.sweepEvery();
    });
  }

  /** Polls what has no connection, and tells how things are. */
  private judge(): void {
    const { timers, protocol } = this.options;
    const now = timers.now();
    this.poll();
    const down = this.down();
    const idleBecause = this.idleBecause();
    this.stand(now, idleBecause === null ? down === undefined && this.carriesAny : null, idleBecause);
    if (this.hours.closedBecause !== null) return;
    const { wire, name, poller } = this;
    const outage = protocol.hasSocket ? this.fleet.outage() : down;
    const isPolling = poller.symbols.length > 0;
    this.outages.look(now, outage && { wire, name, ...outage, isPolling }, down === undefined, idleBecause);
  }

  private stand(now: EpochMs, connected: boolean | null, idleBecause: string | null): void {
    const since = connected === this.standing.connected ? this.standing.since : now;
    this.standing = { connected, since, idleBecause };
  }

  private get carriesAny(): boolean {
    return this.options.protocol.hasSocket ? !this.fleet.isEmpty : this.poller.symbols.length > 0;
  }

  /** Contracts that have ended are listed no more: to wait for a connection would be to wait for ever. */
  private idleBecause(): string | null {
    if (this.followed.size === 0) return 'nothing is followed there';
    const isAnyListed = this.listings.refused().length < this.followed.size;
    return isAnyListed ? null : 'the venue lists none of what is followed there';
  }

  private poll(): void {
    if (!this.options.protocol.hasSocket) {
      this.poller.poll(this.carried(), 'there is no socket');
      return;
    }
    const down = this.fleet.uncarried();
    // A venue that is closed shows nothing new.
    const wanted = this.hours.closedBecause === null ? [...down, ...this.banned.keys()] : [];
    this.poller.poll(wanted, wanted.length > 0 ? 'no connection carries them' : 'connections carry all');
  }

  /** What keeps it from working as it should, in words. */
  private trouble(): string | null {
    const down = this.down();
    if (down !== undefined) return down.why;
    if (this.standing.connected === false) return this.listings.trouble;
    const mute = this.fleet.mute();
    return mute.length === 0 ? null : `connected, and no data of ${short(mute.join(', '))}: polled`;
  }

  private down(): Down | undefined {
    const { protocol, timers } = this.options;
    if (protocol.hasSocket) return this.fleet.down();
    const { answeredAt, since, symbols, why } = this.poller;
    if (since === null) return undefined;
    const patienceMs = Math.max(POLL_SILENCE_MS, 3 * protocol.pollEveryMs);
    const last = later(since, answeredAt) ?? since;
    return timers.now() - last <= patienceMs ? undefined : { since: last, symbols, why };
  }

  private note(detail: string): void {
    if (this.notes.isNews(detail, this.options.timers.now())) this.options.events?.note?.(detail);
  }

  private in(ms: number, run: () => void): void {
    const cancel = this.options.timers.after(ms, () => {
      this.alarms.delete(cancel);
      run();
    });
    this.alarms.add(cancel);
  }
}

const byId = (lines: readonly SocketLine[], id: string | undefined): SocketLine | undefined =>
  lines.find((line) => line.id === id);
