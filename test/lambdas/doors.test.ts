import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeEvent } from '../../adapters/eventbridge/event-codec.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { storedLedgerHash } from '../../adapters/store/books.ts';
import { createConfigStore } from '../../adapters/store/config-store.ts';
import { openDynamoStore } from '../../adapters/store/dynamodb-store.ts';
import { createFeedStore } from '../../adapters/store/feed-store.ts';
import { queryAll } from '../../adapters/store/item-store.ts';
import { createLedger } from '../../adapters/store/ledger.ts';
import { createModeStore } from '../../adapters/store/mode-store.ts';
import { createRecordStore } from '../../adapters/store/record-store.ts';
import { accountPk } from '../../adapters/store/table.ts';
import type { DeckleEvent } from '../../core/events.ts';
import { createTable, type Dynoxide, startDynoxide } from '../contract/dynoxide.ts';
import {
  ACTIVE,
  configOf,
  eventsOf,
  instrumentNamed,
  openDesk,
  rawConfig,
  runSequentially,
  STILL,
} from '../support/desk.ts';
import { syntheticMarket } from '../support/synthetic-market.ts';
import { COIN, GEM, T0 } from '../support/values.ts';

type Handler = (input: unknown, context: { readonly awsRequestId: string }) => Promise<unknown>;

/** An entry as the bus was given it. */
interface Entry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  readonly EventBusName: string;
}

const config = configOf(rawConfig());
const events = eventsOf(
  syntheticMarket(11, 60, [COIN, GEM]).map((one) => ({ ...one, configHash: config.hash })),
);
const taken: Entry[] = [];
let dynoxide: Dynoxide;
let bus: Server;

/** A bus that takes everything. */
async function startBus(): Promise<{ server: Server; endpoint: string }> {
  const server = createServer(async (request, response) => {
    const { Entries } = JSON.parse((await Array.fromAsync(request)).join('')) as { Entries: Entry[] };
    taken.push(...Entries);
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    const answer = {
      FailedEntryCount: 0,
      Entries: Entries.map((_, i) => ({ EventId: `${taken.length}-${i}` })),
    };
    response.end(JSON.stringify(answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the bus has no port');
  return { server, endpoint: `http://127.0.0.1:${address.port}` };
}

const delivered = (event: DeckleEvent) => {
  const { detailType, detail } = encodeEvent(event);
  return {
    id: event.id,
    time: '2026-01-05T09:00:00Z',
    'detail-type': detailType,
    detail: JSON.parse(detail),
  };
};

describe.skipIf(process.platform !== 'linux')('the doors as Lambda opens them', () => {
  beforeAll(async () => {
    dynoxide = await startDynoxide();
    await createTable(dynoxide.client, 'ledger');
    const started = await startBus();
    bus = started.server;
    const environment = {
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_ENDPOINT_URL_DYNAMODB: dynoxide.endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: started.endpoint,
      DECKLE_STAGE: 'test',
      DECKLE_TABLE: 'ledger',
      DECKLE_BUS: 'deckle-test',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
    };
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    bus?.close();
    await dynoxide?.stop();
  });

  test('give the ledger of the embedded run, each item stamped by its function and request', async () => {
    const store = openDynamoStore({ client: dynoxide.client, table: 'ledger' });
    const ledger = createLedger(store, sha256, instrumentNamed);
    const modes = createModeStore(store, STILL);
    await createConfigStore(store).push({
      hash: config.hash,
      document: rawConfig(),
      pushedAt: T0,
      pushedBy: 'test',
    });
    await createFeedStore(store).putRules(config.feed.id, [COIN, GEM]);
    await modes.setMode(await modes.mode(), ACTIVE);
    for (const one of config.accounts) await ledger.openAccount(one.id, one.currency, one.openingEquity);

    const [fills, signals, risk]: Handler[] = [
      (await import('../../lambdas/fills/handler.ts')).handler,
      (await import('../../lambdas/signals/handler.ts')).handler,
      (await import('../../lambdas/risk/handler.ts')).handler,
    ];
    let requests = 0;
    const call = async (handler: Handler | undefined, input: unknown): Promise<void> => {
      requests += 1;
      await handler?.(input, { awsRequestId: `request-${requests}` });
    };
    for (const event of events) {
      await call(fills, delivered(event));
      await call(signals, delivered(event));
      for (const { DetailType, Detail, EventBusName } of taken.splice(0)) {
        expect([DetailType, EventBusName]).toEqual(['signals.raised', 'deckle-test']);
        await call(risk, { 'detail-type': DetailType, detail: JSON.parse(Detail) });
      }
    }
    const embedded = await openDesk();
    await runSequentially(embedded, events);
    const accounts = config.accounts.map((one) => one.id);
    expect(await storedLedgerHash(ledger, accounts, sha256)).toBe(await embedded.hash());
    expect(embedded.metrics.total('fills_recorded_total')).toBeGreaterThan(5);

    const writers = new Map<string, Set<unknown>>();
    for (const account of accounts)
      for await (const item of queryAll(store, { pk: accountPk(account) })) {
        const kind = item.sk.split('#')[0] ?? '';
        writers.set(kind, (writers.get(kind) ?? new Set()).add(item['writer']));
        if (item['writer'] !== undefined) expect(item['requestId']).toMatch(/^request-\d+$/);
      }
    expect([...(writers.get('FILL') ?? [])]).toEqual(['fills']);
    expect([...(writers.get('DECISION') ?? [])]).toEqual(['risk']);

    const { handler: reconcile } = await import('../../lambdas/reconcile/handler.ts');
    const records = createRecordStore(store);
    vi.useFakeTimers({ toFake: ['Date'], now: T0 });
    for (const scope of ['full', 'since'] as const) {
      await call(reconcile, {});
      for (const account of accounts)
        expect(await records.reconciliation(account)).toMatchObject({ scope, discrepancies: [] });
    }
    vi.useRealTimers();
    await store.close();
    await embedded.store.close();
  }, 60_000);
});
