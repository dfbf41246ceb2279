import * as z from 'zod';
import type { EpochMs } from '../../core/time.ts';
import type { ConnectionChange, FollowChange, Frame, VenueChange } from '../venues/frame-source.ts';
import { isWire, type WireId } from '../venues/wire.ts';
import { unwrapKalshi } from './kalshi-wrapped.ts';
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
  encoding: z.literal('base64', { error: "must be 'base64' where it is given" }).optional(),
  connection: z.string().optional(),
  /** Some recorders say beside a REST answer which market it was asked for. */
  kalshiTicker: z.string().optional(),
});

/** The first unescaped key of that name; inside `raw` its quotes are escaped. */
const RECEIVED_AT = /"receivedAt"\s*:\s*([^,}\s]+)/;
/** The layout in which most recorders write it: first key, integer. */
const USUAL_START = '{"receivedAt":';

/** What a recorder wrote about its own connection: the beginning of one, the end of one, and what is of no consequence. */
const OPENED: ReadonlySet<string> = new Set(['connect', 'ws_connected']);
const ENDED: ReadonlySet<string> = new Set(['disconnect', 'ws_closed', 'ws_disconnected']);
const ASIDE: ReadonlySet<string> = new Set(['send', 'ws_subscribed', 'watch_market', 'market_rotated']);
/** Channels of the lines in which `deckle record` writes what happened besides frames; `raw` is the item as JSON. */
export const CONTROL_CHANNELS = {
  connection: 'deckle:connection',
  follow: 'deckle:follow',
  venue: 'deckle:venue',
};

export interface Stamp {
  readonly text: string;
  readonly unit: string;
}

export type RecordedLine =
  /** `stamp` is the receive time as it stands in the line, which may be finer than a frame's; null where there is none. */
  | { readonly kind: 'frame'; readonly frame: Frame; readonly stamp: Stamp | null }
  | {
      readonly kind: 'control';
      readonly item: ConnectionChange | FollowChange | VenueChange;
    }
  /** A recorder's remark that says nothing about the market. */
  | { readonly kind: 'aside'; readonly wire: WireId; readonly channel: string }
  | { readonly kind: 'corrupt'; readonly detail: string }
  | { readonly kind: 'other_venue'; readonly venue: string };

/** One line of a recording; `fallback` is its time where the recorder kept none, and it is corrupt without. Never throws. */
export function parseRecordedLine(line: string, fallback?: EpochMs): RecordedLine {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return corrupt('not JSON');
  }
  const fields = quickFields(value) ?? carefulFields(value);
  if (typeof fields === 'string') return corrupt(fields);
  const { venue: wire, channel, url, encoding, connection, kalshiTicker } = fields;
  if (!isWire(wire)) return { kind: 'other_venue', venue: wire };
  if (ASIDE.has(channel)) return { kind: 'aside', wire, channel };
  const stamp = receiveStamp(line);
  if (stamp === undefined) return corrupt('receivedAt is missing');
  const isStamped = stamp !== 'null' || fallback === undefined;
  const receivedAt = isStamped ? parseReceiveTime(stamp, fields.unit) : fallback;
  if (receivedAt === undefined)
    return corrupt(`receivedAt is no time in '${fields.unit.slice(0, 8)}': ${stamp.slice(0, 40)}`);
  const change = connectionChange(wire, receivedAt, fields);
  if (change !== undefined) return change;
  const raw = wire === 'kalshi' ? (unwrapKalshi(fields.raw) ?? fields.raw) : fields.raw;
  const frame: Frame = {
    wire,
    receivedAt,
    channel: channel === 'rest:orderbook' && kalshiTicker ? `${channel}:${kalshiTicker}` : channel,
    raw,
    ...(url !== undefined && { url }),
    ...(encoding !== undefined && { encoding }),
    ...(connection !== undefined && { connection }),
  };
  return { kind: 'frame', frame, stamp: isStamped ? { text: stamp, unit: fields.unit } : null };
}

type Fields = z.output<typeof recordedLine>;

/** The usual line, checked by hand: a schema costs more than the rest of the line. */
function quickFields(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const line: { readonly [key in keyof Fields]?: unknown } = value;
  const { unit, venue, channel, raw, url, encoding, connection, kalshiTicker } = line;
  if (typeof unit !== 'string' || typeof venue !== 'string') return undefined;
  if (typeof channel !== 'string' || typeof raw !== 'string') return undefined;
  if (url !== undefined || encoding !== undefined || connection !== undefined || kalshiTicker !== undefined)
    return undefined;
  return { unit, venue, channel, raw };
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

function connectionChange(wire: WireId, receivedAt: EpochMs, fields: Fields): RecordedLine | undefined {
  const { channel, raw, connection = '' } = fields;
  if (channel.startsWith('deckle:')) return control(wire, receivedAt, channel, raw);
  const change = OPENED.has(channel) ? 'opened' : ENDED.has(channel) ? 'lost' : undefined;
  if (change === undefined) return undefined;
  const item: ConnectionChange = { wire, receivedAt, connection, change, detail: `recorded: ${channel}` };
  return { kind: 'control', item };
}

const texts = z.array(z.string());
const controls = {
  [CONTROL_CHANNELS.connection]: z.object({
    connection: z.string(),
    change: z.enum(['opened', 'lost', 'closed']),
    detail: z.string(),
  }),
  [CONTROL_CHANNELS.follow]: z.object({ follow: texts, unfollow: texts, detail: z.string() }),
  [CONTROL_CHANNELS.venue]: z.object({ venueOpen: z.boolean(), detail: z.string() }),
};

function control(wire: WireId, receivedAt: EpochMs, channel: string, raw: string): RecordedLine {
  const schema = controls[channel];
  if (schema === undefined) return corrupt(`channel: '${channel.slice(0, 40)}' is none of deckle's`);
  let value: unknown;
  try {
    value = JSON.parse(raw);
  } catch {
    return corrupt(`raw of ${channel}: not JSON`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success)
    return corrupt(`raw of ${channel}: ${parsed.error.issues[0]?.message ?? 'unreadable'}`);
  return { kind: 'control', item: { wire, receivedAt, ...parsed.data } };
}

const corrupt = (detail: string): RecordedLine => ({ kind: 'corrupt', detail });
