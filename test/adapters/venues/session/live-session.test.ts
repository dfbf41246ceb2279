import { expect, test } from 'vitest';
import { isFrame } from '../../../../adapters/venues/frame-source.ts';
import { ConnectGate } from '../../../../adapters/venues/session/connect-gate.ts';
import type { QueuedItem } from '../../../../adapters/venues/session/item-queue.ts';
import { LiveSource } from '../../../../adapters/venues/session/live-source.ts';
import { RestPacer } from '../../../../adapters/venues/session/rest-pacer.ts';
import type { Timers } from '../../../../adapters/venues/session/timers.ts';
import { VenueSession } from '../../../../adapters/venues/session/venue-session.ts';
import { epochMs } from '../../../../core/time.ts';
import { VirtualTimers } from '../../../../local/venue-simulator/virtual-timers.ts';
import { seeded } from '../../../support/random.ts';
import { ScriptedVenue, toyProtocol } from '../../../support/scripted-venue.ts';

const START = 1_760_000_000_000;

/** A source with one session of the toy venue, whose clock can be set ahead. */
function opened() {
  const virtual = new VirtualTimers(epochMs(START));
  let sleptMs = 0;
  const timers: Timers = {
    now: () => epochMs(virtual.now() + sleptMs),
    after: (ms, run) => virtual.after(ms, run),
  };
  const venue = new ScriptedVenue(timers);
  const random = seeded(1);
  const session = new VenueSession({
    protocol: toyProtocol(),
    symbols: ['A'],
    transport: venue,
    timers,
    pacer: new RestPacer({ transport: venue, timers, random }),
    gate: new ConnectGate(timers),
    random,
  });
  const source = new LiveSource({ name: 'live', feeders: [session], timers, windowMs: 1_000 });
  const items: QueuedItem[] = [];
  source.start({
    take: (item) => items.push(item),
    fail: (error) => {
      throw error;
    },
  });
  return {
    source,
    items,
    pass: (ms: number) => virtual.runUntil(epochMs(virtual.now() + ms)),
    sleep: (ms: number) => {
      sleptMs += ms;
    },
  };
}

const words = (item: QueuedItem): string => {
  if (isFrame(item)) return item.channel;
  return 'change' in item ? `${item.connection} ${item.change}` : 'beat' in item ? 'beat' : 'other';
};

test('the first that looks at the clock after a sleep ends all connections, and what they asked for comes no more', () => {
  const { source, items, pass, sleep } = opened();
  pass(2_010);
  source.need({ kind: 'snapshot', wire: 'kalshi', connection: 'kalshi/1', symbol: 'A', why: 'a gap' });
  pass(60); // the request is sent, its answer comes in 30 ms
  const before = items.length;
  sleep(3_600_000);
  pass(35);
  expect(items.slice(before).map(words)).toEqual(['kalshi/1 lost']);
  pass(2_000);
  const after = items.slice(before).map(words);
  expect(after.filter((one) => one !== 'beat' && one !== 'book').slice(0, 3)).toEqual([
    'kalshi/1 lost',
    // Its rules are asked for again, since answers may have been lost.
    'rest:list',
    'kalshi/2 opened',
  ]);
  expect(after).not.toContain('rest:picture');
});

test('nothing comes after it was stopped', () => {
  const { source, items, pass } = opened();
  pass(3_000);
  source.stop();
  const before = items.length;
  pass(60_000);
  expect(items.length).toBe(before);
});
