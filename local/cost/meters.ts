import { EVENT_SOURCE, encodeEvent } from '../../adapters/eventbridge/event-codec.ts';
import { encodeBlock } from '../../adapters/window-log/log-block.ts';
import type { WindowLog } from '../../adapters/window-log/window-log.ts';
import { formatUnits } from '../../core/amounts.ts';
import type { DeckleEvent, EventType } from '../../core/events.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import type { Log } from '../../core/metrics.ts';
import { beatAt, MINUTE_MS } from '../../core/time.ts';

/** EventBridge bills an event by 64 KiB, each begun one in full. */
export const CHUNK_BYTES = 65_536;

export interface EventUse {
  readonly count: number;
  readonly chunks: number;
  readonly bytes: number;
  readonly bytesMax: number;
}

/** Bytes of an event as EventBridge counts them: source, type and detail in UTF-8. */
export function eventBytes(event: DeckleEvent): number {
  const { detailType, detail } = encodeEvent(event);
  return Buffer.byteLength(EVENT_SOURCE) + Buffer.byteLength(detailType) + Buffer.byteLength(detail);
}

/** Counts events in the form in which the bus would carry them. */
export class EventMeter {
  readonly #use = new Map<EventType, EventUse>();

  get use(): ReadonlyMap<EventType, EventUse> {
    return new Map(this.#use);
  }

  count(event: DeckleEvent): void {
    const size = eventBytes(event);
    const { count, chunks, bytes, bytesMax } = this.#use.get(event.type) ?? NONE;
    this.#use.set(event.type, {
      count: count + 1,
      chunks: chunks + Math.ceil(size / CHUNK_BYTES),
      bytes: bytes + size,
      bytesMax: Math.max(bytesMax, size),
    });
  }
}

const NONE: EventUse = { count: 0, chunks: 0, bytes: 0, bytesMax: 0 };

/** The window log of the cloud: one object a minute. */
export class WindowLogMeter implements WindowLog {
  #block: MarketWindow[] = [];
  #bytes = 0;
  #instruments = 0;

  get bytes(): number {
    return this.#bytes;
  }

  /** The most that a window showed. */
  get instruments(): number {
    return this.#instruments;
  }

  async append(window: MarketWindow): Promise<void> {
    const first = this.#block[0];
    if (first && beatAt(first.closedAt, MINUTE_MS) !== beatAt(window.closedAt, MINUTE_MS)) this.#write();
    this.#block.push(window);
    this.#instruments = Math.max(this.#instruments, window.instruments.length);
  }

  async close(): Promise<void> {
    this.#write();
  }

  #write(): void {
    if (this.#block.length > 0) this.#bytes += encodeBlock(this.#block).length;
    this.#block = [];
  }
}

/** Level, time, function and request id of a line, and what CloudWatch adds to each. */
const LINE_BYTES = 250;

/** Counts log lines as the functions would write them; the feed's go to the container's log. */
export class LogMeter {
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  of(part: string): Log {
    const line = (event: string, fields: Readonly<Record<string, unknown>> = {}): void => {
      if (part !== 'feeds')
        this.#bytes += LINE_BYTES + Buffer.byteLength(event + JSON.stringify(fields, asText));
    };
    return { info: line, warn: line, error: line };
  }
}

const asText = (_name: string, value: unknown): unknown =>
  typeof value === 'bigint' ? formatUnits(value) : value;
