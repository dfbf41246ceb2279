import { describe, expect, test } from 'vitest';
import { StoreError } from '../../../adapters/store/item-store.ts';
import { LiveFeed } from '../../../adapters/venues/live-feed.ts';
import type { Timers } from '../../../adapters/venues/session/timers.ts';
import { instrumentId } from '../../../core/market/instrument.ts';
import type { MarketWindow } from '../../../core/market/window.ts';
import { plusMs, SECOND_MS } from '../../../core/time.ts';
import type { FeedsEnd } from '../../../fargate/feeds-options.ts';
import { LEASE_MS } from '../../../fargate/lease.ts';
import { SimTransport } from '../../../local/venue-simulator/sim-transport.ts';
import { Truth } from '../../../local/venue-simulator/truth.ts';
import { configOf, type FeedsProcess, feedsWorld, shippedConfig } from '../../fargate/feeds-world.ts';
import { WindowJudge } from '../../loopback/window-judge.ts';
import { guardedStore } from '../../support/guarded-store.ts';
import { seeded } from '../../support/random.ts';
import type { VirtualTime } from '../../support/virtual-time.ts';
import { SIDES } from './sides.ts';
import { START } from './sim-feed.ts';

const SEED = 7;
const RUN_MS = 90 * SECOND_MS;
/** From the right to publish to live books: connecting, listing, pictures. */
const BEGIN_MS = 5 * SECOND_MS;
/** A standby looks this often. */
const LOOK_MS = 2 * SECOND_MS;

/** The timers of a process; those of one that died ring no more. */
class ProcessTimers implements Timers {
  isDead = false;
  private readonly time: VirtualTime;

  constructor(time: VirtualTime) {
    this.time = time;
  }

  now() {
    return this.time.now();
  }

  after(ms: number, run: () => void): () => void {
    const at = plusMs(this.time.now(), Math.max(0, Math.ceil(ms)));
    let isCanceled = at > plusMs(START, RUN_MS);
    if (!isCanceled)
      this.time.start(at, async () => {
        if (!isCanceled && !this.isDead) run();
      });
    return () => {
      isCanceled = true;
    };
  }
}

/** What befalls the first task, and when. */
interface Blow {
  readonly atMs: number;
  strike(task: Task): void;
}

interface Task {
  readonly process: FeedsProcess;
  readonly timers: ProcessTimers;
  /** Its store does not answer. */
  isCutOff: boolean;
}

/** Two feed tasks on one table, following a simulated Binance in virtual time. */
async function twoTasks(blow: Blow) {
  const { time, push, at, process } = feedsWorld(START);
  const side = SIDES.binance();
  const venueTimers = new ProcessTimers(time);
  const sim = side.open(venueTimers, SEED);
  const ids = side.symbols.map((symbol) => instrumentId(side.venue, symbol));
  const raw = shippedConfig();
  const config = { ...raw, feed: { ...(raw['feed'] as object), depth: 50, source: 'live' } };
  const { access } = configOf(config);

  const open = (owner: string): Task => {
    const timers = new ProcessTimers(time);
    const task: Task = {
      timers,
      isCutOff: false,
      process: process(owner, {
        wrap: (store) =>
          guardedStore(store, async () => {
            if (timers.isDead) await never;
            if (task.isCutOff) throw new StoreError('unavailable', 'the network is cut');
          }),
        takes: () => (timers.isDead ? never : Promise.resolve()),
        planOf: () => ({
          key: 'live',
          ids,
          instruments: [],
          open: async () =>
            new LiveFeed({
              access,
              keys: {},
              ids,
              leagues: [],
              venues: [],
              windowMs: SECOND_MS,
              transport: new SimTransport({ seed: SEED, timers, venues: [sim] }),
              timers,
              random: seeded(SEED),
              note: () => undefined,
            }),
        }),
      }),
    };
    return task;
  };
  const [first, second] = [open('first'), open('second')];
  await push(config);
  at(0, () => first.process.run());
  at(5_000, () => second.process.run());
  at(blow.atMs, () => blow.strike(first));
  at(RUN_MS - SECOND_MS, () => {
    first.process.abort.abort();
    second.process.abort.abort();
  });
  await time.run();
  return { first: first.process, second: second.process, sim, truth: new Truth(sim.floor, side) };
}

const never: Promise<never> = new Promise(() => undefined);

/** Closes of the windows that a task published, from the start. */
const closes = ({ windows }: FeedsProcess): number[] => windows.map(({ closedAt }) => closedAt - START);

const isWell = ({ instruments }: MarketWindow): boolean =>
  instruments.every(({ status }) => status === 'live');

interface Case {
  readonly what: string;
  readonly blow: Blow;
  /** Until the second one has the right to publish. */
  readonly takesMs: number;
  readonly end: FeedsEnd | undefined;
}

const AT_MS = 30_000;

const CASES: readonly Case[] = [
  {
    what: 'is stopped',
    blow: { atMs: AT_MS, strike: ({ process }) => process.abort.abort() },
    takesMs: LOOK_MS,
    end: 'stopped',
  },
  {
    what: 'dies without a word',
    blow: {
      atMs: AT_MS,
      strike: ({ timers }) => {
        timers.isDead = true;
      },
    },
    takesMs: LEASE_MS + LOOK_MS,
    end: undefined,
  },
  {
    what: 'cannot reach the store any more',
    blow: {
      atMs: AT_MS,
      strike: (task) => {
        task.isCutOff = true;
      },
    },
    takesMs: LEASE_MS + LOOK_MS,
    end: 'stopped',
  },
];

describe('of two tasks that may run the same live feed', () => {
  test.each(CASES)('the second one takes over when the first one $what', async ({ blow, takesMs, end }) => {
    const { first, second, truth } = await twoTasks(blow);
    const [before, after] = [closes(first), closes(second)];

    expect(first.windows.every(({ epoch }) => epoch === 1)).toBe(true);
    expect(second.windows.every(({ epoch }) => epoch === 2)).toBe(true);
    expect(before.length).toBeGreaterThan(20);
    // Never two at a time: the lease of the one is over before the other begins.
    expect(after[0]).toBeGreaterThan(before.at(-1) ?? Number.NaN);
    expect(after[0]).toBeLessThanOrEqual(AT_MS + takesMs + BEGIN_MS);
    // Neither leaves a window out.
    for (const all of [before, after]) expect(all).toEqual(all.map((_, n) => (all[0] ?? 0) + SECOND_MS * n));
    expect(after.at(-1)).toBeGreaterThan(RUN_MS - 5_000);

    const judge = new WindowJudge(new Map([['binance', truth]]));
    for (const window of [...first.windows, ...second.windows]) judge.see(window);
    expect(judge.wrong).toEqual([]);
    expect(judge.checks).toBeGreaterThan(150);
    const well = second.windows.findIndex(isWell);
    expect(well).toBeLessThanOrEqual(2);
    expect(second.windows.slice(well).every(isWell)).toBe(true);

    expect([first.end, second.end]).toEqual([end, 'stopped']);
  });

  test('one speaks to the venue at a time', async () => {
    const { sim } = await twoTasks({ atMs: AT_MS, strike: ({ process }) => process.abort.abort() });
    expect([sim.accepted, sim.connections().length]).toEqual([2, 0]);
  });
});
