import type { Money } from '../../core/amounts.ts';
import { invariant } from '../../core/invariant.ts';
import type { EquityRecord } from '../../core/ledger/equity.ts';
import { openingEquity } from '../../core/ledger/equity.ts';
import type { EntryFacts, JournalEntry } from '../../core/ledger/journal.ts';
import { chainEntry, entryFacts } from '../../core/ledger/journal.ts';
import type { LaneAccount } from '../../core/ledger/lane-account.ts';
import { depositFacts, emptyAccount, evolveAccount } from '../../core/ledger/lane-account.ts';
import { reserveFacts } from '../../core/ledger/order-facts.ts';
import type { Instrument, InstrumentId } from '../../core/market/instrument.ts';
import type { AccountId, Order } from '../../core/paper/order.ts';
import { isWorking, LANES } from '../../core/paper/order.ts';
import type { Holding, LaneWrite } from '../../core/paper/step.ts';
import type { AccountView, CommitResult, Cursor, Ledger, Sha256, Versioned } from '../../core/ports.ts';
import { isIdle } from '../../core/ports.ts';
import type { ModeState } from '../../core/risk/trading-mode.ts';
import {
  cursorShape,
  decisionSchema,
  equitySchema,
  fillSchema,
  holdingSchema,
  holeSchema,
  journalEntrySchema,
  laneAccountSchema,
  orderSchema,
} from '../../core/schemas.ts';
import type { EpochMs } from '../../core/time.ts';
import { epochMs } from '../../core/time.ts';
import type { Item, ItemStore, Key, TransactResult, Write } from './item-store.ts';
import { queryAll } from './item-store.ts';
import { accountPk, asRead, create, fromItem, keys, prefixes, ranges, replace, versionOf } from './table.ts';

