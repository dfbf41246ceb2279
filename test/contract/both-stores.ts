import { afterAll, beforeAll, describe } from 'vitest';
import { dynamoChangesReader } from '../../adapters/store/dynamodb-changes.ts';
import { openDynamoStore } from '../../adapters/store/dynamodb-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { createTable, type Dynoxide, startDynoxide } from './dynoxide.ts';

/** Runs a suite over both drivers; `open` opens an empty store each time, which the suite closes. */
export function onBothStores(what: string, suite: (open: () => Promise<ItemStore>) => void): void {
  describe(`${what} in the SQLite store`, () => {
    suite(async () => openSqliteStore({ path: ':memory:' }));
  });

  // The server is a Linux program; there, a run without it is a failure, not a skipped test.
  const hasServer = process.platform === 'linux';
  if (!hasServer) console.warn(`${what} in DynamoDB are not tested: its server runs on Linux only`);
  describe.skipIf(!hasServer)(`${what} in the DynamoDB store`, () => {
    let server: Dynoxide;
    let tables = 0;
    beforeAll(async () => {
      server = await startDynoxide();
    });
    afterAll(() => server.stop());
    suite(async () => {
      tables += 1;
      const table = `table-${tables}`;
      const { client, streams } = server;
      await createTable(client, table);
      return openDynamoStore({ client, table, changes: dynamoChangesReader(client, streams, table) });
    });
  });
}
