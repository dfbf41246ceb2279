import { sha256 } from '../../adapters/sha256.ts';
import { loadBooks } from '../../adapters/store/books.ts';
import { formatUnits } from '../../core/amounts.ts';
import type { Fill } from '../../core/paper/fill.ts';
import { parseFillId } from '../../core/paper/order.ts';
import type { AccountBooks } from '../../core/reconcile/reconcile.ts';
import type { DeskView, Span } from '../desk-view.ts';
import type { Explanation, FillExplainer } from '../explain.ts';
import { fillExplainer } from '../explain.ts';
import type { CommonOptions } from './cli.ts';
import type { Terminal } from './terminal.ts';
import { CommandError } from './terminal.ts';
import { withDesk } from './with-desk.ts';

/** `explain <fillId>` or `explain --all`: 0 when every recomputation agrees with what is stored, 1 when one does not. */
export async function explain(
  fillId: string | undefined,
  options: CommonOptions & { readonly all?: true },
  terminal: Terminal,
): Promise<number> {
  if ((fillId === undefined) === (options.all === undefined))
    throw new CommandError('name one fill id, or give --all', 2);
  return withDesk(options, async (view) => {
    const books = await booksOf(view);
    const windows = await view.windowsIn(spansOf(books, fillId));
    const explainer = fillExplainer(books, sha256, windows);
    const explained = fillId === undefined ? explainer.all() : [one(explainer, fillId)];
    const agrees = explained.every((one) => one.agrees);
    if (options.json) terminal.stdout(`${json({ agrees, fills: explained })}\n`);
    else if (fillId === undefined) printAll(explained, terminal);
    else for (const one of explained) print(one, terminal);
    return agrees ? 0 : 1;
  });
}

function one(explainer: FillExplainer, fillId: string): Explanation {
  const result = explainer.fill(fillId);
  if (result.kind === 'not_found') throw new CommandError(result.why);
  return result.explanation;
}

/** All accounts as of one moment, however fast a desk beside this writes on. */
const booksOf = (view: DeskView): Promise<readonly AccountBooks[]> =>
  view.snapshot(async () => {
    const all: AccountBooks[] = [];
    for (const account of view.accounts) {
      const books = await loadBooks(view.ledger, account);
      if (books) all.push(books);
    }
    return all;
  });

/** From where each fill's order joined its queue to where it filled; of one fill, or of all. */
function spansOf(books: readonly AccountBooks[], fillId: string | undefined): readonly Span[] {
  const parts = fillId === undefined ? null : parseFillId(fillId);
  return books
    .flatMap(({ lanes }) => lanes.flatMap(({ fills }) => fills))
    .filter(
      ({ id, orderId, closedAt }) =>
        fillId === undefined || id === fillId || (orderId === parts?.order && closedAt === parts.closedAt),
    )
    .map(({ closedAt, evidence }) => ({ from: evidence.joinedAt ?? closedAt, through: closedAt }));
}

function print({ fill, story, checks, agrees }: Explanation, terminal: Terminal): void {
  const lines = [
    headline(fill),
    ...story,
    '',
    'Recomputed from the evidence alone:',
    ...checks.map((one) => `  ${one.agrees ? 'agrees  ' : 'DISAGREES'} ${one.what}: ${one.detail}`),
    agrees ? 'The fill agrees with its evidence.' : 'THE FILL DOES NOT AGREE WITH ITS EVIDENCE.',
  ];
  terminal.stdout(`${lines.join('\n')}\n`);
}

function printAll(explained: readonly Explanation[], terminal: Terminal): void {
  for (const { fill, checks, agrees } of explained)
    if (!agrees)
      terminal.stdout(
        `DISAGREES ${fill.id}: ${checks
          .filter((one) => !one.agrees)
          .map((one) => `${one.what} (${one.detail})`)
          .join('; ')}\n`,
      );
  const bad = explained.filter((one) => !one.agrees).length;
  terminal.stdout(`${explained.length} fills recomputed from their evidence, ${bad} disagree\n`);
}

const headline = (fill: Fill): string =>
  `Fill ${fill.id}: ${fill.side} ${formatUnits(fill.quantity)} ${fill.instrumentId} for ${formatUnits(fill.notional)}, ${fill.liquidity}, fee ${formatUnits(fill.fee.amount)} ${fill.fee.asset} (${formatUnits(fill.fee.inQuote)} in quote).`;

/** JSON with amounts as decimal text. */
export const json = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) => (typeof one === 'bigint' ? formatUnits(one) : one));