/** The {@link Ledger} over the item store. `instrumentOf` gives the rules an order's instrument had when it was placed. */
export function createLedger(
  store: ItemStore,
  sha256: Sha256,
  instrumentOf: (id: InstrumentId) => Instrument,
): Ledger {
  const read = async (key: Key): Promise<Item | undefined> => store.get(key);
  const many = (pk: string, prefix: string): AsyncGenerator<Item> => queryAll(store, { pk, prefix });

  async function load(accountId: AccountId): Promise<AccountView | undefined> {
    const states = await Promise.all(LANES.map((lane) => read(keys.state(accountId, lane))));
    const [optimistic, base, pessimistic] = states.map((item) => item && fromItem(laneAccountSchema, item));
    if (!optimistic || !base || !pessimistic) return undefined;
    const cursor = await readCursor(accountId);
    if (!cursor) return undefined;
    const working: Versioned<Order>[] = [];
    for await (const pointer of many(accountPk(accountId), prefixes.open)) {
      const item = await read(keys.order(accountId, pointer.sk.slice(prefixes.open.length) as Order['id']));
      if (item) working.push({ value: fromItem(orderSchema, item), version: versionOf(item) });
    }
    return { accountId, lanes: { optimistic, base, pessimistic }, cursor, working: working.sort(byDecision) };
  }

  async function readCursor(accountId: AccountId): Promise<Cursor | undefined> {
    const item = await read(keys.cursor(accountId));
    return item && fromItem(cursorShape, item);
  }

  const chained = (account: LaneAccount, facts: EntryFacts, evidenceHash: string | null): JournalEntry =>
    chainEntry(sha256, facts, account.entries + 1, account.chain, evidenceHash);

  return {
    load,
    cursor: readCursor,

    async openAccount(accountId: AccountId, currency: string, amount: Money): Promise<void> {
      if (await readCursor(accountId)) return;
      const writes: Write[] = [create(keys.cursor(accountId), 'cursor', NEW_CURSOR)];
      for (const lane of LANES) {
        const empty = emptyAccount(accountId, lane, currency);
        // Before every window, so that the deposit is the same fact whenever the desk first starts.
        const entry = chained(empty, entryFacts(depositFacts(empty, amount, epochMs(0))), null);
        const opened = evolveAccount(empty, entry);
        writes.push(
          create(keys.state(accountId, lane), 'account', opened),
          create(keys.journal(accountId, lane, entry.n), 'journal', entry),
          create(keys.equity(accountId, lane), 'equity', openingEquity(opened, epochMs(0))),
        );
      }
      const result = await store.transact(writes);
      // Lost to another process that opened it at the same moment: the account is there, which is all we want.
      if (result.kind === 'conflict')
        invariant(await isThere(readCursor, accountId), `account ${accountId} did not open`);
    },

    async holdings(accountId, lane) {
      const held: Versioned<Holding>[] = [];
      for await (const item of many(accountPk(accountId, lane), prefixes.holding))
        held.push({ value: fromItem(holdingSchema, item), version: versionOf(item) });
      return held;
    },

    async decision(accountId, signal) {
      const item = await read(keys.decision(accountId, signal));
      return item && fromItem(decisionSchema, item);
    },

    async commitDecision(view, { decision, order }, mode): Promise<CommitResult> {
      const { accountId, cursor } = view;
      if (cursor.applying !== null)
        return { kind: 'conflict', what: `window ${cursor.applying} is being applied` };
      const canceled = view.working.flatMap((one) => {
        const cancel = decision.cancels.find((other) => other.orderId === one.value.id);
        return cancel ? [{ ...one, value: { ...one.value, cancelAt: cancel.cancelAt } }] : [];
      });
      const lanes = { ...view.lanes };
      const writes: Write[] = [create(keys.decision(accountId, decision.signal.id), 'decision', decision)];
      for (const one of canceled)
        writes.push(replace(keys.order(accountId, one.value.id), 'order', one.value, one.version));
      if (order) {
        writes.push(
          modeCheck(mode),
          create(keys.order(accountId, order.id), 'order', order),
          create(keys.open(accountId, order.id), 'open', { instrumentId: order.instrumentId }),
        );
        for (const lane of LANES) {
          const facts = reserveFacts(order, lane, instrumentOf(order.instrumentId));
          if (!facts) continue;
          const before = lanes[lane];
          const entry = chained(before, facts, null);
          lanes[lane] = evolveAccount(before, entry);
          writes.push(
            replace(keys.state(accountId, lane), 'account', lanes[lane], before.entries),
            create(keys.journal(accountId, lane, entry.n), 'journal', entry),
          );
        }
      }
      // What the decision rested on must still be so, even where it writes nothing there.
      if (lanes.base === view.lanes.base)
        writes.push({
          kind: 'check',
          key: keys.state(accountId, 'base'),
          condition: asRead(view.lanes.base.entries),
        });
      const idle = isIdle(cursor) && decision.signal.closedAt > cursor.appliedThrough;
      const next: Cursor = {
        ...cursor,
        ...(idle ? { appliedThrough: decision.signal.closedAt, afterHole: false } : {}),
        working: cursor.working + (order ? 1 : 0),
        version: cursor.version + 1,
      };
      // Cancels move it too: a window that is being applied without them must lose.
      const moves = idle || order !== null || canceled.length > 0;
      writes.push(
        moves
          ? replace(keys.cursor(accountId), 'cursor', next, cursor.version)
          : { kind: 'check', key: keys.cursor(accountId), condition: asRead(cursor.version) },
      );
      const working = view.working.map((one) => {
        const changed = canceled.find((other) => other.value.id === one.value.id);
        return changed ? { value: changed.value, version: one.version + 1 } : one;
      });
      if (order) working.push({ value: order, version: 1 });
      return outcome(await store.transact(writes), {
        ...view,
        lanes,
        cursor: moves ? next : cursor,
        working: working.sort(byDecision),
      });
    },

    async commitStep(view, step, holdings, mode): Promise<CommitResult> {
      const { accountId, cursor } = view;
      const { before, after } = step;
      const known = view.working.find((one) => one.value.id === before.id);
      invariant(known !== undefined, `order ${before.id} is not working`);
      const ends = !isWorking(after);
      const writes: Write[] = [modeCheck(mode)];
      const watched = step.lanes.reduce(
        (total, write) => total + watchedBy(write.holding, holdings[write.lane]?.value),
        0,
      );
      const next = afterStep(cursor, step.closedAt, ends ? 1 : 0, watched);
      if (ends)
        writes.push({
          kind: 'delete',
          key: keys.open(accountId, before.id),
          condition: { kind: 'version', version: 1 },
        });
      if (next !== cursor) writes.push(replace(keys.cursor(accountId), 'cursor', next, cursor.version));
      const lanes = { ...view.lanes };
      for (const write of step.lanes)
        lanes[write.lane] = laneWrites(writes, lanes[write.lane], write, holdings[write.lane]);
      // Last, so that news of a fill precedes news of the end it brought.
      writes.push(replace(keys.order(accountId, before.id), 'order', after, known.version));
      const working = ends
        ? view.working.filter((one) => one !== known)
        : view.working.map((one) => (one === known ? { value: after, version: known.version + 1 } : one));
      return outcome(await store.transact(writes), { ...view, lanes, cursor: next, working });
    },

    async commitHolding(view, lane, before, after, closedAt): Promise<CommitResult> {
      const { accountId, cursor } = view;
      const key = keys.holding(accountId, lane, after.position.instrumentId);
      const writes: Write[] = [replace(key, 'position', after, before.version)];
      const watched = watchedBy(after, before.value);
      const next = watched === 0 ? cursor : afterStep(cursor, closedAt, 0, watched);
      if (next !== cursor) writes.push(replace(keys.cursor(accountId), 'cursor', next, cursor.version));
      return outcome(await store.transact(writes), { ...view, cursor: next });
    },

    async moveCursor(view, through, hole): Promise<CommitResult> {
      const { accountId, cursor } = view;
      const next: Cursor = {
        ...cursor,
        appliedThrough: through,
        applying: null,
        afterHole: hole !== null,
        version: cursor.version + 1,
      };
      const writes: Write[] = [replace(keys.cursor(accountId), 'cursor', next, cursor.version)];
      if (hole) writes.push(create(keys.hole(accountId, hole.through), 'hole', hole));
      return outcome(await store.transact(writes), { ...view, cursor: next });
    },

    async equity(accountId, lane) {
      const item = await read(keys.equity(accountId, lane));
      return item && { value: fromItem(equitySchema, item), version: versionOf(item) };
    },

    async commitEquity(before, after: EquityRecord) {
      const key = keys.equity(after.accountId, after.lane);
      return (await store.transact([replace(key, 'equity', after, before?.version ?? 0)])).kind;
    },

    async order(accountId, id) {
      const item = await read(keys.order(accountId, id));
      return item && fromItem(orderSchema, item);
    },
    async fill(accountId, lane, order, closedAt) {
      const item = await read(keys.fill(accountId, lane, order, closedAt));
      return item && fromItem(fillSchema, item);
    },
    orders: (accountId) => decoded(many(accountPk(accountId), prefixes.order), orderSchema),
    fills: (accountId, lane, order) =>
      decoded(
        many(accountPk(accountId, lane), order === undefined ? prefixes.fill : prefixes.fillsOf(order)),
        fillSchema,
      ),
    journal(accountId, lane, after) {
      const which = after === undefined ? { prefix: prefixes.journal } : ranges.journalAfter(after);
      return decoded(queryAll(store, { pk: accountPk(accountId, lane), ...which }), journalEntrySchema);
    },
    decisions(accountId, of) {
      const which = of
        ? ranges.decisionsFrom(of.strategyId, of.instrumentId, of.from)
        : { prefix: prefixes.decision };
      return decoded(queryAll(store, { pk: accountPk(accountId), ...which }), decisionSchema);
    },
    holes: (accountId) => decoded(many(accountPk(accountId), prefixes.hole), holeSchema),
    async *openPointers(accountId) {
      for await (const item of many(accountPk(accountId), prefixes.open))
        yield item.sk.slice(prefixes.open.length) as Order['id'];
    },
  };

  /** One lane's part of a step: balances and journal when money moves, the holding when it changed, the fill. */
  function laneWrites(
    writes: Write[],
    account: LaneAccount,
    write: LaneWrite,
    held: Versioned<Holding> | undefined,
  ): LaneAccount {
    const { lane, facts, fill, holding } = write;
    let after = account;
    if (facts) {
      const entry = chained(account, facts, fill?.evidenceHash ?? null);
      after = evolveAccount(account, entry);
      writes.push(
        replace(keys.state(account.accountId, lane), 'account', after, account.entries),
        create(keys.journal(account.accountId, lane, entry.n), 'journal', entry),
      );
      if (fill)
        writes.push(
          create(keys.fill(account.accountId, lane, fill.orderId, fill.closedAt), 'fill', {
            ...fill,
            entry: entry.n,
          }),
        );
    }
    if (holding) {
      const key = keys.holding(account.accountId, lane, holding.position.instrumentId);
      writes.push(replace(key, 'position', holding, held?.version ?? 0));
    }
    return after;
  }
}

