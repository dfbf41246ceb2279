import { formatUnits } from '../core/amounts.ts';
import type { MarketWindow } from '../core/market/window.ts';
import type { Fill } from '../core/paper/fill.ts';
import { hashEvidence, recomputeFill } from '../core/paper/fill.ts';
import type { AccountId, Lane, Order } from '../core/paper/order.ts';
import { parseFillId } from '../core/paper/order.ts';
import type { Sha256 } from '../core/ports.ts';
import { entryFaults, linkFaults } from '../core/reconcile/entry-faults.ts';
import { fillFaults } from '../core/reconcile/fill-faults.ts';
import { decisionFaults, decisionsBySignal, orderFaults } from '../core/reconcile/order-faults.ts';
import type { OrderFills } from '../core/reconcile/order-fills.ts';
import { fillsByOrder } from '../core/reconcile/order-fills.ts';
import type { AccountBooks, LaneBooks } from '../core/reconcile/reconcile.ts';
import { windowFaults } from '../core/reconcile/window-faults.ts';
import type { Decision } from '../core/risk/assess.ts';
import type { EpochMs } from '../core/time.ts';
import { isoTime } from '../core/time.ts';

/** One comparison that an explanation makes. */
export interface FillCheck {
  readonly what: string;
  readonly agrees: boolean;
  readonly detail: string;
}

export interface Explanation {
  readonly fill: Fill;
  /** Sentences for people: why, when, from what. */
  readonly story: readonly string[];
  readonly checks: readonly FillCheck[];
  readonly agrees: boolean;
}

export type ExplainResult =
  | { readonly kind: 'explained'; readonly explanation: Explanation }
  | { readonly kind: 'not_found'; readonly why: string };

/** What answers for the fills of a session. */
export interface FillExplainer {
  /** The fill of this id, by the parts of the id or by the id it says it has. */
  fill(id: string): ExplainResult;
  all(): readonly Explanation[];
}

/**
 * Recomputes fills from their stored evidence alone and compares: quantity and price by line, liquidity and fee with the
 * fill, the fill with its order and the order with its decision, the postings and the chain with the journal, and where
 * the window log has the window, the evidence with what the feed published.
 */
export function fillExplainer(
  accounts: readonly AccountBooks[],
  sha256: Sha256,
  windowAt: (at: EpochMs) => MarketWindow | null,
): FillExplainer {
  const stored = accounts.flatMap(recordsOf);
  const explained = ({ fill, ...records }: StoredFill): Explanation =>
    explain(fill, records, sha256, windowAt);
  return {
    fill(id) {
      const parts = parseFillId(id);
      if (!parts)
        return {
          kind: 'not_found',
          why: `'${id}' is no fill id; they look like 0123456789abcdef.base.1767603612000`,
        };
      const found =
        stored.find(
          ({ books, fill }) =>
            books.lane === parts.lane && fill.orderId === parts.order && fill.closedAt === parts.closedAt,
        ) ?? stored.find(({ fill }) => fill.id === id);
      return found
        ? { kind: 'explained', explanation: explained(found) }
        : {
            kind: 'not_found',
            why: `no fill ${id} in this session; list them with: npx deckle orders --fills`,
          };
    },
    all: () => stored.map(explained),
  };
}

/** What is stored beside a fill and must agree with it. */
interface Records {
  readonly books: LaneBooks;
  readonly order: Order | undefined;
  readonly fillsOfOrder: OrderFills;
  readonly decision: Decision | undefined;
  readonly entryFaults: readonly string[];
}

interface StoredFill extends Records {
  readonly fill: Fill;
}

/** The fills of an account with what is stored beside them; its journal is gone through once. */
function recordsOf(account: AccountBooks): readonly StoredFill[] {
  const orders = new Map(account.orders.map((order) => [order.id, order]));
  const decisions = decisionsBySignal(account.decisions);
  const fillsOf = fillsByOrder(account.lanes);
  return account.lanes.flatMap((books) => {
    const faults = entryFaults(books, orders, fillsOf);
    return books.fills.map((fill) => {
      const order = orders.get(fill.orderId);
      return {
        fill,
        books,
        order,
        fillsOfOrder: fillsOf(fill.orderId),
        decision: order && decisions.get(order.signalId),
        entryFaults: faults.get(fill) ?? [],
      };
    });
  });
}

