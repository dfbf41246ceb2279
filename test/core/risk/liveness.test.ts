import { expect, test } from 'vitest';
import type { DeskPhase, Heartbeat, LivenessVerdict } from '../../../core/risk/liveness.ts';
import { judgeLiveness } from '../../../core/risk/liveness.ts';
import { epochMs, plusMs } from '../../../core/time.ts';
import { T0 } from '../../support/values.ts';

const CASES: readonly (readonly [
  string,
  DeskPhase | null,
  boolean,
  beatMs: number,
  nowMs: number,
  LivenessVerdict,
])[] = [
  ['beats and holds its lock', 'running', true, 10_000, 20_000, 'well'],
  ['was last heard 29.999 s ago', 'running', true, 10_000, 39_999, 'well'],
  ['was last heard 30 s ago', 'running', true, 10_000, 40_000, 'silent'],
  ['starts for a long time without a beat', 'starting', true, 10_000, 40_000, 'silent'],
  ['has not beaten yet, and the guard watches since 29.999 s', null, true, 0, 29_999, 'well'],
  ['has not beaten for the 30 s that the guard watches', null, true, 0, 30_000, 'silent'],
  ['beat long before the guard began to watch', 'running', true, -900_000, 10_000, 'well'],
  ['beats but its lock is free', 'running', false, 10_000, 10_001, 'gone'],
  ['never beat and its lock is free', null, false, 0, 1, 'gone'],
  ['finished', 'finished', true, 0, 900_000, 'stand_down'],
  ['stopped and let go of its lock', 'stopped', false, 0, 900_000, 'stand_down'],
];

test.each(CASES)('a desk that %s', (_, phase, isLocked, beatMs, nowMs, verdict) => {
  const heartbeat = phase && heard(phase, beatMs, beatMs);
  expect(judgeLiveness(heartbeat ?? undefined, isLocked, T0, plusMs(T0, nowMs))).toBe(verdict);
});

const MOVING: readonly (readonly [
  string,
  DeskPhase,
  boolean,
  progressMs: number,
  nowMs: number,
  LivenessVerdict,
])[] = [
  ['settled a window 29.999 s ago', 'running', true, 10_000, 39_999, 'well'],
  ['has settled nothing for 30 s', 'running', true, 10_000, 40_000, 'silent'],
  ['settled its last window long before the guard began', 'running', true, -900_000, 29_999, 'well'],
  ['settled nothing in the 30 s that the guard watches', 'running', true, -900_000, 30_000, 'silent'],
  ['takes long to start', 'starting', true, 0, 900_000, 'well'],
  ['finished long ago', 'finished', true, 0, 900_000, 'stand_down'],
  ['settles nothing and whose lock is free', 'running', false, 0, 900_000, 'gone'],
];

test.each(MOVING)('a desk that beats and %s', (_, phase, isLocked, progressMs, nowMs, verdict) => {
  const heartbeat = heard(phase, nowMs, progressMs);
  expect(judgeLiveness(heartbeat, isLocked, T0, plusMs(T0, nowMs))).toBe(verdict);
});

const heard = (phase: DeskPhase, beatMs: number, progressMs: number): Heartbeat => ({
  pid: 1,
  phase,
  at: epochMs(T0 + beatMs),
  eventTime: null,
  progressAt: epochMs(T0 + progressMs),
});
