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
import { readWindowLog } from '../../adapters/window-log/window-log.ts';
import type { FeedId, MarketWindow } from '../../core/market/window.ts';
import type { AccountId } from '../../core/paper/order.ts';
import type { EpochMs } from '../../core/time.ts';
import type { DeskView } from '../desk-view.ts';
import { sessionNames, sessionPath } from '../session/session-file.ts';
import { CommandError } from './terminal.ts';

/** A session's file opened beside its desk, or after it. */
export interface SessionView extends DeskView {
  readonly name: string;
  readonly path: string;
  readonly store: SqliteStore;
  readonly identity: SessionIdentity;
  readonly isRunning: boolean;
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
  const feedId = identity.feedId as FeedId;
  return {
    title: `session ${name}`,
    command: 'npx deckle',
    name,
    path,
    store,
    identity,
    accounts: identity.accounts as readonly AccountId[],
    feedId,
    isRunning: isSessionLocked(path),
    ledger: createLedger(store, sha256, noRules),
    feeds: createFeedStore(store),
    modes: createModeStore(store, systemClock),
    records: createRecordStore(store),
    runtime,
    snapshot: (read) => store.snapshot(read),
    eventTime: async () => (await runtime.settled(feedId))?.through ?? null,
    windowsIn: () => windowsOf(join(directory, 'windows', `${name}.jsonl.gz`)),
    close: () => store.close(),
  };
}

/** All of them: the log of a session is one file that is read from its beginning. */
async function windowsOf(path: string): Promise<(at: EpochMs) => MarketWindow | null> {
  const windows = new Map<EpochMs, MarketWindow>();
  if (existsSync(path)) for await (const window of readWindowLog(path)) windows.set(window.closedAt, window);
  return (at) => windows.get(at) ?? null;
}
