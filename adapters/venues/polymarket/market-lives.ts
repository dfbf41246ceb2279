import { formatUnits, ONE } from '../../../core/amounts.ts';
import type { Instrument } from '../../../core/market/instrument.ts';
import type { EpochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import { orderOf } from '../wire-times.ts';
import { decimalOf } from './amounts.ts';
import { type MarketFacts, pricesAt, statusOf, tickOf, toInstrument } from './market-facts.ts';
import type { MarketLife, MarketRegistry } from './market-registry.ts';
import type { WireBook } from './schema.ts';
import { timeOfStamp } from './times.ts';

/** Which list says what the outcomes of a market pay, in their order. */
export type PayoutList = 'catalogue' | 'resolutions';

/** Tells what becomes of markets: their rules, when they trade, how they end. */
export class MarketLives {
  private readonly desk: ConnectionDesk;
  private readonly registry: MarketRegistry;

  constructor(desk: ConnectionDesk, registry: MarketRegistry) {
    this.desk = desk;
    this.registry = registry;
  }

  /** Takes a market as the catalogue describes it. */
  takeMarket(facts: MarketFacts): void {
    this.registry.learn(facts.condition, facts.tokens);
    for (const [index, token] of facts.tokens.entries())
      if (this.desk.isFollowed(token)) this.takeToken(facts, index, token);
    if (facts.payouts !== null) this.takePayouts(facts.condition, facts.payouts, 'catalogue', null);
  }

  /** Takes what a book tells beside its levels; books of the stream leave out what they told before. */
  takeBookFacts(followed: FollowedInstrument, book: WireBook, now: EpochMs): void {
    const { facts } = this.registry.lifeOf(followed);
    facts.minOrderSize = book.min_order_size || facts.minOrderSize;
    facts.negRisk = book.neg_risk ?? facts.negRisk;
    if (book.tick_size) this.takeTick(followed, book.tick_size, orderOf(timeOfStamp(book.timestamp), now));
  }

  /** The matching engine told a token's tick. `at`: the place of its word among others. */
  takeTick(followed: FollowedInstrument, text: string, at: EpochMs | null): void {
    const { instrument, isTradable } = followed;
    const life = this.registry.lifeOf(followed);
    // A picture by REST may be older than the stream's word.
    if ((at ?? 0) < life.engineTickAt) return;
    const tick = tickOf(text);
    if (typeof tick === 'string') {
      this.desk.takeRules(instrument.symbol, tick);
      return;
    }
    life.facts.tickSize = text;
    life.engineTick = tick;
    life.engineTickAt = at ?? 0;
    if (tick !== instrument.tickSize) this.takeRules({ ...instrument, ...pricesAt(tick) }, isTradable);
  }

  /** The venue says that a market is decided; `payout` is null where it does not say how. */
  resolve(followed: FollowedInstrument, payout: bigint | null, at: EpochMs | null): void {
    this.registry.lifeOf(followed).isOver = true;
    this.desk.setTradable(followed, false, 'the market is decided');
    if (payout !== null) this.settle(followed, payout, true, at);
  }

  /**
   * Takes what a list says. Lists go by the order of the outcomes, which one day may be another one in the next list: a
   * single list is announced and not final, two that agree are.
   */
  takePayouts(condition: string, payouts: readonly bigint[], from: PayoutList, at: EpochMs | null): void {
    const tokens = this.registry.tokensOf(condition);
    if (payouts.length !== tokens.length) return;
    for (const [index, token] of tokens.entries()) {
      const followed = this.desk.isFollowed(token) ? this.desk.find(token) : undefined;
      const payout = payouts[index];
      if (followed === undefined || payout === undefined) continue;
      const { listedPayouts } = this.registry.lifeOf(followed);
      listedPayouts[from] = payout;
      if (listedPayouts.catalogue === listedPayouts.resolutions) this.resolve(followed, payout, at);
      else this.settle(followed, payout, false, at);
    }
  }

  private takeToken(facts: MarketFacts, index: number, token: string): void {
    const known = this.desk.find(token);
    const before = known && this.registry.lifeOf(known);
    const instrument = toInstrument(facts, index, before?.engineTick ?? facts.tickSize);
    const isTradable = facts.isTradable && before?.isOver !== true;
    if (known === undefined || before?.rules !== textOf(instrument)) this.takeRules(instrument, isTradable);
    else this.desk.setTradable(known, isTradable, `the venue says '${statusOf(facts.wire)}'`);
    const followed = this.desk.find(token);
    if (followed !== undefined) learnHash(this.registry.lifeOf(followed), facts);
  }

  private takeRules(instrument: Instrument, tradable: boolean): void {
    const { symbol } = instrument;
    this.desk.takeRules(symbol, { instrument, tradable });
    const followed = this.desk.find(symbol);
    if (followed !== undefined) this.registry.lifeOf(followed).rules = textOf(instrument);
  }

  private settle(followed: FollowedInstrument, payout: bigint, isFinal: boolean, at: EpochMs | null): void {
    const { desk } = this;
    const life = this.registry.lifeOf(followed);
    if (payout < 0n || payout > ONE || (payout === life.payout && (life.isFinal || !isFinal))) return;
    if (life.payout !== null && payout !== life.payout) {
      const words = `it pays ${formatUnits(life.payout)}, and the venue now says ${formatUnits(payout)}`;
      desk.note({ kind: 'refused', detail: `${followed.instrument.symbol}: ${words}` });
      // Positions were paid, or two lists contradict each other: what is right is for people to decide.
      if (life.isFinal || !isFinal) return;
    }
    life.payout = payout;
    life.isFinal = isFinal;
    desk.settled(followed, payout, isFinal, at);
  }
}

/** What books tell themselves is not replaced: the catalogue lags behind. */
function learnHash({ facts, engineTick }: MarketLife, { wire }: MarketFacts): void {
  facts.minOrderSize ??= decimalOf(wire.orderMinSize) ?? undefined;
  facts.negRisk ??= wire.negRisk ?? undefined;
  if (engineTick === undefined) facts.tickSize = decimalOf(wire.orderPriceMinTickSize) ?? facts.tickSize;
}

const textOf = (instrument: Instrument): string =>
  JSON.stringify(instrument, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
