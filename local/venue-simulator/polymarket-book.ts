import { hash } from 'node:crypto';
import { formatUnits } from '../../core/amounts.ts';
import type { SideName } from '../../core/market/order-book.ts';
import type { EpochMs } from '../../core/time.ts';
import type { SimMarket } from './sim-market.ts';
import { ToldBook, type ToldChange } from './told-book.ts';

/** Which of a market's two tokens: the one whose book it is, or the one that shows it turned over. */
export type TokenIndex = 0 | 1;
export const BOTH: readonly TokenIndex[] = [0, 1];

/** What a book's hash covers beside its levels, as texts of the venue. */
export interface HashedFacts {
  readonly condition: string;
  readonly tokens: readonly [first: string, second: string];
  readonly minOrderSize: string;
  readonly tickSize: string;
  readonly negRisk: boolean;
  readonly lastPrice: string;
}

/** Sizes are in hundredths. */
const SIZE_UNITS = 1_000_000n;

/** A market's book for both of its tokens in the venue's own texts: of who bids p for one, the other shows an ask at 1 - p. */
export class PolymarketBook {
  readonly told: ToldBook;
  /** Ticks of a dollar. */
  private readonly dollar: number;
  private readonly texts: readonly string[];
  /** Levels of each token as JSON by tick, as they were last told. */
  private readonly rows: readonly [string[], string[]];
  /** Sides as JSON, worst level first, until they change: of each token, by the sides of the first one. */
  private readonly sides: Record<SideName, [string | undefined, string | undefined]> = {
    bids: [undefined, undefined],
    asks: [undefined, undefined],
  };

  constructor(market: SimMarket, now: EpochMs) {
    this.told = new ToldBook(market, now);
    this.dollar = market.mirrored(0);
    this.rows = [[], []];
    const { tickSize } = market.instrument;
    this.texts = Array.from({ length: this.dollar + 1 }, (_, tick) => formatUnits(BigInt(tick) * tickSize));
  }

  learn(now: EpochMs): void {
    for (const change of this.told.catchUp(now)) this.note(change);
  }

  clear(now: EpochMs): void {
    this.told.clear(now);
    this.sides.bids = [undefined, undefined];
    this.sides.asks = [undefined, undefined];
  }

  /** Undefined where nothing changed by it. */
  set(side: SideName, tick: number, lots: number, now: EpochMs): ToldChange | undefined {
    const change = this.told.set(side, tick, lots, now);
    if (change !== undefined) this.note(change);
    return change;
  }

  /** A price as the venue writes it, without zeros at its end. */
  price(tick: number, token: TokenIndex): string {
    return this.texts[token === 0 ? tick : this.dollar - tick] ?? '';
  }

  size(lots: number): string {
    return formatUnits(BigInt(lots) * SIZE_UNITS);
  }

  /** `0` and `1` where a side is empty. */
  best(token: TokenIndex): { readonly bid: string; readonly ask: string } {
    const { bestBid, bestAsk } = this.told;
    return token === 0
      ? { bid: this.price(bestBid, 0), ask: this.price(bestAsk, 0) }
      : { bid: this.price(bestAsk, 1), ask: this.price(bestBid, 1) };
  }

  /** A token's own side as JSON, worst level first. */
  side(side: SideName, token: TokenIndex): string {
    const own = token === 0 ? side : OTHER[side];
    const known = this.sides[own][token];
    if (known !== undefined) return known;
    let rows = '';
    for (const { tick } of this.told.levels(own))
      rows += `${rows === '' ? '' : ','}${this.rows[token][tick]}`;
    const text = `[${rows}]`;
    this.sides[own][token] = text;
    return text;
  }

  /** The venue's hash of a token's whole book: SHA-1 of compact JSON with these fields in this order. */
  hash(token: TokenIndex, stamp: number, facts: HashedFacts): string {
    const { condition, tokens, minOrderSize, tickSize, negRisk, lastPrice } = facts;
    return hash(
      'sha1',
      `{"market":"${condition}","asset_id":"${tokens[token]}","timestamp":"${stamp}","hash":"","bids":${this.side('bids', token)},"asks":${this.side('asks', token)},"min_order_size":"${minOrderSize}","tick_size":"${tickSize}","neg_risk":${negRisk},"last_trade_price":"${lastPrice}"}`,
    );
  }

  private note({ side, tick, lots }: ToldChange): void {
    this.sides[side] = [undefined, undefined];
    if (lots === 0) return;
    const size = this.size(lots);
    for (const token of BOTH)
      this.rows[token][tick] = `{"price":"${this.price(tick, token)}","size":"${size}"}`;
  }
}

const OTHER: Readonly<Record<SideName, SideName>> = { bids: 'asks', asks: 'bids' };
