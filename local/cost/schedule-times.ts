import type { FunctionName } from '../../lambdas/topology.ts';
import { TOPOLOGY } from '../../lambdas/topology.ts';
import { scheduleTimes } from '../schedule.ts';
import { SECONDS_PER_MONTH } from './prices.ts';

/** Reconciliations that read everything: the first of each UTC day. The others go on from a checkpoint (docs/adr/0011). */
export const FULL_RECONCILIATIONS_PER_MONTH = SECONDS_PER_MONTH / 86_400;

/** How often its schedules wake a function in a month; zero for one that has none. */
export const timesPerMonth = (name: FunctionName): number =>
  (TOPOLOGY.find((one) => one.name === name)?.schedules ?? []).reduce(
    (sum, one) => sum + (SECONDS_PER_MONTH * 1_000) / scheduleTimes(one).everyMs,
    0,
  );
