import { type EpochMs, isoTime } from '../../core/time.ts';
import { type KalshiMarket, uuidOf } from './kalshi-market.ts';
import type { MarketTrade } from './sim-market.ts';
import { StepText } from './step-text.ts';
import type { SimLevel } from './tick-sides.ts';
import type { ToldChange } from './told-book.ts';

/** Prices have four digits behind the point, whatever the tick. */
const PRICE_PLACES = 4;

/** Writes the bodies of the stream's messages about one market. */
export class KalshiFrames {
  /** Yes prices by tick. */
  readonly prices: StepText;
  readonly sizes: StepText;
  private readonly market: KalshiMarket;
  /** Ticks of a dollar. */
  private readonly dollar: number;
  private readonly head: string;
  private stamp: { readonly at: EpochMs; readonly text: string } | undefined;

  constructor(market: KalshiMarket) {
    const { instrument, sizes } = market.market;
    this.market = market;
    this.prices = new StepText(instrument.tickSize, PRICE_PLACES);
    this.sizes = sizes;
    this.dollar = market.market.mirrored(0);
    this.head = `{"market_ticker":"${market.ticker}","market_id":"${market.id}"`;
  }

  /** No bids are the asks of yes, at what is left of the dollar. */
  noPrice(tick: number): string {
    return this.prices.of(this.dollar - tick);
  }

  delta({ side, tick, by }: ToldChange, usesYesPrice: boolean, now: EpochMs): string {
    const isYes = side === 'bids';
    const price = isYes || usesYesPrice ? this.prices.of(tick) : this.noPrice(tick);
    const size = by < 0 ? `-${this.sizes.of(-by)}` : this.sizes.of(by);
    return `${this.head},"price_dollars":"${price}","delta_fp":"${size}","side":"${isYes ? 'yes' : 'no'}",${this.stampOf(now)}}`;
  }

  /** A side without levels is left out. */
  snapshot(usesYesPrice: boolean): string {
    const { told } = this.market;
    const yes = this.rows(told.levels('bids'), (tick) => this.prices.of(tick));
    const asks = told.levels('asks');
    const no = usesYesPrice
      ? this.rows(asks.toReversed(), (tick) => this.prices.of(tick))
      : this.rows(asks, (tick) => this.noPrice(tick));
    return `${this.head}${side('yes_dollars_fp', yes)}${side('no_dollars_fp', no)}}`;
  }

  ticker(now: EpochMs): string {
    const { told, lastTrade, volumeLots } = this.market;
    const { bestBid, bestAsk } = told;
    const last = lastTrade === undefined ? '0.0000' : this.prices.of(lastTrade.tick);
    const volume = this.sizes.of(volumeLots);
    const sizes = [told.lotsAt('bids', bestBid), told.lotsAt('asks', bestAsk), lastTrade?.lots ?? 0];
    const [bidSize, askSize, lastSize] = sizes.map((lots) => this.sizes.of(lots));
    const dollars = Math.floor(volumeLots / 100);
    return `${this.head},"price_dollars":"${last}","yes_bid_dollars":"${this.prices.of(bestBid)}","yes_ask_dollars":"${this.prices.of(bestAsk)}","yes_bid_size_fp":"${bidSize}","yes_ask_size_fp":"${askSize}","last_trade_size_fp":"${lastSize}","volume_fp":"${volume}","open_interest_fp":"${volume}","dollar_volume":${dollars},"dollar_open_interest":${dollars},"ts_ms":${now}}`;
  }

  trade(
    { id, tick, lots, aggressor }: Pick<MarketTrade, 'id' | 'tick' | 'lots' | 'aggressor'>,
    now: EpochMs,
  ): string {
    const [outcome, side] = aggressor === 'buy' ? ['yes', 'bid'] : ['no', 'ask'];
    return `{"trade_id":"${tradeUuid(this.market.ticker, id)}","market_ticker":"${this.market.ticker}","yes_price_dollars":"${this.prices.of(tick)}","no_price_dollars":"${this.noPrice(tick)}","count_fp":"${this.sizes.of(lots)}","taker_side":"${outcome}","taker_outcome_side":"${outcome}","taker_book_side":"${side}","is_block_trade":false,"ts":${Math.floor(now / 1_000)},"ts_ms":${now}}`;
  }

  private rows(levels: readonly SimLevel[], price: (tick: number) => string): string {
    return levels.map(({ tick, lots }) => `["${price(tick)}","${this.sizes.of(lots)}"]`).join(',');
  }

  /** The older text beside the milliseconds; all changes of one millisecond have the same. */
  private stampOf(now: EpochMs): string {
    if (this.stamp?.at !== now)
      this.stamp = { at: now, text: `"ts":"${isoTime(now).slice(0, -1)}000Z","ts_ms":${now}` };
    return this.stamp.text;
  }
}

const side = (name: string, rows: string): string => (rows === '' ? '' : `,"${name}":[${rows}]`);

const bases = new Map<string, string>();

/** The number of a trade, which ends with its count in the market. */
export function tradeUuid(ticker: string, id: number): string {
  const known = bases.get(ticker);
  const base = known ?? uuidOf(`${ticker} trades`).slice(0, 24);
  if (known === undefined) {
    if (bases.size > 1_000) bases.clear();
    bases.set(ticker, base);
  }
  return `${base}${id.toString(16).padStart(12, '0')}`;
}
