/**
 * Hops of the deployed desk on a local endpoint: from a window's publication to each function, and to the order that came
 * of it, beside the floor, an empty function behind the same bus. Starts an endpoint of its own. Run: `npm run bench:hops`.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { createEventBridgePublisher } from '../adapters/eventbridge/event-bridge-publisher.ts';
import type { MarketWindowEvent } from '../core/events.ts';
import { demoInput } from '../local/input.ts';
import type { RawItem } from '../test/stack/aws-clients.ts';
import { BUSY, writeConfig } from '../test/stack/desk-configs.ts';
import { deskFacts, isDecision } from '../test/stack/desk-facts.ts';
import { StackUnderTest } from '../test/stack/stack-under-test.ts';
import { demoWindows } from './demo-windows.ts';
import { createEmptyFunction } from './empty-function.ts';
import { machine, quantile } from './machine.ts';

const { values } = parseArgs({
  options: {
    windows: { type: 'string', default: '200' },
    every: { type: 'string', default: '500' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
/** Windows before the figures begin: workers start, functions read their configuration. */
const WARM_UP = 20;
const LAST_WORD_MS = 5_000;

/** One hop: what it is called and its times, one per window that made it. */
interface Hop {
  readonly name: string;
  readonly ms: readonly number[];
}

async function main(windows: number, everyMs: number): Promise<void> {
  const stack = await StackUnderTest.start();
  try {
    await stack.deploy();
    const { file, config } = writeConfig(stack.directory, 'bench', BUSY);
    const pushed = await stack.deckle('config', 'push', file);
    if (pushed.code !== 0) throw new Error(pushed.stderr);
    const desk = deskFacts(stack.aws, stack.output('LedgerTableName'));
    const busName = stack.output('BusName');
    const input = demoInput(config);
    await desk.feeds.putRules(config.feed.id, input.instruments);
    const events = (await demoWindows(config, input)).slice(0, WARM_UP + windows);
    const floor = await createEmptyFunction(stack.aws, busName, 'market.window');
    const publisher = createEventBridgePublisher({ client: stack.aws.bus, busName });
    const publishedAt = new Map<string, number>();
    for (const event of events) {
      const next = wait(everyMs);
      publishedAt.set(event.id, Date.now());
      await publisher.publish([event]);
      await next;
    }
    await wait(LAST_WORD_MS);
    const measured = events.slice(WARM_UP);
    const hops = hopsOf(measured, publishedAt, floor.receivedAt, await desk.items());
    await floor.close();
    report(hops, measured.length, everyMs);
  } finally {
    await stack.stop();
  }
}

function hopsOf(
  events: readonly MarketWindowEvent[],
  publishedAt: ReadonlyMap<string, number>,
  floorAt: ReadonlyMap<string, number>,
  items: readonly RawItem[],
): readonly Hop[] {
  const byKey = new Map(items.map((one) => [`${one.pk} ${one.sk}`, one]));
  const time = (event: string, by: string, field: 'receivedAt' | 'doneAt'): number | undefined => {
    const found = byKey.get(`TRACE#${event} ${by}`)?.[field];
    return typeof found === 'number' ? found : undefined;
  };
  const accepted = new Set(
    items.filter((one) => isDecision(one) && one['outcome'] === 'accepted').map((one) => one['requestId']),
  );
  const raised = (event: MarketWindowEvent): string => `signals/${event.feedId}/${event.at}`;
  const hop = (
    name: string,
    from: (event: MarketWindowEvent) => number | undefined,
    to: (event: MarketWindowEvent) => number | undefined,
  ): Hop => ({
    name,
    ms: events.flatMap((event) => {
      const [start, end] = [from(event), to(event)];
      return start === undefined || end === undefined ? [] : [end - start];
    }),
  });
  const published = (event: MarketWindowEvent): number | undefined => publishedAt.get(event.id);
  return [
    hop('publish -> empty function (floor)', published, (event) => floorAt.get(event.id)),
    hop('publish -> fills', published, (event) => time(event.id, 'fills', 'receivedAt')),
    hop('publish -> signals', published, (event) => time(event.id, 'signals', 'receivedAt')),
    hop('publish -> fills done', published, (event) => time(event.id, 'fills', 'doneAt')),
    hop(
      'signals -> risk (strategies, second hop)',
      (event) => time(event.id, 'signals', 'receivedAt'),
      (event) => time(raised(event), 'risk', 'receivedAt'),
    ),
    hop('publish -> risk', published, (event) => time(raised(event), 'risk', 'receivedAt')),
    hop('publish -> order accepted', published, (event) => {
      const request = byKey.get(`TRACE#${raised(event)} risk`)?.['requestId'];
      return accepted.has(request) ? time(raised(event), 'risk', 'doneAt') : undefined;
    }),
  ];
}

function report(hops: readonly Hop[], windows: number, everyMs: number): void {
  print(`${machine()}`);
  print(`${windows} windows of the demo market, one each ${everyMs} ms, after ${WARM_UP} to warm up`);
  const cell = (value: number): string => value.toFixed(0).padStart(6);
  print(
    `${'milliseconds'.padEnd(42)} ${['count', 'p50', 'p90', 'p95', 'max'].map((one) => one.padStart(6)).join(' ')}`,
  );
  for (const { name, ms } of hops) {
    const figures = [0.5, 0.9, 0.95, 1].map((share) => cell(quantile(ms, share)));
    print(`${name.padEnd(42)} ${[cell(ms.length), ...figures].join(' ')}`);
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

if (values.help)
  print('npm run bench:hops -- [--windows 200] [--every 500]: windows, and milliseconds between them');
else await main(Number(values.windows), Number(values.every));
