import { expect, test } from 'vitest';
import type { FeedSign } from '../../core/ports.ts';
import { feedTime, judgeFeed, SILENCE_MS_MAX } from '../../core/risk/liveness.ts';
import { plusMs } from '../../core/time.ts';
import { guardFeed } from '../../lambdas/guard/guard-feed.ts';
import { ACTIVE, openDesk, STILL } from '../support/desk.ts';
import { T0 } from '../support/values.ts';

const sign = (phase: FeedSign['phase'], eventTime: FeedSign['eventTime'] = plusMs(T0, -500)): FeedSign => ({
  phase,
  at: T0,
  eventTime,
});

test.each([
  { what: 'a feed that never ran', given: undefined, afterMs: 0, verdict: 'stand_down' },
  { what: 'a fresh sign', given: sign('running'), afterMs: SILENCE_MS_MAX - 1, verdict: 'well' },
  { what: 'an old sign', given: sign('running'), afterMs: SILENCE_MS_MAX, verdict: 'silent' },
  { what: 'a feed that stopped in order', given: sign('stopped'), afterMs: 3_600_000, verdict: 'stand_down' },
  { what: 'a feed that finished', given: sign('finished'), afterMs: 3_600_000, verdict: 'stand_down' },
  { what: 'a sign from a clock ahead of ours', given: sign('running'), afterMs: -5_000, verdict: 'well' },
])('$what is $verdict', ({ given, afterMs, verdict }) => {
  expect(judgeFeed(given, plusMs(T0, afterMs))).toBe(verdict);
});

test.each([
  { what: 'is unknown before the feed ever ran', given: undefined, time: null },
  { what: 'is unknown before the first window', given: sign('running', null), time: null },
  {
    what: 'goes on with the wall clock while the feed runs',
    given: sign('running'),
    time: plusMs(T0, 3_500),
  },
  { what: 'stands still when the feed has stopped', given: sign('stopped'), time: plusMs(T0, -500) },
])('event time $what', ({ given, time }) => {
  expect(feedTime(given, plusMs(T0, 4_000))).toBe(time);
});

test('a silent feed halts trading with the time of its last sign, once', async () => {
  const desk = await openDesk();
  const now = plusMs(T0, SILENCE_MS_MAX);
  await guardFeed(sign('running'), now, desk);
  await guardFeed(sign('running'), plusMs(now, 60_000), desk);
  expect(await desk.modes.mode()).toMatchObject({
    mode: 'halted',
    cause: 'feed_silence',
    author: 'guard',
    changedAt: now,
    reason: expect.stringContaining('2023-11-14T22:13:20.000Z'),
    version: 2,
  });
  expect(desk.metrics.total('guard_actions_total')).toBe(1);
});

test.each([sign('stopped'), sign('finished'), undefined])('leaves the mode alone: %j', async (given) => {
  const desk = await openDesk();
  await guardFeed(given, plusMs(T0, 3_600_000), desk);
  expect(await desk.modes.mode()).toMatchObject({ mode: 'active', version: 1 });
});

test('halts also while another writer changes the mode', async () => {
  const desk = await openDesk();
  let first = true;
  const modes = {
    mode: desk.modes.mode,
    setMode: async (...given: Parameters<typeof desk.modes.setMode>) => {
      if (!first) return desk.modes.setMode(...given);
      first = false;
      await desk.modes.setMode(given[0], { ...ACTIVE, mode: 'reducing', cause: 'daily_loss' });
      return desk.modes.setMode(...given);
    },
  };
  await guardFeed(sign('running'), plusMs(T0, SILENCE_MS_MAX), {
    ...desk,
    modes,
    clock: { ...STILL, wait: async () => undefined },
  });
  expect(await desk.modes.mode()).toMatchObject({ mode: 'halted', cause: 'feed_silence', version: 3 });
});
