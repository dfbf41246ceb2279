import type { Money } from '../amounts.ts';

/** What an account may do; amounts in its quote currency. Every field is documented with its default in docs/configuration.md. */
export interface Limits {
  /** Largest position plus open buys in one instrument, and in all together. */
  readonly exposurePerInstrumentMax: Money;
  readonly exposureTotalMax: Money;
  /** Loss since 00:00 UTC, unrealized included, at which nothing new is bought until the next 00:00 UTC. */
  readonly dailyLossMax: Money;
  /** Fall from peak equity, unrealized included, at which trading halts. Basis points. */
  readonly drawdownBpsMax: number;
  /** Oldest book a decision may rest on. */
  readonly dataAgeMsMax: number;
  readonly openOrdersMax: number;
}

/** How an admitted signal gets its size. */
export interface Sizing {
  readonly method: 'fixed-fraction';
  /** Share of equity per entry, in basis points. */
  readonly fractionBps: number;
  /** Multiply the fraction by the signal's confidence. */
  readonly byConfidence: boolean;
  /** Largest notional of one order. */
  readonly notionalMax: Money;
}

/** How an admitted and sized signal becomes one order. */
export interface ExecutionStyle {
  /** `take` crosses the spread, `join` rests at the best price of our side, `improve` one tick inside the spread. */
  readonly style: 'take' | 'join' | 'improve';
  readonly postOnly: boolean;
  readonly timeInForce: 'GTC' | 'IOC';
  /** The order expires this long after its decision, in event time; null: it rests until filled or canceled. */
  readonly expireAfterMs: number | null;
  /** What a signal for the other side does to this strategy's working orders. */
  readonly onOppositeSignal: 'cancel' | 'keep';
  /** A market order never trades worse than the touch it was decided on by more than this. */
  readonly collarBps: number;
}
