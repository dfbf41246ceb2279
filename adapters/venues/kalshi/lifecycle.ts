import { formatUnits } from '../../../core/amounts.ts';
import type { Contract, Instrument } from '../../../core/market/instrument.ts';
import type { EpochMs } from '../../../core/time.ts';
import type { FollowedInstrument } from '../followed-instrument.ts';
import { short } from '../json-fields.ts';
import type { ConnectionDesk } from '../venue-reader.ts';
import { timeOfSeconds } from '../wire-times.ts';
import { decimalOf } from './amounts.ts';
import { closedBecause, type MarketCalendar, type MarketLife } from './calendar.ts';
import { factsOfCreation, type MarketFacts } from './market-facts.ts';
import { toPayout } from './payout.ts';
import { toPriceRules } from './price-rules.ts';
import type { WireLifecycle } from './schema.ts';

/** Words of an object's `status` for what an event of the stream says. */
const PHASE_AFTER: Readonly<Record<string, string>> = {
  activated: 'active',
  deactivated: 'inactive',
  determined: 'determined',
  settled: 'finalized',
};
/** Words under which the outcome is announced, and the one under which it is paid. */
const ANNOUNCED: ReadonlySet<string> = new Set(['determined', 'disputed', 'amended']);
const PAID = 'finalized';

/** Tells what becomes of markets: their rules, when they trade, how they end. */
export class MarketLives {
  private readonly desk: ConnectionDesk;
  private readonly calendar: MarketCalendar;

  constructor(desk: ConnectionDesk, calendar: MarketCalendar) {
    this.desk = desk;
    this.calendar = calendar;
  }

  /** Opens and closes what is due by the clock. */
  tick(now: EpochMs): void {
    if (this.calendar.isDue(now)) this.calendar.sweep(now, this.desk);
  }

  /** Takes a market as an answer describes it; a text says what of its rules cannot be read. */
  takeMarket(symbol: string, facts: MarketFacts | string, now: EpochMs): void {
    if (typeof facts === 'string') {
      this.desk.takeRules(symbol, facts);
      return;
    }
    const { instrument, phase } = facts;
    this.takeRules(instrument, phase, now);
    const followed = this.desk.find(symbol);
    if (followed === undefined || phase === null) return;
    if (ANNOUNCED.has(phase)) this.settle(followed, facts.payout, false, null);
    else if (phase === PAID) this.settle(followed, facts.payout, true, facts.settledAt);
  }

  /** Takes what the stream says of a market that is followed. True when its book has to be looked at anew. */
  onLifecycle(msg: WireLifecycle, now: EpochMs): boolean {
    const { market_ticker: symbol, event_type: event } = msg;
    const followed = this.desk.find(symbol);
    if (followed === undefined) {
      if (event === 'created') this.takeMarket(symbol, factsOfCreation(msg), now);
      return false;
    }
    const life = this.calendar.of(followed);
    const was = life.phase;
    life.phase = PHASE_AFTER[event] ?? life.phase;
    this.takeChange(followed, msg, now);
    const payout = toPayout(
      msg.settlement_value,
      msg.result ?? (msg.settlement_value ? 'scalar' : undefined),
    );
    if (event === 'determined') this.settle(followed, payout, false, timeOfSeconds(msg.determination_ts));
    if (event === 'settled')
      this.settle(followed, payout ?? life.payout, true, timeOfSeconds(msg.settled_ts));
    this.calendar.sweep(now, this.desk);
    return event === 'activated' && was === 'inactive';
  }

  /** What a message changes of the rules, the rest being as it was. */
  private takeChange(followed: FollowedInstrument, msg: WireLifecycle, now: EpochMs): void {
    const { instrument } = followed;
    const changed = changedBy(msg, instrument);
    if (changed === undefined) return;
    if (typeof changed === 'string') this.desk.takeRules(instrument.symbol, changed);
    else this.takeRules(changed, null, now);
  }

  /** Tells rules only where they are news: answers repeat them every half minute. */
  private takeRules(instrument: Instrument, phase: string | null, now: EpochMs): void {
    const { desk, calendar } = this;
    const { symbol, contract } = instrument;
    const times = { opensAt: contract?.opensAt ?? null, closesAt: contract?.closesAt ?? null };
    const known = desk.find(symbol);
    const before = known && calendar.of(known);
    const rules = textOf(instrument);
    if (before?.rules !== rules) {
      const why = closedBecause({ ...times, phase: phase ?? before?.phase ?? null }, now);
      desk.takeRules(symbol, { instrument, tradable: why === null });
    }
    const followed = desk.find(symbol);
    if (followed === undefined) return;
    const life = calendar.of(followed);
    Object.assign(life, { ...times, rules, phase: phase ?? life.phase } satisfies Partial<MarketLife>);
    calendar.sweep(now, desk);
  }

  private settle(
    followed: FollowedInstrument,
    payout: bigint | string | null,
    isFinal: boolean,
    at: EpochMs | null,
  ): void {
    const { desk } = this;
    const { symbol } = followed.instrument;
    if (payout === null) return;
    if (typeof payout === 'string') {
      desk.note({ kind: 'refused', detail: `${symbol}: ${payout}` });
      return;
    }
    const life = this.calendar.of(followed);
    if (life.isFinal) {
      // Positions were paid; a correction of what was paid is for people to decide.
      if (payout === life.payout) return;
      const words = `${symbol}: it paid ${formatUnits(life.payout ?? 0n)}, and the venue now says ${formatUnits(payout)}`;
      desk.note({ kind: 'refused', detail: words });
      return;
    }
    if (payout === life.payout && !isFinal) return;
    life.payout = payout;
    life.isFinal = isFinal;
    desk.settled(followed, payout, isFinal, at);
  }
}

/** The rules after a message of the stream; undefined when it changes none, a text when its prices cannot be read. */
function changedBy(msg: WireLifecycle, instrument: Instrument): Instrument | string | undefined {
  const { contract } = instrument;
  if (contract === undefined) return undefined;
  switch (msg.event_type) {
    case 'close_date_updated': {
      const closesAt = timeOfSeconds(msg.close_ts);
      return closesAt === null ? undefined : { ...instrument, contract: { ...contract, closesAt } };
    }
    case 'price_level_structure_updated': {
      const prices = toPriceRules(msg.price_ranges, msg.price_level_structure);
      if (typeof prices === 'string') return prices;
      const { priceRanges: _, ...rest } = instrument;
      return { ...rest, ...prices };
    }
    case 'metadata_updated':
      return { ...instrument, contract: { ...contract, ...updated(msg, contract) } };
    default:
      return undefined;
  }
}

function updated(msg: WireLifecycle, { strike, outcome }: Contract): Pick<Contract, 'strike' | 'outcome'> {
  const kind = msg.strike_type ?? strike?.kind;
  return {
    outcome: msg.yes_sub_title || outcome,
    strike:
      kind === undefined
        ? null
        : {
            kind: short(kind),
            floor: decimalOf(msg.floor_strike) ?? strike?.floor ?? null,
            cap: decimalOf(msg.cap_strike) ?? strike?.cap ?? null,
          },
  };
}

const textOf = (instrument: Instrument): string =>
  JSON.stringify(instrument, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
