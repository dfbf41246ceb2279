import { divCeil, ONE } from '../../core/amounts.ts';
import type { Side } from '../../core/market/window.ts';
import { BinanceDialect, type TickLevel, type Touch } from './binance-frames.ts';
import type { DemoListing } from './demo-listing.ts';
import type { CrashPlan } from './fair-value.ts';
import { OrderFlow } from './order-flow.ts';
import { SeededRandom } from './random.ts';

export type StreamKind = 'depth' | 'trade' | 'bookTicker';

/** A message on the moment the venue publishes it, before the network carries it. */
export interface StreamMessage {
  readonly kind: StreamKind;
  readonly symbol: string;
  readonly channel: string;
  /** When the venue sent it, in whole milliseconds. */
  readonly sentAt: number;
  readonly raw: string;
}

export interface StreamSetting {
  readonly seed: number;
  readonly startAt: number;
  readonly crash: CrashPlan | null;
}

const DEPTH_EVERY_MS = 100;
/** As many levels a side as a REST depth request with `limit=1000` answers. */
const SNAPSHOT_LEVELS = 1_000;
/** The agents trade among themselves this long before anybody listens, so that the book is a used one. */
const WARM_UP_MS = 60_000;

/** One symbol at the venue: its order flow, its update and trade ids, and the messages it publishes. */
export class SymbolStream {
  readonly symbol: string;
  readonly dialect: BinanceDialect;
  readonly #flow: OrderFlow;
  readonly #changed: Readonly<Record<Side, Set<number>>> = { buy: new Set(), sell: new Set() };
  #updateId: number;
  #publishedId: number;
  #tradeId: number;
  #touch: Touch = { bid: null, ask: null };
  #nextDepthAt: number;

  constructor(listing: DemoListing, setting: StreamSetting) {
    const { instrument, openingPrice, usualQuantity } = listing;
    const random = new SeededRandom(setting.seed, `${instrument.symbol}/ids`);
    this.symbol = instrument.symbol;
    this.dialect = new BinanceDialect(instrument);
    this.#updateId = random.integer(1_000_000_000, 2_000_000_000);
    this.#publishedId = this.#updateId;
    this.#tradeId = random.integer(10_000_000, 20_000_000);
    // Each symbol's depth beat has its own phase, as at the venue.
    this.#nextDepthAt = setting.startAt - WARM_UP_MS + random.integer(0, DEPTH_EVERY_MS - 1);
    this.#flow = new OrderFlow({
      seed: setting.seed,
      label: instrument.symbol,
      openingTicks: Number(openingPrice / instrument.tickSize),
      unitLots: Number(usualQuantity / instrument.lotSize),
      lotsMin: smallestLots(listing),
      startAt: setting.startAt - WARM_UP_MS,
      crash: setting.crash,
    });
    while (this.nextAt < setting.startAt) this.advance();
  }

  /** Market time at which {@link advance} will happen. */
  get nextAt(): number {
    return Math.min(this.#flow.nextAt, this.#nextDepthAt);
  }

  /** Lets the next thing happen and returns what the venue publishes about it, in order. */
  advance(): readonly StreamMessage[] {
    const at = this.#flow.nextAt;
    if (this.#nextDepthAt <= at) return this.#publishDepth();
    this.#flow.step();
    return this.#publishNews(Math.floor(at));
  }

  /** The answer to a REST depth request served at this moment. */
  snapshot(): string {
    const { book } = this.#flow;
    const bids = book.levels('buy', SNAPSHOT_LEVELS);
    const asks = book.levels('sell', SNAPSHOT_LEVELS);
    return this.dialect.snapshot(this.#updateId, bids, asks);
  }

  /** A bid that cannot be: one tick above the best ask, as large as it. For faults on purpose. */
  crossingBid(): string {
    const { ask } = this.#touch;
    return this.dialect.level({ tick: (ask?.tick ?? 1) + 1, lots: ask?.lots ?? 1 });
  }

  #publishNews(at: number): readonly StreamMessage[] {
    const { matches, changes } = this.#flow.book.takeNews();
    if (changes.length === 0) return [];
    for (const { side, tick } of changes) this.#changed[side].add(tick);
    this.#updateId += changes.length;
    const sentAt = at + 1;
    const messages = matches.map(({ tick, lots, aggressor }) => {
      this.#tradeId += 1;
      const raw = this.dialect.trade({
        id: this.#tradeId,
        tick,
        lots,
        aggressor,
        tradedAt: at,
        eventAt: sentAt,
      });
      return this.#message('trade', this.dialect.tradeChannel, sentAt, raw);
    });
    const touch = { bid: this.#best('buy'), ask: this.#best('sell') };
    if (!sameLevel(touch.bid, this.#touch.bid) || !sameLevel(touch.ask, this.#touch.ask)) {
      const raw = this.dialect.bookTicker(this.#updateId, touch);
      messages.push(this.#message('bookTicker', this.dialect.tickerChannel, sentAt, raw));
      this.#touch = touch;
    }
    return messages;
  }

  #publishDepth(): readonly StreamMessage[] {
    const at = this.#nextDepthAt;
    this.#nextDepthAt = at + DEPTH_EVERY_MS;
    if (this.#publishedId === this.#updateId) return [];
    const [bids, asks] = [this.#takeChanged('buy'), this.#takeChanged('sell')];
    const raw = this.dialect.depthUpdate(at, this.#publishedId + 1, this.#updateId, bids, asks);
    this.#publishedId = this.#updateId;
    return [this.#message('depth', this.dialect.depthChannel, at, raw)];
  }

  #takeChanged(side: Side): readonly TickLevel[] {
    const ticks = [...this.#changed[side]].sort((a, b) => (side === 'buy' ? b - a : a - b));
    this.#changed[side].clear();
    return ticks.map((tick) => ({ tick, lots: this.#flow.book.lotsAt(side, tick) }));
  }

  #best(side: Side): TickLevel | null {
    const tick = this.#flow.book.best(side);
    return tick === null ? null : { tick, lots: this.#flow.book.lotsAt(side, tick) };
  }

  #message(kind: StreamKind, channel: string, sentAt: number, raw: string): StreamMessage {
    return { kind, symbol: this.symbol, channel, sentAt, raw };
  }
}

const sameLevel = (a: TickLevel | null, b: TickLevel | null): boolean =>
  a?.tick === b?.tick && a?.lots === b?.lots;

/** Half as much again as the minimum notional needs at the opening price: it still meets it after a crash. */
function smallestLots({ instrument, openingPrice }: DemoListing): number {
  const quantity = divCeil((instrument.notionalMin * 3n * ONE) / 2n, openingPrice);
  return Number(divCeil(quantity, instrument.lotSize));
}
