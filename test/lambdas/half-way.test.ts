import { expect, test } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';
import type { ItemStore, TransactResult, Write } from '../../adapters/store/item-store.ts';
import { StoreError } from '../../adapters/store/item-store.ts';
import type { SignalsRaisedEvent } from '../../core/events.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import { plusMs } from '../../core/time.ts';
import { replaySession } from '../../local/replay/replay-session.ts';
import { eventsOf, instrumentNamed, openDesk } from '../support/desk.ts';
import { syntheticMarket } from '../support/synthetic-market.ts';
import { COIN, GEM, T0 } from '../support/values.ts';

const WINDOWS = syntheticMarket(5, 40, [COIN, GEM]);
const EVENTS = eventsOf(WINDOWS);

/** The store with another way to write. */
const writingBy =
  (transact: (store: ItemStore, writes: readonly Write[]) => Promise<TransactResult>) =>
  (store: ItemStore): ItemStore => ({
    get: (key) => store.get(key),
    query: (query) => store.query(query),
    changes: (position, limit) => store.changes(position, limit),
    close: () => store.close(),
    transact: (writes) => transact(store, writes),
  });

/** A store that loses the answer to the first write of a kind of item: it commits, and says that it did not answer. */
const losingAnswerTo = (isMeant: (write: Write) => boolean) => {
  let lost = 0;
  const wrap = writingBy(async (store, writes) => {
    const result = await store.transact(writes);
    if (lost > 0 || result.kind === 'conflict' || !writes.some(isMeant)) return result;
    lost += 1;
    throw new StoreError('unavailable', 'The table did not answer.');
  });
  return { wrap, lost: () => lost };
};

const isDecision = (write: Write): boolean => write.kind === 'put' && write.item['entity'] === 'decision';
const isHole = (write: Write): boolean => write.kind === 'put' && write.item['entity'] === 'hole';

test('a late decision whose answer got lost is counted', async () => {
  const table = losingAnswerTo(isDecision);
  const clock = { now: () => T0, wait: async () => {} };
  const desk = await openDesk({ wrap: table.wrap, clock });
  // Without fills no beat is marked: every decision after the first ten seconds is late.
  for (const event of EVENTS) await desk.signals(event);
  const raised = desk.published.findLast((one) => one.at > plusMs(T0, 20_000));
  if (!raised) throw new Error('the market brings signals');
  await expect(desk.risk(raised)).rejects.toThrow('did not answer');
  await desk.risk(raised);
  expect(table.lost()).toBe(1);
  let late = 0;
  for (const { id } of desk.config.accounts)
    for await (const decision of desk.stored.decisions(id)) late += Number(decision.late);
  expect(late).toBe(raised.signals.length);
  expect(desk.metrics.total('risk_late_total')).toBe(late);
});

test('a hole whose answer got lost is counted', async () => {
  const table = losingAnswerTo(isHole);
  const desk = await openDesk({ wrap: table.wrap });
  for (const [i, event] of EVENTS.entries()) {
    // Five windows that no event brings.
    if (i < 20 || i >= 25) await desk.fills(event).catch(() => desk.fills(event));
    await desk.signals(event);
    for (const raised of desk.published.splice(0)) if (i < 19) await desk.risk(raised);
  }
  expect(table.lost()).toBe(1);
  let holes = 0;
  for (const { id } of desk.config.accounts) for await (const _ of desk.stored.holes(id)) holes += 1;
  expect(holes).toBeGreaterThan(0);
  expect(desk.metrics.total('fills_holes_total')).toBeGreaterThanOrEqual(holes);
});

test('what an older window raised and the bus did not take is published by the next event that brings it', async () => {
  let refusing = false;
  const taken: SignalsRaisedEvent[] = [];
  const desk = await openDesk({
    publisher: {
      publish: async (events) => {
        if (refusing) throw new Error('the bus did not answer');
        for (const event of events) if (event.type === 'signals.raised') taken.push(event);
      },
    },
  });
  const undisturbed = await openDesk();
  for (const event of EVENTS) await undisturbed.signals(event);
  const raisedAt = new Set(undisturbed.published.map((one) => one.at));
  // The event of a window that raises something never comes; the next one brings it, and cannot tell of it either.
  const index = EVENTS.findIndex(
    (event, i) => i > 3 && raisedAt.has(event.at) && !raisedAt.has(plusMs(event.at, 1_000)),
  );
  for (const [i, event] of EVENTS.entries()) {
    if (i === index) continue;
    refusing = i === index + 1;
    if (refusing) await expect(desk.signals(event)).rejects.toThrow('did not answer');
    else await desk.signals(event);
  }
  expect(new Set(taken.map((one) => one.at))).toEqual(raisedAt);
  expect(taken.find((one) => one.at === EVENTS[index]?.at)).toMatchObject({ window: WINDOWS[index] });
});

test('signals that the bus took are not published again by the events that repeat their window', async () => {
  const desk = await openDesk();
  for (const event of EVENTS) await desk.signals(event);
  expect(desk.published.length).toBeGreaterThan(5);
  expect(new Set(desk.published.map((one) => one.id)).size).toBe(desk.published.length);
});

async function* each(windows: readonly MarketWindow[]): AsyncGenerator<MarketWindow> {
  yield* windows;
}

/** A desk whose fills loses its table at the n-th write and gets it back five windows later. */
async function runWithoutTable(n: number) {
  let [writes, down] = [0, false];
  const desk = await openDesk({
    clock: { now: () => T0, wait: async () => {} },
    wrap: writingBy(async (store, some) => {
      writes += 1;
      if (writes === n) down = true;
      if (down) throw new StoreError('unavailable', 'The table did not answer.');
      return store.transact(some);
    }),
  });
  let downFor = 0;
  for (const event of EVENTS) {
    if (down && ++downFor > 5) down = false;
    try {
      await desk.fills(event);
      if (!down) await desk.signals(event);
      if (!down) for (const raised of desk.published.splice(0)) await desk.risk(raised);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      desk.published.splice(0);
    }
  }
  down = false;
  // Whatever was left half-way at the very end is taken up again.
  for (const event of EVENTS.slice(-1)) await desk.fills(event);
  return { desk, writes };
}

test('a window that was left half-way, and that no event brings any more, is replayed half-way', async () => {
  let halves = 0;
  const { writes } = await runWithoutTable(0);
  expect(writes).toBeGreaterThan(100);
  for (let n = 30; n < writes; n += 8) {
    const { desk } = await runWithoutTable(n);
    for (const { id } of desk.config.accounts)
      for await (const hole of desk.stored.holes(id)) halves += Number(hole.half !== undefined);
    const { config, stored: recorded } = desk;
    const replayed = await replaySession({
      windows: each(WINDOWS),
      recorded,
      config,
      instrument: instrumentNamed,
      sha256,
    });
    expect(replayed.ledgerHash, `the table was gone from write ${n} on`).toBe(await desk.hash());
    await desk.store.close();
  }
  expect(halves).toBeGreaterThan(3);
});
