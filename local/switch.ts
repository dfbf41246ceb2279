import { existsSync } from 'node:fs';
import type { Halt } from '../adapters/store/halt-file.ts';
import { readHaltFile, removeHaltFile, writeHaltFile } from '../adapters/store/halt-file.ts';
import type { ItemStore } from '../adapters/store/item-store.ts';
import { StoreError } from '../adapters/store/item-store.ts';
import { createModeStore } from '../adapters/store/mode-store.ts';
import { createRuntimeStore } from '../adapters/store/runtime-store.ts';
import { isSessionLocked } from '../adapters/store/session-lock.ts';
import { openSqliteStore } from '../adapters/store/sqlite-store.ts';
import type { Clock } from '../core/ports.ts';
import type { Heartbeat } from '../core/risk/liveness.ts';
import type { ModeCause, ModeState } from '../core/risk/trading-mode.ts';
import type { EpochMs } from '../core/time.ts';
import { processAgeMs } from './process-age.ts';

/** A desk that holds the lock but beat longer ago than this hangs; a running one beats every second. */
const HEARTBEAT_STALE_MS = 3_000;
/** Ages of processes are known to a second or so. */
const PROCESS_AGE_SLACK_MS = 2_000;
/** How long the mode waits for the store's write lock before a hanging desk is ended. */
const LOCK_WAIT_MS = 5_000;
const ATTEMPTS_MAX = 20;

/** What is stored when a session is halted. */
export interface StoredHalt {
  readonly reason: string;
  readonly author: string;
  readonly cause: Extract<ModeCause, 'person' | 'feed_silence'>;
  readonly clock: Clock;
  /** Notes in the store that people were told, before the mode is there: a running desk must not tell them again. */
  readonly note?: (store: ItemStore) => Promise<void>;
}

export interface HaltRequest extends StoredHalt {
  readonly directory: string;
  /** The files of the sessions, in the order in which they are halted. With none the HALT file halts whatever starts next. */
  readonly paths: readonly string[];
  /** Whether a desk that hangs with the store locked may be ended; the guard never does. */
  readonly endsHangingDesk: boolean;
  /** Tells people; called once the HALT file stands, before anything that could block. */
  readonly announce?: () => Promise<void>;
}

export type HaltOutcome =
  /**
   * The mode is stored; `ended` is the pid of a hanging desk that had to be ended for it, `before` the halt that was in
   * force already and stays.
   */
  | { readonly kind: 'halted'; readonly ended: number | null; readonly before: ModeState | null }
  /** Only the HALT file stands: the mode could not be stored. */
  | { readonly kind: 'by_file'; readonly fault: StoreError['fault']; readonly why: string };

/**
 * Halts sessions from outside their desks. The HALT file comes first: from then on no desk in this directory begins to
 * commit an order or a fill, even one that is stopped in the middle of a transaction (docs/adr/0005 says what of one
 * remains). Then the mode is stored in each session, for good. One outcome per path, in their order.
 */
export async function halt(request: HaltRequest): Promise<readonly HaltOutcome[]> {
  const { directory, paths, reason, author, clock } = request;
  // One that stood before may hold another session, whose mode could not be stored: only a person lifts that.
  const stood = readHaltFile(directory) !== undefined;
  const written = { reason, author, at: clock.now() };
  writeHaltFile(directory, written);
  await request.announce?.();
  const outcomes: HaltOutcome[] = [];
  for (const path of paths) outcomes.push(await haltSession(request, path));
  const allStored = outcomes.length > 0 && outcomes.every((one) => one.kind === 'halted');
  if (!stood && allStored) liftHalt(directory, written);
  return outcomes;
}

/** Takes the HALT file away, unless somebody has halted anew since it was read or written: false. */
export function liftHalt(directory: string, expected: Halt): boolean {
  const found = readHaltFile(directory);
  if (found === undefined) return true;
  const { reason, author, at } = found;
  if (reason !== expected.reason || author !== expected.author || at !== expected.at) return false;
  removeHaltFile(directory);
  return true;
}

