import { expect, test } from 'vitest';
import { StoreError } from '../../adapters/store/item-store.ts';
import type { Clock, ModeStore } from '../../core/ports.ts';
import { plusMs } from '../../core/time.ts';
import { changeMode } from '../../lambdas/guard/change-mode.ts';
import { ACTIVE, openDesk } from '../support/desk.ts';
import { T0 } from '../support/values.ts';

const HALTED = { mode: 'halted', cause: 'drawdown', reason: 'test', changedAt: T0, until: null } as const;

/** A clock that stands still unless somebody waits. */
function waitingClock(): Clock & { readonly waited: () => number } {
  let waited = 0;
  return {
    now: () => plusMs(T0, waited),
    wait: async (ms) => {
      waited += ms;
    },
    waited: () => waited,
  };
}

/** The mode store of a desk whose table fails so many times first. */
async function failing(times: number, error: Error) {
  const desk = await openDesk();
  let left = times;
  const modes: ModeStore = {
    mode: desk.modes.mode,
    setMode: async (...given) => {
      if (left-- > 0) throw error;
      return desk.modes.setMode(...given);
    },
  };
  return { desk, services: { ...desk, modes } };
}
const BUSY = new StoreError('busy', 'Other transactions kept the same items.');
const AWAY = new StoreError('unavailable', 'The table did not answer.');

test.each([BUSY, AWAY])('a halt outlasts a table that is $fault, with pauses in between', async (fault) => {
  const { desk, services } = await failing(12, fault);
  const clock = waitingClock();
  await changeMode(async () => HALTED, { ...services, clock });
  expect(await desk.modes.mode()).toMatchObject({ mode: 'halted', cause: 'drawdown', author: 'guard' });
  expect(clock.waited()).toBeGreaterThan(1_000);
  expect(desk.metrics.total('guard_actions_total')).toBe(1);
});

test('after half a minute it gives up with what kept it, so that it is tried again and told', async () => {
  const { services } = await failing(1_000, BUSY);
  const clock = waitingClock();
  await expect(changeMode(async () => HALTED, { ...services, clock })).rejects.toBe(BUSY);
  expect(clock.waited()).toBeGreaterThanOrEqual(30_000);
  expect(clock.waited()).toBeLessThan(32_000);
});

test('a fault that will not pass is not waited for', async () => {
  const corrupt = new StoreError('corrupt', 'item is not readable');
  const { services } = await failing(1, corrupt);
  const clock = waitingClock();
  await expect(changeMode(async () => HALTED, { ...services, clock })).rejects.toBe(corrupt);
  expect(clock.waited()).toBe(0);
});

test('in one process, without a clock, it is tried again at once and not for ever', async () => {
  const { desk, services } = await failing(3, BUSY);
  const { clock: _, ...alone } = services;
  await changeMode(async () => HALTED, alone);
  expect(await desk.modes.mode()).toMatchObject({ mode: 'halted' });
  const stuck = await failing(1_000, BUSY);
  const { clock: __, ...stuckAlone } = stuck.services;
  await expect(changeMode(async () => HALTED, stuckAlone)).rejects.toBe(BUSY);
});

test('what it decides rests on the mode as it stands at that try', async () => {
  const desk = await openDesk();
  const seen: string[] = [];
  let first = true;
  const modes: ModeStore = {
    mode: desk.modes.mode,
    setMode: async (...given) => {
      if (first) {
        first = false;
        await desk.modes.setMode(given[0], { ...ACTIVE, mode: 'halted', cause: 'person' });
      }
      return desk.modes.setMode(...given);
    },
  };
  const decide = async ({ mode }: { readonly mode: string }) => {
    seen.push(mode);
    return mode === 'halted' ? null : HALTED;
  };
  await changeMode(decide, { ...desk, modes, clock: waitingClock() });
  expect(seen).toEqual(['active', 'halted']);
  expect(await desk.modes.mode()).toMatchObject({ cause: 'person' });
});
