import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { marshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { encodeEvent } from '../../adapters/eventbridge/event-codec.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { createAsideStore } from '../../adapters/store/aside-store.ts';
import { storedLedgerHash } from '../../adapters/store/books.ts';
import { createConfigStore } from '../../adapters/store/config-store.ts';
import { openDynamoStore } from '../../adapters/store/dynamodb-store.ts';
import { createFeedStore } from '../../adapters/store/feed-store.ts';
import type { Item } from '../../adapters/store/item-store.ts';
import { queryAll } from '../../adapters/store/item-store.ts';
import { createLedger } from '../../adapters/store/ledger.ts';
import { createModeStore } from '../../adapters/store/mode-store.ts';
import { createRecordStore } from '../../adapters/store/record-store.ts';
import { accountPk, asRead, keys } from '../../adapters/store/table.ts';
import type { DeckleEvent } from '../../core/events.ts';
import { openLoopback } from '../adapters/loopback-server.ts';
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
    const { store, ledger } = await openTable('ledger');
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

  /** A table of its own for a door, as its stack makes it: configured, accounts open, trading active. */
  async function openTable(table: string) {
    await createTable(dynoxide.client, table);
    vi.stubEnv('DECKLE_TABLE', table);
    const store = openDynamoStore({ client: dynoxide.client, table });
    const modes = createModeStore(store, STILL);
    const ledger = createLedger(store, sha256, instrumentNamed);
    await createConfigStore(store).push({
      hash: config.hash,
      document: rawConfig(),
      pushedAt: T0,
      pushedBy: 'test',
    });
    await createFeedStore(store).putRules(config.feed.id, [COIN, GEM]);
    await modes.setMode(await modes.mode(), ACTIVE);
    for (const one of config.accounts) await ledger.openAccount(one.id, one.currency, one.openingEquity);
    return { store, modes, ledger };
  }
  /** As {@link openTable}, and the handler that opens it. */
  async function opened(table: string, load: () => Promise<{ readonly handler: Handler }>) {
    const desk = await openTable(table);
    const { handler } = await load();
    vi.stubEnv('DECKLE_TABLE', 'ledger');
    return { ...desk, handler };
  }

  test('the guard halts trading when the sign of life of the feed is old', async () => {
    const { store, modes, handler } = await opened('guarded', () => import('../../lambdas/guard/handler.ts'));
    const sign = async (at: number, version: number): Promise<void> => {
      const item = { ...keys.lease(config.feed.id), phase: 'running', at, eventTime: T0, version };
      await store.transact([{ kind: 'put', item, condition: asRead(version - 1) }]);
    };
    await sign(Date.now(), 1);
    await handler({}, { awsRequestId: 'request-1' });
    expect(await modes.mode()).toMatchObject({ mode: 'active' });
    await sign(Date.now() - 60_000, 2);
    await handler({}, { awsRequestId: 'request-2' });
    expect(await modes.mode()).toMatchObject({ mode: 'halted', cause: 'feed_silence', author: 'guard' });
    expect(await store.get(keys.mode)).toMatchObject({ writer: 'guard', requestId: 'request-2' });
  });

  test('the relay tells what it can read and puts aside what it cannot', async () => {
    const { store, handler } = await opened('relayed', () => import('../../lambdas/relay/handler.ts'));
    const record = (SequenceNumber: string, image: Item) => ({
      dynamodb: { SequenceNumber, NewImage: marshall(image) },
    });
    const halted = {
      ...keys.mode,
      entity: 'mode',
      version: 2,
      ...ACTIVE,
      mode: 'halted',
      cause: 'person',
    } as const;
    const garbled = { pk: 'ACCOUNT#alpha', sk: 'ORDER#1', entity: 'order', version: 1, quantity: 'plenty' };
    taken.splice(0);
    const answer = await handler(
      { Records: [record('1', garbled), record('2', halted)] },
      { awsRequestId: 'request-1' },
    );
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(taken.splice(0)).toMatchObject([{ DetailType: 'mode.changed', EventBusName: 'deckle-test' }]);
    expect(await createAsideStore(store).list(10)).toMatchObject([{ id: 'stream/1', function: 'relay' }]);
  });

  test('alerts publishes a halt to the critical topic, with the command of its own stage', async () => {
    const sns = await openLoopback(() => ({
      body: '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>',
    }));
    vi.stubEnv('AWS_ENDPOINT_URL_SNS', sns.url);
    vi.stubEnv('DECKLE_TOPIC_CRITICAL', 'arn:aws:sns:us-east-1:000000000000:critical');
    vi.stubEnv('DECKLE_TOPIC_NOTICE', 'arn:aws:sns:us-east-1:000000000000:notice');
    const { handler } = await opened('alerted', () => import('../../lambdas/alerts/handler.ts'));
    const mode = { ...ACTIVE, mode: 'halted', cause: 'person', version: 2 } as const;
    const event: DeckleEvent = {
      type: 'mode.changed',
      version: 1,
      id: 'mode.changed/2',
      at: T0,
      mode,
      was: 'active',
    };
    for (const awsRequestId of ['request-1', 'request-2']) await handler(delivered(event), { awsRequestId });
    expect(sns.received).toHaveLength(1);
    const sent = new URLSearchParams(sns.received[0]?.body.toString('utf8'));
    expect(sent.get('TopicArn')).toBe('arn:aws:sns:us-east-1:000000000000:critical');
    expect(sent.get('Message')).toContain('npx deckle --stack test resume');
  });

  test('the report of the day that is named goes to the bucket, as text and as data, and is counted', async () => {
    const s3 = await openLoopback(() => ({ headers: { etag: '"1"' } }));
    vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.url);
    vi.stubEnv('DECKLE_BUCKET', 'archive');
    const { handler } = await opened('reported', () => import('../../lambdas/report/handler.ts'));
    const written = vi.mocked(process.stdout.write).mock.calls.length;
    await handler({ day: '2023-11-14' }, { awsRequestId: 'request-1' });
    const files = ['alpha', 'beta'].flatMap((account) =>
      ['json', 'md'].map((kind) => `/archive/reports/${account}/2023-11-14.${kind}`),
    );
    expect(s3.received.map((one) => `${one.method} ${one.path}`).sort()).toEqual(
      files.map((one) => `PUT ${one}`),
    );
    const lines = vi
      .mocked(process.stdout.write)
      .mock.calls.slice(written)
      .map(([line]) => String(line));
    expect(lines.join('')).toContain('"report_written_total":2');
  });
});
