import { expect, test } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { createLedger } from '../../../adapters/store/ledger.ts';
import { createModeStore } from '../../../adapters/store/mode-store.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite-store.ts';
import { keys } from '../../../adapters/store/table.ts';
import { money, price } from '../../../core/amounts.ts';
import { NO_CONSUMPTION } from '../../../core/paper/consumption.ts';
import type { AccountId, Order, OrderId, SignalId, StrategyId } from '../../../core/paper/order.ts';
import { LANES } from '../../../core/paper/order.ts';
import { emptyHolding, stepOrder } from '../../../core/paper/step.ts';
import type { AccountView, CommitResult } from '../../../core/ports.ts';
import { isIdle } from '../../../core/ports.ts';
import type { Assessment } from '../../../core/risk/assess.ts';
import { plusMs } from '../../../core/time.ts';
import { ACTIVE, instrumentNamed, STILL } from '../../support/desk.ts';
import { anOrder, at, COIN, FEES, market } from '../../support/values.ts';

const MAIN = 'main' as AccountId;

async function openBooks() {
  const store = openSqliteStore({ path: ':memory:' });
  const ledger = createLedger(store, sha256, instrumentNamed);
  const modes = createModeStore(store, { ...STILL });
  await modes.setMode(await modes.mode(), ACTIVE);
  await ledger.openAccount(MAIN, 'USDT', money('1000'));
  return {
    store,
    ledger,
    modes,
    mode: await modes.mode(),
    load: async () => present(await ledger.load(MAIN)),
  };
}
function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it must be there');
  return value;
}
const committed = (result: CommitResult): AccountView => {
  if (result.kind !== 'committed') throw new Error(result.what);
  return result.view;
};

/** A decision at the n-th window: with the order it became, or denied. */
function assessment(
  view: AccountView,
  n: number,
  order: Order | null,
  cancels: readonly OrderId[] = [],
): Assessment {
  const id = `sma/${COIN.id}/${at(n)}/1` as SignalId;
  const signal = {
    id,
    strategyId: 'sma' as StrategyId,
    closedAt: at(n),
    n: 1,
    instrumentId: COIN.id,
    side: 'buy' as const,
    confidence: 1,
    edgeBps: null,
    reason: '',
  };
  const decision = {
    signal,
    accountId: MAIN,
    outcome: order ? ('accepted' as const) : ('denied' as const),
    rule: order ? null : ('buying_power' as const),
    detail: '',
    guards: [],
    orderId: order?.id ?? null,
    cancels: cancels.map((orderId) => ({ orderId, cancelAt: plusMs(at(n), 100) })),
    modeVersion: 1,
    seenThrough: at(n),
    made: view.cursor.version,
    late: false,
  };
  return { decision, order };
}
const orderAt = (n: number, id = '00000000000000aa'): Order =>
  anOrder({ id: id as OrderId, decidedAt: at(n), effectiveAt: plusMs(at(n), 500) });

/** The step of the first working order against the n-th window. */
function stepAt(view: AccountView, n: number, asks: readonly (readonly [string, string])[]) {
  const order = present(view.working[0]).value;
  const holding = emptyHolding(COIN);
  const context = {
    closedAt: at(n),
    market: market({ asks }),
    instrument: COIN,
    fees: FEES,
    holdings: { optimistic: holding, base: holding, pessimistic: holding },
    others: [],
    afterHole: false,
    stop: null,
  };
  const step = stepOrder(order, context, sha256);
  if (!step) throw new Error('the window changes the order');
  return step;
}
const NOTHING_HELD = { optimistic: undefined, base: undefined, pessimistic: undefined };

test('an account opens once, with its deposit in every lane', async () => {
  const { ledger, load } = await openBooks();
  await ledger.openAccount(MAIN, 'USDT', money('9999'));
  const view = await load();
  expect(view.cursor).toMatchObject({ appliedThrough: 0, applying: null, afterHole: false, working: 0 });
  for (const lane of LANES) {
    expect(view.lanes[lane]).toMatchObject({ cash: money('1000'), opening: money('1000'), entries: 1 });
    expect((await Array.fromAsync(ledger.journal(MAIN, lane))).map((one) => one.kind)).toEqual(['deposit']);
    expect((await ledger.equity(MAIN, lane))?.value.equity).toBe(money('1000'));
  }
  expect(await ledger.load('other' as AccountId)).toBeUndefined();
});

