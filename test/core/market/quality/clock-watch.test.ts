import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ClockReading, ClockWatch, LATE_MS } from '../../../../core/market/quality/clock-watch.ts';
import { epochMs } from '../../../../core/time.ts';

const START = 1_700_000_000_000;

/** A message received `atMs` after the start, whose venue stamp leads the receive stamp by `leadMs`. */
const observe = (watch: ClockWatch, atMs: number, leadMs: number): ClockReading =>
  watch.observe(epochMs(START + atMs + leadMs), epochMs(START + atMs));

/** Ten messages a second with delays of 10 to 60 ms on a line whose offset is `offsetMs`; the readings. */
function stream(watch: ClockWatch, fromMs: number, toMs: number, offsetMs: number): ClockReading[] {
  const readings: ClockReading[] = [];
  for (let atMs = fromMs; atMs < toMs; atMs += 100)
    readings.push(observe(watch, atMs, offsetMs - 10 - ((atMs * 7) % 510) / 10));
  return readings;
}

const jumpsOf = (readings: readonly ClockReading[]): number[] => readings.flatMap((one) => one.jumpMs ?? []);
const lateOf = (readings: readonly ClockReading[]): number => readings.filter((one) => one.isLate).length;

test('knows nothing before the first message', () => {
  expect(new ClockWatch().estimateMs).toBeNull();
});

test('a recorder that is 1.27 s behind is measured by its quickest message, and nothing of it is late', () => {
  const watch = new ClockWatch();
  const readings = [1_255, 1_270, 1_262].map((lead, n) => observe(watch, n * 100, lead));
  expect(watch.estimateMs).toBe(1_270);
  expect(readings).toEqual([
    { delayMs: 0, isLate: false, jumpMs: null },
    { delayMs: 0, isLate: false, jumpMs: null },
    { delayMs: 8, isLate: false, jumpMs: null },
  ]);
});

test.each([
  [LATE_MS, false],
  [LATE_MS + 1, true],
] as const)('a message %d ms slower than the quickest is late: %s', (delayMs, isLate) => {
  const watch = new ClockWatch();
  stream(watch, 0, 10_000, -20);
  const quickest = watch.estimateMs ?? 0;
  expect(observe(watch, 10_000, quickest - delayMs)).toEqual({ delayMs, isLate, jumpMs: null });
  expect(watch.estimateMs).toBe(quickest);
});

test('follows a clock that drifts back once the quickest message is a minute old', () => {
  const watch = new ClockWatch();
  observe(watch, 0, 100);
  for (let second = 0; second <= 50; second += 1) observe(watch, second * 1_000 + 1, second < 3 ? 99 : 40);
  expect(watch.estimateMs).toBe(100);
  const readings = stream(watch, 51_000, 75_000, 60);
  expect([watch.estimateMs, jumpsOf(readings)]).toEqual([50, []]);
});

test.each([
  ['absent', null],
  ['1970', 0],
  ['the year 1', -62_135_596_800_000],
  ['the year 9999', 253_402_300_799_000],
  ['no number', Number.NaN],
] as const)('a stamp that is %s is counted and says nothing', (_what, stamp) => {
  const watch = new ClockWatch();
  stream(watch, 0, 6_000, 16);
  const before = watch.estimateMs;
  const reading = watch.observe(stamp === null ? null : epochMs(stamp), epochMs(START + 6_000));
  expect([reading, watch.estimateMs, watch.unstamped]).toEqual([
    { delayMs: null, isLate: false, jumpMs: null },
    before,
    1,
  ]);
});

test('old trades told at the connection are not taken for the clock', () => {
  const watch = new ClockWatch();
  const readings = [
    ...Array.from({ length: 50 }, () => observe(watch, 0, -20_000)),
    ...stream(watch, 100, 60_000, 16),
  ];
  expect([watch.estimateMs, jumpsOf(readings), lateOf(readings)]).toEqual([6, [], 0]);
});

