import { existsSync } from 'node:fs';
import { readWindowLog } from '../adapters/window-log/window-log.ts';
import { knownRules } from './input.ts';
import { replaySession } from './replay/replay-session.ts';
import { summarize, summaryJson } from './session/summary.ts';
import type { StartOptions } from './start.ts';
import { rerunInMemory } from './verify.ts';

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
  const again = await rerunInMemory(config, input, windows, options);
  let verified = again.ledgerHash === summary.ledgerHash;
  if (verified)
    say(`verified: the same ledger hash, ${summary.ledgerHash}. Nothing was changed; --fresh begins anew.`);
  else if (existsSync(windowLogPath)) {
    const replayed = await replaySession({
      windows: readWindowLog(windowLogPath),
      recorded: stores.ledger,
      config,
      sha256,
      instrument: knownRules(config, input),
    });
    verified = replayed.ledgerHash === summary.ledgerHash;
    if (verified)
      say(
        `verified: its recorded decisions over its recorded windows give the same ledger hash, ${summary.ledgerHash}. A run without a person's halts gives another, ${again.ledgerHash}.`,
      );
  }
  if (!verified)
    say(
      `NOT VERIFIED: stored ledger hash ${summary.ledgerHash}, run again ${again.ledgerHash}. Look with: npx deckle reconcile`,
    );
  if (options.json) options.stdout(`${summaryJson(summary, clock.now() - startedAt)}\n`);
  return verified ? 0 : 1;
}
