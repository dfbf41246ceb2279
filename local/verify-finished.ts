import { existsSync } from 'node:fs';
import { loadBooks } from '../adapters/store/books.ts';
import { readWindowLog } from '../adapters/window-log/window-log.ts';
import { formatUnits } from '../core/amounts.ts';
import type { Ledger } from '../core/ports.ts';
import { reconcile } from '../core/reconcile/reconcile.ts';
import { FeedHealth } from '../fargate/feed-health.ts';
import { knownRules } from './input.ts';
import { requireFollowed, showsItsContents } from './judge-session.ts';
import { replaySession } from './replay/replay-session.ts';
import type { SessionSummary } from './session/summary.ts';
import { summarize, summaryJson } from './session/summary.ts';
import type { StartOptions } from './start.ts';
import { rerunInMemory } from './verify.ts';

/** What a session amounts to; the number of discrepancies is judged from the books as they are now. */
const SUMMARY_FIELDS = [
  'windows',
  'signals',
  'accepted',
  'denied',
  'fills',
  'makerFills',
  'openOrders',
  'equity',
  'realizedPnl',
  'feesPaid',
  'ledgerHash',
] as const satisfies readonly (keyof SessionSummary)[];

const text = (value: string | number | bigint): string =>
  typeof value === 'bigint' ? formatUnits(value) : String(value);

/** Discrepancies of the stored books, found now and written nowhere. */
async function storedFaults({ config, sha256 }: StartOptions, ledger: Ledger): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const { id } of config.accounts) {
    const books = await loadBooks(ledger, id);
    if (!books) faults.push(`account ${id} is missing`);
    else
      for (const { kind, detail } of reconcile(books, sha256))
        faults.push(`account ${id}: ${kind}, ${detail}`);
  }
  return faults;
}

/**
 * A finished session is run again in memory and compared; nothing in the store changes. Where a person stopped trading in
 * between, a run without that person differs: then the recorded decisions are replayed over the recorded windows.
 */
export async function verifyFinished(
  options: StartOptions,
  windows: number,
  stores: Omit<Parameters<typeof summarize>[1], 'config' | 'sha256'>,
  windowLogPath: string,
  startedAt: number,
  say: (line: string) => void,
): Promise<number> {
  const { config, input, clock, sha256 } = options;
  const summary = await summarize(windows, { ...stores, config, sha256 });
  say(`this session is finished: ${windows} windows. Running it again in memory to verify it.`);
  const feed = new FeedHealth();
  const again = await rerunInMemory(config, input, windows, options, feed);
  // What failed the first time fails again: a session is not better for being there already.
  requireFollowed(feed, input);
  const shown = await showsItsContents(input, config, stores.ledger, say);
  const differences = SUMMARY_FIELDS.filter((field) => again[field] !== summary[field]);
  const faults = await storedFaults(options, stores.ledger);
  let verified = differences.length === 0 && faults.length === 0;
  if (verified)
    say(`verified: the same ledger hash, ${summary.ledgerHash}. Nothing was changed; --fresh begins anew.`);
  else if (faults.length === 0 && again.ledgerHash !== summary.ledgerHash && existsSync(windowLogPath)) {
    const replayed = await replaySession({
      windows: readWindowLog(windowLogPath),
      recorded: stores.ledger,
      config,
      sha256,
      instrument: knownRules(config, input, await stores.feeds.rules(config.feed.id)),
    });
    verified = replayed.ledgerHash === summary.ledgerHash;
    if (verified)
      say(
        `verified: its recorded decisions over its recorded windows give the same ledger hash, ${summary.ledgerHash}. A run without a person's halts gives another, ${again.ledgerHash}.`,
      );
  }
  if (!verified) {
    for (const field of differences)
      say(`  ${field}: ${text(summary[field])} stored, ${text(again[field])} when run again`);
    for (const fault of faults) say(`  ${fault}`);
    say('NOT VERIFIED: what is stored is not what its input gives. Look with: npx deckle reconcile');
  }
  if (options.json) options.stdout(`${summaryJson(summary, clock.now() - startedAt)}\n`);
  return verified && shown ? 0 : 1;
}
