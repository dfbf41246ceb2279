import { marshall } from '@aws-sdk/util-dynamodb';
import { expect, test } from 'vitest';
import { EventTooLargeError } from '../../../adapters/eventbridge/event-bridge-publisher.ts';
import { relayRecords } from '../../../adapters/lambda/relay-records.ts';
import type { Change } from '../../../adapters/store/item-store.ts';
import type { DeckleEvent } from '../../../core/events.ts';
import { newsOf, relay } from '../../../lambdas/relay/relay.ts';
import { ACTIVE, eventsOf, NO_LOG, openDesk, runSequentially } from '../../support/desk.ts';
import { syntheticMarket } from '../../support/synthetic-market.ts';
import { COIN, GEM } from '../../support/values.ts';

/** Changes of a real run, and what the embedded relay makes of them. */
async function session() {
  const desk = await openDesk();
  await runSequentially(desk, eventsOf(syntheticMarket(5, 40, [COIN, GEM])));
  await desk.modes.setMode(await desk.modes.mode(), { ...ACTIVE, mode: 'halted', cause: 'person' });
  const { changes } = await desk.store.changes(undefined, 100_000);
  const news: DeckleEvent[] = [];
  await relay(changes, { publish: async (events) => void news.push(...events) });
  return { changes, news };
}

/** As the stream hands a change to a function. */
const recordOf = ({ position, key, before, after }: Change) => ({
  eventID: position,
  dynamodb: {
    SequenceNumber: position,
    Keys: marshall(key),
    ...(before && { OldImage: marshall(before) }),
    ...(after && { NewImage: marshall(after) }),
  },
});

function openRelay(publish: (events: readonly DeckleEvent[]) => Promise<void>) {
  const aside: { id: string; reason: string }[] = [];
  return {
    aside,
    run: (Records: readonly unknown[]) =>
      relayRecords(
        { Records },
        {
          newsOf,
          publisher: { publish },
          log: NO_LOG,
          putAside: async (id, reason) => void aside.push({ id, reason }),
        },
      ),
  };
}

test('records of the stream give the news that the embedded relay gives, in their order', async () => {
  const { changes, news } = await session();
  const told: DeckleEvent[] = [];
  const { run, aside } = openRelay(async (events) => void told.push(...events));
  expect(await run(changes.map(recordOf))).toEqual({ batchItemFailures: [] });
  expect(told).toEqual(news);
  expect(told.length).toBeGreaterThan(20);
  expect(aside).toEqual([]);
});

test('a record that cannot be read is put aside and holds nobody up', async () => {
  const { changes, news } = await session();
  const at = changes.findIndex((one) => one.after?.['entity'] === 'order');
  const spoiled = changes.map((one, i) =>
    i === at && one.after ? { ...one, after: { ...one.after, quantity: 'plenty' } } : one,
  );
  const told: DeckleEvent[] = [];
  const { run, aside } = openRelay(async (events) => void told.push(...events));
  expect(await run(spoiled.map(recordOf))).toEqual({ batchItemFailures: [] });
  expect(aside).toEqual([
    { id: `stream/${changes[at]?.position}`, reason: expect.stringContaining('quantity') },
  ]);
  expect(told).toHaveLength(news.length - 1);
});

test('news that the bus refuses comes again with all that follows it, and what came before does not', async () => {
  const { changes, news } = await session();
  const told: DeckleEvent[] = [];
  let calls = 0;
  const { run } = openRelay(async (events) => {
    calls += 1;
    if (calls === 3) throw new Error('the bus is away');
    told.push(...events);
  });
  const { batchItemFailures } = await run(changes.map(recordOf));
  expect(batchItemFailures).toHaveLength(1);
  const from = changes.findIndex((one) => one.position === batchItemFailures[0]?.itemIdentifier);
  expect(from).toBeGreaterThan(0);
  expect(await run(changes.slice(from).map(recordOf))).toEqual({ batchItemFailures: [] });
  expect(told).toEqual(news);
});

test('when nothing of a batch could be told all of it comes again', async () => {
  const { changes } = await session();
  const { run } = openRelay(async () => {
    throw new Error('the bus is away');
  });
  const withNews = changes.findIndex((one) => newsOf(one).length > 0);
  await expect(run(changes.slice(withNews).map(recordOf))).rejects.toThrow('the bus is away');
});

test('news that no bus would take is put aside instead of being tried for ever', async () => {
  const { changes } = await session();
  const { run, aside } = openRelay(async (events) => {
    throw new EventTooLargeError('the event is too large', events.slice(0, 1));
  });
  expect(await run(changes.map(recordOf))).toEqual({ batchItemFailures: [] });
  expect(aside.length).toBeGreaterThan(0);
  for (const { reason } of aside) expect(reason).toBe('the event is too large');
});

test.each([[{}], [null], ['records'], [{ Records: 'none' }]])(
  'an input without records is an error: %j',
  async (input) => {
    const ports = {
      newsOf,
      publisher: { publish: async () => undefined },
      log: NO_LOG,
      putAside: async () => undefined,
    };
    await expect(relayRecords(input, ports)).rejects.toThrow('Records');
  },
);
