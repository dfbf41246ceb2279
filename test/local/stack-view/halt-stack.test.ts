import { expect, test } from 'vitest';
import { StoreError } from '../../../adapters/store/item-store.ts';
import { createModeStore } from '../../../adapters/store/mode-store.ts';
import { openSqliteStore } from '../../../adapters/store/sqlite-store.ts';
import type { Clock, ModeStore } from '../../../core/ports.ts';
import { epochMs, plusMs } from '../../../core/time.ts';
import { haltStack } from '../../../local/stack-view/halt-stack.ts';
import { ACTIVE } from '../../support/desk.ts';

/** A clock that only waiting moves. */
function waitingClock(): Clock & { readonly waits: number[] } {
  let now = epochMs(1_800_000_000_000);
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    wait: async (ms) => {
      waits.push(ms);
      now = plusMs(now, ms);
    },
  };
}

const busy = new StoreError('busy', 'Other transactions kept the same items.');
const request = { reason: 'a drill', author: 'ada', isPassing: (error: unknown) => error === busy };

/** A real mode store whose first writes meet what they are told to. */
async function storeThatMeets(clock: Clock, ...faults: readonly ('conflict' | Error)[]): Promise<ModeStore> {
  const modes = createModeStore(openSqliteStore({ path: ':memory:' }), clock);
  await modes.setMode(await modes.mode(), ACTIVE);
  const left = [...faults];
  return {
    mode: () => modes.mode(),
    setMode: async (expected, next) => {
      const fault = left.shift();
      if (fault === undefined) return modes.setMode(expected, next);
      if (fault !== 'conflict') throw fault;
      await modes.setMode(expected, { ...ACTIVE, reason: `changed by somebody, ${left.length} to come` });
      return modes.setMode(expected, next);
    },
  };
}

test('a halt that meets conflicts and passing faults is tried until it commits', async () => {
  const clock = waitingClock();
  const modes = await storeThatMeets(clock, 'conflict', busy, 'conflict', busy);
  const halted = await haltStack({ ...request, modes, clock });
  expect(halted).toMatchObject({
    isNew: true,
    mode: { mode: 'halted', cause: 'person', author: 'ada', version: 4 },
  });
  expect(await modes.mode()).toEqual(halted.mode);
  expect(clock.waits).toEqual([50, 100, 200, 400]);
});

test('a halt that does not commit for 30 seconds says that trading is not halted', async () => {
  const clock = waitingClock();
  const modes = await storeThatMeets(clock, ...Array.from({ length: 100 }, () => busy));
  const began = clock.now();
  await expect(haltStack({ ...request, modes, clock })).rejects.toThrow(
    'TRADING IS NOT HALTED: the mode did not commit for 30 seconds (Other transactions kept the same items.)',
  );
  expect(clock.now() - began).toBeGreaterThan(27_000);
  expect(clock.now() - began).toBeLessThanOrEqual(30_000);
  expect((await modes.mode()).mode).toBe('active');
});

test('a fault that does not pass ends it at once', async () => {
  const clock = waitingClock();
  const denied = new StoreError('unavailable', 'The table did not answer (AccessDeniedException).');
  await expect(haltStack({ ...request, modes: await storeThatMeets(clock, denied), clock })).rejects.toBe(
    denied,
  );
  expect(clock.waits).toEqual([]);
});
