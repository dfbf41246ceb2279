import { asMoney, asPrice, asQuantity, ONE } from '../../../core/amounts.ts';
import { type Contract, instrumentId, type VenueId } from '../../../core/market/instrument.ts';
import type { Listing } from '../../../core/market/listing.ts';
import { type EpochMs, epochMs, MINUTE_MS, plusMs } from '../../../core/time.ts';
import type { UniverseRule } from '../../../core/universe/rules.ts';
import { selectUniverse, type UniverseInput } from '../../../core/universe/select-universe.ts';

/** 2026-11-21T12:00:00Z. */
export const NOON = epochMs(1_795_262_400_000);
export const at = (minutes: number): EpochMs => plusMs(NOON, minutes * MINUTE_MS);

/** A venue's entry for an asset that trades, with round figures. */
export function asset(symbol: string, more: Partial<Listing> = {}, venue: VenueId = 'binance'): Listing {
  return {
    instrument: {
      id: instrumentId(venue, symbol),
      venue,
      symbol,
      baseAsset: symbol.slice(0, 3),
      quoteAsset: 'USDT',
      tickSize: asPrice(ONE / 100n),
      lotSize: asQuantity(ONE / 1_000n),
      quantityMin: asQuantity(ONE / 1_000n),
      quantityMax: asQuantity(1_000n * ONE),
      notionalMin: asMoney(5n * ONE),
      priceMin: asPrice(ONE / 100n),
      priceMax: asPrice(1_000_000n * ONE),
    },
    tradable: true,
    status: 'TRADING',
    title: symbol,
    volume24h: '1000',
    bestBid: '99.99',
    bestAsk: '100.01', // 2 bps of 100
    depth: '500',
    fees: null,
    game: null,
    ...more,
  };
}

/** A venue's entry for a contract of a series. */
export function contract(
  symbol: string,
  terms: Partial<Contract>,
  more: Partial<Listing> = {},
  venue: VenueId = 'kalshi',
): Listing {
  const listing = asset(symbol, { bestBid: '0.48', bestAsk: '0.5', status: 'active', ...more }, venue);
  return {
    ...listing,
    instrument: {
      ...listing.instrument,
      quoteAsset: 'USD',
      contract: {
        event: symbol,
        title: symbol,
        outcome: 'Yes',
        opposite: null,
        series: 'KXBTC15M',
        opensAt: null,
        closesAt: null,
        strike: null,
        settlementSource: null,
        ...terms,
      },
    },
  };
}

/** The market of a quarter of an hour that begins so many minutes after noon, as the venue lists it at `now`. */
export function quarter(minute: number, now: EpochMs = NOON, more: Partial<Listing> = {}): Listing {
  const opensAt = at(minute);
  const isOpen = opensAt <= now;
  return contract(
    `KXBTC15M-${minute}`,
    { opensAt, closesAt: at(minute + 15) },
    { tradable: isOpen, status: isOpen ? 'active' : 'initialized', ...more },
  );
}

/** A rule without any bound. */
export const rule = (more: Partial<UniverseRule> = {}): UniverseRule => ({
  name: 'all',
  venue: 'binance',
  symbols: [],
  series: [],
  exclude: [],
  rolling: false,
  leadMs: 5 * MINUTE_MS,
  volume24hMin: null,
  spreadMax: null,
  spreadBpsMax: null,
  depthMin: null,
  daysToExpiryMin: null,
  daysToExpiryMax: null,
  limit: 200,
  ...more,
});

export const input = (more: Partial<UniverseInput> = {}): UniverseInput => ({
  rules: [rule()],
  listings: [],
  unread: new Set(),
  before: [],
  now: NOON,
  refreshMs: 15 * MINUTE_MS,
  ...more,
});

/** Symbols of the universe that a selection gives. */
export const symbolsOf = (one: UniverseInput): readonly string[] =>
  selectUniverse(one).members.map(({ instrument }) => instrument.symbol);
