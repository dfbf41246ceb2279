import { DisableRuleCommand, EnableRuleCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { GetFunctionConfigurationCommand, InvokeCommand } from '@aws-sdk/client-lambda';
import { ListObjectsV2Command } from '@aws-sdk/client-s3';
import { GetQueueUrlCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../adapters/clock.ts';
import { sha256 } from '../../adapters/sha256.ts';
import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { MarketWindowEvent } from '../../core/events.ts';
import type { EpochMs } from '../../core/time.ts';
import type { FunctionName } from '../../lambdas/topology.ts';
import { TOPOLOGY } from '../../lambdas/topology.ts';
import { demoInput } from '../../local/input.ts';
import { processAgeMs } from '../../local/process-age.ts';
import type { SessionSummary } from '../../local/session/summary.ts';
import { rerunInMemory } from '../../local/verify.ts';
import type { RawItem } from './aws-clients.ts';
import type { Child } from './child.ts';
import { containerProcess } from './container-user.ts';
import { copiedTree } from './copied-tree.ts';
import type { ConfigOnDisk } from './desk-configs.ts';
import { BUSY, NO_LOSS_ALLOWED, writeConfig } from './desk-configs.ts';
import type { DeskFacts } from './desk-facts.ts';
import { deskFacts, isAside, isDecision, isFill, isHole, isLate, isOrder, writerOf } from './desk-facts.ts';
import { freePort, isListening } from './free-port.ts';
import { metricTotal, startedRequests } from './function-logs.ts';
import { nextAlert, subscribedQueue, takeMessages } from './queue.ts';
import { StackUnderTest } from './stack-under-test.ts';
import { pause, waitUntil } from './wait-until.ts';
import { busEntry, envelopeOf, eventAfter, lastEvent, loggedWindows } from './window-events.ts';

/** The short demo: as many windows as the embedded run settles. */
const LOCKSTEP_WINDOWS = 120;
const LISTENERS = TOPOLOGY.filter((one) => one.listens.length > 0).map((one) => one.name);
const SCHEDULED = TOPOLOGY.filter((one) => one.schedules.length > 0).map((one) => one.name);

let stack: StackUnderTest;
let desk: DeskFacts;
let shipped: ConfigOnDisk;
let busy: ConfigOnDisk;
let embedded: SessionSummary;
let criticalQueue: string;
let feeds: Child;
/** Calls of scheduled functions that the tests themselves made. */
const calls = new Map<FunctionName, number>();

beforeAll(async () => {
  stack = await StackUnderTest.start();
  await stack.deploy();
  desk = deskFacts(stack.aws, stack.output('LedgerTableName'));
  shipped = writeConfig(stack.directory, 'shipped', []);
  busy = writeConfig(stack.directory, 'busy', BUSY);
  criticalQueue = await subscribedQueue(stack.aws, stack.output('CriticalTopicArn'), 'critical-mailbox');
});

afterAll(async () => {
  await stack?.stop();
});

test('functions put aside an event that they do not know, with their reason, and are warm afterwards', async () => {
  const unknown = (name: FunctionName) => ({
    id: `unknown-at-${name}`,
    source: 'deckle',
    'detail-type': 'order.teleported',
    detail: { version: 1, id: 'x' },
  });
  for (const name of LISTENERS) await stack.invoke(name, unknown(name));
  for (const name of SCHEDULED) await call(name);
  await stack.invoke('relay', { Records: [] });
  const asides = (await desk.items()).filter(isAside);
  expect(asides.map((one) => String(writerOf(one))).toSorted()).toEqual(LISTENERS.toSorted());
  for (const aside of asides) expect(aside['reason']).toContain('order.teleported');
});

test('config push opens the accounts and makes trading active', async () => {
  const pushed = await stack.deckle('config', 'push', shipped.file);
  expect(pushed).toMatchObject({ code: 0, stderr: '' });
  const status = await deckleJson('status');
  expect(status).toMatchObject({ mode: 'active', configuration: { hash: shipped.config.hash } });
  expect(status['accounts']).toHaveLength(shipped.config.accounts.length);
});

test('fed in lockstep, the deployed functions write the ledger of the embedded desk', async () => {
  const child = stack.feeds('--lockstep', '--windows', String(LOCKSTEP_WINDOWS), '--json');
  [embedded] = await Promise.all([embeddedRun(shipped.config), child.ended]);
  const { code, stdout, stderr } = await child.ended;
  expect(code, stderr).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ end: 'finished', windows: LOCKSTEP_WINDOWS });
  expect(embedded).toMatchObject({ windows: LOCKSTEP_WINDOWS, discrepancies: 0 });
  expect(embedded.fills).toBeGreaterThan(0);
  expect(await desk.ledgerHash(shipped.config)).toBe(embedded.ledgerHash);
});

