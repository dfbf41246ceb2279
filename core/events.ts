import * as z from 'zod/mini';
import { gameSchema } from './market/game-schema.ts';
import type { MarketWindow } from './market/window.ts';
import {
  decisionSchema,
  epochMsSchema,
  fillSchema,
  modeSchema,
  orderSchema,
  signalSchema,
} from './schemas.ts';

/**
 * The event catalogue: everything that crosses the bus. `noun.verbed`, each with its version; `id` is derived from what
 * the event stands for, so that a repeat has the same id. Unknown types and versions are put aside, never guessed at.
 */
const envelope = <T extends string, V extends number>(type: T, version: V) => ({
  type: z.literal(type),
  version: z.literal(version),
  id: z.string().check(z.minLength(1)),
  /** Event time: the window it belongs to; the wall clock where it has none. */
  at: epochMsSchema,
});

/** Windows travel packed on a real bus and as values inside a process: the codec decides, the meaning is one. */
const windows = z.custom<readonly MarketWindow[]>(
  (value) => Array.isArray(value) && value.length > 0,
  'must be a list of at least one window, oldest first',
);

export const marketWindowEvent = z.object({
  ...envelope('market.window', 1),
  feedId: z.string().check(z.minLength(1)),
  epoch: z.int().check(z.minimum(0)),
  /** Candle intervals that closed in the newest window. */
  closes: z.array(z.string()),
  /** Oldest first; the last one is the event's own, those before it repeat history. */
  windows,
});

export const signalsRaisedEvent = z.object({
  ...envelope('signals.raised', 1),
  feedId: z.string().check(z.minLength(1)),
  epoch: z.int().check(z.minimum(0)),
  /** In the order in which risk decides them. */
  signals: z.array(signalSchema).check(z.minLength(1)),
  /** The window they were raised on, so that risk sees the very book they saw. */
  window: z.custom<MarketWindow>(
    (value) => typeof value === 'object' && value !== null && 'closedAt' in value,
  ),
});

export const orderAcceptedEvent = z.object({ ...envelope('order.accepted', 1), order: orderSchema });
export const orderDeniedEvent = z.object({ ...envelope('order.denied', 1), decision: decisionSchema });
export const orderClosedEvent = z.object({ ...envelope('order.closed', 1), order: orderSchema });
export const fillRecordedEvent = z.object({ ...envelope('fill.recorded', 1), fill: fillSchema });
export const modeChangedEvent = z.object({
  ...envelope('mode.changed', 1),
  mode: modeSchema,
  was: z.string(),
});
export const feedSilentEvent = z.object({
  ...envelope('feed.silenced', 1),
  feedId: z.string(),
  /** Null when it is the whole feed. */
  instrumentId: z.nullable(z.string()),
  /** What is silent, since when and why, for people. */
  detail: z.string(),
});
export const feedResumedEvent = z.object({
  ...envelope('feed.resumed', 1),
  feedId: z.string(),
  instrumentId: z.nullable(z.string()),
  detail: z.string(),
});
/** Connections to a venue were down for a minute, or are back. A venue that is closed by its own word is not disconnected. */
const venueNews = {
  feedId: z.string(),
  venue: z.string(),
  /** Since when, what was tried and what refuses, for people. */
  detail: z.string(),
};
export const venueDisconnectedEvent = z.object({ ...envelope('venue.disconnected', 1), ...venueNews });
export const venueConnectedEvent = z.object({ ...envelope('venue.connected', 1), ...venueNews });
/** An instrument's circuit breaker: while it is open the instrument is `halted` in every window. */
const breakerNews = { feedId: z.string(), instrumentId: z.string(), detail: z.string() };
export const breakerOpenedEvent = z.object({ ...envelope('breaker.opened', 1), ...breakerNews });
export const breakerClosedEvent = z.object({ ...envelope('breaker.closed', 1), ...breakerNews });
export const gameUpdatedEvent = z.object({
  ...envelope('game.updated', 1),
  feedId: z.string(),
  kind: z.enum(['new', 'changed', 'score_corrected', 'final', 'void', 'heartbeat']),
  /** The first poll that showed this state. */
  changedAt: epochMsSchema,
  game: gameSchema,
  was: z.nullable(gameSchema),
});
/** What a feed follows by its rules became another set. */
export const universeChangedEvent = z.object({
  ...envelope('universe.changed', 1),
  feedId: z.string(),
  added: z.array(z.object({ instrumentId: z.string(), reason: z.string() })),
  removed: z.array(z.object({ instrumentId: z.string(), reason: z.string() })),
  /** How many instruments it holds now; none is an alert. */
  size: z.int().check(z.minimum(0)),
});
export const reconciliationEvent = z.object({
  ...envelope('reconciliation.finished', 1),
  accountId: z.string(),
  discrepancies: z.array(z.object({ kind: z.string(), detail: z.string() })),
});
export const reportReadyEvent = z.object({
  ...envelope('report.ready', 1),
  accountId: z.string(),
  day: z.string(),
  summary: z.string(),
});

export const deckleEvent = z.discriminatedUnion('type', [
  marketWindowEvent,
  signalsRaisedEvent,
  orderAcceptedEvent,
  orderDeniedEvent,
  orderClosedEvent,
  fillRecordedEvent,
  modeChangedEvent,
  feedSilentEvent,
  feedResumedEvent,
  venueDisconnectedEvent,
  venueConnectedEvent,
  breakerOpenedEvent,
  breakerClosedEvent,
  gameUpdatedEvent,
  universeChangedEvent,
  reconciliationEvent,
  reportReadyEvent,
]);

export type DeckleEvent = z.output<typeof deckleEvent>;
export type EventType = DeckleEvent['type'];
export type EventOf<T extends EventType> = Extract<DeckleEvent, { type: T }>;
export type MarketWindowEvent = EventOf<'market.window'>;
export type SignalsRaisedEvent = EventOf<'signals.raised'>;
