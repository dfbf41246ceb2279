import { sha256 } from '../../adapters/sha256.ts';
import type { EpochMs } from '../../core/time.ts';
import type { SeededRandom } from '../demo-market/random.ts';
import type { ContractFloor } from './contract-floor.ts';
import { contractListing } from './contract-listing.ts';
import { BOTH, type HashedFacts, PolymarketBook, type TokenIndex } from './polymarket-book.ts';
import type { PolymarketPlan } from './polymarket-plans.ts';
import type { SimTrade } from './sim-book.ts';
import type { SimMarket } from './sim-market.ts';
import type { ToldChange } from './told-book.ts';

/** `open`: it trades. `ended`: its time is over. `resolved`: the venue said what it pays. */
export type PolymarketPhase = 'open' | 'ended' | 'resolved';

/** A trade as the stream tells it: on the token that the taker named. */
export interface Print {
  readonly token: TokenIndex;
  readonly side: 'BUY' | 'SELL';
  readonly price: string;
  readonly size: string;
  readonly id: number;
}

/** Half of those who sell the first outcome do so by buying the second one. */
const BUYS_OTHER = 0.5;
/** Nearly all markets have this. */
const MIN_ORDER_SIZE = '5';

/** One market of the venue, with both of its tokens. */
export class PolymarketMarket {
  readonly plan: PolymarketPlan;
  readonly market: SimMarket;
  readonly book: PolymarketBook;
  phase: PolymarketPhase = 'open';
  /** As planned, unless a script moved it. */
  endsAt: EpochMs;
  resolvedAt: EpochMs | undefined;
  /** The venue's own clock at the newest change of the book. */
  stamp: number;
  tickSize: string;
  /** The newest print, on whichever token; empty before there is one. */
  lastPrice = '';
  volumeLots = 0;
  /** Levels that changed while nothing might be said of a token: a bid's tick, or an ask's below zero. */
  readonly behind: readonly [Set<number>, Set<number>] = [new Set(), new Set()];
  private readonly random: SeededRandom;

  constructor(plan: PolymarketPlan, floor: ContractFloor, random: SeededRandom, now: EpochMs) {
    const [symbol, opposite] = plan.tokens;
    this.plan = plan;
    this.endsAt = plan.endsAt;
    this.stamp = now;
    this.tickSize = plan.book.tick;
    this.market = floor.add(
      contractListing({ venue: 'polymarket', symbol, opposite, quote: 'pUSD' }, plan.book),
    );
    this.book = new PolymarketBook(this.market, now);
    this.book.learn(now);
    this.random = random;
  }

  /** The catalogue shows a market some time before its book is there. */
  hasBook(now: EpochMs): boolean {
    return this.phase !== 'resolved' && now - this.plan.createdAt >= BOOK_AFTER_MS;
  }

  get facts(): HashedFacts {
    const { condition, tokens, negRisk } = this.plan;
    const { tickSize, lastPrice } = this;
    return { condition, tokens, minOrderSize: MIN_ORDER_SIZE, tickSize, negRisk, lastPrice };
  }

  hash(token: TokenIndex): string {
    return this.book.hash(token, this.stamp, this.facts);
  }

  /** A trade of the book's last step, which makes its price the newest one. */
  print({ id, tick, lots, aggressor }: SimTrade): Print {
    const isOther = aggressor === 'sell' && this.random.chance(BUYS_OTHER);
    const token = isOther ? 1 : 0;
    const side = aggressor === 'buy' || isOther ? 'BUY' : 'SELL';
    const print = {
      token,
      side,
      price: this.book.price(tick, token),
      size: this.book.size(lots),
      id,
    } as const;
    this.lastPrice = print.price;
    this.volumeLots += lots;
    return print;
  }

  /** A level that nobody was told of, as a change of its token. */
  note(change: ToldChange, token: TokenIndex): void {
    this.behind[token].add(change.side === 'bids' ? change.tick : -change.tick);
  }

