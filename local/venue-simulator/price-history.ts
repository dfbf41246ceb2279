import { MINUTE_MS } from '../../core/time.ts';
import { SeededRandom } from '../demo-market/random.ts';

/** What was traded in a stretch of time, in ticks and lots. */
export interface SimBar {
  readonly start: number;
  open: number;
  high: number;
  low: number;
  close: number;
  lots: number;
  /** Ticks x lots. */
  turnover: bigint;
  trades: number;
}

export interface HistoryOptions {
  readonly seed: number;
  readonly label: string;
  readonly ticksMin: number;
  readonly ticksMax: number;
  readonly openingTicks: number;
  readonly usualLots: number;
  /** The market opens then; before it the past is made up. */
  readonly openedAt: number;
}

interface Wave {
  /** In minutes. */
  readonly period: number;
  readonly phase: number;
  /** In ticks. */
  readonly height: number;
}

const PERIODS = [7, 41, 233, 1_409, 10_007, 60_013] as const;

/**
 * Minutes from before a simulated market opened, the same for whoever asks and whenever: a price made of waves, which ends
 * where the market begins. Whole arithmetic only, so that it is the same on every machine.
 */
export class PriceHistory {
  private readonly options: HistoryOptions;
  private readonly waves: readonly Wave[];
  private readonly offset: number;

  constructor(options: HistoryOptions) {
    const { seed, label, ticksMin, ticksMax, openingTicks, openedAt } = options;
    const random = new SeededRandom(seed, `${label}/history`);
    const room = Math.min(openingTicks - ticksMin, ticksMax - openingTicks);
    this.options = options;
    this.waves = PERIODS.map((period, n) => ({
      period,
      phase: random.integer(0, period - 1),
      height: Math.max(1, Math.floor((room * (n + 1)) / 42)),
    }));
    this.offset = openingTicks - this.height(Math.floor(openedAt / MINUTE_MS));
  }

  /** The minute that begins at a moment. */
  minute(start: number): SimBar {
    const minute = Math.floor(start / MINUTE_MS);
    const open = this.price(minute);
    const close = this.price(minute + 1);
    const chance = scrambled(minute);
    const lots = this.options.usualLots * (2 + (chance % 17));
    return {
      start: minute * MINUTE_MS,
      open,
      close,
      high: this.within(Math.max(open, close) + (chance % 3)),
      low: this.within(Math.min(open, close) - ((chance >>> 4) % 3)),
      lots,
      turnover: BigInt(close) * BigInt(lots),
      trades: 5 + (chance % 40),
    };
  }

  private price(minute: number): number {
    return this.within(this.offset + this.height(minute));
  }

  private within(ticks: number): number {
    return Math.min(this.options.ticksMax, Math.max(this.options.ticksMin, ticks));
  }

  /** Each wave rises and falls in a straight line. */
  private height(minute: number): number {
    let sum = 0;
    for (const { period, phase, height } of this.waves) {
      const place = (minute + phase) % period;
      const risen = place * 2 < period ? place * 2 : (period - place) * 2;
      sum += Math.floor((height * risen) / period);
    }
    return sum;
  }
}

function scrambled(n: number): number {
  const hash = Math.imul(n ^ (n >>> 16), 0x45_d9_f3_b);
  return (hash ^ (hash >>> 15)) >>> 0;
}
