import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createConfigStore } from '../../adapters/store/config-store.ts';
import { openDynamoStore } from '../../adapters/store/dynamodb-store.ts';
import { createUniverseStore } from '../../adapters/store/universe-store.ts';
import { createTable, type Dynoxide, startDynoxide } from '../contract/dynoxide.ts';
import { type ListingServer, openListingServer } from '../local/cli/listing-server.ts';
import { configOf, rawConfig } from '../support/desk.ts';
import { binanceSymbol } from '../support/listing-peer.ts';
import { T0 } from '../support/values.ts';

type Handler = (input: unknown, context: { readonly awsRequestId: string }) => Promise<void>;

let dynoxide: Dynoxide;
let venues: ListingServer;

describe.skipIf(process.platform !== 'linux')('the door of the universe as Lambda opens it', () => {
  beforeAll(async () => {
    dynoxide = await startDynoxide();
    await createTable(dynoxide.client, 'ledger');
    venues = await openListingServer();
    const environment = {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: dynoxide.endpoint,
      DECKLE_STAGE: 'test',
      DECKLE_TABLE: 'ledger',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await venues.close();
    await dynoxide.stop();
  });

  test('looks by the configuration in force, stamps what it stores, and throws what the store refuses', async () => {
    const { handler }: { readonly handler: Handler } = await import('../../lambdas/universe/handler.ts');
    const store = openDynamoStore({ client: dynoxide.client, table: 'ledger' });
    const universes = createUniverseStore(store);
    // Before a configuration was pushed there is nothing to do.
    await handler({}, { awsRequestId: 'request-1' });

    const raw = rawConfig();
    const { binance } = raw['venues'] as { readonly binance: object };
    const rest = /http:\/\/127\.0\.0\.1:\d+\/binance/.exec(venues.venuesYaml)?.[0];
    const document = {
      ...raw,
      venues: { binance: { ...binance, hosts: { rest } } },
      universe: { rules: [{ name: 'majors', venue: 'binance', symbols: ['*USDT'] }] },
    };
    const config = configOf(document);
    await createConfigStore(store).push({ hash: config.hash, document, pushedAt: T0, pushedBy: 'test' });
    venues.peer.binance.push(binanceSymbol('BTCUSDT'));
    await handler({}, { awsRequestId: 'request-2' });
    const stored = await universes.universe(config.feed.id);
    expect(stored?.value.members.map(({ instrument }) => instrument.id)).toEqual(['binance:BTCUSDT']);
    expect(await store.get({ pk: 'FEED#main', sk: 'UNIVERSE' })).toMatchObject({
      entity: 'universe',
      writer: 'universe',
      requestId: 'request-2',
    });

    const item = { pk: 'FEED#main', sk: 'UNIVERSE', version: 2, packed: 'garbage' };
    await store.transact([{ kind: 'put', item, condition: { kind: 'version', version: 1 } }]);
    await expect(handler({}, { awsRequestId: 'request-3' })).rejects.toThrow(/UNIVERSE is not readable/);
    await store.close();
  });
});
