import { expect, test } from 'vitest';
import { ConnectGate } from '../../../../adapters/venues/session/connect-gate.ts';
import { epochMs } from '../../../../core/time.ts';
import { VirtualTimers } from '../../../../local/venue-simulator/virtual-timers.ts';

function opened() {
  const timers = new VirtualTimers(epochMs(0));
  const gate = new ConnectGate(timers);
  const passed: string[] = [];
  const ask = (name: string, perMinute = 100): (() => void) =>
    gate.ask('kalshi', perMinute, () => passed.push(`${name}@${timers.now()}`));
  return { timers, gate, passed, ask };
}

test('lets attempts through in the order asked, a quarter of a second apart', () => {
  const { timers, passed, ask } = opened();
  for (const name of ['a', 'b', 'c']) ask(name);
  expect(passed).toEqual([]);
  timers.runUntil(epochMs(1_000));
  expect(passed).toEqual(['a@0', 'b@250', 'c@500']);
});

test('lets no more through in any minute than the venue allows', () => {
  const { timers, passed, ask } = opened();
  for (const name of ['a', 'b', 'c', 'd', 'e']) ask(name, 2);
  timers.runUntil(epochMs(130_000));
  expect(passed).toEqual(['a@0', 'b@250', 'c@60000', 'd@60250', 'e@120000']);
});

test('who steps back takes no place', () => {
  const { timers, passed, ask } = opened();
  ask('a', 1);
  ask('b', 1)();
  ask('c', 1);
  timers.runUntil(epochMs(70_000));
  expect(passed).toEqual(['a@0', 'c@60000']);
});

test('holds everybody for as long as the host asks', () => {
  const { timers, gate, passed, ask } = opened();
  ask('a');
  timers.runUntil(epochMs(100));
  gate.hold('kalshi', 30_000);
  ask('b');
  gate.ask('polymarket', 100, () => passed.push('other'));
  timers.runUntil(epochMs(40_000));
  expect(passed).toEqual(['a@0', 'other', 'b@30100']);
});

test('who is let through may ask again at once', () => {
  const { timers, gate, passed, ask } = opened();
  gate.ask('kalshi', 100, () => ask('again'));
  timers.runUntil(epochMs(1_000));
  expect(passed).toEqual(['again@250']);
});
