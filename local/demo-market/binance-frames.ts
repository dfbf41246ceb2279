import { DECIMALS, formatUnits } from '../../core/amounts.ts';
import type { Instrument } from '../../core/market/instrument.ts';
import type { Side } from '../../core/market/window.ts';

/** A level as the book has it; 0 lots means that the level is gone. */
export interface TickLevel {
  readonly tick: number;
  readonly lots: number;
}

/** What a trade message tells. */
export interface TradeFacts {
  readonly id: number;
  readonly tick: number;
  readonly lots: number;
  readonly aggressor: Side;
  /** When it was matched and when it was published, in whole milliseconds. */
  readonly tradedAt: number;
  readonly eventAt: number;
}

/** The best level of each side; null on an empty one. */
export interface Touch {
  readonly bid: TickLevel | null;
  readonly ask: TickLevel | null;
}

/** Writes Binance spot's own messages for one instrument, to the letter: field order, eight decimals, ids as numbers. */
export class BinanceDialect {
  readonly symbol: string;
  readonly depthChannel: string;
  readonly tradeChannel: string;
  readonly tickerChannel: string;
  readonly snapshotChannel: string;
  readonly #tickUnits: number;
  readonly #lotUnits: number;

  constructor(instrument: Instrument) {
    const stream = instrument.symbol.toLowerCase();
    this.symbol = instrument.symbol;
    this.depthChannel = `${stream}@depth@100ms`;
    this.tradeChannel = `${stream}@trade`;
    this.tickerChannel = `${stream}@bookTicker`;
    this.snapshotChannel = `rest:depth:${stream}`;
    this.#tickUnits = Number(instrument.tickSize);
    this.#lotUnits = Number(instrument.lotSize);
  }

  depthUpdate(
    eventAt: number,
    firstId: number,
    lastId: number,
    bids: readonly TickLevel[],
    asks: readonly TickLevel[],
  ): string {
    const data = `{"e":"depthUpdate","E":${eventAt},"s":"${this.symbol}","U":${firstId},"u":${lastId},"b":${this.#levels(bids)},"a":${this.#levels(asks)}}`;
    return enveloped(this.depthChannel, data);
  }

  trade(facts: TradeFacts): string {
    // `m` says that the buyer was the maker: true when a seller crossed the spread.
    const data = `{"e":"trade","E":${facts.eventAt},"s":"${this.symbol}","t":${facts.id},"p":"${this.#price(facts.tick)}","q":"${this.#quantity(facts.lots)}","T":${facts.tradedAt},"m":${facts.aggressor === 'sell'},"M":true}`;
    return enveloped(this.tradeChannel, data);
  }

  bookTicker(updateId: number, touch: Touch): string {
    const { bid, ask } = touch;
    const data = `{"u":${updateId},"s":"${this.symbol}","b":"${this.#price(bid?.tick ?? 0)}","B":"${this.#quantity(bid?.lots ?? 0)}","a":"${this.#price(ask?.tick ?? 0)}","A":"${this.#quantity(ask?.lots ?? 0)}"}`;
    return enveloped(this.tickerChannel, data);
  }

  /** The answer to a REST depth request: absolute levels, best first. */
  snapshot(lastId: number, bids: readonly TickLevel[], asks: readonly TickLevel[]): string {
    return `{"lastUpdateId":${lastId},"bids":${this.#levels(bids)},"asks":${this.#levels(asks)}}`;
  }

  /** One level as it stands in a list of levels. */
  level({ tick, lots }: TickLevel): string {
    return `["${this.#price(tick)}","${this.#quantity(lots)}"]`;
  }

  #levels(levels: readonly TickLevel[]): string {
    return `[${levels.map((level) => this.level(level)).join(',')}]`;
  }

  #price(tick: number): string {
    return eightDecimals(tick * this.#tickUnits);
  }

  #quantity(lots: number): string {
    return eightDecimals(lots * this.#lotUnits);
  }
}

/** The answer to a REST exchangeInfo request, with the filters that orders must obey. */
export function exchangeInfo(instruments: readonly Instrument[], serverTime: number): string {
  return JSON.stringify({
    timezone: 'UTC',
    serverTime,
    rateLimits: [
      { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: 6_000 },
      { rateLimitType: 'RAW_REQUESTS', interval: 'MINUTE', intervalNum: 5, limit: 300_000 },
    ],
    exchangeFilters: [],
    symbols: instruments.map(symbolInfo),
  });
}

function symbolInfo(instrument: Instrument): object {
  return {
    symbol: instrument.symbol,
    status: 'TRADING',
    baseAsset: instrument.baseAsset,
    baseAssetPrecision: DECIMALS,
    quoteAsset: instrument.quoteAsset,
    quotePrecision: DECIMALS,
    quoteAssetPrecision: DECIMALS,
    orderTypes: ['LIMIT', 'LIMIT_MAKER', 'MARKET'],
    isSpotTradingAllowed: true,
    isMarginTradingAllowed: false,
    filters: [
      {
        filterType: 'PRICE_FILTER',
        minPrice: padded(instrument.priceMin),
        maxPrice: padded(instrument.priceMax),
        tickSize: padded(instrument.tickSize),
      },
      {
        filterType: 'LOT_SIZE',
        minQty: padded(instrument.quantityMin),
        maxQty: padded(instrument.quantityMax),
        stepSize: padded(instrument.lotSize),
      },
      {
        filterType: 'NOTIONAL',
        minNotional: padded(instrument.notionalMin),
        applyMinToMarket: true,
        maxNotional: '9000000.00000000',
        applyMaxToMarket: false,
        avgPriceMins: 5,
      },
    ],
    permissions: [],
    permissionSets: [['SPOT']],
  };
}

const enveloped = (stream: string, data: string): string => `{"stream":"${stream}","data":${data}}`;

/** Decimal text of whole 10^-8 units with all eight places, as the venue writes it. */
function eightDecimals(units: number): string {
  const whole = Math.floor(units / 100_000_000);
  return `${whole}.${(units - whole * 100_000_000).toString().padStart(DECIMALS, '0')}`;
}

function padded(units: bigint): string {
  const [whole = '0', fraction = ''] = formatUnits(units).split('.');
  return `${whole}.${fraction.padEnd(DECIMALS, '0')}`;
}
