import {
  type Candle,
  HISTORY_INTERVALS,
  type HistoryInterval,
  INTERVAL_MS,
} from '../../core/market/candle.ts';
import { inOrder } from '../../core/market/candle-fold.ts';
import { type InstrumentId, instrumentId } from '../../core/market/instrument.ts';
import { beatAt, type EpochMs, epochMs, plusMs, SECOND_MS } from '../../core/time.ts';
import type { Frame } from './frame-source.ts';
import { withQuietBars } from './quiet-bars.ts';
import type { FrameRequest } from './session/protocol.ts';
import { type KlinesQuery, VENUE_KLINES } from './venue-klines.ts';
import { venueOfWire, type WireId } from './wire.ts';

/** What an answer told. */
export interface KlinesReading {
  readonly instrumentId: InstrumentId;
  readonly symbol: string;
  readonly interval: HistoryInterval;
  /** The part of the question that is answered; `through` is before `from` when all of it was too young. */
  readonly from: EpochMs;
  readonly through: EpochMs;
  /** Oldest first, each start once, all complete. */
  readonly candles: readonly Candle[];
  /** Rows that could not be read, and why. */
  readonly problems: readonly string[];
}

/** A venue goes on adding to a bar for a moment after its end. */
export const SETTLED_MS = 30 * SECOND_MS;

/**
 * A request for the venue's own bars, or for as many of the oldest of them as one answer holds; null where the venue has none
 * of this length. `rest` is another host than the venue's own, as its other requests have it.
 */
export function klinesRequest(
  wire: WireId,
  { symbol, interval, from, through }: KlinesQuery,
  rest?: string,
): FrameRequest | null {
  const venue = VENUE_KLINES[wire];
  if (venue === undefined || !tellsKlines(wire, interval)) return null;
  const stepMs = INTERVAL_MS[interval];
  const first = startFrom(from, stepMs);
  const last = lastOfPage(first, through, stepMs, venue.barsMax);
  return {
    request: venue.request({ symbol, interval, from: first, through: last }, rest),
    channel: `${CHANNEL}${interval}:${symbol}`,
    symbols: [symbol],
    weight: venue.weight,
  };
}

/** Whether a wire's venue adds up bars of this length itself. */
export const tellsKlines = (wire: WireId, interval: HistoryInterval): boolean =>
  VENUE_KLINES[wire]?.intervals.includes(interval) ?? false;

const CHANNEL = 'rest:klines:';

/** Whether a frame is an answer to a {@link klinesRequest}: of whatever venue, it is read here and not by the wire's reader. */
export const isKlines = (frame: Frame): boolean =>
  frame.url !== undefined && frame.channel.startsWith(CHANNEL) && nameOf(frame) !== undefined;

/**
 * Reads an answer that came at `now`; a text says why it cannot be read. Bars that were not over for {@link SETTLED_MS} are
 * left out. Where a venue has no row for a bar in which nothing traded, that is a flat bar, if the price before it was told,
 * too. Never throws.
 */
export function readKlines(frame: Frame, now: EpochMs): KlinesReading | string {
  const name = nameOf(frame);
  const venue = VENUE_KLINES[frame.wire];
  const venueId = venueOfWire(frame.wire);
  if (name === undefined || venue === undefined || venueId === null)
    return `channel: ${frame.wire} tells no bars over '${frame.channel.slice(0, 60)}'`;
  const { interval, symbol } = name;
  const stepMs = INTERVAL_MS[interval];
  const query = URL.parse(frame.url ?? '')?.searchParams;
  const asked = query && venue.asked(query, stepMs);
  if (asked === undefined || !Number.isSafeInteger(asked.from) || !Number.isSafeInteger(asked.through))
    return 'url: names no time that the bars are of';
  const { candles, problems } = venue.read(frame.raw, symbol, interval, now);
  const [problem] = problems;
  if (problem !== undefined && candles.length === 0) return problem;
  const from = startFrom(asked.from, stepMs);
  const newest = plusMs(beatAt(plusMs(now, -SETTLED_MS), stepMs), -stepMs);
  const through = epochMs(Math.min(lastOfPage(from, asked.through, stepMs, venue.barsMax), newest));
  const told = inOrder(candles).filter((one) => one.complete && one.start >= from && one.start <= through);
  return {
    instrumentId: instrumentId(venueId, symbol),
    symbol,
    interval,
    from,
    through,
    // A row that could not be read is not a quiet bar.
    candles: venue.isSparse && problem === undefined ? withQuietBars(told, interval, through) : told,
    problems,
  };
}

/** The first start of a bar at or after a moment. */
const startFrom = (at: number, stepMs: number): EpochMs => beatAt(epochMs(at + stepMs - 1), stepMs);

/** The start of the last bar that one answer holds. */
const lastOfPage = (first: EpochMs, through: number, stepMs: number, barsMax: number): EpochMs =>
  beatAt(epochMs(Math.min(through, first + (barsMax - 1) * stepMs)), stepMs);

function nameOf({
  wire,
  channel,
}: Pick<Frame, 'wire' | 'channel'>):
  | { readonly interval: HistoryInterval; readonly symbol: string }
  | undefined {
  const [length, ...rest] = channel.slice(CHANNEL.length).split(':');
  const interval = HISTORY_INTERVALS.find((one) => one === length);
  const symbol = rest.join(':');
  return interval !== undefined && symbol !== '' && tellsKlines(wire, interval)
    ? { interval, symbol }
    : undefined;
}
