import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { sha256 } from '../../adapters/sha256.ts';
import { loadBooks } from '../../adapters/store/books.ts';
import { readWindowLog } from '../../adapters/window-log/window-log.ts';
import { formatUnits } from '../../core/amounts.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import type { Fill } from '../../core/paper/fill.ts';
import type { AccountBooks } from '../../core/reconcile/reconcile.ts';
import type { EpochMs } from '../../core/time.ts';
import type { Explanation, FillExplainer } from '../explain.ts';
import { fillExplainer } from '../explain.ts';
import type { CommonOptions } from './cli.ts';
import type { SessionView } from './session-view.ts';
import { openView } from './session-view.ts';
import type { Terminal } from './terminal.ts';
import { CommandError } from './terminal.ts';

/** `explain <fillId>` or `explain --all`: 0 when every recomputation agrees with what is stored, 1 when one does not. */
export async function explain(
  fillId: string | undefined,
  options: CommonOptions & { readonly all?: true },
  terminal: Terminal,
): Promise<number> {
  if ((fillId === undefined) === (options.all === undefined))
    throw new CommandError('name one fill id, or give --all', 2);
  const view = await openView(options.dir, options.session);
  try {
    const windows = await windowsOf(options.dir, view);
    const explainer = fillExplainer(await booksOf(view), sha256, windows);
    const explained = fillId === undefined ? explainer.all() : [one(explainer, fillId)];
    const agrees = explained.every((one) => one.agrees);
    if (options.json) terminal.stdout(`${json({ agrees, fills: explained })}\n`);
    else if (fillId === undefined) printAll(explained, terminal);
    else for (const one of explained) print(one, terminal);
    return agrees ? 0 : 1;
  } finally {
    await view.store.close();
  }
}

function one(explainer: FillExplainer, fillId: string): Explanation {
  const result = explainer.fill(fillId);
  if (result.kind === 'not_found') throw new CommandError(result.why);
  return result.explanation;
}

/** All accounts as of one moment, however fast a desk beside this writes on. */
const booksOf = (view: SessionView): Promise<readonly AccountBooks[]> =>
  view.store.snapshot(async () => {
    const all: AccountBooks[] = [];
    for (const account of view.accounts) {
      const books = await loadBooks(view.ledger, account);
      if (books) all.push(books);
    }
    return all;
  });

/** The published windows of the session by their time, where its log is still there. */
async function windowsOf(
  directory: string,
  view: SessionView,
): Promise<(at: EpochMs) => MarketWindow | null> {
  const path = join(directory, 'windows', `${view.name}.jsonl.gz`);
  if (!existsSync(path)) return () => null;
  const windows = new Map<EpochMs, MarketWindow>();
  for await (const window of readWindowLog(path)) windows.set(window.closedAt, window);
  return (at) => windows.get(at) ?? null;
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
