import { isObject, type JsonObject } from '../json-fields.ts';
import { type EventFacts, toEventFacts } from './event-facts.ts';

/** A market as the venue describes it, and the event that it belongs to where the answer names that. */
export interface ListedMarket {
  readonly market: unknown;
  readonly event: EventFacts | undefined;
}

/** The markets of an answer about markets or events; undefined for another one. */
export function marketsOf(value: JsonObject): { name: string; markets: ListedMarket[] } | undefined {
  const { events, event, markets, market }: Listings = value;
  // An answer about candles has a list of that name, too.
  if (Array.isArray(markets) && markets.some((one) => isObject(one) && 'candlesticks' in one))
    return undefined;
  if (Array.isArray(events)) return { name: 'events', markets: events.flatMap(nested) };
  if (isObject(event)) {
    const facts = toEventFacts(event);
    const beside = Array.isArray(markets)
      ? markets.map((one: unknown) => ({ market: one, event: facts }))
      : [];
    return { name: 'event', markets: beside.length > 0 ? beside : nested(event) };
  }
  if (Array.isArray(markets))
    return { name: 'markets', markets: markets.map((one: unknown) => ({ market: one, event: undefined })) };
  return market === undefined ? undefined : { name: 'market', markets: [{ market, event: undefined }] };
}

interface Listings {
  readonly events?: unknown;
  readonly event?: unknown;
  readonly markets?: unknown;
  readonly market?: unknown;
}

function nested(event: unknown): ListedMarket[] {
  if (!isObject(event) || !Array.isArray(event['markets'])) return [];
  const facts = toEventFacts(event);
  return event['markets'].map((market: unknown) => ({ market, event: facts }));
}
