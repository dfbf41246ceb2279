import { systemClock } from '../../adapters/clock.ts';
import { ObjectStoreError } from '../../adapters/s3/object-store-error.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { createConfigStore } from '../../adapters/store/config-store.ts';
import { createFeedStore } from '../../adapters/store/feed-store.ts';
import { createLedger } from '../../adapters/store/ledger.ts';
import { createModeStore } from '../../adapters/store/mode-store.ts';
import { createRecordStore } from '../../adapters/store/record-store.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import { parseConfig } from '../../core/config/desk-config.ts';
import type { Stage } from '../../core/config/stages.ts';
import type { ConfigStore, StoredConfig } from '../../core/ports.ts';
import { feedTime } from '../../core/risk/liveness.ts';
import type { DeskView } from '../desk-view.ts';
import type { StackConnection } from './connect-stack.ts';
import { connectStack, connectTable } from './connect-stack.ts';
import { StackError, stackErrorOf } from './stack-error.ts';
import type { Environment, StackPlace } from './stack-place.ts';
import { archivedWindows } from './window-archive.ts';

/** A deployed desk. */
export interface StackView extends DeskView {
  readonly connection: StackConnection;
  readonly stored: StoredConfig;
  readonly config: DeskConfig;
}

/**
 * Connects to the stack of a stage for one use.
 * @throws StackError in words for whatever AWS or the network refuses, in `use` as well.
 */
export const withStack = <T>(
  stage: Stage,
  env: Environment,
  use: (connection: StackConnection) => Promise<T>,
): Promise<T> => using(connectStack(stage, env), use);

/** As {@link withStack}, for what needs the table alone: `DECKLE_TABLE` may name it, and then CloudFormation is not asked. */
export const withTable = <T>(
  stage: Stage,
  env: Environment,
  use: (connection: StackConnection) => Promise<T>,
): Promise<T> => using(connectTable(stage, env), use);

async function using<T>(
  connecting: Promise<StackConnection>,
  use: (connection: StackConnection) => Promise<T>,
): Promise<T> {
  const connection = await connecting;
  try {
    return await use(connection);
  } catch (error) {
    // What the archive refuses is in words already, and is about its own bucket.
    if (error instanceof ObjectStoreError) throw error;
    throw stackErrorOf(error, connection.place, 'use the table') ?? error;
  } finally {
    await connection.close();
  }
}

/**
 * Opens the desk of a stage, by its configuration in force, for one use.
 * @throws StackError as {@link withStack}, and when no configuration was pushed yet.
 */
export const withStackView = <T>(
  stage: Stage,
  env: Environment,
  use: (view: StackView) => Promise<T>,
): Promise<T> => withStack(stage, env, async (connection) => use(await openStackView(connection)));

/** As {@link withStackView}, by the table alone as {@link withTable}: what is in the bucket cannot be read then. */
export const withTableView = <T>(
  stage: Stage,
  env: Environment,
  use: (view: StackView) => Promise<T>,
): Promise<T> => withTable(stage, env, async (connection) => use(await openStackView(connection)));

/** A table that a person named is told by its name: they may have named another stage's. */
export const titleOf = ({ stackName, table }: StackPlace): string =>
  `stack ${stackName}${table === undefined ? '' : ` (table ${table}, as DECKLE_TABLE names it)`}`;

/** How a person calls the command line for a stage. */
export const commandOf = (stage: string): string => `npx deckle --stack ${stage}`;

async function openStackView(connection: StackConnection): Promise<StackView> {
  const { store, place } = connection;
  const { stored, config } = await configInForce(createConfigStore(store), connection);
  const feeds = createFeedStore(store);
  return {
    title: titleOf(place),
    command: commandOf(place.stage),
    connection,
    stored,
    config,
    store,
    accounts: config.accounts.map((one) => one.id),
    feedId: config.feed.id,
    ledger: createLedger(store, sha256, placesNoOrders),
    feeds,
    modes: createModeStore(store, systemClock),
    records: createRecordStore(store),
    // The table has no snapshots; what is read in pieces is checked against versions (adapters/store/books.ts).
    snapshot: (read) => read(),
    eventTime: async () => feedTime(await feeds.sign(config.feed.id), systemClock.now()),
    windowsIn: (spans) => archivedWindows(connection, config.feed.id, spans),
    close: () => connection.close(),
  };
}

/** The configuration in force. @throws StackError when there is none, or this version of Deckle cannot read it. */
export async function configInForce(
  configs: ConfigStore,
  { place }: Pick<StackConnection, 'place'>,
): Promise<{ readonly stored: StoredConfig; readonly config: DeskConfig }> {
  const push = `${commandOf(place.stage)} config push`;
  const stored = await configs.current();
  if (stored === undefined)
    throw new StackError(
      'no_configuration',
      `no configuration was pushed to ${place.stackName} yet, so that it does not trade. Push deckle.yaml: ${push}`,
    );
  const parsed = parseConfig(stored.document, sha256);
  if (parsed.kind === 'invalid')
    throw new StackError(
      'no_configuration',
      `the configuration in force at ${place.stackName} is not valid for this version of Deckle (${parsed.issues
        .map((issue) => `${issue.path} ${issue.message}`)
        .join('; ')}). Push a valid one: ${push}`,
    );
  return { stored, config: parsed.config };
}

const placesNoOrders = (): never => {
  throw new Error('commands place no orders');
};