test('every item of the ledger names the function and the invocation that wrote it', async () => {
  const items = (await desk.ledgerItems()).filter((one) => writerOf(one) !== undefined);
  const wrote = (is: (item: RawItem) => boolean): unknown[] => [...new Set(items.filter(is).map(writerOf))];
  expect(wrote(isFill)).toEqual(['fills']);
  expect(wrote(isDecision)).toEqual(['risk']);
  expect(wrote((one) => one.sk.startsWith('RAISED#'))).toEqual(['signals']);
  for (const name of ['fills', 'risk', 'signals'] as const) {
    const started = new Set(startedRequests(await stack.logs(name, 0)));
    const requests = new Set(items.filter((one) => writerOf(one) === name).map((one) => one['requestId']));
    expect(requests.size, name).toBeGreaterThan(0);
    expect([...requests].filter((one) => !started.has(String(one)), name)).toEqual([]);
  }
  // What no function wrote was there before the first window: the opening deposits.
  const unsigned = (await desk.ledgerItems()).filter((one) => writerOf(one) === undefined);
  expect(unsigned.filter((one) => isFill(one) || isOrder(one) || isDecision(one))).toEqual([]);
});

test('a free-running minute, fed by the container command as an unprivileged user, ends balanced', async () => {
  expect(await stack.deckle('config', 'push', busy.file)).toMatchObject({ code: 0 });
  const container = await containerProcess(stack.directory);
  // In a container of its own it keeps its usual port; here another may run beside it.
  const port = ['--port', String(await freePort())];
  const { node, file, cwd, uid } = container;
  const env = { ...stack.feedsEnv(), HOME: '/nonexistent', PATH: '/usr/bin:/bin' };
  const as = { env, cwd, ...(uid === undefined ? {} : { uid }) };
  feeds = stack.child(node, [file, 'run', ...port], as);
  const began = await windowsFlow(3, 30);
  await pause(60);
  const health = await stack.child(node, [file, 'health', ...port], as).ended;
  expect(health, feeds.stdout).toMatchObject({ code: 0 });
  expect(await feeds.stop(), feeds.stderr).toBe(0);
  const sign = await desk.feeds.sign(busy.config.feed.id);
  expect(sign?.phase).toBe('stopped');
  expect((sign?.eventTime ?? 0) - began).toBeGreaterThanOrEqual(55_000);
  await settled();
  await call('reconcile');
  await expectNoDiscrepancies();
});

test('late decisions are counted, and the recorded session replays to its own hash', async () => {
  await lateDecisionsAreCounted();
  const replayed = await deckleJson('replay', '--windows');
  expect(replayed).toMatchObject({ same: true, stored: await desk.ledgerHash(busy.config) });
});

test('with the rule of fills disabled windows flow and nothing fills; enabled again it goes on', async () => {
  feeds = stack.feeds();
  await windowsFlow(3, 30);
  const before = await count(isFill);
  await waitUntil('a fill', 60, async () => ((await count(isFill)) > before ? true : undefined));
  await setRule('fills', 'disabled');
  const [fills, late] = [await count(isFill), await count(isLate)];
  await windowsFlow(8, 30);
  // What is decided meanwhile cannot have seen the account at its window.
  await waitUntil('a late decision', 60, async () => ((await count(isLate)) > late ? true : undefined));
  expect(await count(isFill)).toBe(fills);
  await setRule('fills', 'enabled');
  await waitUntil('a fill after the rule', 60, async () =>
    (await count(isFill)) > fills ? true : undefined,
  );
});

