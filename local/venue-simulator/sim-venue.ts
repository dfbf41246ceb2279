import type { Timers } from '../../adapters/venues/session/timers.ts';
import { type EpochMs, epochMs } from '../../core/time.ts';
import { SeededRandom } from '../demo-market/random.ts';
import { FaultBoard } from './fault-board.ts';
import { type Fault, isAbout } from './faults.ts';
import { SimConnection } from './sim-connection.ts';
import {
  type DialectOf,
  json,
  type SimAnswer,
  type SimDialect,
  type SimPeer,
  type SimRefusal,
  type SimRequest,
  type SimUpgrade,
  type VenueDesk,
} from './sim-dialect.ts';
import { SimFloor } from './sim-floor.ts';
import type { SimListing, SimMarket } from './sim-market.ts';

export interface SimVenueOptions {
  readonly seed: number;
  readonly timers: Timers;
  readonly dialect: DialectOf;
  /** Its markets; or the floor that it shares with another venue. */
  readonly listings?: readonly SimListing[];
  readonly floor?: SimFloor;
  readonly faults?: readonly Fault[];
}

const REGION = 451;
/** Closing code of a server that goes. */
const GOING_AWAY = 1001;

/**
 * A simulated venue: markets that move, clients that connect, a dialect that says to them what happens, and faults by script.
 * It runs from the moment it is made, on the timers it is given, and does nothing else on its own.
 */
export class SimVenue {
  readonly floor: SimFloor;
  readonly dialect: SimDialect;
  readonly faults: FaultBoard;
  readonly timers: Timers;
  /** Connections accepted so far. */
  accepted = 0;
  private readonly open = new Set<SimConnection>();
  private readonly alarms = new Map<object, () => void>();
  /** Connections that a lasting fault will end, or release, when it ends. */
  private readonly stricken = new Map<Fault, readonly SimConnection[]>();
  private readonly desk: VenueDesk;

  constructor({ seed, timers, dialect, listings = [], floor, faults = [] }: SimVenueOptions) {
    this.timers = timers;
    this.floor = floor ?? new SimFloor({ seed, timers, listings });
    const random = new SeededRandom(seed, 'venue');
    this.faults = new FaultBoard({
      faults,
      timers,
      random: new SeededRandom(seed, 'faults'),
      hooks: { began: (fault) => this.began(fault), ended: (fault) => this.ended(fault) },
    });
    const desk: VenueDesk = {
      floor: this.floor,
      timers,
      faults: this.faults,
      random,
      now: () => this.now(),
      connections: () => this.open,
      every: (ms, run) => this.every(ms, run),
    };
    this.desk = desk;
    this.dialect = dialect(desk);
    this.floor.onMove((market) => this.dialect.moved(market));
  }

  /** The venue's own clock. */
  now(): EpochMs {
    return epochMs(this.timers.now() + this.faults.sumMs('clock_skew'));
  }

  connections(): readonly SimConnection[] {
    return [...this.open];
  }

  /** A client wants a socket: its connection, or why it gets none. */
  accept(peer: SimPeer, request: SimUpgrade): SimConnection | SimRefusal {
    const refusal = this.refusal() ?? this.dialect.admit(request);
    if (refusal !== null) return refusal;
    this.accepted += 1;
    return new SimConnection(this.accepted, request, peer, this.desk);
  }

  /** The client knows that it was accepted, so that the venue may speak. */
  opened(connection: SimConnection): void {
    this.open.add(connection);
    this.dialect.opened(connection);
  }

  /** The client said something. */
  message(connection: SimConnection, text: string): void {
    if (!connection.isOver) this.dialect.heard(connection, text);
  }

  pinged(connection: SimConnection): void {
    if (!connection.isOver) this.dialect.pinged?.(connection);
  }

  ponged(connection: SimConnection): void {
    if (!connection.isOver) this.dialect.ponged?.(connection);
  }

  /** The socket is over, whoever ended it. */
  closed(connection: SimConnection): void {
    if (!this.open.delete(connection)) return;
    connection.over();
    this.dialect.closed(connection);
  }

