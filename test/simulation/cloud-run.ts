import type { DeskConfig } from '../../core/config/desk-config.ts';
import type { MarketWindowEvent } from '../../core/events.ts';
import type { MarketWindow } from '../../core/market/window.ts';
import type { EpochMs } from '../../core/time.ts';
import { epochMs, plusMs } from '../../core/time.ts';
import type { Desk } from '../support/desk.ts';
import { ACTIVE, configOf, eventsOf, openDesk, rawConfig } from '../support/desk.ts';
import { seeded } from '../support/random.ts';
import { VirtualTime } from '../support/virtual-time.ts';
import type { Chaos } from './chaos.ts';
import type { CloudParts } from './cloud-functions.ts';
import { handleEvent, handleSchedule } from './cloud-functions.ts';
import { Counts } from './counts.ts';
import { FaultyStore } from './faulty-store.ts';
import { SimulatedBus } from './simulated-bus.ts';
import { SimulatedSns } from './simulated-sns.ts';
import { SimulatedStream } from './simulated-stream.ts';

/** A session in the cloud after its end. */
export interface CloudRun {
  readonly desk: Desk;
  readonly bus: SimulatedBus;
  readonly stream: SimulatedStream;
  readonly sns: SimulatedSns;
  readonly counts: Counts;
  /** Has all dead letters done once more, with nothing going wrong; returns how many there were. */
  readonly redrive: () => Promise<number>;
}

/** Windows at the end that nothing happens to, so that the last decisions meet a window as they would on any other day. */
export const TAIL = 4;
/** Long enough for the last try of whatever began with the last window. */
const AFTERMATH_MS = 15 * 60_000;
const SCHEDULE_MS = 20_000;
/** A strategy that never ran has no candle to miss. */
const UNDISTURBED_WINDOWS = 3;

/** The configuration of a run: with limits that a small market reaches, where the run is about them. */
export function runConfig(chaos: Chaos): DeskConfig {
  const raw = rawConfig();
  const accounts = raw['accounts'] as { readonly id: string; readonly limits: object }[];
  const tight = { drawdownBpsMax: 3, dailyLossMax: '0.5' };
  return configOf({
    ...raw,
    accounts: accounts.map((one) => (chaos.limits ? { ...one, limits: { ...one.limits, ...tight } } : one)),
  });
}

/** The windows through the real use cases of all functions, on a bus and a table that misbehave, in virtual time. */
export async function runCloud(
  windows: readonly MarketWindow[],
  seed: number,
  chaos: Chaos,
): Promise<CloudRun> {
  const random = seeded(seed);
  const time = new VirtualTime(windows[0]?.closedAt ?? epochMs(0));
  const counts = new Counts();
  const desk = await openDesk({ config: runConfig(chaos), clock: time });
  const table = new FaultyStore({ inner: desk.store, faults: chaos.store, clock: time, random, counts });
  const sns = new SimulatedSns(chaos.unsent, random, counts);
  const bus: SimulatedBus = new SimulatedBus({
    time,
    faults: chaos.bus,
    random,
    counts,
    handle: (name, event, invocation) => handleEvent(name, event, table.for(invocation), parts),
  });
  const parts: CloudParts = {
    config: desk.config,
    clock: time,
    metrics: desk.metrics,
    publisher: bus,
    sender: sns,
  };
  const stream = new SimulatedStream({
    store: desk.store,
    publisher: bus,
    time,
    random,
    counts,
    repeats: chaos.bus.streamRepeats,
    killed: chaos.store.killed * 10,
  });
  await table.begin();

  const events = eventsOf(windows);
  const last = windows.at(-1)?.closedAt ?? time.now();
  publishWindows(events.slice(0, -TAIL));
  for (let at = plusMs(time.now(), SCHEDULE_MS); at <= last; at = plusMs(at, SCHEDULE_MS)) schedule(at);
  if (chaos.halts) scheduleHalt();
  const calmAt = plusMs(last, AFTERMATH_MS);
  for (const [i, event] of events.slice(-TAIL).entries()) {
    time.start(plusMs(event.at, 300), () => desk.fills(event));
    // By then nothing is under way any more: what entered last meets the end of the market, or a hole.
    time.start(plusMs(calmAt, i + 1), () => desk.fills(event));
  }
  time.start(calmAt, async () => {
    for (const one of [bus, table, sns, stream]) one.calm();
  });
  await stream.follow(plusMs(calmAt, 1_000));
  await time.run();
  return {
    desk,
    bus,
    stream,
    sns,
    counts,
    redrive: async () => {
      const letters = bus.redrive();
      await stream.follow(plusMs(time.now(), AFTERMATH_MS));
      await time.run();
      return letters;
    },
  };

  function publishWindows(published: readonly MarketWindowEvent[]): void {
    let silent = 0;
    for (const [i, event] of published.entries()) {
      if (i >= UNDISTURBED_WINDOWS && silent === 0 && random() < chaos.bus.outage)
        silent = 1 + Math.floor(random() * chaos.bus.outageWindows);
      if (silent > 0) {
        silent -= 1;
        counts.add('bus.outage');
      } else
        time.start(event.at, () =>
          bus
            .publish([event])
            .catch(() => bus.publish([event]))
            .catch(() => {}),
        );
    }
  }

  function schedule(at: EpochMs): void {
    for (const name of ['reconcile', 'guard'] as const)
      time.start(at, async () =>
        bus.invoke({
          function: name,
          about: `${name}/${at}`,
          work: (invocation) => handleSchedule(name, at, table.for(invocation), parts),
        }),
      );
  }

  function scheduleHalt(): void {
    const first = windows[0]?.closedAt ?? last;
    const haltAt = plusMs(first, Math.floor((0.2 + random() * 0.6) * (last - first)));
    const change = (mode: 'active' | 'halted') => async (): Promise<void> => {
      const next = { ...ACTIVE, mode, cause: 'person', changedAt: time.now() } as const;
      await desk.modes.setMode(await desk.modes.mode(), next);
    };
    time.start(haltAt, change('halted'));
    time.start(plusMs(haltAt, 8_000), change('active'));
  }
}
