import { isFrame } from '../adapters/venues/frame-source.ts';
import { createReader } from '../adapters/venues/readers.ts';
import type { ReaderPorts, VenueReader } from '../adapters/venues/venue-reader.ts';
import { venueOfWire, type WireId } from '../adapters/venues/wire.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import { nearestTo } from '../core/config/nearest.ts';
import { type InstrumentId, symbolOf, type VenueId, venueOf } from '../core/market/instrument.ts';
import { type EpochMs, plusMs, SECOND_MS } from '../core/time.ts';
import { DeskError } from './desk-error.ts';
import { followedBy } from './followed.ts';
import type { DeskInput } from './input.ts';

/** How far into the input is read: a connection asks for the venue's rules first. */
const PROBE_MS = 10 * SECOND_MS;
const SUGGESTIONS = 3;
const NOBODY: ReaderPorts = { emit: () => undefined, need: () => undefined, note: () => undefined };

/**
 * Reads the beginning of an input before anything is created for it.
 * @throws RecordingError when it cannot be read or holds no frame, DeskError when it lists its instruments and one that a
 * strategy trades is not among them.
 */
export async function probeInput(input: DeskInput, config: DeskConfig): Promise<void> {
  // What a venue lists is known when it was asked, and whoever asks it is the feed itself.
  if (input.kind === 'live') return;
  const followed = followedBy(config, input.instruments);
  const readers = new Map<WireId, VenueReader>();
  const readerOf = (wire: WireId): VenueReader => {
    const reader = readers.get(wire) ?? createReader(wire, followed, NOBODY);
    readers.set(wire, reader);
    return reader;
  };
  const listedAt = (venue: VenueId | undefined): Set<string> =>
    new Set([...readers.values()].flatMap((one) => (venueOfWire(one.wire) === venue ? [...one.listed] : [])));
  const missing = (): InstrumentId[] => followed.ids.filter((id) => !listedAt(venueOf(id)).has(symbolOf(id)));
  let until: EpochMs | undefined;
  for await (const frame of (await input.open()).frames(new AbortController().signal)) {
    if ('reason' in frame || 'beat' in frame) continue;
    until ??= plusMs(frame.receivedAt, PROBE_MS);
    if (frame.receivedAt >= until) break;
    if (!isFrame(frame)) continue;
    const reader = readerOf(frame.wire);
    const before = reader.listed.size;
    reader.read(frame);
    if (reader.listed.size > before && missing().length === 0) return;
  }
  // A list that is older than the instrument is contradicted by the instrument's own messages.
  const seen = new Set(
    [...readers.values()].flatMap((reader) =>
      [...reader.quality()].flatMap(([id, { bookUpdates, trades }]) =>
        bookUpdates + trades > 0 ? [id] : [],
      ),
    ),
  );
  // A venue that was not asked for its list says nothing about what it has.
  const unlisted = missing().filter((id) => !seen.has(id) && listedAt(venueOf(id)).size > 0);
  if (unlisted.length > 0)
    throw new DeskError(unlisted.map((id) => notListed(id, input, listedAt(venueOf(id)), config)).join('\n'));
}

function notListed(
  id: InstrumentId,
  input: DeskInput,
  listed: ReadonlySet<string>,
  config: DeskConfig,
): string {
  const strategies = config.strategies.filter((one) => one.instruments.includes(id)).map((one) => one.id);
  const venue = id.slice(0, id.length - symbolOf(id).length);
  const near = nearestTo(symbolOf(id), listed, SUGGESTIONS).map((symbol) => `${venue}${symbol}`);
  return `${id}, which ${strategies.join(', ')} would trade, is not listed by ${input.description}; the nearest it lists: ${near.join(', ')}`;
}