test('trades of three days ago are late, not unstamped', () => {
  const watch = new ClockWatch();
  stream(watch, 0, 10_000, 16);
  const delayMs = 3 * 86_400_000;
  expect(observe(watch, 10_000, 6 - delayMs)).toEqual({ delayMs, isLate: true, jumpMs: null });
});

test.each([
  ['once', [0]],
  ['twice in one frame', [0, 0]],
  ['twice, among others', [0, 1_000]],
  ['alone for five seconds', [-6_000]],
] as const)('wrong stamps an hour ahead at the start, %s, make nothing late', (_what, times) => {
  const watch = new ClockWatch();
  const wrong = new Set<number>(times);
  const readings = times.filter((atMs) => atMs <= 0).map((atMs) => observe(watch, atMs, 3_600_000));
  for (let atMs = 100; atMs < 60_000; atMs += 100) {
    if (wrong.has(atMs)) readings.push(observe(watch, atMs, 3_600_000));
    else readings.push(...stream(watch, atMs, atMs + 100, 16));
  }
  expect([watch.estimateMs, jumpsOf(readings), lateOf(readings)]).toEqual([6, [], 0]);
});

test('a few stamps an hour ahead change nothing, even many in a row, and have no delay', () => {
  const watch = new ClockWatch();
  const readings = stream(watch, 0, 30_000, 16);
  const wrong = Array.from({ length: 20 }, (_, n) => observe(watch, 30_000 + n, 3_600_000));
  readings.push(...stream(watch, 30_100, 90_000, 16));
  expect([watch.estimateMs, jumpsOf(readings), lateOf(readings)]).toEqual([6, [], 0]);
  expect(wrong).toEqual(Array(20).fill({ delayMs: 0, isLate: false, jumpMs: null }));
});

test('slow stretches set no clock unless three windows in a row agree', () => {
  const told = (offsets: readonly number[]) => {
    const watch = new ClockWatch();
    return jumpsOf(
      [0, 0, ...offsets, 0, 0].flatMap((offset, n) => stream(watch, n * 5_000, n * 5_000 + 5_000, offset)),
    );
  };
  expect([
    told([-2_000, -2_000]),
    told([-2_000, -2_000, 0, -2_000]),
    told([-2_000, -4_000, -6_000, -8_000]), // a reader that falls behind more and more
    told([-2_000, -2_000, -2_000]), // believed
  ]).toEqual([[], [], [], [-2_000]]);
});

test.each([
  ['our clock is set forward by 2 s', -2_000],
  ['our clock is set back by 2 s', 2_000],
  ['our clock is set back by an hour', 3_600_000],
] as const)('when %s the jump is told once, and nothing is late', (_what, jump) => {
  const watch = new ClockWatch();
  const readings = [...stream(watch, 0, 30_000, 16), ...stream(watch, 30_000, 180_000, 16 + jump)];
  expect([watch.estimateMs, jumpsOf(readings), lateOf(readings)]).toEqual([6 + jump, [jump], 0]);
});

test('when our clock is set forward by 8 s messages look late for three windows, then the jump is told', () => {
  const watch = new ClockWatch();
  const before = stream(watch, 0, 30_000, 16);
  const after = stream(watch, 38_000, 180_000, 16 - 8_000);
  const told = after.findIndex((one) => one.jumpMs !== null);
  expect(jumpsOf([...before, ...after])).toEqual([-8_000]);
  // The windows from 35, 40 and 45 s agree: 12 s after the first message with the new clock.
  expect(told).toBe(120);
  expect(lateOf(after)).toBe(told);
  expect(watch.estimateMs).toBe(6 - 8_000);
});

test('two jumps are told as two', () => {
  const watch = new ClockWatch();
  const readings = [
    ...stream(watch, 0, 30_000, 0),
    ...stream(watch, 30_000, 90_000, 3_000),
    ...stream(watch, 90_000, 150_000, 0),
  ];
  expect(jumpsOf(readings)).toEqual([3_000, -3_000]);
});