test('kill: no order and no fill is committed any more, and the critical message arrives', async () => {
  expect(await stack.deckle('kill', '--reason', 'the stack test tries the switch')).toMatchObject({
    code: 0,
  });
  const halted = await keysOf((one) => isFill(one) || isOrder(one));
  await windowsFlow(8, 30);
  // Signals go on, so that there was something to refuse.
  await waitUntil('a decision that the halt denied', 60, async () =>
    (await desk.items()).some((one) => isDecision(one) && one['rule'] === 'trading_mode') ? true : undefined,
  );
  expect(await keysOf((one) => isFill(one) || isOrder(one))).toEqual(halted);
  const alert = await nextAlert(stack.aws.sqs, criticalQueue, 'kill_switch', 30);
  expect(alert.Message).toContain('the stack test tries the switch');
  const status = await stack.deckle('status', '--json');
  expect(status.code).toBe(1);
  expect(JSON.parse(status.stdout)).toMatchObject({ mode: 'halted', feed: { healthy: true } });
});

test('resume: orders are admitted again', async () => {
  const before = await count(isOrder);
  expect(await stack.deckle('resume', '--reason', 'the switch works')).toMatchObject({ code: 0 });
  expect(await stack.deckle('status')).toMatchObject({ code: 0, stderr: '' });
  await waitUntil('an order after resume', 60, async () =>
    (await count(isOrder)) > before ? true : undefined,
  );
});

test('every fill explains itself from its evidence, against the stack', async () => {
  expect(await feeds.stop(), feeds.stderr).toBe(0);
  await settled();
  const { code, stdout, stderr } = await stack.deckle('explain', '--all');
  expect(code, `${stdout.slice(-2_000)}${stderr}`).toBe(0);
});

test('late decisions and holes of that session are counted, and it replays to its own hash', async () => {
  expect(await lateDecisionsAreCounted()).toBeGreaterThan(0);
  expect(await count(isHole)).toBeGreaterThan(0);
  const replayed = await deckleJson('replay', '--windows');
  expect(replayed).toMatchObject({ same: true, stored: await desk.ledgerHash(busy.config) });
});

test('a window that arrives a hundred times at once is applied once', async () => {
  const applied = await newestEvent();
  const event = eventAfter(applied);
  // Each of the hundred is a process on this machine: one function at a time is enough of them, and they are started in
  // steps, since all cold starts at once would take longer than the function may run.
  await setRule('signals', 'disabled');
  const before = await desk.ledgerItems();
  for (const times of [30, 60, 90]) await deliver(applied, times);
  expect(await desk.ledgerItems()).toEqual(before);
  await deliver(event, 100);
  await call('reconcile');
  await expectNoDiscrepancies();
  const once = await desk.ledgerItems();
  for (const cursor of once.filter((one) => one.sk === 'CURSOR'))
    if (cursor['working'] !== 0 || cursor['watching'] !== 0)
      expect(cursor).toMatchObject({ appliedThrough: event.at, applying: null });
  await deliver(event, 100);
  expect(await desk.ledgerItems()).toEqual(once);
  await setRule('signals', 'enabled');
});

test('poisoned events are put aside with a reason that names the field', async () => {
  const event = await newestEvent();
  const entry = busEntry(stack.output('BusName'), event);
  const detail = JSON.parse(entry.Detail ?? '') as Record<string, unknown>;
  const put = (changes: object) => ({ ...entry, Detail: JSON.stringify({ ...detail, ...changes }) });
  await stack.aws.bus.send(
    new PutEventsCommand({
      Entries: [
        put({ id: 'poison/version', version: 99 }),
        put({ id: 'poison/garbage', windows: 'bm90IGd6aXA=' }),
        put({ id: 'poison/large', windows: 'A'.repeat(300_000) }),
        put({ id: 'poison/missing', feedId: undefined }),
      ],
    }),
  );
  const about = async (id: string): Promise<readonly RawItem[]> =>
    (await desk.items()).filter((one) => isAside(one) && one['id'] === id);
  for (const [id, reason] of [
    ['poison/version', /^version: .*99/],
    ['poison/garbage', /^windows: /],
    ['poison/large', /^windows: /],
    ['poison/missing', /^feedId: /],
  ] as const) {
    const asides = await waitUntil(`what is put aside of ${id}`, 30, async () => {
      const found = await about(id);
      return found.length > 0 ? found : undefined;
    });
    for (const aside of asides) expect(aside['reason']).toMatch(reason);
  }
  const status = await deckleJson('status');
  expect(status['putAside']).toMatchObject({ count: await count(isAside) });
});

