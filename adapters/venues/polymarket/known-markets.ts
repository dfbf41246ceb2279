import { isObject, NOT_JSON, parseJson } from '../json-fields.ts';
import { marketPageOf } from './gamma.ts';
import { type MarketFacts, toMarketFacts } from './market-facts.ts';
import { toResolution, toTokenPayout } from './resolutions.ts';

/** What answers told of a token that is followed. */
interface KnownToken {
  readonly condition: string;
  readonly version: 'v1' | 'v2';
  isClosed: boolean;
  isDecided: boolean;
}

/** More tokens than any feed follows, also over weeks of markets that last five minutes. */
const TOKENS_MAX = 20_000;

/** What the answers of one feed have told so far, so that the next ones ask for what is missing. */
export class KnownMarkets {
  private readonly tokens = new Map<string, KnownToken>();

  /** The tokens of an answer that may be subscribed; an Error when it cannot be read. */
  read(body: string): ReadonlySet<string> | Error {
    const value = parseJson(body);
    if (value === undefined) return new Error(`the answer is ${NOT_JSON.detail}`);
    const rows = isObject(value) ? value['data'] : undefined;
    if (rows === null) return new Set();
    if (Array.isArray(rows)) return this.readRows(rows);
    const page = marketPageOf(value);
    if (page === undefined) return new Error('the answer holds no markets');
    const open = new Set<string>();
    for (const { market, event } of page.markets) {
      const facts = toMarketFacts(market, event);
      if (typeof facts !== 'string') this.learn(facts, open);
    }
    return open;
  }

  versionOf(token: string): 'v1' | 'v2' | undefined {
    return this.tokens.get(token)?.version;
  }

  isDecided(token: string): boolean {
    return this.tokens.get(token)?.isDecided ?? false;
  }

  /** The markets of these tokens, each once. */
  conditionsOf(tokens: readonly string[]): readonly string[] {
    return [...new Set(tokens.flatMap((token) => this.tokens.get(token)?.condition ?? []))];
  }

  /** Of these tokens those whose market has closed and of which nobody said what it pays. */
  waiting(tokens: readonly string[]): readonly string[] {
    return tokens.filter((token) => {
      const known = this.tokens.get(token);
      return known?.isClosed === true && !known.isDecided;
    });
  }

  private learn({ wire, tokens, condition }: MarketFacts, open: Set<string>): void {
    if (this.tokens.size > TOKENS_MAX) this.tokens.clear();
    const version = wire.version === 'v2' ? 'v2' : 'v1';
    const isClosed = wire.closed === true;
    for (const token of tokens) {
      const isDecided = this.isDecided(token);
      this.tokens.set(token, { condition, version, isClosed, isDecided });
      if (!isClosed && wire.active !== false && wire.enableOrderBook !== false) open.add(token);
    }
  }

  /** Rows of outcomes list nothing that can be subscribed. */
  private readRows(rows: readonly unknown[]): ReadonlySet<string> {
    for (const row of rows) {
      const payout = toTokenPayout(row);
      if (payout !== null && typeof payout !== 'string') this.decide(payout.token);
      const resolution = toResolution(row);
      if (resolution !== null && typeof resolution !== 'string') this.decideAll(resolution.condition);
    }
    return new Set();
  }

  private decide(token: string): void {
    const known = this.tokens.get(token);
    if (known !== undefined) known.isDecided = true;
  }

  private decideAll(condition: string): void {
    for (const known of this.tokens.values()) if (known.condition === condition) known.isDecided = true;
  }
}
