import { expect, test } from 'vitest';
import { billOf } from '../../../local/cost/bill.ts';
import type { ReferenceModel } from '../../../local/cost/reference-model.ts';
import { referenceUsage } from '../../../local/cost/reference-model.ts';

/**
 * Published vectors: dollars a month in us-east-1 for N instruments at r windows a second, worked out by hand on the
 * prices of 2026-11-20. Variable cost of each model, and the whole of the gated one with an on-demand and a Spot container.
 */
const PUBLISHED = [
  { n: 1, r: 1, naive: 4.77, batched: 3.16, gated: 0.31, onDemand: 11.17, spot: 6.71 },
  { n: 1, r: 4, naive: 20.03, batched: 13.22, gated: 1.21, onDemand: 12.06, spot: 7.61 },
  { n: 1, r: 10, naive: 53.74, batched: 33.32, gated: 3.29, onDemand: 14.15, spot: 9.7 },
  { n: 10, r: 1, naive: 53.85, batched: 3.28, gated: 0.42, onDemand: 11.28, spot: 6.82 },
  { n: 10, r: 4, naive: 222, batched: 13.33, gated: 1.32, onDemand: 12.18, spot: 7.72 },
  { n: 10, r: 10, naive: 567, batched: 33.43, gated: 3.41, onDemand: 14.27, spot: 9.81 },
  { n: 100, r: 1, naive: 568, batched: 4.4, gated: 1.55, onDemand: 19.61, spot: 10.7 },
  { n: 100, r: 4, naive: 2293, batched: 14.45, gated: 2.44, onDemand: 20.51, spot: 11.6 },
  { n: 100, r: 10, naive: 5742, batched: 34.56, gated: 4.53, onDemand: 22.6, spot: 13.69 },
] as const;

/** Ten percent is what is asked for; the arithmetic is the same, so a hundredth, or half a cent of rounding, is what it must hold. */
const withinOnePercent = (actual: number, published: number): void =>
  expect(Math.abs(actual - published)).toBeLessThanOrEqual(Math.max(0.01 * published, 0.005));

const bill = (model: ReferenceModel, n: number, r: number, spot = false) =>
  billOf(
    referenceUsage(model, { instruments: n, windowsPerSecond: r, fillsPerInstrumentMonth: 2_000, spot }),
    'us-east-1',
  );

test.each(PUBLISHED)('$n instruments at $r windows a second cost what was published', (row) => {
  withinOnePercent(bill('naive', row.n, row.r).variableUsd, row.naive);
  withinOnePercent(bill('batched', row.n, row.r).variableUsd, row.batched);
  withinOnePercent(bill('gated', row.n, row.r).variableUsd, row.gated);
  withinOnePercent(bill('gated', row.n, row.r).totalUsd, row.onDemand);
  withinOnePercent(bill('gated', row.n, row.r, true).totalUsd, row.spot);
});

test.each([
  { model: 'gated', n: 10, r: 4, split: { EventBridge: 1.05, Lambda: 0.01, DynamoDB: 0.26 } },
  {
    model: 'naive',
    n: 100,
    r: 10,
    split: { EventBridge: 2628, Lambda: 651, DynamoDB: 1808, CloudWatch: 655 },
  },
] as const)(
  'the $model bill of $n instruments at $r windows a second splits as published',
  ({ model, n, r, split }) => {
    const { services } = bill(model, n, r);
    for (const [service, published] of Object.entries(split))
      withinOnePercent(services.find((one) => one.service === service)?.usd ?? 0, published);
  },
);
