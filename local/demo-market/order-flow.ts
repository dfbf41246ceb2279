import type { Agent } from './agent.ts';
import { type CrashPlan, FairValue } from './fair-value.ts';
import { LimitTraders } from './limit-traders.ts';
import { MarketMaker } from './market-maker.ts';
import { MatchingBook } from './matching-book.ts';
import { SeededRandom } from './random.ts';
import { marketScale } from './scale.ts';
import { Takers } from './takers.ts';

export interface FlowSetting {
  readonly seed: number;
  /** Names the streams of chance: two instruments of one market never share one. */
  readonly label: string;
  readonly openingTicks: number;
  /** A usual small trade, and the smallest order that the venue accepts. */
  readonly unitLots: number;
  readonly lotsMin: number;
  /** Market time at which the agents begin, in milliseconds. */
  readonly startAt: number;
  readonly crash: CrashPlan | null;
}

/** Half spreads differ, so that the touch is one tick wide at times and several at others. */
const MAKERS = [
  { halfSpreadBps: 0.35, lookMs: 900 },
  { halfSpreadBps: 0.5, lookMs: 600 },
  { halfSpreadBps: 0.9, lookMs: 1_100 },
  { halfSpreadBps: 1.6, lookMs: 1_500 },
] as const;

/** One instrument's market: its book and the agents who trade in it, each acting when its time comes. */
export class OrderFlow {
  readonly book = new MatchingBook();
  readonly #agents: readonly [Agent, ...Agent[]];

  constructor(setting: FlowSetting) {
    const { seed, label, startAt } = setting;
    const random = (part: string): SeededRandom => new SeededRandom(seed, `${label}/${part}`);
    const fair = new FairValue(setting.openingTicks, startAt, random('fair value'), setting.crash);
    const scale = marketScale(setting.openingTicks, setting.unitLots, setting.lotsMin);
    const market = { book: this.book, fair, scale };
    this.#agents = [
      fair,
      new LimitTraders(market, startAt, random('limit traders')),
      ...MAKERS.map((m, index) => new MarketMaker(market, { startAt, ...m }, random(`maker ${index}`))),
      new Takers(market, startAt, random('takers')),
    ];
  }

  /** Market time of the next action, in milliseconds with fractions. */
  get nextAt(): number {
    return this.#next().nextAt;
  }

  /** Lets the agent whose turn it is act; its effects are in the book. */
  step(): void {
    this.#next().act();
  }

  #next(): Agent {
    let next = this.#agents[0];
    // On equal times the earlier agent goes first, which keeps the order fixed.
    for (const agent of this.#agents) if (agent.nextAt < next.nextAt) next = agent;
    return next;
  }
}
