import type { Price } from '../../../core/amounts.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import type { HashFacts } from './hash-check.ts';

/** What is known of one token's market beside its instrument, over all connections. */
export interface MarketLife {
  /** With what its books are hashed. */
  readonly facts: HashFacts;
  /** The tick as the matching engine told it, which is ahead of the catalogue. */
  engineTick: Price | undefined;
  /** When it did. */
  engineTickAt: number;
  /** The rules last taken, to tell news from repetition. */
  rules: string;
  /** The venue said that it is decided: nothing trades any more. */
  isOver: boolean;
  /** What was told of its outcome. */
  payout: bigint | null;
  isFinal: boolean;
  /** What the catalogue's last prices and the list of resolutions say it pays; together they are enough. */
  listedPayouts: { catalogue: bigint | null; resolutions: bigint | null };
}

/** More markets than any feed follows, also over weeks of markets that last five minutes. */
const MARKETS_MAX = 10_000;

/** What outlives connections: how tokens' markets stand, and which tokens a market has. */
export class MarketRegistry {
  private readonly lives = new WeakMap<FollowedInstrument, MarketLife>();
  /** Tokens in the order of the outcomes, by condition id. */
  private readonly tokens = new Map<string, readonly string[]>();

  lifeOf(followed: FollowedInstrument): MarketLife {
    const known = this.lives.get(followed);
    if (known !== undefined) return known;
    const life: MarketLife = {
      facts: { minOrderSize: undefined, tickSize: undefined, negRisk: undefined },
      engineTick: undefined,
      engineTickAt: 0,
      rules: '',
      isOver: false,
      payout: null,
      isFinal: false,
      listedPayouts: { catalogue: null, resolutions: null },
    };
    this.lives.set(followed, life);
    return life;
  }

  tokensOf(condition: string): readonly string[] {
    return this.tokens.get(condition) ?? [];
  }

  /** Learns a market's tokens from the catalogue. */
  learn(condition: string, tokens: readonly string[]): void {
    this.tokens.delete(condition);
    this.tokens.set(condition, tokens);
    for (const oldest of this.tokens.keys()) {
      if (this.tokens.size <= MARKETS_MAX) return;
      this.tokens.delete(oldest);
    }
  }
}
