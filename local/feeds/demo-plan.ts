import type { BeatingSource } from '../../adapters/venues/frame-source.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { Clock } from '../../core/ports.ts';
import { beatAt, DAY_MS, type EpochMs, SECOND_MS } from '../../core/time.ts';
import type { FeedPlan } from '../../fargate/feeds-options.ts';
import { paced } from '../../fargate/paced.ts';
import { demoInstruments } from '../demo-market/demo-listing.ts';
import { type DemoScenario, demoMarket } from '../demo-market/demo-market.ts';
import { followedBy } from '../followed.ts';

/**
 * `paced`: market time is the clock's, for as long as the process runs, and a new life of the feed goes on at that time.
 * `unpaced`: as fast as it is taken, from a moment on, for as long as the configuration says.
 */
export type DemoPace =
  | { readonly kind: 'paced'; readonly clock: Clock }
  | { readonly kind: 'unpaced'; readonly startAt: EpochMs };

export interface DemoPlanOptions {
  readonly pace: DemoPace;
  /** Instead of those of the configuration's demo section. */
  readonly seed?: number;
  readonly scenario?: DemoScenario;
}

/** A market without an end: longer than any process runs. */
const ENDLESS_MS = 3_650 * DAY_MS;

/** The demo market as the source of a feed. */
export function demoPlan(config: DeskConfig, { pace, ...rest }: DemoPlanOptions): FeedPlan {
  const { seed = config.demo.seed, scenario = config.demo.scenario } = rest;
  const followed = followedBy(config, demoInstruments);
  return {
    key: JSON.stringify([config.feed, followed.ids, seed, scenario]),
    ...followed,
    open: async () => openDemo(config, { seed, scenario }, pace),
  };
}

function openDemo(
  { feed, demo }: DeskConfig,
  market: { readonly seed: number; readonly scenario: DemoScenario },
  pace: DemoPace,
): BeatingSource {
  switch (pace.kind) {
    case 'paced': {
      const startAt = beatAt(pace.clock.now(), feed.windowMs);
      const source = demoMarket({ ...market, startAt, durationMs: ENDLESS_MS });
      return paced(source, pace.clock, feed.windowMs);
    }
    case 'unpaced':
      return demoMarket({ ...market, startAt: pace.startAt, durationMs: demo.seconds * SECOND_MS });
  }
}
