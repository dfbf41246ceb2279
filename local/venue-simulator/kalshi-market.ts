import { sha256 } from '../../adapters/sha256.ts';
import type { EpochMs } from '../../core/time.ts';
import type { SeededRandom } from '../demo-market/random.ts';
import type { ContractFloor } from './contract-floor.ts';
import { contractListing } from './contract-listing.ts';
import type { KalshiPlan } from './kalshi-plans.ts';
import type { SimTrade } from './sim-book.ts';
import type { SimMarket } from './sim-market.ts';
import { ToldBook, type ToldChange } from './told-book.ts';

/** Where a market stands, by the venue's own words. */
export type KalshiPhase = 'initialized' | 'inactive' | 'active' | 'closed' | 'determined' | 'finalized';

/** Of a hundred takers, so many are shown resting at their limit for an instant, before what they take is taken off. */
const SHOWN_TAKERS = 0.25;

/** One market of the venue. */
export class KalshiMarket {
  readonly plan: KalshiPlan;
  readonly ticker: string;
  /** The venue's own number of it. */
  readonly id: string;
  readonly market: SimMarket;
  readonly told: ToldBook;
  phase: KalshiPhase = 'initialized';
  /** As planned, unless a script moved it. */
  opensAt: EpochMs;
  closesAt: EpochMs;
  /** What was not told while nothing might be said of it. */
  isBehind = false;
  /** The best prices were told since they last changed. */
  isTickerTold = true;
  /** In hundredths of a contract. */
  volumeLots = 0;
  lastTrade: SimTrade | undefined;
  private readonly random: SeededRandom;

  constructor(plan: KalshiPlan, floor: ContractFloor, random: SeededRandom, now: EpochMs) {
    this.plan = plan;
    this.ticker = plan.ticker;
    this.id = uuidOf(plan.ticker);
    this.opensAt = plan.opensAt;
    this.closesAt = plan.closesAt;
    this.market = floor.add(
      contractListing({ venue: 'kalshi', symbol: plan.ticker, quote: 'USD' }, plan.book),
    );
    this.market.isOpen = false;
    this.told = new ToldBook(this.market, now);
    this.random = random;
  }

  /** Nothing has been listed or said of it for so long after its creation. */
  isKnown(now: EpochMs): boolean {
    return now - this.plan.createdAt >= KNOWN_AFTER_MS;
  }

  /** Notes what the book's last step traded. */
  noteTrades(): void {
    for (const trade of this.market.book.trades) {
      this.volumeLots += trade.lots;
      this.lastTrade = trade;
    }
  }

  /** What the book's last step changed, in the order in which it is told. */
  *changes(now: EpochMs): Iterable<ToldChange> {
    const { told } = this;
    const { changes } = this.market.book;
    const taker = this.shownTaker();
    if (taker !== undefined) yield* one(told.set(taker.side, taker.tick, taker.lots, now));
    for (const { side, tick, lots } of changes) yield* one(told.set(side, tick, lots, now));
    if (taker !== undefined) yield* one(told.set(taker.side, taker.tick, 0, now));
  }

  /** A taker's whole order at a limit beyond all that it takes, so that the book is crossed while it stands there. */
  private shownTaker(): { side: 'bids' | 'asks'; tick: number; lots: number } | undefined {
    const { trades, ticksMin, ticksMax } = this.market.book;
    const last = trades.at(-1);
    if (last === undefined || !this.random.chance(SHOWN_TAKERS)) return undefined;
    const tick = last.tick + (last.aggressor === 'buy' ? 1 : -1);
    if (tick < ticksMin || tick > ticksMax) return undefined;
    const lots = trades.reduce((sum, trade) => sum + trade.lots, 0);
    return { side: last.aggressor === 'buy' ? 'bids' : 'asks', tick, lots };
  }
}

/** What was just created may be unknown to requests and to the stream for a moment. */
const KNOWN_AFTER_MS = 2_000;

function* one<T>(value: T | undefined): Iterable<T> {
  if (value !== undefined) yield value;
}

/** A number of the venue's form that is always the same for a name. */
export function uuidOf(name: string): string {
  const digits = sha256(name);
  const [a, b, c, d, e] = [8, 12, 16, 20, 32].map((end, n) => digits.slice([0, 8, 12, 16, 20][n], end));
  return `${a}-${b}-${c}-${d}-${e}`;
}
