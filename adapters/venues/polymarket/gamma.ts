import * as z from 'zod/mini';
import { checked, isObject, isText, listOf, NOT_JSON, parseJson, short, Unreadable } from '../json-fields.ts';

const text = z.nullish(z.string());
const flag = z.nullish(z.boolean());
/** Amounts come as JSON numbers or as text, by field and by year. */
const amount = z.nullish(z.union([z.string(), z.number()]));

const series = z.object({ slug: text, title: text });
const event = z.object({
  id: text,
  slug: text,
  title: text,
  seriesSlug: text,
  series: z.nullish(listOf(series)),
});

const feeSchedule = z.object({
  rate: amount,
  exponent: amount,
  takerOnly: flag,
  rebateRate: amount,
});

/** Fields in use of a market of the catalogue (Gamma); all but its id may be missing. */
export const wireMarket = z.object({
  conditionId: z.string(),
  slug: text,
  version: text,
  question: text,
  outcomes: z.optional(z.unknown()),
  outcomePrices: z.optional(z.unknown()),
  clobTokenIds: z.optional(z.unknown()),
  positionIds: z.optional(z.unknown()),
  startDate: text,
  endDate: text,
  eventStartTime: text,
  acceptingOrdersTimestamp: text,
  gameStartTime: text,
  sportsMarketType: text,
  line: amount,
  active: flag,
  closed: flag,
  archived: flag,
  acceptingOrders: flag,
  enableOrderBook: flag,
  negRisk: flag,
  orderPriceMinTickSize: amount,
  orderMinSize: amount,
  umaResolutionStatus: text,
  resolutionStatus: text,
  resolutionSource: text,
  feesEnabled: flag,
  feeType: text,
  feeSchedule: z.nullish(feeSchedule),
  volume24hr: amount,
  bestBid: amount,
  bestAsk: amount,
  events: z.nullish(listOf(event)),
});

export type WireMarket = z.output<typeof wireMarket>;
export type WireEvent = z.output<typeof event>;

/** One entry of a catalogue's answer: a market, with the event around it where the answer is about events. */
export interface ListedMarket {
  readonly market: unknown;
  readonly event: WireEvent | undefined;
}

/** One page of the catalogue. `next` asks for the rest; null on the last one. */
export interface MarketPage {
  readonly markets: readonly ListedMarket[];
  readonly next: string | null;
}

/** Cursors that mean the end. */
const LAST: ReadonlySet<unknown> = new Set([null, undefined, '', 'LTE=']);

/** The markets of an answer: a page of markets or events, a bare list, or a single one. Undefined when it is none of these. */
export function marketPageOf(value: unknown): MarketPage | undefined {
  if (Array.isArray(value)) return { markets: value.flatMap(entriesOf), next: null };
  if (!isObject(value)) return undefined;
  const { conditionId, events, markets, next_cursor: cursor }: Answer = value;
  const next = LAST.has(cursor) || !isText(cursor) ? null : cursor;
  if (conditionId !== undefined) return { markets: [{ market: value, event: undefined }], next: null };
  if (Array.isArray(events)) return { markets: events.flatMap(entriesOf), next };
  if (!Array.isArray(markets)) return undefined;
  // An event has markets, and so has a page of them; only the event has a name.
  const entries = isText(value['slug']) ? entriesOf(value) : markets.flatMap(entriesOf);
  return { markets: entries, next };
}

interface Answer {
  readonly conditionId?: unknown;
  readonly events?: unknown;
  readonly markets?: unknown;
  readonly next_cursor?: unknown;
}

/** A market itself, or the markets of an event. */
function entriesOf(value: unknown): ListedMarket[] {
  const markets = isObject(value) && value['conditionId'] === undefined ? value['markets'] : undefined;
  if (!Array.isArray(markets)) return [{ market: value, event: undefined }];
  const around = checked(event, value);
  return markets.map((market) => ({ market, event: around instanceof Unreadable ? undefined : around }));
}

/** A list of texts that may come as JSON inside a text; an empty one where the field is missing. */
export function textsOf(field: string, value: unknown): readonly string[] | Unreadable {
  if (value === undefined || value === null || value === '') return [];
  const list = isText(value) ? parseJson(value) : value;
  if (list === undefined) return new Unreadable(`${field}: ${NOT_JSON.detail}`);
  return Array.isArray(list) && list.every(isText)
    ? list
    : new Unreadable(
        `${field}: expected a list of texts, not ${isText(value) ? `'${short(value)}'` : typeof value}`,
      );
}
