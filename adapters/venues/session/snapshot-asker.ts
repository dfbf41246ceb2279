import { SECOND_MS } from '../../../core/time.ts';
import { type FrameAsker, failureOf } from './frame-asker.ts';
import type { FrameRequest } from './protocol.ts';
import type { SocketLine } from './socket-line.ts';
import type { Timers } from './timers.ts';

/** Books that were doubted by one event are asked for together. */
const GATHER_MS = 50;
/** A picture that comes over the socket is not recognised here; nobody asks for another one before this time. */
const STREAM_MS = 5 * SECOND_MS;
/** After all tries failed, between half and all of it. */
const AGAIN_MS = 30 * SECOND_MS;

export interface SnapshotPorts {
  readonly timers: Timers;
  readonly random: () => number;
  readonly asker: FrameAsker;
  note(detail: string): void;
}

/** What is asked for on one line, each symbol with the reason. */
interface Asking {
  readonly gathered: Map<string, string>;
  /** On its way, or to be asked for again without being told. */
  readonly underWay: Map<string, { readonly why: string; readonly isStreamed: boolean }>;
  /** Doubted anew since it was asked for: what comes may be older than that. */
  readonly again: Map<string, string>;
  readonly cancels: Set<() => void>;
}

/** Fresh pictures for the books of a line: at most one on its way for each symbol, and one for each doubt. */
export class SnapshotAsker {
  private readonly ports: SnapshotPorts;
  private readonly lines = new Map<SocketLine, Asking>();
  asked = 0;
  failed = 0;

  constructor(ports: SnapshotPorts) {
    this.ports = ports;
  }

  /** Asks for it soon. The same reason as that of a picture on its way is the same doubt. */
  need(line: SocketLine, symbol: string, why: string): void {
    if (!line.isOpen) return;
    const asking = this.askingOf(line);
    const { gathered, underWay, again } = asking;
    const coming = underWay.get(symbol);
    if (coming !== undefined) {
      if (coming.isStreamed || coming.why !== why) again.set(symbol, why);
      return;
    }
    if (gathered.size === 0) this.later(asking, GATHER_MS, () => this.flush(line, asking));
    gathered.set(symbol, why);
  }

  /** The line has ended: its answers belong to nobody. */
  forget(line: SocketLine): void {
    const asking = this.lines.get(line);
    this.lines.delete(line);
    for (const cancel of asking?.cancels ?? []) cancel();
  }

  private askingOf(line: SocketLine): Asking {
    const known = this.lines.get(line);
    if (known !== undefined) return known;
    const asking: Asking = {
      gathered: new Map(),
      underWay: new Map(),
      again: new Map(),
      cancels: new Set(),
    };
    this.lines.set(line, asking);
    return asking;
  }

  private flush(line: SocketLine, asking: Asking): void {
    const { gathered, underWay } = asking;
    const whys = [...gathered].filter(([symbol]) => line.carries(symbol));
    const symbols = whys.map(([symbol]) => symbol);
    gathered.clear();
    if (symbols.length === 0) return;
    const { outgoing, requests } = line.snapshot(symbols);
    const byRest = new Set(requests.flatMap((request) => coveredBy(request, symbols)));
    const byStream = symbols.filter((symbol) => !byRest.has(symbol));
    this.asked += symbols.length;
    for (const [symbol, why] of whys) underWay.set(symbol, { why, isStreamed: !byRest.has(symbol) });
    line.send(outgoing);
    for (const request of requests) this.ask(line, asking, request, coveredBy(request, symbols));
    if (byStream.length > 0) this.later(asking, STREAM_MS, () => this.release(line, asking, byStream));
  }

  private ask(line: SocketLine, asking: Asking, one: FrameRequest, symbols: readonly string[]): void {
    const cancel = this.ports.asker.ask(one, 'snapshot', line.id, (result) => {
      asking.cancels.delete(cancel);
      const failure = failureOf(result, one.request.url);
      if (failure === null) this.release(line, asking, symbols);
      else this.askAgain(line, asking, symbols, failure);
    });
    asking.cancels.add(cancel);
  }

  /** The reader asked once and waits: that it failed is not its business. */
  private askAgain(line: SocketLine, asking: Asking, symbols: readonly string[], failure: string): void {
    this.failed += symbols.length;
    this.ports.note(`no snapshot of ${symbols.join(', ')}: ${failure}`);
    for (const symbol of symbols)
      asking.again.set(symbol, asking.again.get(symbol) ?? asking.underWay.get(symbol)?.why ?? '');
    const waitMs = Math.ceil((AGAIN_MS * (1 + this.ports.random())) / 2);
    this.later(asking, waitMs, () => this.release(line, asking, symbols));
  }

  private release(line: SocketLine, asking: Asking, symbols: readonly string[]): void {
    for (const symbol of symbols) {
      asking.underWay.delete(symbol);
      const why = asking.again.get(symbol);
      asking.again.delete(symbol);
      if (why !== undefined) this.need(line, symbol, why);
    }
  }

  private later(asking: Asking, ms: number, run: () => void): void {
    const cancel = this.ports.timers.after(ms, () => {
      asking.cancels.delete(cancel);
      run();
    });
    asking.cancels.add(cancel);
  }
}

const coveredBy = ({ symbols }: FrameRequest, asked: readonly string[]): readonly string[] =>
  symbols.length === 0 ? asked : asked.filter((symbol) => symbols.includes(symbol));
