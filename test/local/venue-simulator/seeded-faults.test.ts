import { expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../core/time.ts';
import { checkFaults, FAULT_KINDS } from '../../../local/venue-simulator/faults.ts';
import { seededFaults } from '../../../local/venue-simulator/seeded-faults.ts';

const day = (seed: number) => seededFaults({ seed, hours: 24, symbols: ['OAK', 'ELM'] });

test('the same seed gives the same faults, another seed others', () => {
  expect(day(7)).toEqual(day(7));
  expect(day(8)).not.toEqual(day(7));
});

test('a day holds every kind but checksums, each several times and in order', () => {
  const faults = day(7);
  checkFaults(faults);
  const counts = new Map(FAULT_KINDS.map((kind) => [kind, faults.filter((one) => one.kind === kind).length]));
  expect(counts.get('checksum')).toBe(0);
  for (const [kind, count] of counts)
    if (kind !== 'checksum') expect([kind, count >= 5]).toEqual([kind, true]);
  const starts = faults.map(({ atMs }) => atMs);
  expect(starts).toEqual(starts.toSorted((a, b) => a - b));
});

test('between the end of a fault and the next there is calm, and the end of the run is calm, too', () => {
  const calmMs = 4 * MINUTE_MS;
  const faults = seededFaults({ seed: 3, hours: 24, symbols: ['OAK'], calmMs });
  let end = 0;
  for (const { kind, atMs, forMs } of faults) {
    // A cut of 1 ms goes with what only a new connection feels.
    if (kind === 'close_storm' && forMs === 1) continue;
    expect(atMs - end).toBeGreaterThanOrEqual(calmMs / 2);
    end = atMs + forMs;
  }
  expect(end).toBeLessThanOrEqual(24 * HOUR_MS - 5 * MINUTE_MS);
});

test('no fault lasts longer than it may, and the calm at the end is as long as it is wanted', () => {
  const [longestMs, settleMs] = [8_000, MINUTE_MS];
  const faults = seededFaults({
    seed: 3,
    hours: 1,
    symbols: ['OAK'],
    calmMs: MINUTE_MS,
    longestMs,
    settleMs,
  });
  const ends = faults.map(({ atMs, forMs }) => atMs + forMs);
  expect(Math.max(...faults.map(({ forMs }) => forMs))).toBe(longestMs);
  // Nearer to the end than five minutes, the usual calm.
  expect(Math.max(...ends)).toBeGreaterThan(HOUR_MS - 5 * MINUTE_MS);
  expect(Math.max(...ends)).toBeLessThanOrEqual(HOUR_MS - settleMs);
});

test('what only a new connection feels comes with a cut', () => {
  for (const { kind, atMs } of day(7).filter(({ kind: one }) => one === 'late_ack' || one === 'upgrade'))
    expect([kind, day(7).some((one) => one.kind === 'close_storm' && one.atMs === atMs + 1)]).toEqual([
      kind,
      true,
    ]);
});

test('only the kinds that are named come, and only symbols that are named are struck', () => {
  const faults = seededFaults({ seed: 5, hours: 12, symbols: ['OAK'], kinds: ['gap', 'swap'] });
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(['gap', 'swap']));
  expect(new Set(faults.map(({ symbol }) => symbol))).toEqual(new Set(['OAK', undefined]));
});

test('a run without kinds is refused in words', () => {
  expect(() => seededFaults({ seed: 1, hours: 1, symbols: [], kinds: [] })).toThrow(
    'name at least one kind of fault',
  );
});
