import type { Price, PriceId, Region } from './prices.ts';
import { PRICES, usdIn } from './prices.ts';

/** What is used of one priced thing in a month, in single units, and what for. */
export interface UsageLine {
  readonly price: PriceId;
  readonly what: string;
  readonly quantity: number;
}

/** A line of the bill. Quantities are in single units; `usd` is what remains to pay after the free allowance. */
export interface BillLine extends UsageLine {
  readonly service: string;
  readonly free: number;
  readonly unitUsd: number;
  readonly usd: number;
}

export interface Bill {
  readonly region: Region;
  readonly lines: readonly BillLine[];
  /** Sums in the order in which the services first appear. */
  readonly services: readonly { readonly service: string; readonly usd: number }[];
  readonly totalUsd: number;
  /** The total without the container and its address, which cost the same whatever the market does. */
  readonly variableUsd: number;
}

/** Services that are paid by the hour. */
const FIXED = new Set(['Fargate', 'VPC']);

/** Prices a month of use. What several lines use of one free allowance is shared among them in proportion. */
export function billOf(usage: readonly UsageLine[], region: Region): Bill {
  const used = usage.filter((line) => line.quantity > 0);
  const lines = used.map((line): BillLine => {
    const { service, per, free }: Price = PRICES[line.price];
    const together = used.reduce((sum, one) => sum + (one.price === line.price ? one.quantity : 0), 0);
    const share = Math.min(line.quantity, (free * line.quantity) / together);
    const unitUsd = usdIn(line.price, region);
    return { ...line, service, free: share, unitUsd, usd: ((line.quantity - share) / per) * unitUsd };
  });
  const sum = (some: readonly BillLine[]): number => some.reduce((total, line) => total + line.usd, 0);
  return {
    region,
    lines,
    services: [...new Set(lines.map((line) => line.service))].map((service) => ({
      service,
      usd: sum(lines.filter((line) => line.service === service)),
    })),
    totalUsd: sum(lines),
    variableUsd: sum(lines.filter((line) => !FIXED.has(line.service))),
  };
}