test('an event that a function cannot handle ends in the failure queue after its retries, and says whose it is', async () => {
  const event = await newestEvent();
  const windows = event.windows.map((one) => ({ ...one, configHash: 'f'.repeat(64) }));
  await stack.aws.lambda.send(
    new InvokeCommand({
      FunctionName: stack.functionName('fills'),
      InvocationType: 'Event',
      Payload: JSON.stringify(envelopeOf({ ...event, id: `${event.id}/unheard`, windows })),
    }),
  );
  const { QueueUrl = '' } = await stack.aws.sqs.send(
    new GetQueueUrlCommand({ QueueName: 'deckle-local-failures' }),
  );
  const message = await waitUntil('the dead letter', 30, async () =>
    // Whatever else failed on the way lies in the same queue.
    (await takeMessages(stack.aws.sqs, QueueUrl)).find((one) => one.includes(`${event.id}/unheard`)),
  );
  expect(JSON.parse(message)).toMatchObject({
    requestContext: {
      functionArn: expect.stringMatching(new RegExp(`:function:${stack.functionName('fills')}(:|$)`)),
    },
    requestPayload: { detail: { id: `${event.id}/unheard` } },
    responsePayload: { errorMessage: expect.stringContaining('config push') },
  });
});

test('the guard, on its own schedule, halts at the drawdown limit and tells through SNS', async () => {
  const strict = writeConfig(stack.directory, 'strict', [...BUSY, ...NO_LOSS_ALLOWED]);
  expect(await stack.deckle('config', 'push', strict.file)).toMatchObject({ code: 0 });
  const alert = await nextAlert(stack.aws.sqs, criticalQueue, 'drawdown', 90);
  expect(alert.MessageAttributes['severity']?.Value).toBe('critical');
  expect(await deckleJson('status')).toMatchObject({ mode: 'halted', modeBy: 'guard' });
});

test('scheduled functions are woken by their schedules', async () => {
  for (const name of SCHEDULED)
    await waitUntil(`two invocations of ${name} by its schedule`, 75, async () => {
      const started = startedRequests(await stack.logs(name, 0)).length - (calls.get(name) ?? 0);
      return started >= 2 ? true : undefined;
    });
});

test('reports of every account are in the bucket, as text and as data', async () => {
  const { Contents = [] } = await stack.aws.s3.send(
    new ListObjectsV2Command({ Bucket: stack.output('BucketName'), Prefix: 'reports/' }),
  );
  const keys = Contents.map((one) => one.Key ?? '');
  for (const { id } of busy.config.accounts) {
    expect(keys).toContainEqual(
      expect.stringMatching(new RegExp(`^reports/${id}/\\d{4}-\\d\\d-\\d\\d\\.md$`)),
    );
    expect(keys).toContainEqual(
      expect.stringMatching(new RegExp(`^reports/${id}/\\d{4}-\\d\\d-\\d\\d\\.json$`)),
    );
  }
});

test('a deployment that changes the functions keeps the data, and they go on with it', async () => {
  const [before, table] = [await desk.ledgerItems(), stack.output('LedgerTableName')];
  const untraced = copiedTree(stack.directory, (text) => text.replace('trace: true', 'trace: false'));
  await stack.deploy(untraced);
  const fills = new GetFunctionConfigurationCommand({ FunctionName: stack.functionName('fills') });
  expect((await stack.aws.lambda.send(fills)).Environment?.Variables).not.toHaveProperty('DECKLE_TRACE');
  expect(stack.output('LedgerTableName')).toBe(table);
  expect(await desk.ledgerItems()).toEqual(before);
  await call('reconcile');
  await expectNoDiscrepancies();
});

test('everything that was started is ended', async () => {
  await stack.stop();
  expect(stack.children.filter((child) => child.isRunning())).toEqual([]);
  expect(await isListening(stack.port)).toBe(false);
  expect(processAgeMs(stack.pid)).toBeNull();
});

const count = async (is: (item: RawItem) => boolean): Promise<number> =>
  (await desk.items()).filter(is).length;

const keysOf = async (is: (item: RawItem) => boolean): Promise<readonly string[]> =>
  (await desk.items()).filter(is).map(({ pk, sk }) => `${pk} ${sk}`);

