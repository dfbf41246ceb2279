/** What a basis point and a usual trade mean for one instrument, so that agents think the same about each. */
export interface Scale {
  /** Ticks in one basis point of the opening price, with fractions. */
  readonly ticksPerBp: number;
  /** Whole lots of a size given in units, a unit being the instrument's usual small trade; at least `lotsMin`. */
  lots(units: number): number;
}

/** `lotsMin`: no order is smaller, so that each meets the venue's minimum notional. */
export function marketScale(openingTicks: number, unitLots: number, lotsMin: number): Scale {
  return {
    ticksPerBp: openingTicks / 10_000,
    lots: (units) => Math.max(lotsMin, Math.round(units * unitLots)),
  };
}
