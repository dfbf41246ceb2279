import { openSqliteStore } from '../adapters/store/sqlite-store.ts';
import type { DeskConfig } from '../core/config/desk-config.ts';
import { NO_LOG } from '../core/metrics.ts';
import type { Clock, Sha256 } from '../core/ports.ts';
import { FeedHealth } from '../fargate/feed-health.ts';
import { runDesk } from './desk.ts';
import type { DeskInput } from './input.ts';
import type { SessionSummary } from './session/summary.ts';
import { summarize } from './session/summary.ts';
import { createMetrics } from './watch/metrics.ts';

/** Runs the session's input again from the beginning, in memory, and says what it amounts to. */
export async function rerunInMemory(
  config: DeskConfig,
  input: DeskInput,
  windowsMax: number,
  { sha256, clock, signal }: { readonly sha256: Sha256; readonly clock: Clock; readonly signal: AbortSignal },
  health = new FeedHealth(),
): Promise<SessionSummary> {
  const store = openSqliteStore({ path: ':memory:' });
  try {
    const end = await runDesk({
      config,
      input,
      store,
      sha256,
      clock,
      signal,
      windowsMax,
      metrics: createMetrics(),
      log: () => NO_LOG,
      alertSender: { send: async () => undefined },
      reportSink: { write: async () => undefined },
      health,
      prune: (position) => store.pruneChanges(position),
    });
    return await summarize(end.windows, { store, ...end.services, config, sha256 });
  } finally {
    await store.close();
  }
}
