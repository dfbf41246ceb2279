import { type EpochMs, epochMs } from '../../../core/time.ts';
import { stepsOf } from '../decimal-steps.ts';
import type { DepthEvent, SnapshotEvent } from '../depth-events.ts';
import type { Grids, LevelList } from '../levels.ts';
import { isSane, type TouchEvent } from '../touch-memory.ts';
import { isMilliseconds } from '../wire-times.ts';
import { BadMessage, malformed, NO_VERSION, refused, versionOf, wholeNumber } from './fields.ts';
import type {
  WireAggreDepths,
  WireBestPrices,
  WireDepthAnswer,
  WireLevel,
  WireLimitDepths,
  WirePush,
} from './schema.ts';

/** A whole book at a version, by stream or by REST. */
export interface PictureEvent extends SnapshotEvent {
  occurredAt: EpochMs | null;
  lastId: number;
  limit: number | undefined;
}

/** When a message was pushed, else built; null when it does not say. */
export function timeOf(push: WirePush): EpochMs | null | BadMessage {
  for (const field of ['sendTime', 'createTime'] as const) {
    const time = wholeNumber(push[field]);
    if (time === 0) continue;
    return isMilliseconds(time) ? epochMs(time) : malformed(field, 'must be in milliseconds');
  }
  return null;
}

/** Fills `into` with a diff of the book. */
export function readDepth(
  into: DepthEvent,
  wire: WireAggreDepths,
  occurredAt: EpochMs | null,
  grids: Grids,
): BadMessage | undefined {
  into.occurredAt = occurredAt;
  into.firstId = versionOf(wire.fromVersion);
  into.lastId = versionOf(wire.toVersion);
  if (into.firstId < 0) return malformed('fromVersion', NO_VERSION, wire.fromVersion);
  if (into.lastId < 0) return malformed('toVersion', NO_VERSION, wire.toVersion);
  if (into.lastId < into.firstId) return malformed('toVersion', 'is before fromVersion', wire.toVersion);
  return readSides(into, wire, grids);
}

/** Fills `into` with a top-N picture; `limit` is the N of its channel. */
export function readPicture(
  into: PictureEvent,
  wire: WireLimitDepths,
  occurredAt: EpochMs | null,
  limit: number | undefined,
  grids: Grids,
): BadMessage | undefined {
  into.occurredAt = occurredAt;
  into.lastId = versionOf(wire.version);
  into.limit = limit;
  if (into.lastId < 0) return malformed('version', NO_VERSION, wire.version);
  return readSides(into, wire, grids);
}

/** Fills `into` with a REST picture of `limit` levels per side. */
export function readDepthAnswer(
  into: PictureEvent,
  wire: WireDepthAnswer,
  limit: number | undefined,
  grids: Grids,
): BadMessage | undefined {
  into.occurredAt =
    wire.timestamp !== undefined && isMilliseconds(wire.timestamp) ? epochMs(wire.timestamp) : null;
  into.lastId = wire.lastUpdateId;
  into.limit = limit;
  const level = ([price, quantity]: readonly [string, string, ...unknown[]]): WireLevel => ({
    price,
    quantity,
  });
  return readSides(into, { bids: wire.bids.map(level), asks: wire.asks.map(level) }, grids);
}

/**
 * Fills `into` with best prices at a version. False where the message has no version, as before June 2026: nobody can say
 * then whether it is newer than the book.
 */
export function readTouch(
  into: TouchEvent,
  wire: WireBestPrices,
  version: string,
  grids: Grids,
): boolean | BadMessage {
  into.updateId = version === '' ? 0 : versionOf(version);
  if (into.updateId < 0) return malformed('version', NO_VERSION, version);
  for (const [field, key, grid] of TOUCH_FIELDS) {
    // An empty side is an empty text.
    const steps = wire[field] === '' ? 0 : stepsOf(wire[field], grids[grid]);
    if (typeof steps === 'string') return refused(field, wire[field], steps);
    into[key] = steps;
  }
  if (isSane(into)) return version !== '';
  return new BadMessage('refused', 'bidPrice: the best bid is above the best ask, or a size has no price');
}

const TOUCH_FIELDS = [
  ['bidPrice', 'bidTicks', 'ticks'],
  ['bidQuantity', 'bidLots', 'lots'],
  ['askPrice', 'askTicks', 'ticks'],
  ['askQuantity', 'askLots', 'lots'],
] as const;

function readSides(
  into: { readonly bids: LevelList; readonly asks: LevelList },
  wire: { readonly bids: readonly WireLevel[]; readonly asks: readonly WireLevel[] },
  grids: Grids,
): BadMessage | undefined {
  return readLevels('bids', into.bids, wire.bids, grids) ?? readLevels('asks', into.asks, wire.asks, grids);
}

function readLevels(
  field: string,
  into: LevelList,
  wire: readonly WireLevel[],
  grids: Grids,
): BadMessage | undefined {
  into.length = 0;
  for (const { price, quantity } of wire) {
    const ticks = stepsOf(price, grids.ticks);
    if (typeof ticks === 'string') return refused(`${field}.${into.length}.price`, price, ticks);
    if (ticks === 0) return new BadMessage('refused', `${field}.${into.length}.price: must be above zero`);
    const lots = stepsOf(quantity, grids.lots);
    if (typeof lots === 'string') return refused(`${field}.${into.length}.quantity`, quantity, lots);
    into.push(ticks, lots);
  }
  return undefined;
}
