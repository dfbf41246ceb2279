import { afterAll, beforeAll, describe } from 'vitest';
import { dynamoChangesReader } from '../../adapters/store/dynamodb-changes.ts';
import { openDynamoStore } from '../../adapters/store/dynamodb-store.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import { openSqliteStore } from '../../adapters/store/sqlite-store.ts';
import { keepsCandles } from './candle-store-contract.ts';
import { createTable, type Dynoxide, startDynoxide } from './dynoxide.ts';

describe('candles in the SQLite store', () => {
  keepsCandles(async () => openSqliteStore({ path: ':memory:' }), 100);
});

// The server is a Linux program; there, a run without it is a failure, not a skipped test.
const hasServer = process.platform === 'linux';
if (!hasServer) console.warn('candles in DynamoDB are not tested: its server runs on Linux only');

describe.skipIf(!hasServer)('candles in the DynamoDB store', () => {
  let server: Dynoxide;
  let tables = 0;
  beforeAll(async () => {
    server = await startDynoxide();
  });
  afterAll(() => server.stop());
  const open = async (): Promise<ItemStore> => {
    tables += 1;
    const table = `candles-${tables}`;
    const { client, streams } = server;
    await createTable(client, table);
    return openDynamoStore({ client, table, changes: dynamoChangesReader(client, streams, table) });
  };
  keepsCandles(open, 20);
});
