import type { EpochMs } from '../../../core/time.ts';
import { type FrameAsker, failureOf } from './frame-asker.ts';
import { short } from './http-words.ts';
import type { FrameRequest, VenueProtocol } from './protocol.ts';
import type { SocketLine } from './socket-line.ts';

export interface WitnessPorts {
  readonly protocol: VenueProtocol;
  readonly asker: FrameAsker;
  note(detail: string): void;
}

/** What is asked about one line. */
interface Asking {
  /** Symbols whose picture is on its way: it is enough. */
  readonly symbols: Set<string>;
  readonly cancels: Set<() => void>;
  roundAt: EpochMs | null;
}

/** Asks for pictures that a reader compares with books which nothing in the stream proves. */
export class WitnessRounds {
  private readonly ports: WitnessPorts;
  private readonly lines = new Map<SocketLine, Asking>();

  constructor(ports: WitnessPorts) {
    this.ports = ports;
  }

  /** Asks about some symbols of a line; false where the venue offers no such pictures. */
  ask(line: SocketLine, symbols: readonly string[]): boolean {
    const asking = this.askingOf(line);
    const fresh = symbols.filter((symbol) => !asking.symbols.has(symbol));
    const requests = line.witness(fresh);
    if (requests === undefined) return false;
    if (fresh.length === 0) return true;
    for (const request of requests)
      this.send(line, asking, request, request.symbols.length === 0 ? fresh : request.symbols);
    return true;
  }

  /** Asks about all symbols of each line whose turn has come. */
  look(now: EpochMs, lines: readonly SocketLine[]): void {
    const everyMs = this.ports.protocol.witnessEveryMs;
    if (everyMs === undefined) return;
    for (const line of lines) {
      const asking = this.askingOf(line);
      if (!line.isOpen || line.openMs(now) < everyMs || now - (asking.roundAt ?? 0) < everyMs) continue;
      asking.roundAt = now;
      this.ask(line, line.symbols);
    }
  }

  /** The line has ended: its answers belong to nobody. */
  forget(line: SocketLine): void {
    for (const cancel of this.lines.get(line)?.cancels ?? []) cancel();
    this.lines.delete(line);
  }

  private askingOf(line: SocketLine): Asking {
    const known = this.lines.get(line);
    if (known !== undefined) return known;
    const asking: Asking = { symbols: new Set(), cancels: new Set(), roundAt: null };
    this.lines.set(line, asking);
    return asking;
  }

  private send(line: SocketLine, asking: Asking, one: FrameRequest, symbols: readonly string[]): void {
    for (const symbol of symbols) asking.symbols.add(symbol);
    const cancel = this.ports.asker.ask(one, 'poll', line.id, (result) => {
      asking.cancels.delete(cancel);
      for (const symbol of symbols) asking.symbols.delete(symbol);
      const failure = failureOf(result, one.request.url);
      if (failure !== null) this.ports.note(`no witness of ${short(symbols.join(', '))}: ${failure}`);
    });
    asking.cancels.add(cancel);
  }
}
