import type { EpochMs } from '../../core/time.ts';

/** What happens to a venue's catalogue at a moment after its start, by script; whole seconds, others wait for the next one. */
export type CatalogueAction<Plan> = { readonly atMs: number } & (
  | { readonly kind: 'list'; readonly plan: Plan }
  /** It is taken from all lists and its stream ends. */
  | { readonly kind: 'delist'; readonly symbol: string }
  /** The market of a series that runs closes now, and the one after it opens. */
  | { readonly kind: 'roll'; readonly series: string }
  /** Lists of a series, or of all, say that there is nothing, though all goes on. */
  | { readonly kind: 'empty'; readonly forMs: number; readonly series?: string }
);

/** Who obeys a script's actions. */
export interface CatalogueKeeper<Plan> {
  readonly empties: EmptyLists;
  /** Opens a market. */
  create(plan: Plan, now: EpochMs): void;
  delist(symbol: string, now: EpochMs): void;
  /** Ends the running markets of a series. */
  hurry(series: string, now: EpochMs): void;
}

/** Lets an action happen. */
export function play<Plan>(action: CatalogueAction<Plan>, keeper: CatalogueKeeper<Plan>, now: EpochMs): void {
  switch (action.kind) {
    case 'list':
      keeper.create(action.plan, now);
      return;
    case 'delist':
      keeper.delist(action.symbol, now);
      return;
    case 'roll':
      keeper.hurry(action.series, now);
      return;
    case 'empty':
      keeper.empties.empty(action.series, now + action.forMs);
      return;
  }
}

/** Gives a script's actions when they are due, and knows which lists are empty. */
export class CatalogueScript<Action extends { readonly atMs: number }> {
  private readonly left: Action[];
  private readonly startedAt: number;

  constructor(actions: readonly Action[], startedAt: number) {
    this.left = actions.toSorted((a, b) => a.atMs - b.atMs);
    this.startedAt = startedAt;
  }

  /** What is due by now and was not given before, in the order of its moments. */
  due(now: number): readonly Action[] {
    const count = this.left.findIndex(({ atMs }) => this.startedAt + atMs > now);
    return this.left.splice(0, count < 0 ? this.left.length : count);
  }
}

/** Which lists say that there is nothing, and until when. */
export class EmptyLists {
  private readonly until = new Map<string, number>();

  /** `series` undefined: every list. */
  empty(series: string | undefined, until: number): void {
    this.until.set(series ?? '', until);
  }

  isEmpty(series: string | undefined, now: number): boolean {
    return [series ?? '', ''].some((name) => (this.until.get(name) ?? 0) > now);
  }
}