test('an accepted decision sets cash aside in every lane, points to its order and moves an idle cursor', async () => {
  const { ledger, mode, load } = await openBooks();
  const before = await load();
  const view = committed(await ledger.commitDecision(before, assessment(before, 3, orderAt(3)), mode));
  expect(view).toEqual(await load());
  expect(view.cursor).toMatchObject({ appliedThrough: at(3), working: 1 });
  for (const lane of LANES)
    expect(view.lanes[lane]).toMatchObject({ cash: money('900'), reserved: money('100') });
  expect(await Array.fromAsync(ledger.openPointers(MAIN))).toEqual([orderAt(3).id]);
  expect(await ledger.order(MAIN, orderAt(3).id)).toEqual(orderAt(3));
});

test('a denied decision is stored, moves an idle cursor and leaves the money alone', async () => {
  const { ledger, mode, load } = await openBooks();
  const before = await load();
  const denied = assessment(before, 3, null);
  const view = committed(await ledger.commitDecision(before, denied, mode));
  expect(view.cursor.appliedThrough).toBe(at(3));
  expect(view.lanes).toEqual(before.lanes);
  expect(await ledger.decision(MAIN, denied.decision.signal.id)).toEqual(denied.decision);
});

test('of two decisions on one view the second conflicts and writes nothing', async () => {
  const { ledger, mode, load } = await openBooks();
  const view = await load();
  committed(await ledger.commitDecision(view, assessment(view, 3, orderAt(3)), mode));
  const after = await load();
  const second = await ledger.commitDecision(view, assessment(view, 4, orderAt(4, '00000000000000bb')), mode);
  expect(second.kind).toBe('conflict');
  expect(await load()).toEqual(after);
  expect(await ledger.order(MAIN, '00000000000000bb' as OrderId)).toBeUndefined();
});

test('a second decision on one signal conflicts, so that the stored outcome counts', async () => {
  const { ledger, mode, load } = await openBooks();
  const view = committed(await ledger.commitDecision(await load(), assessment(await load(), 3, null), mode));
  expect((await ledger.commitDecision(view, assessment(view, 3, orderAt(3)), mode)).kind).toBe('conflict');
});

test('a mode that changed between reading and committing refuses orders and fills', async () => {
  const { ledger, modes, mode, load } = await openBooks();
  const view = committed(
    await ledger.commitDecision(await load(), assessment(await load(), 3, orderAt(3)), mode),
  );
  await modes.setMode(mode, { ...ACTIVE, mode: 'halted', cause: 'person' });
  const step = stepAt(view, 4, [['100', '5']]);
  expect(await ledger.commitStep(view, step, NOTHING_HELD, mode)).toEqual({
    kind: 'conflict',
    what: 'CONTROL / MODE',
  });
  const other = assessment(view, 4, orderAt(4, '00000000000000bb'));
  expect(await ledger.commitDecision(view, other, mode)).toEqual({
    kind: 'conflict',
    what: 'CONTROL / MODE',
  });
  expect(await load()).toEqual(view);
});

test('a step writes order, money, holding, journal and fill at once, in every lane', async () => {
  const { ledger, mode, load } = await openBooks();
  const before = committed(
    await ledger.commitDecision(await load(), assessment(await load(), 3, orderAt(3)), mode),
  );
  const view = committed(
    await ledger.commitStep(before, stepAt(before, 4, [['100', '5']]), NOTHING_HELD, mode),
  );
  expect(view).toEqual(await load());
  // Each lane took from a level that is still displayed: the window is not over, and others follow.
  expect(view.cursor).toMatchObject({ appliedThrough: at(3), applying: at(4), working: 0, watching: 3 });
  expect(await Array.fromAsync(ledger.openPointers(MAIN))).toEqual([]);
  for (const lane of LANES) {
    const fill = present(await ledger.fill(MAIN, lane, orderAt(3).id, at(4)));
    expect(fill).toMatchObject({
      liquidity: 'taker',
      quantity: price('1'),
      notional: money('100'),
      entry: 3,
    });
    expect((await ledger.holdings(MAIN, lane)).map((one) => one.value.position.quantity)).toEqual([
      price('0.999'),
    ]);
    expect(view.lanes[lane]).toMatchObject({ cash: money('900'), reserved: 0n, fees: money('0.1') });
  }
});

