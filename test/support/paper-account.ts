import { sha256 } from '../../adapters/sha256.ts';
import type { JournalEntry } from '../../core/ledger/journal.ts';
import { chainEntry } from '../../core/ledger/journal.ts';
import type { LaneAccount } from '../../core/ledger/lane-account.ts';
import { emptyAccount, evolveAccount } from '../../core/ledger/lane-account.ts';
import { reserveFacts } from '../../core/ledger/order-facts.ts';
import type { InstrumentWindow } from '../../core/market/window.ts';
import { reviseConsumption } from '../../core/paper/consumption.ts';
import type { FeeSchedule } from '../../core/paper/fees.ts';
import type { Fill } from '../../core/paper/fill.ts';
import type { Lane, Order, OrderId } from '../../core/paper/order.ts';
import { isWorking, LANES } from '../../core/paper/order.ts';
import type { Holding, OrderStep } from '../../core/paper/step.ts';
import { emptyHolding, stepOrder } from '../../core/paper/step.ts';
import { at, COIN, FEES } from './values.ts';

type PerLane<T> = Record<Lane, T>;
const perLane = <T>(of: (lane: Lane) => T): PerLane<T> => ({
  optimistic: of('optimistic'),
  base: of('base'),
  pessimistic: of('pessimistic'),
});

/** One account in memory with the paper venue's steps applied as fills applies them: for laws over many windows. */
export class PaperAccount {
  readonly orders = new Map<OrderId, Order>();
  readonly journal: PerLane<JournalEntry[]> = perLane(() => []);
  readonly fills: PerLane<Omit<Fill, 'entry'>[]> = perLane(() => []);
  accounts: PerLane<LaneAccount>;
  holdings: PerLane<Holding> = perLane(() => emptyHolding(COIN));
  readonly #fees: FeeSchedule;

  constructor(fees: FeeSchedule = FEES) {
    this.#fees = fees;
    this.accounts = perLane((lane) => emptyAccount('main' as LaneAccount['accountId'], lane, 'USDT'));
  }

  place(order: Order): void {
    this.orders.set(order.id, order);
    for (const lane of LANES) {
      const facts = reserveFacts(order, lane, COIN);
      if (facts) this.#book(lane, facts, null);
    }
  }

  /** Every working order against the n-th window; returns the steps that changed something. */
  window(
    n: number,
    market: InstrumentWindow | undefined,
    more: { afterHole?: boolean; halted?: boolean } = {},
  ): OrderStep[] {
    if (market)
      this.holdings = perLane((lane) => ({
        ...this.holdings[lane],
        consumption: reviseConsumption(this.holdings[lane].consumption, market),
      }));
    const steps: OrderStep[] = [];
    for (const { id } of this.working()) {
      const order = this.orders.get(id);
      if (!order) continue;
      const others = this.working().filter((one) => one.id !== id);
      const { holdings } = this;
      const flags = { afterHole: more.afterHole ?? false, stop: more.halted ? ('halted' as const) : null };
      const context = {
        closedAt: at(n),
        market,
        instrument: COIN,
        fees: this.#fees,
        holdings,
        others,
        ...flags,
      };
      const step = stepOrder(order, context, sha256);
      if (!step) continue;
      steps.push(step);
      this.orders.set(id, step.after);
      for (const { lane, facts, fill, holding } of step.lanes) {
        if (facts) this.#book(lane, facts, fill?.evidenceHash ?? null);
        if (fill) this.fills[lane].push(fill);
        if (holding) this.holdings = { ...this.holdings, [lane]: holding };
      }
    }
    return steps;
  }

  working(): Order[] {
    return [...this.orders.values()]
      .filter(isWorking)
      .sort((a, b) => a.decidedAt - b.decidedAt || (a.id < b.id ? -1 : 1));
  }

  #book(lane: Lane, facts: Parameters<typeof chainEntry>[1], evidenceHash: string | null): void {
    const before = this.accounts[lane];
    const entry = chainEntry(sha256, facts, before.entries + 1, before.chain, evidenceHash);
    this.journal[lane].push(entry);
    this.accounts = { ...this.accounts, [lane]: evolveAccount(before, entry) };
  }
}
