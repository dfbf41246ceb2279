import {
  type Candle,
  type CandleInterval,
  HISTORY_INTERVALS,
  type HistoryInterval,
  INTERVAL_MS,
  isHistoryInterval,
} from '../core/market/candle.ts';
import { foldCandles } from '../core/market/candle-fold.ts';
import type { CandleGap } from '../core/market/candle-gaps.ts';
import type { MarketUpdate } from '../core/market/market-update.ts';
import { beatAt, DAY_MS, type EpochMs, epochMs, MINUTE_MS, plusMs } from '../core/time.ts';
import { KeptBars } from './kept-bars.ts';
import { type Stretch, WantedBars } from './wanted-bars.ts';

/** A day of minutes: what the longer bars in progress are completed from, at any hour of the day. */
const MINUTES = DAY_MS / MINUTE_MS;
/** What one answer of any venue holds. */
const LONGER = 300;
/** As many as anybody reads at once. */
export const BARS_MAX = 1_000;

/** How many bars of an interval before the first of a feed are asked for, and how far back a hole may reach. */
interface Depth {
  readonly wanted: number;
  readonly most: number;
}

function depthOf(interval: HistoryInterval, strategyIntervals: readonly CandleInterval[]): Depth {
  if (interval === '1m') return { wanted: MINUTES, most: MINUTES };
  return { wanted: strategyIntervals.includes(interval) ? BARS_MAX : LONGER, most: BARS_MAX };
}

/** The bars of one instrument as history: those that are kept, and those that the venue is to tell. */
export class InstrumentHistory {
  readonly kept = new KeptBars();
  /** By interval, of those that the venue tells. */
  readonly wanted: Map<HistoryInterval, WantedBars>;
  /** Intervals that the venue does not tell: folded from those that it does. */
  readonly folded = new Set<HistoryInterval>();
  /** Its book was seen, so that the venue lists it. */
  isSeen = false;
  /** Nothing of it comes just now: what is missed is asked for once that is over. */
  isSilent = true;
  isFollowed = true;
  /** The store was asked what it has. */
  isCompared = false;
  private readonly strategyIntervals: readonly CandleInterval[];
  private readonly firstSeen: EpochMs;
  /** Start of the next bar of each interval. */
  private readonly expected: Map<CandleInterval, EpochMs>;

  constructor(firstSeen: EpochMs, strategyIntervals: readonly CandleInterval[]) {
    this.firstSeen = firstSeen;
    this.strategyIntervals = strategyIntervals;
    this.wanted = new Map(
      HISTORY_INTERVALS.map((one) => [one, new WantedBars(one, depthOf(one, strategyIntervals).most)]),
    );
    this.expected = new Map(HISTORY_INTERVALS.map((one) => [one, beatAt(firstSeen, INTERVAL_MS[one])]));
    // Whatever the store has of them: bars in progress know only what comes over the feed.
    this.wanted.get('1m')?.want(this.before('1m', MINUTES));
  }

  /** One of our own bars closed. What lies between it and the one before, and the bar itself where it may miss prints, is wanted. */
  took(candle: Candle): void {
    const { interval, start, complete } = candle;
    if (!isHistoryInterval(interval)) return;
    const next = plusMs(start, INTERVAL_MS[interval]);
    const from = this.expected.get(interval) ?? start;
    this.expected.set(interval, next);
    this.kept.put({ ...candle, source: 'own' });
    this.wanted.get(interval)?.want({ from, through: plusMs(start, -INTERVAL_MS[interval]) });
    if (!complete) this.wanted.get(interval)?.want({ from: start, through: start });
  }

  /** The venue told of its bars. */
  told({ interval, candles, from, through }: Extract<MarketUpdate, { kind: 'candles' }>): void {
    for (const candle of candles) this.kept.put({ ...candle, source: 'venue' });
    this.wanted.get(interval)?.answered({ from, through });
    for (const longer of this.folded) {
      const lengthMs = INTERVAL_MS[longer];
      if (lengthMs <= INTERVAL_MS[interval]) continue;
      const parts = this.kept.between(
        interval,
        beatAt(from, lengthMs),
        plusMs(beatAt(through, lengthMs), lengthMs - 1),
      );
      for (const bar of foldCandles(parts, longer))
        if (bar.complete) this.kept.put({ ...bar, source: 'venue' });
    }
  }

  /** The venue has no bars of this length. */
  giveUp(interval: HistoryInterval): void {
    this.wanted.delete(interval);
    this.folded.add(interval);
  }

  /** Bars before the first of this feed that the store may lack. */
  before(interval: HistoryInterval, bars = depthOf(interval, this.strategyIntervals).most): Stretch {
    const stepMs = INTERVAL_MS[interval];
    const end = beatAt(this.firstSeen, stepMs);
    return { from: plusMs(end, -bars * stepMs), through: plusMs(end, -stepMs) };
  }

  /** Wants what the store lacks of {@link before}: holes among its bars, but of the time before the oldest only so much. */
  lacks(interval: HistoryInterval, gaps: readonly CandleGap[]): void {
    const { from: oldest } = this.before(interval);
    const { from: recent } = this.before(interval, depthOf(interval, this.strategyIntervals).wanted);
    for (const gap of gaps) {
      const from = gap.from > oldest ? gap.from : epochMs(Math.max(gap.from, recent));
      this.wanted.get(interval)?.want({ from, through: gap.through });
    }
  }
}
