import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { DeckleEvent } from '../../core/events.ts';
import type { Log } from '../../core/metrics.ts';
import type { Publisher } from '../../core/ports.ts';
import { EventTooLargeError } from '../eventbridge/event-bridge-publisher.ts';
import { encodeEvent } from '../eventbridge/event-codec.ts';
import { fromAttributes } from '../store/dynamodb-items.ts';
import type { Change } from '../store/item-store.ts';
import { StoreError } from '../store/item-store.ts';

/** What Lambda's stream mapping is told: the first record that must come again, with all that follow it. */
export interface BatchAnswer {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface RelayPorts {
  readonly newsOf: (change: Change) => readonly DeckleEvent[];
  readonly publisher: Publisher;
  readonly log: Log;
  readonly putAside: (id: string, reason: string, given: unknown) => Promise<void>;
}

/** Changes told at once: as many as one request to the bus takes in the usual case of one news each. */
const SLICE = 10;

/**
 * Records of the table's stream as news, in their order. A record that cannot be read is put aside and holds nobody up;
 * news that the bus does not take makes its record, and all after it, come again.
 * @throws the publisher's error when nothing of the batch was told: then all of it comes again.
 */
export async function relayRecords(input: unknown, ports: RelayPorts): Promise<BatchAnswer> {
  const records = recordsOf(input);
  for (let from = 0; from < records.length; from += SLICE) {
    const slice = records.slice(from, from + SLICE);
    try {
      const events: DeckleEvent[] = [];
      for (const record of slice) events.push(...(await readable(record, ports)));
      if (events.length > 0) await publish(events, ports);
    } catch (error) {
      // The publisher has tried what could be tried; the stream brings these records again.
      ports.log.warn('news not told', { error, from: slice[0]?.position, records: slice.length });
      if (from === 0) throw error;
      const itemIdentifier = slice[0]?.position ?? '';
      return { batchItemFailures: [{ itemIdentifier }] };
    }
  }
  return { batchItemFailures: [] };
}

async function readable(
  record: StreamRecord,
  { newsOf, putAside }: RelayPorts,
): Promise<readonly DeckleEvent[]> {
  try {
    const change = changeOf(record);
    return change ? newsOf(change) : [];
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    await putAside(`stream/${record.position}`, error.message, record.given);
    return [];
  }
}

async function publish(events: readonly DeckleEvent[], { publisher, putAside }: RelayPorts): Promise<void> {
  try {
    await publisher.publish(events);
  } catch (error) {
    if (!(error instanceof EventTooLargeError)) throw error;
    for (const event of error.events) await putAside(event.id, error.message, encodeEvent(event).detail);
  }
}

interface StreamRecord {
  readonly position: string;
  readonly before: Record<string, AttributeValue> | undefined;
  readonly after: Record<string, AttributeValue> | undefined;
  readonly given: unknown;
}

function recordsOf(input: unknown): readonly StreamRecord[] {
  const records = fieldOf(input, 'Records');
  if (!Array.isArray(records)) throw new Error('the stream gave no list of Records');
  return records.map((given: unknown) => {
    const change = fieldOf(given, 'dynamodb');
    return {
      position: String(fieldOf(change, 'SequenceNumber') ?? ''),
      before: imageOf(change, 'OldImage'),
      after: imageOf(change, 'NewImage'),
      given,
    };
  });
}

function changeOf({ position, before, after }: StreamRecord): Change | undefined {
  const [old, young] = [before && fromAttributes(before), after && fromAttributes(after)];
  const item = young ?? old;
  return item && { position, key: { pk: item.pk, sk: item.sk }, before: old, after: young };
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

/** A stream's image; the service wrote it, so its notation is not checked again. */
const imageOf = (change: unknown, name: string): Record<string, AttributeValue> | undefined =>
  fieldOf(change, name) as Record<string, AttributeValue> | undefined;
