import { expect, test } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';
import { loadBooks } from '../../adapters/store/books.ts';
import type { ItemStore } from '../../adapters/store/item-store.ts';
import type { SignalsRaisedEvent } from '../../core/events.ts';
import { reconcile } from '../../core/reconcile/reconcile.ts';
import type { Desk } from '../support/desk.ts';
import { eventsOf, openDesk, runSequentially } from '../support/desk.ts';
import { syntheticMarket } from '../support/synthetic-market.ts';
import { COIN, GEM } from '../support/values.ts';

const EVENTS = eventsOf(syntheticMarket(5, 30, [COIN, GEM]));

/** Every item but those that count what was done: the position in the stream of changes is such a count. */
const picture = async (desk: Desk) => (await desk.store.changes(undefined, 100_000)).changes.length;

test('the same events again, through every function, change nothing', async () => {
  const raised: SignalsRaisedEvent[] = [];
  const desk = await openDesk();
  for (const event of EVENTS) {
    await desk.fills(event);
    await desk.signals(event);
    for (const one of desk.published.splice(0)) {
      raised.push(one);
      await desk.risk(one);
    }
  }
  const [hash, written] = [await desk.hash(), await picture(desk)];
  expect(desk.metrics.total('fills_recorded_total')).toBeGreaterThan(5);
  expect(raised.length).toBeGreaterThan(5);
  for (const event of [...EVENTS, ...EVENTS.toReversed()]) {
    await desk.fills(event);
    await desk.signals(event);
  }
  for (const one of [...raised, ...raised.toReversed(), ...desk.published.splice(0)]) await desk.risk(one);
  expect(await picture(desk)).toBe(written);
  expect(await desk.hash()).toBe(hash);
});

test('a window delivered again publishes the stored signals again, under the same id and in the same order', async () => {
  const desk = await openDesk();
  await runSequentially(desk, EVENTS.slice(0, -1));
  const [last] = EVENTS.slice(-1);
  if (!last) throw new Error('there are events');
  for (const event of EVENTS) await desk.signals(event);
  const first = desk.published.splice(0);
  for (const event of EVENTS) await desk.signals(event);
  expect(desk.published.filter((one) => one.at !== last.at)).toEqual(
    first.filter((one) => one.at !== last.at),
  );
  expect(new Set(first.map((one) => one.id)).size).toBe(first.length);
});

class Killed extends Error {}

/** A store that dies at its n-th transaction, before or after it committed, and lives on afterwards as a new process. */
function dyingAt(n: number, when: 'before' | 'after') {
  let count = 0;
  return (store: ItemStore): ItemStore => ({
    get: (key) => store.get(key),
    query: (query) => store.query(query),
    changes: (position, limit) => store.changes(position, limit),
    close: () => store.close(),
    transact: async (writes) => {
      count += 1;
      if (count === n && when === 'before') throw new Killed();
      const result = await store.transact(writes);
      if (count === n) throw new Killed();
      return result;
    },
  });
}

/** Each event until it is through; what was raised before the death and not decided comes again with the event. */
async function runThroughDeath(desk: Desk): Promise<number> {
  let deaths = 0;
  for (const event of EVENTS) {
    for (;;)
      try {
        await runSequentially(desk, [event]);
        break;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        desk.published.splice(0);
        deaths += 1;
      }
  }
  return deaths;
}

test('a desk that dies at any transaction and gets the event again has the ledger of an undisturbed one', async () => {
  let transactions = 0;
  const undisturbed = await openDesk({
    wrap: (store) => ({
      ...dyingAt(0, 'before')(store),
      transact: (writes) => {
        transactions += 1;
        return store.transact(writes);
      },
    }),
  });
  await runSequentially(undisturbed, EVENTS);
  const hash = await undisturbed.hash();
  expect(transactions).toBeGreaterThan(100);
  // A stride that is no divisor of the writes of a window reaches every kind of transaction.
  for (let n = 1; n <= transactions; n += 7)
    for (const when of ['before', 'after'] as const) {
      const desk = await openDesk({ wrap: dyingAt(n, when) });
      expect(await runThroughDeath(desk), `transaction ${n}, ${when}`).toBe(1);
      expect(await desk.hash(), `transaction ${n}, ${when}`).toBe(hash);
      for (const { id } of desk.config.accounts) {
        const books = await loadBooks(desk.stored, id);
        expect(books && reconcile(books, sha256)).toEqual([]);
      }
      await desk.store.close();
    }
});