test('receive stamps held still while our clock catches up with itself tell one jump', () => {
  // Set back by 12 s: stamps stand at 30 s until the clock is there again, and the venue's clock runs on meanwhile.
  const watch = new ClockWatch();
  const readings = stream(watch, 0, 30_000, 0);
  for (let waited = 0; waited < 12_000; waited += 100) readings.push(observe(watch, 30_000, waited - 20));
  readings.push(...stream(watch, 30_000, 120_000, 12_000));
  expect([watch.estimateMs, jumpsOf(readings), lateOf(readings)]).toEqual([11_990, [12_000], 0]);
});

test('a connection that stood still for 8 s delivers late messages and sets no clock', () => {
  const watch = new ClockWatch();
  const readings = stream(watch, 0, 30_000, 0);
  // What was sent from 30 s to 38 s arrives within a tenth of a second.
  for (let sent = 30_000; sent < 38_000; sent += 100)
    readings.push(observe(watch, 38_000 + (sent - 30_000) / 80, sent - 38_000 - (sent - 30_000) / 80));
  readings.push(...stream(watch, 38_200, 120_000, 0));
  // The n-th of them is 7990 - 98.75 n ms behind the quickest: 31 by more than 5000.
  expect([watch.estimateMs, jumpsOf(readings), lateOf(readings)]).toEqual([-10, [], 31]);
});

test("a laptop's sleep is no jump: what lay in the socket is late, what comes after it is not", () => {
  const watch = new ClockWatch();
  stream(watch, 0, 30_000, 16);
  const woke = 30_000 + 7_200_000;
  const socket = Array.from({ length: 40 }, (_, n) => observe(watch, woke + n, -7_200_000 + n));
  const fresh = stream(watch, woke + 3_000, woke + 120_000, 16);
  expect([lateOf(socket), lateOf(fresh), jumpsOf([...socket, ...fresh]), watch.estimateMs]).toEqual([
    40,
    0,
    [],
    6,
  ]);
});

test('a quiet market keeps its estimate through any silence', () => {
  const watch = new ClockWatch();
  stream(watch, 0, 10_000, 16);
  const readings = Array.from({ length: 20 }, (_, n) => observe(watch, 100_000 * (n + 1), -40 - n));
  expect([watch.estimateMs, jumpsOf(readings), lateOf(readings)]).toEqual([-59, [], 0]);
});

test('whatever venues write, the delay is never negative and an offset within the jump limit is never told as one', () => {
  const message = fc.tuple(fc.integer({ min: 0, max: 20_000 }), fc.integer({ min: -500, max: 499 }));
  fc.assert(
    fc.property(fc.array(message, { maxLength: 200 }), (messages) => {
      const watch = new ClockWatch();
      let atMs = 0;
      for (const [afterMs, leadMs] of messages) {
        atMs += afterMs;
        const { delayMs, isLate, jumpMs } = observe(watch, atMs, leadMs);
        expect({ isLate, jumpMs, isPositive: (delayMs ?? -1) >= 0 }).toEqual({
          isLate: false,
          jumpMs: null,
          isPositive: true,
        });
      }
    }),
    { seed: 21, numRuns: 200 },
  );
});

test('any stamps at all are read without an error, and an estimate is one of the differences seen', () => {
  const stamp = fc.oneof(fc.integer({ min: -1e14, max: 3e14 }), fc.constant(0), fc.constant(Number.NaN));
  fc.assert(
    fc.property(fc.array(fc.tuple(stamp, fc.integer({ min: 0, max: 9_000 })), { maxLength: 100 }), (all) => {
      const watch = new ClockWatch();
      const seen = new Set<number | null>([null]);
      let atMs = 0;
      for (const [occurredAt, afterMs] of all) {
        atMs += afterMs;
        watch.observe(epochMs(occurredAt), epochMs(START + atMs));
        seen.add(occurredAt - START - atMs);
        expect(seen.has(watch.estimateMs)).toBe(true);
      }
    }),
    { seed: 22, numRuns: 200 },
  );
});
