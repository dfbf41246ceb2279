import { expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { loadBooks } from '../../../adapters/store/books.ts';
import type { AccountId } from '../../../core/paper/order.ts';
import type { Ledger } from '../../../core/ports.ts';
import type { AccountBooks } from '../../../core/reconcile/reconcile.ts';
import { reconcile } from '../../../core/reconcile/reconcile.ts';
import { eventsOf, openDesk, runSequentially } from '../../support/desk.ts';
import { syntheticMarket } from '../../support/synthetic-market.ts';
import { COIN, GEM } from '../../support/values.ts';

const EVENTS = eventsOf(syntheticMarket(11, 90, [COIN, GEM]));
const BEGUN = 40;
/** Parts of a history: journal and fills of three lanes, orders, decisions. */
const PARTS = 8;

/** A desk in the middle of its day, and what lets the rest of the day pass, some windows at a time. */
async function busyDesk() {
  const desk = await openDesk();
  await runSequentially(desk, EVENTS.slice(0, BEGUN));
  let next = BEGUN;
  const goOn = async (windows: number): Promise<number> => {
    const events = EVENTS.slice(next, next + windows);
    next += events.length;
    await runSequentially(desk, events);
    return events.length;
  };
  return { desk, goOn };
}

/** A ledger whose reader is slow: before each part of the history is read, windows pass. */
function slowly(ledger: Ledger, pass: () => Promise<unknown>): Ledger {
  const after = <T>(read: () => AsyncIterable<T>): AsyncIterable<T> =>
    (async function* () {
      await pass();
      yield* read();
    })();
  return {
    ...ledger,
    journal: (...given) => after(() => ledger.journal(...given)),
    fills: (...given) => after(() => ledger.fills(...given)),
    orders: (...given) => after(() => ledger.orders(...given)),
    decisions: (...given) => after(() => ledger.decisions(...given)),
  };
}

/** Books without the order in which their parts were read. */
const inOrder = (books: AccountBooks | undefined) =>
  books && {
    ...books,
    lanes: books.lanes.map((one) => ({ ...one, fills: [...one.fills].sort(byId) })),
    orders: [...books.orders].sort(byId),
    decisions: books.decisions.map((one) => ({ ...one, id: one.signal.id })).sort(byId),
  };
const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

test.each([1, 3, 6])(
  'an account that moves %d windows during each part of the reading is read as one picture all the same',
  async (windows) => {
    for (const n of [0, 1]) {
      const { desk, goOn } = await busyDesk();
      const account = desk.config.accounts[n];
      if (!account) throw new Error(`there is an account ${n}`);
      // Windows pass while the history is read; when its newest part is read again nothing does.
      let parts = 0;
      let passed = 0;
      const ledger = slowly(desk.stored, async () => {
        parts += 1;
        if (parts <= PARTS) passed += await goOn(windows);
      });
      const books = await loadBooks(ledger, account.id);
      expect(passed).toBe(PARTS * windows);
      expect(parts).toBeGreaterThan(PARTS);
      expect(inOrder(books)).toEqual(inOrder(await loadBooks(desk.stored, account.id)));
      expect(books && reconcile(books, sha256)).toEqual([]);
    }
  },
);

test('an account that stands still is read once', async () => {
  const { desk } = await busyDesk();
  let parts = 0;
  const ledger = slowly(desk.stored, async () => {
    parts += 1;
  });
  const [account] = desk.config.accounts;
  if (!account) throw new Error('there is an account');
  expect(inOrder(await loadBooks(ledger, account.id))).toEqual(
    inOrder(await loadBooks(desk.stored, account.id)),
  );
  expect(parts).toBe(PARTS);
});

test('an account that was never opened has no books', async () => {
  const { desk } = await busyDesk();
  expect(await loadBooks(desk.stored, 'nobody' as AccountId)).toBeUndefined();
});
