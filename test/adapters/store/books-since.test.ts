import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { loadBooks } from '../../../adapters/store/books.ts';
import { loadBooksFrom } from '../../../adapters/store/books-since.ts';
import type { Item } from '../../../adapters/store/item-store.ts';
import type { AccountId } from '../../../core/paper/order.ts';
import type { Checkpoint } from '../../../core/reconcile/checkpoint.ts';
import { checkpointOf } from '../../../core/reconcile/checkpoint.ts';
import type { AccountBooks } from '../../../core/reconcile/reconcile.ts';
import { reconcile } from '../../../core/reconcile/reconcile.ts';
import { dayStart } from '../../../core/time.ts';
import type { Path } from '../../support/account-items.ts';
import { accountItems, changedAt, forge, leavesOf, nameOf, remove } from '../../support/account-items.ts';
import type { Desk } from '../../support/desk.ts';
import { eventsOf, openDesk, runSequentially } from '../../support/desk.ts';
import { syntheticMarket } from '../../support/synthetic-market.ts';
import { COIN, GEM, T0 } from '../../support/values.ts';

const ALPHA = 'alpha' as AccountId;
const WINDOWS = 60;

/** The account before a window, and the checkpoint that a reconciliation there leaves. */
interface Moment {
  readonly checkpoint: Checkpoint;
  readonly items: ReadonlyMap<string, Item>;
}

interface Session {
  readonly desk: Desk;
  readonly moments: readonly Moment[];
  /** At its end. */
  readonly items: ReadonlyMap<string, Item>;
}

let sessions: readonly Session[];
beforeAll(async () => {
  sessions = await Promise.all([5, 23].map(sessionOf));
});

async function sessionOf(seed: number): Promise<Session> {
  const desk = await openDesk();
  const moments: Moment[] = [];
  for (const event of eventsOf(syntheticMarket(seed, WINDOWS, [COIN, GEM]))) {
    const before = moments.at(-1)?.checkpoint;
    const books = before ? await loadBooksFrom(desk.stored, before) : await loadBooks(desk.stored, ALPHA);
    if (!books) throw new Error('the account is open');
    // Each checkpoint follows from the one before it, and none is found to be wrong.
    expect(reconcile(books, sha256)).toEqual([]);
    moments.push({
      checkpoint: checkpointOf(books, {
        accountId: ALPHA,
        fullOn: dayStart(T0),
        deciders: desk.config.strategies.flatMap(({ id, instruments }) =>
          instruments.map((instrumentId) => ({ strategyId: id, instrumentId })),
        ),
      }),
      items: await accountItems(desk.store, ALPHA),
    });
    await runSequentially(desk, [event]);
  }
  return { desk, moments, items: await accountItems(desk.store, ALPHA) };
}

/** How many discrepancies there are; a record that nobody can read is one. */
async function found(load: () => Promise<AccountBooks | undefined>): Promise<number> {
  const books = await load().catch(() => null);
  if (books === null) return 1;
  if (!books) throw new Error('the account is open');
  return reconcile(books, sha256).length;
}

const fullyFound = ({ desk }: Session): Promise<number> => found(() => loadBooks(desk.stored, ALPHA));
const foundSince = ({ desk }: Session, { checkpoint }: Moment): Promise<number> =>
  found(() => loadBooksFrom(desk.stored, checkpoint));

test('from any checkpoint of a healthy account nothing is found, and no entry is left out', async () => {
  for (const session of sessions) {
    const whole = await loadBooks(session.desk.stored, ALPHA);
    for (const moment of session.moments) {
      const { checkpoint } = moment;
      const books = await loadBooksFrom(session.desk.stored, checkpoint);
      expect(books && reconcile(books, sha256)).toEqual([]);
      for (const { lane, journal } of books?.lanes ?? []) {
        const { entries } = checkpoint.lanes[lane].account;
        expect(journal).toEqual(whole?.lanes.find((one) => one.lane === lane)?.journal.slice(entries));
      }
    }
  }
});

test('a checkpoint is the same whether the journal was folded at once or in any two parts', async () => {
  for (const { desk, moments } of sessions) {
    const whole = await loadBooks(desk.stored, ALPHA);
    if (!whole) throw new Error('the account is open');
    const rest = { accountId: ALPHA, fullOn: dayStart(T0), deciders: [] };
    for (const { checkpoint } of moments) {
      const since = await loadBooksFrom(desk.stored, checkpoint);
      expect(since && checkpointOf(since, rest)).toEqual(checkpointOf(whole, rest));
    }
  }
});

/** Balances, positions, the cursor and pointers can be wrong at any time; the rest is written once, or while it moves. */
const ALWAYS = / (STATE|CURSOR|POSITION#.*|OPEN#.*)$/;

/** A change of one field, or, without a path, of everything: the item is taken away. */
interface Tampering {
  readonly moment: Moment;
  readonly item: Item;
  readonly path: Path | null;
}

/** What may be done to the session's items that a reconciliation from the drawn checkpoint answers for. */
function tamperingOf(session: Session, [k, i, j]: readonly [number, number, number]): Tampering {
  const moment = session.moments[k % session.moments.length];
  if (!moment) throw new Error('a session has moments');
  const newer = [...session.items].filter(
    ([name, item]) => ALWAYS.test(name) || moment.items.get(name)?.['version'] !== item['version'],
  );
  const item = newer[i % newer.length]?.[1];
  if (!item) throw new Error('an account has a state');
  const leaves = leavesOf(item);
  return { moment, item, path: leaves[j % (leaves.length + 1)] ?? null };
}

/**
 * A sell that ended unfilled leaves no entry and no pointer: only its decision names it. When that is taken away, the
 * day's full reconciliation finds it.
 */
const isOnlyWitness = ({ items }: Session, { pk, sk, orderId }: Item): boolean =>
  sk.startsWith('DECISION#') &&
  items.get(nameOf({ pk, sk: `ORDER#${orderId}` }))?.['side'] === 'sell' &&
  ![...items.keys()].some((name) => name.includes(` FILL#${orderId}#`));

test('whatever is done to what was written since, or to a balance, a position, the cursor or a pointer, is found from the checkpoint when the whole history shows it', async () => {
  let shown = 0;
  const kinds = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.nat(1), fc.tuple(fc.nat(), fc.nat(), fc.nat()), async (which, drawn) => {
      const session = sessions[which];
      if (!session) throw new Error('there are two sessions');
      const { moment, item, path } = tamperingOf(session, drawn);
      if (path) await forge(session.desk.store, changedAt(item, path));
      else await remove(session.desk.store, item);
      try {
        // Without its state an account reads as never opened, to either.
        if (!path && /^(STATE|CURSOR)$/.test(item.sk)) return;
        if (!path && isOnlyWitness(session, item)) return;
        const all = await fullyFound(session);
        if (all === 0) return;
        shown += 1;
        kinds.add(item.sk.split('#')[0] ?? '');
        expect(
          await foundSince(session, moment),
          `${nameOf(item)} ${path?.join('.') ?? 'removed'}`,
        ).toBeGreaterThan(0);
      } finally {
        await forge(session.desk.store, item);
      }
    }),
    { seed: 20_261_121, numRuns: 800 },
  );
  expect(shown).toBeGreaterThan(300);
  for (const kind of ['STATE', 'CURSOR', 'POSITION', 'OPEN', 'ORDER', 'FILL', 'JOURNAL', 'DECISION'])
    expect(kinds).toContain(kind);
});
