import { asPrice, asQuantity, formatUnits, notionalFloor, ONE, parseUnits } from '../../../core/amounts.ts';
import type { Listing } from '../../../core/market/listing.ts';
import { type EpochMs, SECOND_MS } from '../../../core/time.ts';
import { checked, isObject, parseJson, short, textOf, Unreadable } from '../json-fields.ts';
import type { RestRequest } from '../session/transport.ts';
import { timeOfText } from '../wire-times.ts';
import { decimalOf } from './amounts.ts';
import { sourcesOf } from './event-facts.ts';
import { type FeeFacts, toFees } from './fees.ts';
import { type GameMarket, gameOf } from './games.ts';
import { get, HOSTS } from './hosts.ts';
import { type ListedMarket, marketsOf } from './listed-markets.ts';
import { factsOfMarket, tickerOf, type WireMarket, wireMarket } from './market-facts.ts';

/** What to list. The venue has more than 100 000 open markets: name a series or times wherever that is possible. */
export interface ListingQuery {
  readonly rest?: string;
  readonly series?: string;
  readonly status?: 'unopened' | 'open' | 'paused' | 'closed' | 'settled';
  readonly closesFrom?: EpochMs;
  readonly closesTo?: EpochMs;
  /** Where the page before ended. */
  readonly cursor?: string;
}

/** A page of events with their markets: slower to read than markets alone, but with titles, sources and fees. */
export const eventsPage = ({
  rest = HOSTS.live.rest,
  series,
  status = 'open',
  cursor,
}: ListingQuery): RestRequest =>
  get(
    rest,
    `/events?${query({ limit: 200, with_nested_markets: true, status, series_ticker: series, cursor })}`,
  );

/** A page of markets, combinations of others left out. */
export const marketsPage = (asked: ListingQuery): RestRequest => {
  const { rest = HOSTS.live.rest, series, status = 'open', closesFrom, closesTo, cursor } = asked;
  const fields = {
    limit: 1000,
    mve_filter: 'exclude',
    status,
    series_ticker: series,
    min_close_ts: seconds(closesFrom),
    max_close_ts: seconds(closesTo),
    cursor,
  };
  return get(rest, `/markets?${query(fields)}`);
};

/** One series: its fees and who decides. The list of all of them is some 18 MB. */
export const seriesRequest = (series: string, rest: string = HOSTS.live.rest): RestRequest =>
  get(rest, `/series/${encodeURIComponent(series)}`);

/** What a series says for all its markets. */
export interface SeriesFacts extends FeeFacts {
  readonly ticker: string;
  readonly title: string | undefined;
  readonly category: string | undefined;
  readonly frequency: string | undefined;
  readonly settlementSource: string | undefined;
}

/** The series of an answer; a text when it cannot be read. */
export function toSeries(text: string): SeriesFacts | string {
  const value = parseJson(text);
  const series = isObject(value) ? value['series'] : undefined;
  const ticker = tickerOf(series);
  if (!isObject(series) || ticker === undefined) return 'series: the answer is none';
  return {
    ticker,
    title: textOf(series['title']),
    category: textOf(series['category']),
    frequency: textOf(series['frequency']),
    settlementSource: sourcesOf(series['settlement_sources']),
    feeType: textOf(series['fee_type']),
    feeMultiplier: decimalOf(series['fee_multiplier']) ?? undefined,
  };
}

export interface ListingPage {
  readonly listings: readonly Listing[];
  /** Where the next page begins; null on the last one. */
  readonly next: string | null;
  /** What could not be read, each with its market. Such a market is left out, or its fees are. */
  readonly problems: readonly string[];
}

/** Reads a page of events or markets, or a single one. `series`: what is known of them, for fees and sources. */
export function toListings(text: string, series: ReadonlyMap<string, SeriesFacts> = new Map()): ListingPage {
  const value = parseJson(text);
  const read = isObject(value) ? marketsOf(value) : undefined;
  if (!isObject(value) || read === undefined)
    return { listings: [], next: null, problems: ['the answer is no list of markets or events'] };
  const problems: string[] = [];
  // The set changes while it is paged through, so that a market may come twice.
  const games = [...new Map(read.markets.flatMap(({ market }) => gameMarketOf(market))).values()];
  const listings = new Map<string, Listing>();
  for (const [n, one] of read.markets.entries()) {
    const name = tickerOf(one.market) ?? `market ${n}`;
    const listing = toListing(one, series, games, (problem) => problems.push(`${short(name)}: ${problem}`));
    if (listing !== undefined) listings.set(name, listing);
  }
  return { listings: [...listings.values()], next: textOf(value['cursor']) ?? null, problems };
}