/** Nothing of an order commits under another mode than the one it was decided under. */
const modeCheck = (mode: ModeState): Write => ({
  kind: 'check',
  key: keys.mode,
  condition: asRead(mode.version),
});

/**
 * The cursor after one order met a window. The first step says that the window is being applied, so that no decision
 * rests on half of it; when nothing is left that could meet the next one the window is over, since fills does not come back.
 */
function afterStep(cursor: Cursor, closedAt: EpochMs, ended: number, watched: number): Cursor {
  if (ended === 0 && watched === 0 && cursor.applying === closedAt) return cursor;
  const next = {
    ...cursor,
    applying: closedAt,
    working: cursor.working - ended,
    watching: cursor.watching + watched,
    version: cursor.version + 1,
  };
  return isIdle(next) ? { ...next, appliedThrough: closedAt, applying: null, afterHole: false } : next;
}

/** How a change of a holding changes the number of holdings that watch displayed levels; null is no change. */
const watchedBy = (after: Holding | null, before: Holding | undefined): number =>
  after === null ? 0 : Number(isWatching(after)) - Number(before !== undefined && isWatching(before));
const isWatching = (holding: Holding): boolean => holding.consumption.levels.length > 0;

const NEW_CURSOR = { appliedThrough: 0, applying: null, afterHole: false, working: 0, watching: 0 };

const byDecision = (a: Versioned<Order>, b: Versioned<Order>): number =>
  a.value.decidedAt - b.value.decidedAt || (a.value.id < b.value.id ? -1 : 1);

const outcome = (result: TransactResult, view: AccountView): CommitResult =>
  result.kind === 'committed'
    ? { kind: 'committed', view }
    : { kind: 'conflict', what: `${result.key.pk} / ${result.key.sk}` };

async function isThere(
  cursor: (accountId: AccountId) => Promise<Cursor | undefined>,
  accountId: AccountId,
): Promise<boolean> {
  return (await cursor(accountId)) !== undefined;
}

async function* decoded<T>(
  items: AsyncIterable<Item>,
  schema: Parameters<typeof fromItem<T>>[0],
): AsyncGenerator<T> {
  for await (const item of items) yield fromItem(schema, item);
}
