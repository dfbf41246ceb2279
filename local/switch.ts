import { existsSync } from 'node:fs';
import { readHaltFile, removeHaltFile, writeHaltFile } from '../adapters/store/halt-file.ts';
import type { ItemStore } from '../adapters/store/item-store.ts';
import { StoreError } from '../adapters/store/item-store.ts';
import { createModeStore } from '../adapters/store/mode-store.ts';
import { createRuntimeStore } from '../adapters/store/runtime-store.ts';
import { isSessionLocked } from '../adapters/store/session-lock.ts';
import { openSqliteStore } from '../adapters/store/sqlite-store.ts';
import type { Clock } from '../core/ports.ts';
import type { Heartbeat } from '../core/risk/liveness.ts';
import type { ModeCause } from '../core/risk/trading-mode.ts';
import type { EpochMs } from '../core/time.ts';

/** A desk that holds the lock but beat longer ago than this hangs; a running one beats every second. */
const HEARTBEAT_STALE_MS = 3_000;
/** How long the mode waits for the store's write lock before a hanging desk is ended. */
const LOCK_WAIT_MS = 5_000;
const ATTEMPTS_MAX = 20;

export interface HaltRequest {
  readonly directory: string;
  /** The session's file; null when there is none: the file beside it halts whatever starts next. */
  readonly path: string | null;
  readonly reason: string;
  readonly author: string;
  readonly cause: Extract<ModeCause, 'person' | 'feed_silence'>;
  readonly clock: Clock;
  /** Whether a desk that hangs with the store locked may be ended; the guard never does. */
  readonly endsHangingDesk: boolean;
  /** Tells people; called once the HALT file stands, before anything that could block. */
  readonly announce?: () => Promise<void>;
  /** Notes in the store that people were told, before the mode is there: a running desk must not tell them again. */
  readonly note?: (store: ItemStore) => Promise<void>;
}

export type HaltOutcome =
  /** The mode is stored; `ended` is the pid of a hanging desk that had to be ended for it. */
  | { readonly kind: 'halted'; readonly ended: number | null }
  /** Only the HALT file stands: nothing can commit, but the mode could not be stored. */
  | { readonly kind: 'by_file'; readonly why: string };

/**
 * Halts from outside the desk. The HALT file comes first: from then on no transaction of any desk in this directory can
 * commit an order or a fill, even one that is stopped in the middle of it. Then the mode is stored, for good.
 */
export async function halt(request: HaltRequest): Promise<HaltOutcome> {
  const { directory, path, reason, author, clock } = request;
  // One that stood before may hold another session, whose mode could not be stored: only a person lifts that.
  const stood = readHaltFile(directory) !== undefined;
  const lift = (): void => {
    if (!stood) removeHaltFile(directory);
  };
  writeHaltFile(directory, { reason, author, at: clock.now() });
  await request.announce?.();
  if (path === null || !existsSync(path)) return { kind: 'by_file', why: 'there is no session yet' };
  try {
    await storeHalt(request, path, LOCK_WAIT_MS);
    lift();
    return { kind: 'halted', ended: null };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // A file that cannot be used holds no mode; the HALT file stands all the same, and that is what has to be said.
    if (error.fault !== 'busy') return { kind: 'by_file', why: error.message };
    const hanging = request.endsHangingDesk ? await hangingDesk(path, clock.now()) : null;
    if (!hanging) return { kind: 'by_file', why: error.message };
    await end(hanging.pid, path, clock);
    await storeHalt(request, path, LOCK_WAIT_MS);
    lift();
    return { kind: 'halted', ended: hanging.pid };
  }
}

async function storeHalt(request: HaltRequest, path: string, busyTimeoutMs: number): Promise<void> {
  const store = openSqliteStore({ path, mode: 'existing', busyTimeoutMs });
  try {
    await request.note?.(store);
    const modes = createModeStore(store, request.clock);
    const { reason, author, cause } = request;
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const mode = await modes.mode();
      const changedAt = request.clock.now();
      const next = { mode: 'halted', cause, reason, author, changedAt, until: null } as const;
      if ((await modes.setMode(mode, next)) === 'committed') return;
    }
    throw new StoreError('busy', `the trading mode changed ${ATTEMPTS_MAX} times while it was to be halted`);
  } finally {
    await store.close();
  }
}

/** The desk that holds the session, when it has stopped beating. Whoever else holds the lock is not ended for it. */
async function hangingDesk(path: string, now: EpochMs): Promise<Heartbeat | null> {
  if (!isSessionLocked(path)) return null;
  const store = openSqliteStore({ path, mode: 'existing', busyTimeoutMs: 0 });
  try {
    const heartbeat = await createRuntimeStore(store).heartbeat();
    return heartbeat && now - heartbeat.at >= HEARTBEAT_STALE_MS ? heartbeat : null;
  } finally {
    await store.close();
  }
}

/** Ends a process and waits until its session lock is gone, so that its open transaction has rolled back. */
async function end(pid: number, path: string, clock: Clock): Promise<void> {
  process.kill(pid, 'SIGKILL');
  for (let waited = 0; isSessionLocked(path) && waited < LOCK_WAIT_MS; waited += 50) await clock.wait(50);
}
