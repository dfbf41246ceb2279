import { SECOND_MS } from '../../../core/time.ts';
import { Backoff, REFUSED } from './backoff.ts';
import { type FrameAsker, failureOf } from './frame-asker.ts';
import { short } from './http-words.ts';
import type { FrameRequest } from './protocol.ts';
import type { SocketLine } from './socket-line.ts';
import type { Timers } from './timers.ts';

/** Books that were doubted by one event are asked for together. */
const GATHER_MS = 50;
/** A picture that comes over the socket is not recognised here; nobody asks for another one before this time. */
const STREAM_MS = 5 * SECOND_MS;

export interface SnapshotPorts {
  readonly timers: Timers;
  readonly random: () => number;
  readonly asker: FrameAsker;
  note(detail: string): void;
}

/** A picture on its way, or to be asked for again without being told. */
interface Coming {
  readonly why: string;
  /** By the socket, where it is not recognised. */
  readonly isStreamed: boolean;
  /** Requests without an answer. */
  left: number;
  /** One of them failed. */
  hasFailed: boolean;
}

/** What is asked for on one line, by symbol. */
interface Asking {
  /** With the reason. */
  readonly gathered: Map<string, string>;
  readonly coming: Map<string, Coming>;
  /** Doubted anew since it was asked for, with the reason: what comes may be older than that. */
  readonly again: Map<string, string>;
  /** Between the tries of a symbol, whatever the reason: a refusal may be over as well. */
  readonly backoffs: Map<string, Backoff>;
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
    const asking = this.askingOf(line);
    const { gathered, again } = asking;
    const coming = asking.coming.get(symbol);
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
      coming: new Map(),
      again: new Map(),
      backoffs: new Map(),
      cancels: new Set(),
    };
    this.lines.set(line, asking);
    return asking;
  }

  private flush(line: SocketLine, asking: Asking): void {
    const gathered = [...asking.gathered].filter(([symbol]) => line.carries(symbol));
    const symbols = gathered.map(([symbol]) => symbol);
    asking.gathered.clear();
    if (symbols.length === 0) return;
    const { outgoing, requests } = line.snapshot(symbols);
    const covered = requests.map((request) => coveredBy(request, symbols));
    for (const [symbol, why] of gathered) {
      const left = covered.filter((some) => some.includes(symbol)).length;
      asking.coming.set(symbol, { why, isStreamed: left === 0, left, hasFailed: false });
    }
    this.asked += symbols.length;
    line.send(outgoing);
    for (const [n, request] of requests.entries()) this.ask(line, asking, request, covered[n] ?? []);
    const byStream = symbols.filter((symbol) => asking.coming.get(symbol)?.isStreamed);
    if (byStream.length > 0) this.later(asking, STREAM_MS, () => this.release(line, asking, byStream));
  }

  private ask(line: SocketLine, asking: Asking, one: FrameRequest, symbols: readonly string[]): void {
    const cancel = this.ports.asker.ask(one, 'snapshot', line.id, (result) => {
      asking.cancels.delete(cancel);
      const failure = failureOf(result, one.request.url);
      this.answered(line, asking, symbols, failure !== null);
      if (failure !== null) this.ports.note(`no snapshot of ${short(symbols.join(', '))}: ${failure}`);
    });
    asking.cancels.add(cancel);
  }

  private answered(line: SocketLine, asking: Asking, symbols: readonly string[], hasFailed: boolean): void {
    for (const symbol of symbols) {
      const coming = asking.coming.get(symbol);
      if (coming === undefined) continue;
      coming.left -= 1;
      coming.hasFailed ||= hasFailed;
      if (coming.left > 0) continue;
      if (coming.hasFailed) this.askAgain(line, asking, symbol, coming.why);
      else {
        asking.backoffs.delete(symbol);
        this.release(line, asking, [symbol]);
      }
    }
  }

  /** The reader asked once and waits: that it failed is not its business. */
  private askAgain(line: SocketLine, asking: Asking, symbol: string, why: string): void {
    this.failed += 1;
    if (!asking.again.has(symbol)) asking.again.set(symbol, why);
    const backoff = asking.backoffs.get(symbol) ?? new Backoff(REFUSED, this.ports.random);
    asking.backoffs.set(symbol, backoff);
    this.later(asking, backoff.nextMs(), () => this.release(line, asking, [symbol]));
  }

  private release(line: SocketLine, asking: Asking, symbols: readonly string[]): void {
    for (const symbol of symbols) {
      asking.coming.delete(symbol);
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
