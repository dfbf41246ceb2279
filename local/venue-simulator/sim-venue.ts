import type { Timers } from '../../adapters/venues/session/timers.ts';
import { type EpochMs, epochMs } from '../../core/time.ts';
import { SeededRandom } from '../demo-market/random.ts';
import { FaultBoard } from './fault-board.ts';
import { FaultEffects } from './fault-effects.ts';
import type { Fault } from './faults.ts';
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
import type { SimListing } from './sim-market.ts';

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
const SCRIPTED = '{"code":0,"msg":"as the script wants it"}';
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
  private readonly desk: VenueDesk;
  private readonly effects: FaultEffects;

  constructor({ seed, timers, dialect, listings = [], floor, faults = [] }: SimVenueOptions) {
    this.timers = timers;
    this.floor = floor ?? new SimFloor({ seed, timers, listings });
    const random = new SeededRandom(seed, 'venue');
    this.faults = new FaultBoard({
      faults,
      timers,
      random: new SeededRandom(seed, 'faults'),
      hooks: {
        began: (fault) => this.effects.began(fault),
        ended: (fault) => this.effects.ended(fault),
      },
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
    this.effects = new FaultEffects(desk, this.dialect);
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
    return this.httpFault(request) ?? this.dialect.answer(request);
  }

  stop(): void {
    this.faults.stop();
    this.effects.stop();
    this.floor.stop();
    for (const cancel of this.alarms.values()) cancel();
    this.alarms.clear();
    for (const connection of this.open) connection.close(GOING_AWAY, 'the venue stops');
  }

  private refusal(): SimRefusal | null {
    const fault = this.faults.find('region') ?? this.faults.find('upgrade');
    if (fault === undefined) return null;
    this.faults.strike(fault);
    if (fault.kind === 'region') return notHere();
    return fault.status === 'hang' ? 'hang' : json(SCRIPTED, fault.status);
  }

  private httpFault({ url }: SimRequest): SimAnswer | null {
    const fault = this.faults.find('region') ?? this.faults.find('http_hang') ?? this.faults.find('http');
    if (fault === undefined) return null;
    if (fault.kind === 'http' && !url.href.includes(fault.path ?? '')) return null;
    this.faults.strike(fault);
    if (fault.kind === 'region') return notHere();
    if (fault.kind === 'http_hang') return { ...json(''), afterMs: Number.POSITIVE_INFINITY };
    const { status, retryAfterS } = fault;
    const headers = retryAfterS === undefined ? {} : { 'retry-after': `${retryAfterS}` };
    return json(SCRIPTED, status, headers);
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
}

const notHere = (): SimAnswer =>
  json('{"code":0,"msg":"Service unavailable from a restricted location."}', REGION);
