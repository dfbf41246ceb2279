import { Duration } from 'aws-cdk-lib';
import type { FunctionWiring } from '../lambdas/topology.ts';

/**
 * How old what wakes a function may grow before it counts as failed. Lambda tries again a minute after an error and two
 * minutes after the next, so that five minutes hold both: a decision made late is recorded as late, one never made is
 * missing. News and schedules still matter after an outage of an hour.
 */
export const eventAge = ({ listens }: FunctionWiring): Duration =>
  listens.includes('market.window') || listens.includes('signals.raised')
    ? Duration.minutes(5)
    : Duration.hours(1);