/**
 * Stores the halted mode. A session that is halted already stays so for the reason it has, because what has to be done
 * before it is resumed follows from the reason; returns that mode, else null.
 * @throws StoreError when the store cannot be used, `busy` after {@link LOCK_WAIT_MS}.
 */
export async function storeHalt(
  { reason, author, cause, clock, note }: StoredHalt,
  path: string,
): Promise<ModeState | null> {
  const store = openSqliteStore({ path, mode: 'existing', busyTimeoutMs: LOCK_WAIT_MS });
  try {
    await note?.(store);
    const modes = createModeStore(store, clock);
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt++) {
      const mode = await modes.mode();
      // Without a stored mode, version 0, it only reads as halted: a session that has not begun would begin active.
      if (mode.mode === 'halted' && mode.version > 0) return mode;
      const changedAt = clock.now();
      const next = { mode: 'halted', cause, reason, author, changedAt, until: null } as const;
      if ((await modes.setMode(mode, next)) === 'committed') return null;
    }
    throw new StoreError('busy', `the trading mode changed ${ATTEMPTS_MAX} times while it was to be halted`);
  } finally {
    await store.close();
  }
}

async function haltSession(request: HaltRequest, path: string): Promise<HaltOutcome> {
  if (!existsSync(path)) return { kind: 'by_file', fault: 'unavailable', why: 'there is no session yet' };
  const outcome = await tryToStore(request, path, null);
  if (outcome.kind === 'halted' || outcome.fault !== 'busy' || !request.endsHangingDesk) return outcome;
  const ended = await endHangingDesk(path, request.clock);
  return ended === null ? outcome : tryToStore(request, path, ended);
}

async function tryToStore(request: HaltRequest, path: string, ended: number | null): Promise<HaltOutcome> {
  try {
    return { kind: 'halted', ended, before: await storeHalt(request, path) };
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // A file that cannot be used holds no mode; the HALT file stands all the same, and that is what has to be said.
    const { fault, message } = error;
    const why =
      fault === 'busy'
        ? `${message} Who holds its lock may still end the one transaction it is in.`
        : message;
    return { kind: 'by_file', fault, why };
  }
}

/** Ends the desk that hangs with the store locked, and waits until its transaction has rolled back; its pid, else null. */
async function endHangingDesk(path: string, clock: Clock): Promise<number | null> {
  const desk = await hangingDesk(path, clock.now());
  if (desk === null) return null;
  try {
    process.kill(desk.pid, 'SIGKILL');
  } catch {
    // It has just ended by itself, or it is another user's. The store tells which.
    return null;
  }
  for (let waited = 0; isSessionLocked(path) && waited < LOCK_WAIT_MS; waited += 50) await clock.wait(50);
  return desk.pid;
}

/**
 * The desk that holds the session, when it has stopped beating. Whoever else holds the lock is not ended for it, nor is a
 * program that was given the pid of a dead desk: it began after that desk's last beat.
 */
async function hangingDesk(path: string, now: EpochMs): Promise<Heartbeat | null> {
  if (!isSessionLocked(path)) return null;
  const store = openSqliteStore({ path, mode: 'existing', busyTimeoutMs: 0 });
  try {
    const heartbeat = await createRuntimeStore(store).heartbeat();
    if (!heartbeat || now - heartbeat.at < HEARTBEAT_STALE_MS) return null;
    const ageMs = processAgeMs(heartbeat.pid);
    return ageMs !== null && ageMs + PROCESS_AGE_SLACK_MS >= now - heartbeat.at ? heartbeat : null;
  } catch (error) {
    // A heartbeat that cannot be read names nobody.
    if (error instanceof StoreError) return null;
    throw error;
  } finally {
    await store.close();
  }
}
