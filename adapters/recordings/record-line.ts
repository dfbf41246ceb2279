import { type Beat, isFrame, type SourceItem } from '../venues/frame-source.ts';
import { CONTROL_CHANNELS } from './recorded-line.ts';

/**
 * One item of a source as a line of a recording, without its newline; undefined for what a replay needs no line of. Frames
 * are lines in the format of every recording; what else happened has channels of its own.
 */
export function recordLine(item: SourceItem | Beat): string | undefined {
  if ('beat' in item || 'reason' in item || 'outage' in item) return undefined;
  const { wire: venue, receivedAt } = item;
  if (isFrame(item)) {
    const { channel, url, encoding, connection, raw } = item;
    return JSON.stringify({ receivedAt, unit: 'ms', venue, channel, url, encoding, connection, raw });
  }
  if ('change' in item) {
    const { connection, change, detail } = item;
    return control(receivedAt, venue, CONTROL_CHANNELS.connection, { connection, change, detail });
  }
  if ('venueOpen' in item) {
    const { venueOpen, detail } = item;
    return control(receivedAt, venue, CONTROL_CHANNELS.venue, { venueOpen, detail });
  }
  const { follow, unfollow, detail } = item;
  return control(receivedAt, venue, CONTROL_CHANNELS.follow, { follow, unfollow, detail });
}

const control = (receivedAt: number, venue: string, channel: string, what: object): string =>
  JSON.stringify({ receivedAt, unit: 'ms', venue, channel, raw: JSON.stringify(what) });