/** A command of the command line that must succeed, and its document. */
async function deckleJson(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr } = await stack.deckle(...args, '--json');
  expect(stdout, stderr).toMatch(/^\{/);
  return JSON.parse(stdout) as Record<string, unknown>;
}

/** Calls a scheduled function by hand. */
async function call(name: FunctionName): Promise<void> {
  calls.set(name, (calls.get(name) ?? 0) + 1);
  await stack.invoke(name, {});
}

/** Waits until the feed has published so many windows more; gives the newest before them. */
async function windowsFlow(windows: number, secondsMax: number): Promise<EpochMs> {
  const newest = async (): Promise<number> => Math.max(0, ...(await publishedWindows()));
  const before = await newest();
  await waitUntil(
    `${windows} windows`,
    secondsMax + windows,
    async () => {
      if (!feeds.isRunning()) throw new Error(`the feeds process ended: ${feeds.stdout}${feeds.stderr}`);
      return (await publishedWindows()).filter((at) => at > before).length >= windows ? true : undefined;
    },
    { everyMs: 500 },
  );
  return before as EpochMs;
}

/** Close times of the windows whose publication was traced. */
async function publishedWindows(): Promise<readonly number[]> {
  return (await desk.items()).flatMap(({ pk, sk }) =>
    pk.startsWith('TRACE#market.window/') && sk === 'feeds' ? [Number(pk.split('/').at(-1))] : [],
  );
}

/** Waits until functions have written nothing of the ledger for a while; the feed is stopped. */
async function settled(): Promise<void> {
  let last = JSON.stringify(await desk.ledgerItems());
  await waitUntil(
    'a still ledger',
    30,
    async () => {
      const now = JSON.stringify(await desk.ledgerItems());
      const isStill = now === last;
      last = now;
      return isStill ? true : undefined;
    },
    { everyMs: 1_500 },
  );
}

/** By the newest reconciliation of every account. */
async function expectNoDiscrepancies(): Promise<void> {
  const records = (await desk.items()).filter((one) => one.sk === 'RECONCILIATION');
  expect(records).toHaveLength(busy.config.accounts.length);
  for (const record of records) expect(record['discrepancies']).toEqual([]);
}

/** The metric may count a decision that was made again after a conflict, and never counts too few. */
async function lateDecisionsAreCounted(): Promise<number> {
  const late = await count(isLate);
  expect(metricTotal(await stack.logs('risk', 0), 'risk_late_total')).toBeGreaterThanOrEqual(late);
  expect(await deckleJson('status')).toMatchObject({ lateDecisions: late, holes: await count(isHole) });
  return late;
}

/** Turns the rule that wakes a function on or off, and waits until nothing of before is under way. */
async function setRule(name: FunctionName, to: 'enabled' | 'disabled'): Promise<void> {
  const rule = { Name: stack.functionName(name), EventBusName: stack.output('BusName') };
  if (to === 'enabled') await stack.aws.bus.send(new EnableRuleCommand(rule));
  else {
    await stack.aws.bus.send(new DisableRuleCommand(rule));
    await pause(2);
  }
}

/** Puts an event on the bus so many times at once, and waits until fills has been through with all of them. */
async function deliver(event: MarketWindowEvent, times: number): Promise<void> {
  const since = Date.now();
  const entry = busEntry(stack.output('BusName'), event);
  const batches = Array.from({ length: times / 10 }, () => Array.from({ length: 10 }, () => entry));
  await Promise.all(batches.map((Entries) => stack.aws.bus.send(new PutEventsCommand({ Entries }))));
  await waitUntil(
    `${times} invocations of fills`,
    90,
    async () => (startedRequests(await stack.logs('fills', since)).length >= times ? true : undefined),
    { everyMs: 500 },
  );
}

/** The event of the newest window that the bucket keeps. */
async function newestEvent(): Promise<MarketWindowEvent> {
  return lastEvent(await loggedWindows(stack.aws, stack.output('BucketName'), busy.config.feed.id));
}

const embeddedRun = (config: DeskConfig): Promise<SessionSummary> =>
  rerunInMemory(config, demoInput(config), LOCKSTEP_WINDOWS, {
    sha256,
    clock: systemClock,
    signal: new AbortController().signal,
  });
