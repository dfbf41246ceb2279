import { storedLedgerHash } from '../../adapters/store/books.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { queryAll } from '../../adapters/store/item-store.ts';
import { prefixes } from '../../adapters/store/table.ts';
import type { Money } from '../../core/amounts.ts';
import { asMoney, formatUnits, ZERO_MONEY } from '../../core/amounts.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import { valuation } from '../../core/ledger/equity.ts';
import type { Lane } from '../../core/paper/order.ts';
import { hasEnded, LANES } from '../../core/paper/order.ts';
import type { FeedStore, Ledger, RecordStore, Sha256 } from '../../core/ports.ts';
import { epochMs } from '../../core/time.ts';

/** What a session amounts to so far, counted from its store: a resumed run says the same as an undisturbed one. */
export interface SessionSummary {
  readonly windows: number;
  readonly signals: number;
  readonly accepted: number;
  readonly denied: number;
  readonly fills: number;
  readonly makerFills: number;
  readonly openOrders: number;
  readonly equity: Money;
  readonly realizedPnl: Money;
  readonly feesPaid: Money;
  readonly discrepancies: number;
  readonly ledgerHash: string;
  /** PnL since the start under each fill rule. */
  readonly band: Readonly<Record<Lane, Money>>;
}

export async function summarize(
  windows: number,
  {
    store,
    ledger,
    feeds,
    records,
    config,
    sha256,
  }: {
    readonly store: ItemStore;
    readonly ledger: Ledger;
    readonly feeds: FeedStore;
    readonly records: RecordStore;
    readonly config: DeskConfig;
    readonly sha256: Sha256;
  },
): Promise<SessionSummary> {
  const sums = {
    signals: 0,
    accepted: 0,
    denied: 0,
    fills: 0,
    makerFills: 0,
    openOrders: 0,
    discrepancies: 0,
  };
  let [equity, realizedPnl, feesPaid] = [0n, 0n, 0n];
  const band: Record<Lane, Money> = { optimistic: ZERO_MONEY, base: ZERO_MONEY, pessimistic: ZERO_MONEY };
  for await (const item of queryAll(store, { pk: `FEED#${config.feed.id}`, prefix: prefixes.raised() }))
    sums.signals += (item['signals'] as readonly unknown[]).length;
  for (const account of config.accounts) {
    for await (const decision of ledger.decisions(account.id)) sums[decision.outcome] += 1;
    for await (const fill of ledger.fills(account.id, 'base')) {
      sums.fills += 1;
      if (fill.liquidity === 'maker') sums.makerFills += 1;
    }
    for await (const order of ledger.orders(account.id))
      if (!hasEnded(order.lanes.base)) sums.openOrders += 1;
    sums.discrepancies += (await records.reconciliation(account.id))?.discrepancies.length ?? 0;
    const view = await ledger.load(account.id);
    const marks = (await feeds.marks(config.feed.id))?.value;
    realizedPnl += view?.lanes.base.realized ?? 0n;
    feesPaid += view?.lanes.base.fees ?? 0n;
    for (const lane of LANES) {
      if (!view) continue;
      const positions = (await ledger.holdings(account.id, lane)).map((one) => one.value.position);
      const worth = valuation(
        view.lanes[lane],
        positions,
        marks?.marks ?? [],
        marks?.at ?? epochMs(0),
      ).equity;
      band[lane] = asMoney(band[lane] + worth - account.openingEquity);
      if (lane === 'base') equity += worth;
    }
  }
  const accounts = config.accounts.map((one) => one.id);
  const { discrepancies, ...counts } = sums;
  return {
    windows,
    ...counts,
    equity: asMoney(equity),
    realizedPnl: asMoney(realizedPnl),
    feesPaid: asMoney(feesPaid),
    discrepancies,
    ledgerHash: await storedLedgerHash(ledger, accounts, sha256),
    band,
  };
}

/** The one JSON line of `--json`. */
export const summaryJson = ({ band: _, ...summary }: SessionSummary, wallMs: number): string =>
  JSON.stringify({ ...summary, wallMs }, (_key, value) =>
    typeof value === 'bigint' ? formatUnits(value) : value,
  );
