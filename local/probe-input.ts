import { BinanceReader } from '../adapters/venues/binance/reader.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import { nearestTo } from '../core/config/nearest.ts';
import type { InstrumentId } from '../core/market/instrument.ts';
import { type EpochMs, plusMs, SECOND_MS } from '../core/time.ts';
import { DeskError } from './desk-error.ts';
import { followedBy, symbolOf } from './followed.ts';
import type { DeskInput } from './input.ts';

/** How far into the input is read: a connection asks for the venue's rules first. */
const PROBE_MS = 10 * SECOND_MS;
const SUGGESTIONS = 3;

/**
 * Reads the beginning of an input before anything is created for it.
 * @throws RecordingError when it cannot be read or holds no frame, DeskError when it lists its instruments and one that a
 * strategy trades is not among them.
 */
export async function probeInput(input: DeskInput, config: DeskConfig): Promise<void> {
  const followed = followedBy(config, input.instruments);
  const reader = new BinanceReader(followed, {
    emit: () => undefined,
    requestSnapshot: () => undefined,
    note: () => undefined,
  });
  const missing = (): InstrumentId[] => followed.ids.filter((id) => !reader.listed.has(symbolOf(id)));
  let until: EpochMs | undefined;
  for await (const frame of (await input.open()).frames(new AbortController().signal)) {
    if ('reason' in frame) continue;
    until ??= plusMs(frame.receivedAt, PROBE_MS);
    if (frame.receivedAt >= until) break;
    reader.read(frame);
    if (missing().length === 0) return;
  }
  if (reader.listed.size === 0) return;
  // A list that is older than the instrument is contradicted by the instrument's own messages.
  const seen = new Set(
    [...reader.quality()].filter(([, { bookUpdates, trades }]) => bookUpdates + trades > 0).map(([id]) => id),
  );
  const unlisted = missing().filter((id) => !seen.has(id));
  if (unlisted.length > 0)
    throw new DeskError(unlisted.map((id) => notListed(id, input, reader.listed, config)).join('\n'));
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
