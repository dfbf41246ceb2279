import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../adapters/clock.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { createFeedStore } from '../../adapters/store/feed-store.ts';
import { haltOverlay } from '../../adapters/store/halt-file.ts';
import { createLedger } from '../../adapters/store/ledger.ts';
import { createModeStore } from '../../adapters/store/mode-store.ts';
import { createRecordStore } from '../../adapters/store/record-store.ts';
import type { SessionIdentity } from '../../adapters/store/runtime-store.ts';
import { createRuntimeStore } from '../../adapters/store/runtime-store.ts';
import { isSessionLocked } from '../../adapters/store/session-lock.ts';
import type { SqliteStore } from '../../adapters/store/sqlite-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { keys } from '../../adapters/store/table.ts';
import type { FeedId } from '../../core/market/window.ts';
import type { AccountId } from '../../core/paper/order.ts';
import { sessionNames, sessionPath } from '../session/session-file.ts';
import { CommandError } from './terminal.ts';

/** A session's file opened beside its desk, or after it. */
export interface SessionView {
  readonly name: string;
  readonly path: string;
  readonly store: SqliteStore;
  readonly identity: SessionIdentity;
  readonly accounts: readonly AccountId[];
  readonly feedId: FeedId;
  readonly isRunning: boolean;
  readonly ledger: ReturnType<typeof createLedger>;
  readonly feeds: ReturnType<typeof createFeedStore>;
  readonly modes: ReturnType<typeof createModeStore>;
  readonly records: ReturnType<typeof createRecordStore>;
  readonly runtime: ReturnType<typeof createRuntimeStore>;
}

/** The session named, else the newest. @throws CommandError when there is none of that name, or none at all. */
export function chooseSession(directory: string, session: string | undefined): string {
  const names = sessionNames(directory);
  if (session === undefined) {
    const newest = names[0];
    if (newest === undefined)
      throw new CommandError(`there is no session in ${directory} yet; begin one with: npm start`);
    return newest;
  }
  if (!existsSync(sessionPath(directory, session)))
    throw new CommandError(
      `there is no session '${session}' in ${directory}; there ${names.length === 0 ? 'is none' : `are ${names.join(', ')}`}`,
    );
  return session;
}

export async function openView(directory: string, session: string | undefined): Promise<SessionView> {
  const name = chooseSession(directory, session);
  const path = sessionPath(directory, name);
  const store = openSqliteStore({ path, mode: 'existing', overlay: haltOverlay(directory, keys.mode) });
  const runtime = createRuntimeStore(store);
  const identity = await runtime.identity();
  if (!identity) {
    await store.close();
    throw new CommandError(`session ${join(directory, name)} was never begun`);
  }
  const noRules = (): never => {
    throw new Error('commands place no orders');
  };
  return {
    name,
    path,
    store,
    identity,
    accounts: identity.accounts as readonly AccountId[],
    feedId: identity.feedId as FeedId,
    isRunning: isSessionLocked(path),
    ledger: createLedger(store, sha256, noRules),
    feeds: createFeedStore(store),
    modes: createModeStore(store, systemClock),
    records: createRecordStore(store),
    runtime,
  };
}