test('an account without orders goes on until what it took from is no longer displayed', async () => {
  const { ledger, mode, load } = await openBooks();
  const decided = committed(
    await ledger.commitDecision(await load(), assessment(await load(), 3, orderAt(3)), mode),
  );
  const stepped = committed(
    await ledger.commitStep(decided, stepAt(decided, 4, [['100', '5']]), NOTHING_HELD, mode),
  );
  let view = committed(await ledger.moveCursor(stepped, at(4), null));
  expect(isIdle(view.cursor)).toBe(false);
  for (const [n, lane] of LANES.entries()) {
    const held = present((await ledger.holdings(MAIN, lane))[0]);
    const gone = { ...held.value, consumption: NO_CONSUMPTION };
    view = committed(await ledger.commitHolding(view, lane, held, gone, at(5)));
    expect(view.cursor.watching).toBe(LANES.length - n - 1);
  }
  expect(view.cursor).toMatchObject({ appliedThrough: at(5), applying: null, working: 0, watching: 0 });
  expect(isIdle(view.cursor)).toBe(true);
  expect(view).toEqual(await load());
});

test('of two steps on one view the second conflicts and writes nothing', async () => {
  const { ledger, mode, load } = await openBooks();
  const before = committed(
    await ledger.commitDecision(await load(), assessment(await load(), 3, orderAt(3)), mode),
  );
  const step = stepAt(before, 4, [['100', '5']]);
  const after = committed(await ledger.commitStep(before, step, NOTHING_HELD, mode));
  expect((await ledger.commitStep(before, step, NOTHING_HELD, mode)).kind).toBe('conflict');
  expect(await load()).toEqual(after);
});

test('in the middle of a window nothing is decided', async () => {
  const { ledger, mode, load } = await openBooks();
  const one = committed(
    await ledger.commitDecision(await load(), assessment(await load(), 2, orderAt(2)), mode),
  );
  const two = committed(
    await ledger.commitDecision(one, assessment(one, 3, orderAt(3, '00000000000000bb')), mode),
  );
  const middle = committed(
    await ledger.commitStep(two, stepAt(two, 4, [['100', '0.5']]), NOTHING_HELD, mode),
  );
  expect(middle.cursor).toMatchObject({ appliedThrough: at(2), applying: at(4), working: 2 });
  expect((await ledger.commitDecision(two, assessment(two, 5, null), mode)).kind).toBe('conflict');
  expect((await ledger.commitDecision(middle, assessment(middle, 5, null), mode)).kind).toBe('conflict');
  const whole = committed(await ledger.moveCursor(middle, at(4), null));
  expect(whole.cursor).toMatchObject({ appliedThrough: at(4), applying: null });
  expect((await ledger.commitDecision(whole, assessment(whole, 5, null), mode)).kind).toBe('committed');
});

test('a cancel that a decision asks for moves the cursor, so that a window that did not know of it loses', async () => {
  const { ledger, mode, load } = await openBooks();
  const view = committed(
    await ledger.commitDecision(await load(), assessment(await load(), 3, orderAt(3)), mode),
  );
  const canceled = committed(
    await ledger.commitDecision(view, assessment(view, 4, null, [orderAt(3).id]), mode),
  );
  expect(canceled.working[0]?.value.cancelAt).toBe(plusMs(at(4), 100));
  expect(canceled).toEqual(await load());
  expect((await ledger.moveCursor(view, at(4), null)).kind).toBe('conflict');
});

test('a hole is recorded with the move over it and marks the window behind it', async () => {
  const { ledger, mode, load } = await openBooks();
  const view = committed(
    await ledger.commitDecision(await load(), assessment(await load(), 3, orderAt(3)), mode),
  );
  const hole = { after: at(3), through: at(7) };
  const over = committed(await ledger.moveCursor(view, at(7), hole));
  expect(over.cursor).toMatchObject({ appliedThrough: at(7), afterHole: true });
  expect(await Array.fromAsync(ledger.holes(MAIN))).toEqual([hole]);
  expect(committed(await ledger.moveCursor(over, at(8), null)).cursor).toMatchObject({ afterHole: false });
});

test('what cannot be read names the item and the field', async () => {
  const { store, ledger } = await openBooks();
  const key = keys.state(MAIN, 'base');
  const item = present(await store.get(key));
  await store.transact([
    { kind: 'put', item: { ...item, cash: 'plenty' }, condition: { kind: 'version', version: 1 } },
  ]);
  await expect(ledger.load(MAIN)).rejects.toThrow(
    'item ACCOUNT#main / STATE is not readable: cash must be a decimal text',
  );
});