function toListing(
  { market: wire, event }: ListedMarket,
  allSeries: ReadonlyMap<string, SeriesFacts>,
  games: readonly GameMarket[],
  report: (problem: string) => void,
): Listing | undefined {
  const market = checked(wireMarket, wire);
  if (market instanceof Unreadable) {
    report(market.detail);
    return undefined;
  }
  const facts = factsOfMarket(market, event);
  if (typeof facts === 'string') {
    report(facts);
    return undefined;
  }
  const { contract } = facts.instrument;
  const series = allSeries.get(contract?.series ?? '');
  const expectedAt = timeOfText(market.expected_expiration_time);
  const fees = toFees(series, event);
  if (typeof fees === 'string') report(fees);
  return {
    instrument: {
      ...facts.instrument,
      contract: contract && {
        ...contract,
        settlementSource: contract.settlementSource ?? series?.settlementSource ?? null,
      },
    },
    tradable: facts.phase === 'active',
    status: facts.phase ?? '',
    title: titleOf(market, contract?.title),
    ...quotesOf(market),
    fees: typeof fees === 'string' ? null : fees,
    game: gameOf(
      { ticker: market.ticker, event: market.event_ticker, outcome: market.yes_sub_title ?? null },
      games,
    ),
    // The close of a game's market lies weeks after the game, for one that is put off.
    ...(expectedAt !== null && { expectedAt }),
  };
}

/** What can be read of any market, however broken the rest of it is: it may be the other side of a game. */
function gameMarketOf(wire: unknown): [string, GameMarket][] {
  if (!isObject(wire)) return [];
  const [ticker, event] = [textOf(wire['ticker']), textOf(wire['event_ticker'])];
  if (ticker === undefined || event === undefined) return [];
  return [[ticker, { ticker, event, outcome: textOf(wire['yes_sub_title']) ?? null }]];
}

/** The event, and the outcome that the market is on. */
function titleOf(market: WireMarket, event: string | undefined): string {
  const title = event ?? market.title ?? market.ticker;
  const outcome = market.yes_sub_title;
  return outcome && !title.includes(outcome) ? `${title}: ${outcome}` : title;
}

/** Best prices, what rests at them and what traded. They may be 15 s old: good for choosing, not for trading. */
function quotesOf(market: WireMarket): Pick<Listing, 'volume24h' | 'bestBid' | 'bestAsk' | 'depth'> {
  const bid = priceOf(market.yes_bid_dollars);
  const ask = priceOf(market.yes_ask_dollars);
  const resting = notional(bid, market.yes_bid_size_fp) + notional(ask, market.yes_ask_size_fp);
  const last = priceOf(market.last_price_dollars);
  const isSized = market.yes_bid_size_fp != null || market.yes_ask_size_fp != null;
  return {
    // The venue counts contracts; at the last price that is about what was paid for them.
    volume24h:
      last === undefined || market.volume_24h_fp == null
        ? null
        : formatUnits(notional(last, market.volume_24h_fp)),
    bestBid: bid === undefined ? null : formatUnits(bid),
    bestAsk: ask === undefined ? null : formatUnits(ask),
    depth: isSized ? formatUnits(resting) : null,
  };
}

/** A price that somebody bids or asks; 0 and 1 dollar stand for none. */
function priceOf(text: string | null | undefined): bigint | undefined {
  const units = text == null ? undefined : parseUnits(text);
  return units === undefined || units <= 0n || units >= ONE ? undefined : units;
}

const notional = (price: bigint | undefined, size: string | null | undefined): bigint =>
  notionalFloor(asPrice(price ?? 0n), asQuantity(parseUnits(size ?? '0') ?? 0n));

const seconds = (at: EpochMs | undefined): number | undefined =>
  at === undefined ? undefined : Math.floor(at / SECOND_MS);

function query(fields: Readonly<Record<string, string | number | boolean | undefined>>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  return given.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&');
}
