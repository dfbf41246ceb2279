import type { FaultBoard, FaultHooks } from './fault-board.ts';
import { type Fault, isAbout } from './faults.ts';
import type { SimConnection } from './sim-connection.ts';
import type { SimDialect, VenueDesk } from './sim-dialect.ts';
import type { SimMarket } from './sim-market.ts';

/** What faults do to a venue's connections and markets when they begin and when they end. */
export class FaultEffects implements FaultHooks {
  private readonly desk: VenueDesk;
  private readonly dialect: SimDialect;
  /** Connections that a fault will end, or release, when it ends. */
  private readonly stricken = new Map<Fault, readonly SimConnection[]>();
  private readonly storms = new Map<Fault, () => void>();

  constructor(desk: VenueDesk, dialect: SimDialect) {
    this.desk = desk;
    this.dialect = dialect;
  }

  began(fault: Fault): void {
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
      case 'clock_skew':
        this.faults.strike(fault);
        return;
      case 'ids_back':
        this.restartIds(fault);
        return;
      default:
    }
  }

  ended(fault: Fault): void {
    const stricken = this.stricken.get(fault) ?? [];
    this.stricken.delete(fault);
    if (fault.kind === 'freeze') for (const connection of stricken) connection.hold(false);
    if (fault.kind === 'shutdown') for (const connection of stricken) connection.cut();
    if (fault.kind === 'paused') this.pause(fault, false);
    this.storms.get(fault)?.();
    this.storms.delete(fault);
  }

  stop(): void {
    for (const cancel of this.storms.values()) cancel();
    this.storms.clear();
  }

  private get faults(): FaultBoard {
    return this.desk.faults;
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
    this.storms.set(
      fault,
      this.desk.timers.after(everyMs, () => this.storm(fault, everyMs)),
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

  private restartIds(fault: Fault): void {
    if (this.dialect.restartIds === undefined) return;
    this.faults.strike(fault);
    this.dialect.restartIds(this.marketsOf(fault));
  }

  private connectionsOf({ connection: n }: Fault): readonly SimConnection[] {
    return [...this.desk.connections()].filter((connection) => n === undefined || connection.n === n);
  }

  private marketsOf(fault: Fault): readonly SimMarket[] {
    return this.desk.floor.markets.filter(({ symbol }) => isAbout(fault, symbol));
  }
}
