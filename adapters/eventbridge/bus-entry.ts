import type { DeckleEvent } from '../../core/events.ts';
import { EVENT_SOURCE, encodeEvent, type WireEvent } from './event-codec.ts';

/**
 * The largest event, and the largest request, in bytes. The bus takes 1 MB (since 2026-01); the rest is room for the
 * envelope that it wraps around the detail, and for either reading of MB.
 */
export const BYTES_MAX = 990_000;
/** Events that one request takes. */
const ENTRIES_MAX = 10;

/** An event ready to be sent. */
export interface BusEntry {
  readonly event: DeckleEvent;
  readonly wire: WireEvent;
  readonly bytes: number;
}

export function entryOf(event: DeckleEvent): BusEntry {
  const wire = encodeEvent(event);
  return { event, wire, bytes: bytesOf(wire) };
}

/** The entries in their order, in as few requests as the bus's limits allow. */
export function batchesOf(entries: readonly BusEntry[]): readonly (readonly BusEntry[])[] {
  const batches: BusEntry[][] = [];
  let batch: BusEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (batch.length === 0 || batch.length === ENTRIES_MAX || bytes + entry.bytes > BYTES_MAX) {
      batch = [];
      bytes = 0;
      batches.push(batch);
    }
    batch.push(entry);
    bytes += entry.bytes;
  }
  return batches;
}

/** As AWS counts an entry: source, type and detail in UTF-8, and 14 for a time. */
const bytesOf = ({ detailType, detail }: WireEvent): number =>
  Buffer.byteLength(EVENT_SOURCE) + Buffer.byteLength(detailType) + Buffer.byteLength(detail) + 14;
