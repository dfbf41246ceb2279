import { Duration } from 'aws-cdk-lib';
import type { FunctionWiring } from '../lambdas/topology.ts';

/**
 * How old what wakes a function may grow before it counts as failed. A window, or a signal raised on it, is repeated by
 * the next event or worth nothing a minute later; news and schedules still matter after an outage of an hour.
 */
export const eventAge = ({ listens }: FunctionWiring): Duration =>
  listens.includes('market.window') || listens.includes('signals.raised')
    ? Duration.minutes(1)
    : Duration.hours(1);
