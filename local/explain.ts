import { formatUnits } from '../core/amounts.ts';
import type { JournalEntry } from '../core/ledger/journal.ts';
import type { MarketWindow } from '../core/market/window.ts';
import { instrumentOf } from '../core/market/window.ts';
import { lineNotional } from '../core/paper/fees.ts';
import type { Fill, RecomputedFill } from '../core/paper/fill.ts';
import { hashEvidence, recomputeFill } from '../core/paper/fill.ts';
import type { AccountId, Order } from '../core/paper/order.ts';
import { parseFillId } from '../core/paper/order.ts';
import type { Ledger, Sha256 } from '../core/ports.ts';
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

/**
 * Recomputes a fill from its stored evidence alone and compares: quantity and price by line, liquidity, fee, the evidence
 * and the realized PnL against the journal, whose fill it is against its order, and where the window log has the window,
 * the evidence against what the feed published.
 */
export async function explainFill(
  id: string,
  accounts: readonly AccountId[],
  ledger: Ledger,
  sha256: Sha256,
  windowOf: (fill: Fill) => Promise<MarketWindow | null>,
): Promise<ExplainResult> {
  const parts = parseFillId(id);
  if (!parts)
    return {
      kind: 'not_found',
      why: `'${id}' is no fill id; they look like 0123456789abcdef.base.1767603612000`,
    };
  for (const account of accounts) {
    const fill = await ledger.fill(account, parts.lane, parts.order, parts.closedAt);
    if (!fill) continue;
    const order = await ledger.order(account, parts.order);
    return {
      kind: 'explained',
      explanation: await explain(id, fill, order, ledger, sha256, await windowOf(fill)),
    };
  }
  return {
    kind: 'not_found',
    why: `no fill ${id} in this session; list them with: npx deckle orders --fills`,
  };
}

async function explain(
  id: string,
  fill: Fill,
  order: Order | undefined,
  ledger: Ledger,
  sha256: Sha256,
  window: MarketWindow | null,
): Promise<Explanation> {
  const again = recomputeFill(fill.evidence);
  const entry = await entryOf(fill, ledger);
  const evidenceHash = hashEvidence(sha256, fill.evidence);
  const lines = (all: Fill['lines']): string =>
    all.map((line) => `${formatUnits(line.quantity)} @ ${formatUnits(line.price)}`).join(', ') || 'nothing';
  const fee = (of: Fill['fee']): string => `${formatUnits(of.amount)} ${of.asset}`;
  const ordered = (orderId: string, of: Order | Fill): string =>
    `${orderId} of ${of.strategyId} for ${of.accountId}`;
  const checks: FillCheck[] = [
    check('executions', lines(again.lines), lines(fill.lines)),
    check('quantity', formatUnits(sum(again.lines)), formatUnits(fill.quantity)),
    check('notional', formatUnits(notional(again)), formatUnits(fill.notional)),
    check('side and liquidity', `${again.side} ${again.liquidity}`, `${fill.side} ${fill.liquidity}`),
    check('instrument', fill.evidence.instrumentId, fill.instrumentId),
    check('fee', fee(again.fee), fee(fill.fee)),
    check('fee in quote', formatUnits(again.fee.inQuote), formatUnits(fill.fee.inQuote)),
    check('evidence', evidenceHash, fill.evidenceHash),
    check('journal', evidenceHash, entry?.evidenceHash ?? 'no entry'),
    check('realized', formatUnits(realized(entry)), formatUnits(fill.realized)),
    check('time', `${fill.evidence.closedAt}`, `${fill.closedAt}`),
    check('id', id, fill.id),
    check('order', order ? ordered(order.id, order) : 'no such order', ordered(fill.orderId, fill)),
  ];
  if (window) checks.push(windowCheck(fill, window));
  return { fill, story: story(fill), checks, agrees: checks.every((one) => one.agrees) };
}

const check = (what: string, recomputed: string, stored: string): FillCheck => ({
  what,
  agrees: recomputed === stored,
  detail: recomputed === stored ? recomputed : `recomputed ${recomputed}, stored ${stored}`,
});

const sum = (lines: Fill['lines']): bigint => lines.reduce((total, line) => total + line.quantity, 0n);

const notional = ({ side, lines }: RecomputedFill): bigint =>
  lines.reduce((total, line) => total + lineNotional(side, line), 0n);

/** What the entry credits to realized PnL; a credit is negative. */
const realized = (entry: JournalEntry | undefined): bigint =>
  (entry?.postings ?? []).reduce(
    (total, { account, amount }) => (account === 'realized' ? total - amount : total),
    0n,
  );

async function entryOf(fill: Fill, ledger: Ledger): Promise<JournalEntry | undefined> {
  for await (const entry of ledger.journal(fill.accountId, fill.lane))
    if (entry.n === fill.entry) return entry;
  return undefined;
}

/** The levels or prints of the evidence must be those that the feed published in that window. */
function windowCheck({ evidence }: Fill, window: MarketWindow): FillCheck {
  const what = 'window log';
  const shown = instrumentOf(window, evidence.instrumentId);
  if (!shown) return { what, agrees: false, detail: `the window has no ${evidence.instrumentId}` };
  const { market } = evidence;
  if (market.kind === 'taker') {
    const levels = market.side === 'buy' ? shown.asks : shown.bids;
    const missing = market.levels.find(
      (one) => !levels.some((level) => level.price === one.price && level.quantity === one.shown),
    );
    return missing
      ? {
          what,
          agrees: false,
          detail: `the window does not show ${formatUnits(missing.shown)} @ ${formatUnits(missing.price)}`,
        }
      : { what, agrees: true, detail: `${market.levels.length} levels as published` };
  }
  const missing = market.prints.find(
    (one) =>
      !shown.prints.some(
        (print) =>
          print.price === one.price &&
          print.aggressor === one.aggressor &&
          print.quantity === one.quantity &&
          print.firstTradeId === one.firstTradeId,
      ),
  );
  return missing
    ? {
        what,
        agrees: false,
        detail: `the window has no print of ${formatUnits(missing.quantity)} @ ${formatUnits(missing.price)}`,
      }
    : { what, agrees: true, detail: `${market.prints.length} prints as published` };
}

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