  http(request: SimRequest): SimAnswer {
    const place = request.url.href;
    if (this.faults.find('region') !== undefined) return notHere();
    if (this.faults.find('http_hang') !== undefined)
      return { ...json(''), afterMs: Number.POSITIVE_INFINITY };
    const fault = this.faults.find('http');
    if (fault === undefined || !place.includes(fault.path ?? '')) return this.dialect.answer(request);
    this.faults.strike(fault);
    const { status, retryAfterS } = fault;
    return json('{"code":-1003,"msg":"scripted"}', status, {
      ...(retryAfterS !== undefined && { 'retry-after': `${retryAfterS}` }),
    });
  }

  stop(): void {
    this.faults.stop();
    this.floor.stop();
    for (const cancel of this.alarms.values()) cancel();
    this.alarms.clear();
    for (const connection of this.open) connection.close(GOING_AWAY, 'the venue stops');
  }

  private refusal(): SimRefusal | null {
    if (this.faults.find('region') !== undefined) return notHere();
    const fault = this.faults.find('upgrade');
    if (fault === undefined) return null;
    this.faults.strike(fault);
    return fault.status === 'hang' ? 'hang' : json('{"msg":"scripted"}', fault.status);
  }

  private every(ms: number, run: () => void): void {
    const key = {};
    const next = (): void => {
      const now = this.timers.now();
      this.alarms.set(
        key,
        this.timers.after(ms - (now % ms), () => {
          next();
          run();
        }),
      );
    };
    next();
  }

  private began(fault: Fault): void {
    switch (fault.kind) {
      case 'freeze':
        this.mark(fault, (connection) => connection.hold(true));
        return;
      case 'shutdown':
        this.mark(fault, (connection) => this.dialect.announceShutdown?.(connection));
        return;
      case 'region':
        this.cut(fault);
        return;
      case 'close_storm':
        this.storm(fault, fault.everyMs);
        return;
      case 'paused':
        this.pause(fault, true);
        return;
      case 'ids_back':
        this.faults.strike(fault);
        this.dialect.restartIds?.(this.marketsOf(fault));
        return;
      default:
    }
  }

  private ended(fault: Fault): void {
    const stricken = this.stricken.get(fault) ?? [];
    this.stricken.delete(fault);
    if (fault.kind === 'freeze') for (const connection of stricken) connection.hold(false);
    if (fault.kind === 'shutdown') for (const connection of stricken) connection.cut();
    if (fault.kind === 'paused') this.pause(fault, false);
    this.alarms.get(fault)?.();
    this.alarms.delete(fault);
  }

  private mark(fault: Fault, strike: (connection: SimConnection) => void): void {
    const stricken = this.connectionsOf(fault);
    this.stricken.set(fault, stricken);
    for (const connection of stricken) {
      this.faults.strike(fault, connection.n);
      strike(connection);
    }
  }

  private cut(fault: Fault): void {
    for (const connection of this.connectionsOf(fault)) {
      this.faults.strike(fault, connection.n);
      connection.cut();
    }
  }

  private storm(fault: Fault, everyMs: number): void {
    this.cut(fault);
    this.alarms.set(
      fault,
      this.timers.after(everyMs, () => this.storm(fault, everyMs)),
    );
  }

  private pause(fault: Fault, isPaused: boolean): void {
    for (const market of this.marketsOf(fault)) {
      const isOpen = !isPaused && this.faults.find('paused', market.symbol) === undefined;
      if (market.isOpen === isOpen) continue;
      market.isOpen = isOpen;
      this.faults.strike(fault, 0, market.symbol);
      this.dialect.paused?.(market);
    }
  }

  private connectionsOf({ connection: n }: Fault): readonly SimConnection[] {
    return [...this.open].filter((connection) => n === undefined || connection.n === n);
  }

  private marketsOf(fault: Fault): readonly SimMarket[] {
    return this.floor.markets.filter(({ symbol }) => isAbout(fault, symbol));
  }
}

const notHere = (): SimAnswer =>
  json('{"code":0,"msg":"Service unavailable from a restricted location."}', REGION);
