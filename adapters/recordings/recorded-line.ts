import * as z from 'zod';
import type { VenueId } from '../../core/market/instrument.ts';
import type { Frame } from '../venues/frame-source.ts';
import { parseReceiveTime } from './receive-time.ts';

/** A file that is not a recording, or one that Deckle cannot replay; the message is written for a person. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

const recordedLine = z.object({
  unit: z.string(),
  venue: z.string(),
  channel: z.string(),
  raw: z.string(),
  url: z.string().optional(),
});

/** Recorders' names of venues that have a reader. */
const VENUES: ReadonlyMap<string, VenueId> = new Map([['binance-spot', 'binance']]);

/** The first unescaped key of that name; inside `raw` its quotes are escaped. */
const RECEIVED_AT = /"receivedAt"\s*:\s*([^,}\s]+)/;
/** The layout in which most recorders write it: first key, integer. */
const USUAL_START = '{"receivedAt":';

export type RecordedLine =
  | { readonly kind: 'frame'; readonly frame: Frame }
  | { readonly kind: 'corrupt'; readonly detail: string }
  | { readonly kind: 'other_venue'; readonly venue: string };

/** One line of a recording. Never throws. */
export function parseRecordedLine(line: string): RecordedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return corrupt('not JSON');
  }
  const fields = quickFields(value) ?? carefulFields(value);
  if (typeof fields === 'string') return corrupt(fields);
  const venue = VENUES.get(fields.venue);
  if (venue === undefined) return { kind: 'other_venue', venue: fields.venue };
  const stamp = receiveStamp(line);
  if (stamp === undefined) return corrupt('receivedAt is missing');
  const receivedAt = parseReceiveTime(stamp, fields.unit);
  if (receivedAt === undefined) {
    return corrupt(`receivedAt is no time in '${fields.unit.slice(0, 8)}': ${stamp.slice(0, 40)}`);
  }
  const { channel, raw, url } = fields;
  return {
    kind: 'frame',
    frame: url === undefined ? { venue, receivedAt, channel, raw } : { venue, receivedAt, channel, raw, url },
  };
}

type Fields = z.output<typeof recordedLine>;

/** The usual line, checked by hand: a schema costs more than the rest of the line. */
function quickFields(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const line: { readonly [key in keyof Fields]?: unknown } = value;
  const { unit, venue, channel, raw, url } = line;
  if (typeof unit !== 'string' || typeof venue !== 'string') return undefined;
  if (typeof channel !== 'string' || typeof raw !== 'string') return undefined;
  if (url === undefined) return { unit, venue, channel, raw };
  return typeof url === 'string' ? { unit, venue, channel, raw, url } : undefined;
}

function carefulFields(value: unknown): Fields | string {
  const result = recordedLine.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  return `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}`;
}

function receiveStamp(line: string): string | undefined {
  if (line.startsWith(USUAL_START)) {
    const end = line.indexOf(',', USUAL_START.length);
    if (end > 0) return line.slice(USUAL_START.length, end).trim();
  }
  return RECEIVED_AT.exec(line)?.[1];
}

const corrupt = (detail: string): RecordedLine => ({ kind: 'corrupt', detail });
