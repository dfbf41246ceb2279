import type { Need } from '../frame-source.ts';
import { type FrameAsker, failureOf } from './frame-asker.ts';
import type { VenueProtocol } from './protocol.ts';

export interface CandlePorts {
  readonly protocol: VenueProtocol;
  readonly asker: FrameAsker;
  note(detail: string): void;
}

interface Asking {
  readonly symbol: string;
  readonly cancel: () => void;
}

/**
 * Asks the venue for its own bars when nothing more urgent is asked for; what it answers goes into the stream as frames of no
 * connection. The same question is not put twice at once.
 */
export class CandleAsker {
  private readonly ports: CandlePorts;
  /** By address. */
  private readonly underWay = new Map<string, Asking>();

  constructor(ports: CandlePorts) {
    this.ports = ports;
  }

  /** False when the venue has no such bars. What gets no answer is not asked again from here: whoever needs it does. */
  need(symbol: string, { interval, from, through }: NonNullable<Need['candles']>): boolean {
    const { protocol, asker, note } = this.ports;
    const one = protocol.klines?.(symbol, interval, from, through) ?? null;
    if (one === null) return false;
    const { url } = one.request;
    if (this.underWay.has(url)) return true;
    const cancel = asker.ask(one, 'discovery', undefined, (result) => {
      this.underWay.delete(url);
      const failure = failureOf(result, url);
      if (failure !== null) note(`no bars of ${interval} of ${symbol}: ${failure}`);
    });
    this.underWay.set(url, { symbol, cancel });
    return true;
  }

  /** Nobody waits for answers about these symbols any more. */
  unfollow(symbols: readonly string[]): void {
    this.cancel(({ symbol }) => symbols.includes(symbol));
  }

  stop(): void {
    this.cancel(() => true);
  }

  private cancel(isOver: (one: Asking) => boolean): void {
    for (const [url, one] of this.underWay)
      if (isOver(one)) {
        one.cancel();
        this.underWay.delete(url);
      }
  }
}