  /** All that was not told of a token. */
  caughtUp(token: TokenIndex): readonly ToldChange[] {
    const changes = [...this.behind[token]].map((coded): ToldChange => {
      const side = coded > 0 ? 'bids' : 'asks';
      const tick = Math.abs(coded);
      return { side, tick, lots: this.book.told.lotsAt(side, tick), by: 0 };
    });
    this.behind[token].clear();
    return changes;
  }

  /** `{"asset_id":…}` of a change for one token. `hash` is that of its whole book after the message. */
  entry({ side, tick, lots }: ToldChange, token: TokenIndex, hash: string): string {
    const { book, plan } = this;
    const { bid, ask } = book.best(token);
    const isBuy = (side === 'bids') === (token === 0);
    return `{"asset_id":"${plan.tokens[token]}","price":"${book.price(tick, token)}","size":"${book.size(lots)}","side":"${isBuy ? 'BUY' : 'SELL'}","hash":"${hash}","best_bid":"${bid}","best_ask":"${ask}"}`;
  }

  /** Entries of some changes, those of the tokens in either order. */
  priceChange(entries: readonly string[]): string {
    return `{"market":"${this.plan.condition}","price_changes":[${entries.join(',')}],"timestamp":"${this.stamp}","event_type":"price_change"}`;
  }

  /** The book of a token as the stream tells it when somebody begins to listen. */
  firstBook(token: TokenIndex): string {
    const last = this.lastPrice === '' ? '' : `,"last_trade_price":"${this.lastPrice}"`;
    return `{"market":"${this.plan.condition}","asset_id":"${this.plan.tokens[token]}","timestamp":"${this.stamp}","hash":"${this.hash(token)}",${this.sides(token)},"tick_size":"${this.tickSize}","event_type":"book"${last}}`;
  }

  /** The same after a trade: fields that have not changed are left out. */
  laterBook(token: TokenIndex): string {
    return `{"market":"${this.plan.condition}","asset_id":"${this.plan.tokens[token]}",${this.sides(token)},"hash":"${this.hash(token)}","timestamp":"${this.stamp}","event_type":"book"}`;
  }

  /** The same by REST. */
  wholeBook(token: TokenIndex): string {
    const { condition, tokens, negRisk } = this.plan;
    return `{"market":"${condition}","asset_id":"${tokens[token]}","timestamp":"${this.stamp}","hash":"${this.hash(token)}",${this.sides(token)},"min_order_size":"${MIN_ORDER_SIZE}","tick_size":"${this.tickSize}","neg_risk":${negRisk},"last_trade_price":"${this.lastPrice}"}`;
  }

  lastTrade({ token, side, price, size, id }: Print, now: number): string {
    const { condition, tokens } = this.plan;
    return `{"market":"${condition}","asset_id":"${tokens[token]}","price":"${price}","size":"${size}","fee_rate_bps":"0","side":"${side}","timestamp":"${now}","event_type":"last_trade_price","transaction_hash":"${transactionOf(condition, id)}"}`;
  }

  bestBidAsk(token: TokenIndex): string {
    const { bid, ask } = this.book.best(token);
    const { condition, tokens } = this.plan;
    const { bestBid, bestAsk } = this.book.told;
    const spread = this.book.price(bestAsk - bestBid, 0);
    return `{"event_type":"best_bid_ask","market":"${condition}","asset_id":"${tokens[token]}","best_bid":"${bid}","best_ask":"${ask}","spread":"${spread}","timestamp":"${this.stamp}"}`;
  }

  private sides(token: TokenIndex): string {
    return `"bids":${this.book.side('bids', token)},"asks":${this.book.side('asks', token)}`;
  }
}

const BOOK_AFTER_MS = 20_000;

/** Of the chain that settles trades. */
export const transactionOf = (condition: string, id: number): string =>
  `0x${sha256(condition).slice(0, 48)}${id.toString(16).padStart(16, '0')}`;

/** What each token pays, in whole or half dollars. */
export const payoutsOf = ({ winner }: PolymarketPlan): readonly [string, string] =>
  winner === null ? ['0.5', '0.5'] : winner === 0 ? ['1', '0'] : ['0', '1'];

export const tokenIndexOf = ({ tokens }: PolymarketPlan, token: string): TokenIndex | undefined =>
  BOTH.find((index) => tokens[index] === token);
