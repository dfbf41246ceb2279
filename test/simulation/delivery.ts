import type { ItemStore } from '../../adapters/store/item-store.ts';
import type { MarketWindowEvent } from '../../core/events.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import { epochMs, plusMs } from '../../core/time.ts';
import type { Desk } from '../support/desk.ts';
import { ACTIVE, configOf, eventsOf, openDesk, rawConfig } from '../support/desk.ts';
import { seeded } from '../support/random.ts';
import { VirtualTime } from '../support/virtual-time.ts';

/** How badly a bus and the functions behind it behave. Times in milliseconds, the rest as shares of deliveries. */
export interface Chaos {
  readonly base: number;
  readonly jitter: number;
  readonly slow?: number;
  readonly slowMs?: number;
  readonly duplicate?: number;
  /** Of the first deliveries; what is lost comes a minute later. */
  readonly lose?: number;
  /** Longest time of one access to the table, so that functions run through each other. */
  readonly storeMs?: number;
  /** A person halts trading somewhere in the run and lifts it again: such a run has no sequential twin. */
  readonly halts?: boolean;
}

export const KINDS: Readonly<Record<string, Chaos>> = {
  calm: { base: 100, jitter: 150 },
  duplicates: { base: 100, jitter: 150, duplicate: 0.5 },
  reorder: { base: 50, jitter: 1_200, duplicate: 0.2 },
  coldStart: { base: 100, jitter: 150, slow: 0.02, slowMs: 900 },
  loss: { base: 100, jitter: 150, duplicate: 0.1, lose: 0.03 },
  storm: { base: 100, jitter: 800, slow: 0.1, slowMs: 5_000, duplicate: 0.3, lose: 0.1 },
  interleaved: { base: 50, jitter: 300, duplicate: 0.3, storeMs: 12 },
  stormInterleaved: {
    base: 50,
    jitter: 900,
    slow: 0.1,
    slowMs: 3_000,
    duplicate: 0.3,
    lose: 0.05,
    storeMs: 40,
  },
  halted: { base: 50, jitter: 600, duplicate: 0.2, storeMs: 8, halts: true },
};

const REDELIVERY_MS = 60_000;

/** Windows at the end that nothing happens to, so that the last decisions meet a window as they would on any other day. */
export const TAIL = 4;

/** The windows through the real use cases on a bus that delays, reorders, repeats and loses, in virtual time. */
export async function deliver(windows: readonly MarketWindow[], seed: number, chaos: Chaos): Promise<Desk> {
  const random = seeded(seed);
  const time = new VirtualTime(windows[0]?.closedAt ?? epochMs(0));
  const delay = (): number =>
    Math.floor(
      chaos.base +
        random() * chaos.jitter +
        (random() < (chaos.slow ?? 0) ? random() * (chaos.slowMs ?? 0) : 0),
    );
  /** At least once: a delivery that throws, or is lost, comes again a minute later. */
  const send = (task: () => Promise<void>, sentAt = time.now()): void => {
    const attempt = (n: number) => async (): Promise<void> => {
      try {
        await task();
      } catch (error) {
        if (n === 3) throw error;
        time.start(plusMs(time.now(), REDELIVERY_MS), attempt(n + 1));
      }
    };
    const isLost = random() < (chaos.lose ?? 0);
    time.start(plusMs(sentAt, delay() + (isLost ? REDELIVERY_MS : 0)), attempt(1));
    if (random() < (chaos.duplicate ?? 0))
      time.start(plusMs(sentAt, delay() + (random() < 0.2 ? REDELIVERY_MS : 0)), attempt(1));
  };
  const desk = await openDesk({
    config: configOf(rawConfig()),
    clock: time,
    wrap: (store) =>
      slowed(store, () => time.wait(Math.floor(random() * (chaos.storeMs ?? 0))), chaos.storeMs),
    publisher: {
      publish: async (events) => {
        for (const event of events) if (event.type === 'signals.raised') send(() => desk.risk(event));
      },
    },
  });
  const events = eventsOf(windows);
  for (const event of events.slice(0, -TAIL)) scheduleWindow(event);
  const calmAt = plusMs(time.now(), 3 * REDELIVERY_MS);
  for (const [i, event] of events.slice(-TAIL).entries()) {
    time.start(plusMs(event.at, 300), () => desk.fills(event));
    // By then nothing is under way any more: what entered last meets the end of the market, or a hole.
    time.start(plusMs(calmAt, i), () => desk.fills(event));
  }
  if (chaos.halts) scheduleHalt();
  await time.run();
  return desk;

  function scheduleWindow(event: MarketWindowEvent): void {
    send(() => desk.fills(event), event.at);
    send(() => desk.signals(event), event.at);
  }

  function scheduleHalt(): void {
    const [first, last] = [windows[0]?.closedAt ?? epochMs(0), windows.at(-1)?.closedAt ?? epochMs(0)];
    const haltAt = plusMs(first, Math.floor((0.2 + random() * 0.6) * (last - first)));
    const change = (mode: 'active' | 'halted') => async (): Promise<void> => {
      const next = { ...ACTIVE, mode, cause: 'person', changedAt: time.now() } as const;
      await desk.modes.setMode(await desk.modes.mode(), next);
    };
    time.start(haltAt, change('halted'));
    time.start(plusMs(haltAt, 8_000), change('active'));
  }
}

/** A store whose every access takes a while, so that other functions get in between. */
function slowed(store: ItemStore, pause: () => Promise<void>, storeMs: number | undefined): ItemStore {
  if (storeMs === undefined) return store;
  return {
    get: async (key) => pause().then(() => store.get(key)),
    query: async (query) => pause().then(() => store.query(query)),
    transact: async (writes) => pause().then(() => store.transact(writes)),
    changes: async (position, limit) => store.changes(position, limit),
    close: async () => store.close(),
  };
}