function explain(
  fill: Fill,
  { books, order, fillsOfOrder, decision, entryFaults: booked }: Records,
  sha256: Sha256,
  windowAt: (at: EpochMs) => MarketWindow | null,
): Explanation {
  const { evidence, orderId } = fill;
  const again = recomputeFill(evidence);
  const lines = (all: Fill['lines']): string =>
    all.map((line) => `${formatUnits(line.quantity)} @ ${formatUnits(line.price)}`).join(', ') || 'nothing';
  const fee = (of: Fill['fee']): string => `${formatUnits(of.amount)} ${of.asset}`;
  const ofOrder = order ? orderFaults(order, fillsOfOrder, sha256).map((one) => one.detail) : [];
  const ofDecision = order ? decisionFaults(order, decision).map((one) => one.detail) : [];
  const checks: FillCheck[] = [
    check('executions', lines(again.lines), lines(fill.lines)),
    check('quantity', formatUnits(again.quantity), formatUnits(fill.quantity)),
    check('notional', formatUnits(again.notional), formatUnits(fill.notional)),
    check('liquidity', again.liquidity, fill.liquidity),
    check('fee', fee(again.fee), fee(fill.fee)),
    check('fee in quote', formatUnits(again.fee.inQuote), formatUnits(fill.fee.inQuote)),
    check('evidence', hashEvidence(sha256, evidence), fill.evidenceHash),
    check('lane and account', ownerOf(books.account), ownerOf(fill)),
    faultless('order', `${orderId} of ${fill.strategyId} for ${fill.accountId}`, [
      ...fillFaults(fill, order, fillsOfOrder),
      ...ofOrder,
    ]),
    faultless('decision', `on signal ${order?.signalId}`, ofDecision),
    faultless('journal', `entry ${fill.entry}, realized ${formatUnits(fill.realized)}`, booked),
    faultless('chain', `before and after entry ${fill.entry}`, linkFaults(books, fill.entry, sha256)),
  ];
  const window = windowAt(fill.closedAt);
  if (window) checks.push(faultless('window log', 'as published', windowFaults(evidence, window, windowAt)));
  return { fill, story: story(fill), checks, agrees: checks.every((one) => one.agrees) };
}

const check = (what: string, recomputed: string, stored: string): FillCheck => ({
  what,
  agrees: recomputed === stored,
  detail: recomputed === stored ? recomputed : `recomputed ${recomputed}, stored ${stored}`,
});

const faultless = (what: string, detail: string, faults: readonly string[]): FillCheck => ({
  what,
  agrees: faults.length === 0,
  detail: faults.length === 0 ? detail : faults.join('; '),
});

const ownerOf = ({ lane, accountId }: { readonly lane: Lane; readonly accountId: AccountId }): string =>
  `${lane} ${accountId}`;

function story({ evidence, side, lane, strategyId, instrumentId, orderId }: Fill): string[] {
  const { market } = evidence;
  const told = [
    `Order ${orderId} of ${strategyId}: ${side} ${instrumentId}, decided on the window of ${isoTime(evidence.decidedAt)}.`,
    `${evidence.latencyMs} ms of latency later, at ${isoTime(evidence.effectiveAt)}, it reached the venue (${lane} lane, model ${evidence.model}).`,
  ];
  if (market.kind === 'taker') {
    told.push(
      `At the close of ${isoTime(evidence.closedAt)} it met ${market.levels.length} displayed levels within ${formatUnits(market.limitPrice)}:`,
    );
    for (const level of market.levels)
      told.push(
        `  ${formatUnits(level.shown)} @ ${formatUnits(level.price)}${level.taken > 0n ? `, of which ${formatUnits(level.taken)} were ours already` : ''}`,
      );
  } else {
    if (evidence.joinedAt !== null && market.queueAtJoin !== null)
      told.push(
        `It joined the queue at ${formatUnits(market.price)} in the window of ${isoTime(evidence.joinedAt)}, behind ${formatUnits(market.queueAtJoin)}.`,
      );
    told.push(
      `Before the window of ${isoTime(evidence.closedAt)} there were ${market.queueBefore === null ? 'an unknown quantity' : formatUnits(market.queueBefore)} ahead; that window printed:`,
    );
    for (const print of market.prints)
      told.push(
        `  ${formatUnits(print.quantity)} @ ${formatUnits(print.price)}, ${print.aggressor} aggressor, trades ${print.firstTradeId} to ${print.lastTradeId}`,
      );
  }
  told.push(`Fee schedule ${evidence.fees.version}.`);
  return told;
}
