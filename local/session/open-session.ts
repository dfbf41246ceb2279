import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { haltOverlay } from '../../adapters/store/halt-file.ts';
import { createRuntimeStore } from '../../adapters/store/runtime-store.ts';
import type { SessionLock } from '../../adapters/store/session-lock.ts';
import { acquireSessionLock } from '../../adapters/store/session-lock.ts';
import type { SqliteStore } from '../../adapters/store/sqlite-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { keys } from '../../adapters/store/table.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { DeskInput } from '../input.ts';
import { archiveSession, sessionPath } from './session-file.ts';

/** A session that cannot be opened; the message is written for a person. */
export class SessionError extends Error {
  override readonly name = 'SessionError';
}

export interface OpenSession {
  readonly name: string;
  readonly path: string;
  readonly store: SqliteStore;
  /** Where a session of this name was archived to, when it was asked for and there was one. */
  readonly archived: string | null;
  close(): Promise<void>;
}

export interface OpenSessionOptions {
  readonly directory: string;
  readonly input: DeskInput;
  readonly config: DeskConfig;
  readonly fresh: boolean;
  readonly connect?: (path: string) => DatabaseSync;
}

/**
 * Opens the session's file for its desk: locked against a second desk, begun or recognised.
 * @throws SessionError when another desk runs on it or it was begun with another configuration; StoreError when the file
 * cannot be used.
 */
export async function openSession(options: OpenSessionOptions): Promise<OpenSession> {
  const { directory, input, fresh } = options;
  const name = input.session;
  const path = sessionPath(directory, name);
  const lock: SessionLock = acquireSessionLock(path);
  if (lock.kind === 'held')
    throw new SessionError(
      `another desk is running on ${path}; stop it first (Ctrl+C where it runs), or look at it with: npx deckle status`,
    );
  let store: SqliteStore | undefined;
  try {
    const archived = fresh ? archiveSession(directory, name) : null;
    store = openSqliteStore({
      path,
      overlay: haltOverlay(directory, keys.mode),
      ...(options.connect ? { connect: options.connect } : {}),
    });
    await recognise(store, options);
    const opened = store;
    return {
      name,
      path,
      store,
      archived,
      close: async () => {
        await opened.close();
        lock.release();
      },
    };
  } catch (error) {
    await store?.close();
    lock.release();
    throw error;
  }
}

async function recognise(
  store: SqliteStore,
  { input, config, directory }: OpenSessionOptions,
): Promise<void> {
  const runtime = createRuntimeStore(store);
  const identity = await runtime.identity();
  if (!identity) {
    const accounts = config.accounts.map((one) => one.id);
    await runtime.putIdentity({
      name: input.session,
      input: input.description,
      configHash: config.hash,
      accounts,
      feedId: config.feed.id,
    });
    return;
  }
  // The input is in the session's name: a seed and scenario, or the content of the recordings.
  if (identity.configHash !== config.hash)
    throw new SessionError(
      `session ${join(directory, `${input.session}.db`)} was begun with another configuration, so its results would not be comparable. ` +
        'Add --fresh to archive it and begin anew, or give the configuration it was begun with.',
    );
}
