import type { UniverseLists } from './universe-units.ts';

/** What a desk is asked to do. Counts are of the whole desk. */
export interface DeskParameters {
  readonly instruments: number;
  readonly windowsPerSecond: number;
  readonly accounts: number;
  readonly strategies: number;
  readonly ordersPerHour: number;
  /** How long an order keeps its account busy: it rests, or what it took is still shown by the venue. */
  readonly busySecondsPerOrder: number;
  /** The strategies' candle; their state is written when one closes. */
  readonly candleSeconds: number;
  readonly universe: UniverseLists;
}
