import type { Money, Quantity } from '../amounts.ts';
import { asMoney, asQuantity, ZERO_MONEY, ZERO_QUANTITY } from '../amounts.ts';
import type { JournalEntry, LedgerAccount } from '../ledger/journal.ts';
import type { LaneAccount } from '../ledger/lane-account.ts';
import { emptyAccount, evolveAccount } from '../ledger/lane-account.ts';
import type { Position } from '../ledger/position.ts';
import { flat } from '../ledger/position.ts';
import type { InstrumentId } from '../market/instrument.ts';

/** What a lane's journal gives when it is folded up to its entry `account.entries`. */
export interface LaneFold {
  readonly account: LaneAccount;
  /** Every instrument the journal ever held, by id. */
  readonly positions: readonly FoldedPosition[];
  /** Cash that orders have set aside and not given back, by order; no zero amounts. */
  readonly reserved: readonly { readonly causeId: string; readonly amount: Money }[];
}

export interface FoldedPosition {
  readonly instrumentId: InstrumentId;
  /** The asset it was first counted in; null while only its cost was booked. */
  readonly baseAsset: string | null;
  readonly quantity: Quantity;
  readonly cost: Money;
}

/** The fold of a journal without entries. */
export const nothingFolded = ({ accountId, lane, currency }: LaneAccount): LaneFold => ({
  account: emptyAccount(accountId, lane, currency),
  positions: [],
  reserved: [],
});

/** Balances, positions and reservations as a lane's journal has them, entry by entry. */
export class FoldedLane {
  #account: LaneAccount;
  readonly #positions: Map<InstrumentId, FoldedPosition>;
  readonly #reserved: Map<string, bigint>;

  constructor({ account, positions, reserved }: LaneFold) {
    this.#account = account;
    this.#positions = new Map(positions.map((one) => [one.instrumentId, one]));
    this.#reserved = new Map(reserved.map((one) => [one.causeId, one.amount]));
  }

  add(entry: JournalEntry): void {
    this.#account = evolveAccount(this.#account, entry);
    const { causeId, postings } = entry;
    for (const { account, currency, amount } of postings) {
      if (account === 'reserved') this.#reserved.set(causeId, (this.#reserved.get(causeId) ?? 0n) + amount);
      const id = instrumentOf(account);
      if (id === null) continue;
      const held = this.#positions.get(id) ?? unheld(id);
      this.#positions.set(
        id,
        account.startsWith('position:')
          ? { ...held, cost: asMoney(held.cost + amount) }
          : {
              ...held,
              quantity: asQuantity(held.quantity + amount),
              baseAsset: held.baseAsset ?? currency,
            },
      );
    }
  }

  get account(): LaneAccount {
    return this.#account;
  }

  get instruments(): readonly InstrumentId[] {
    return [...this.#positions.keys()];
  }

  /** Without its realized gain, which the journal does not keep by instrument. */
  position(id: InstrumentId): Position {
    const { quantity, cost } = this.#positions.get(id) ?? unheld(id);
    return { ...flat(id), quantity, cost };
  }

  baseAsset(id: InstrumentId): string | null {
    return this.#positions.get(id)?.baseAsset ?? null;
  }

  reserved(causeId: string): Money {
    return asMoney(this.#reserved.get(causeId) ?? 0n);
  }

  get fold(): LaneFold {
    return {
      account: this.#account,
      positions: [...this.#positions.values()].sort((a, b) => (a.instrumentId < b.instrumentId ? -1 : 1)),
      reserved: [...this.#reserved]
        .filter(([, amount]) => amount !== 0n)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([causeId, amount]) => ({ causeId, amount: asMoney(amount) })),
    };
  }
}

const unheld = (instrumentId: InstrumentId): FoldedPosition => ({
  instrumentId,
  baseAsset: null,
  quantity: ZERO_QUANTITY,
  cost: ZERO_MONEY,
});

/** The instrument of a `position:` or `holding:` account. */
function instrumentOf(account: LedgerAccount): InstrumentId | null {
  if (!account.startsWith('position:') && !account.startsWith('holding:')) return null;
  return account.slice(account.indexOf(':') + 1) as InstrumentId;
}
