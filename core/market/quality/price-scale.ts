import { ONE } from '../../amounts.ts';
import type { Instrument } from '../instrument.ts';

/** Between what bounds the sigma of an instrument's price is believed; each bound is the larger of its two terms. */
export interface PriceScale {
  /** In units of 10^-8. */
  readonly floorUnits: number;
  /** As a share of the average price. */
  readonly floorShare: number;
  /** Bound of what one accepted jump may teach, so that a price ten times too high does not excuse all that follow. */
  readonly ceilingUnits: number;
  readonly ceilingShare: number;
}

/** Bid and ask bounce by a tick or two in the quietest market, so that less than two ticks is no spread of prices. */
const FLOOR_TICKS = 2;

/**
 * Five basis points of sigma make a band of 15: recorded liquid pairs left it once in 40 minutes, and a percent in a quiet
 * market stands out twenty sigma. After a jump the band is six percent at most, five seconds of a crash by a quarter within
 * a minute.
 */
const ASSET = { floorShare: 0.0005, ceilingShare: 0.02 } as const;

/**
 * Probabilities move by cents, whatever their level. Two cents of sigma make a band of six, which a "no" taken for a "yes"
 * leaves everywhere but between 0.47 and 0.53. Near its end a contract may cross half of its range with one piece of news.
 */
const CONTRACT = { floor: 0.02, ceiling: 0.2 } as const;

/** The scale of an instrument's prices; contracts that settle are priced from 0 to 1 of their quote asset. */
export function priceScaleOf(instrument: Pick<Instrument, 'tickSize' | 'contract'>): PriceScale {
  const ticks = FLOOR_TICKS * Number(instrument.tickSize);
  if (instrument.contract === undefined) return { floorUnits: ticks, ceilingUnits: ticks, ...ASSET };
  const unit = Number(ONE);
  return {
    floorUnits: Math.max(ticks, CONTRACT.floor * unit),
    ceilingUnits: Math.max(ticks, CONTRACT.ceiling * unit),
    floorShare: 0,
    ceilingShare: 0,
  };
}
