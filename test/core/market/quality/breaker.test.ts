import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CircuitBreaker } from '../../../../core/market/quality/breaker.ts';
import { QUALITY_REASONS, type QualityReason } from '../../../../core/market/window.ts';
import { epochMs } from '../../../../core/time.ts';

const START = 1_700_000_000_000;
const at = (seconds: number) => epochMs(START + seconds * 1_000);

function failTimes(breaker: CircuitBreaker, count: number, from: number, reason: QualityReason = 'gap') {
  return Array.from({ length: count }, (_, n) => breaker.failed(reason, at(from + n)));
}

/** Eleven failures, the last one at 10 s. */
function opened(): CircuitBreaker {
  const breaker = new CircuitBreaker();
  failTimes(breaker, 11, 0);
  return breaker;
}

test('stays closed at ten failures in a minute and opens at the eleventh', () => {
  const breaker = new CircuitBreaker();
  expect(failTimes(breaker, 10, 0)).toEqual(Array(10).fill(null));
  expect(breaker.isOpen).toBe(false);
  expect(breaker.failed('crossed', at(59.999))).toBe('opened');
  expect(breaker.isOpen).toBe(true);
});

test('a failure exactly a minute old no longer counts', () => {
  const breaker = new CircuitBreaker();
  failTimes(breaker, 10, 0);
  expect(breaker.failed('crossed', at(60))).toBeNull();
});

test('asks for a snapshot after a clean minute and closes with the one that comes', () => {
  const breaker = opened();
  const steps = [
    breaker.tick(at(69.999)),
    breaker.tick(at(70)),
    breaker.tick(at(71)),
    breaker.proven(at(72)),
  ];
  expect(steps).toEqual([null, 'closing_wanted', null, 'closed']);
  expect(breaker.isOpen).toBe(false);
});

test('a snapshot before the end of the clean minute does not close it', () => {
  const breaker = opened();
  expect(breaker.proven(at(69.999))).toBeNull();
  expect(breaker.tick(at(200))).toBe('closing_wanted');
  expect(breaker.isOpen).toBe(true);
});

test('a snapshot after the clean minute closes it though nobody had asked yet', () => {
  expect(opened().proven(at(70))).toBe('closed');
});

test('a failure restarts the clean minute, and one while a snapshot is awaited does, too', () => {
  const breaker = opened();
  breaker.failed('gap', at(50));
  expect([breaker.tick(at(109)), breaker.tick(at(110))]).toEqual([null, 'closing_wanted']);
  breaker.failed('gap', at(111));
  expect([breaker.proven(at(112)), breaker.tick(at(170)), breaker.tick(at(171))]).toEqual([
    null,
    null,
    'closing_wanted',
  ]);
  expect(breaker.proven(at(172))).toBe('closed');
});

test('asks again each minute for a snapshot that does not come', () => {
  const breaker = opened();
  const asked = Array.from({ length: 200 }, (_, n) => n + 11).filter(
    (second) => breaker.tick(at(second)) !== null,
  );
  expect(asked).toEqual([70, 130, 190]);
});

test('counts anew after it closed', () => {
  const breaker = opened();
  breaker.proven(at(70));
  expect(failTimes(breaker, 10, 71)).toEqual(Array(10).fill(null));
  expect(breaker.failed('gap', at(81))).toBe('opened');
});

test('a time before an earlier one counts as that one', () => {
  const breaker = new CircuitBreaker();
  breaker.failed('gap', at(1_000));
  failTimes(breaker, 9, 0);
  expect(breaker.failed('gap', at(5))).toBe('opened');
  expect([breaker.tick(at(1_059)), breaker.tick(at(1_060))]).toEqual([null, 'closing_wanted']);
});

test('says its state in words', () => {
  const breaker = new CircuitBreaker();
  const words = [breaker.describe()];
  failTimes(breaker, 9, 0);
  failTimes(breaker, 3, 9, 'crossed');
  words.push(breaker.describe());
  breaker.tick(at(71));
  words.push(breaker.describe());
  breaker.failed('late', at(119));
  words.push(breaker.describe());
  breaker.proven(at(200));
  words.push(breaker.describe());
  expect(words).toEqual([
    'closed: never more than 10 failures in a minute',
    '12 failures in a minute: 9 gap, 3 crossed; closes itself after a minute without failures and a fresh snapshot',
    '12 failures in a minute: 9 gap, 3 crossed; then a minute without failures: closes itself with a fresh snapshot',
    '13 failures in 2 minutes: 9 gap, 3 crossed, 1 late; closes itself after a minute without failures and a fresh snapshot',
    'closed after 13 failures in 2 minutes: 9 gap, 3 crossed, 1 late; then a minute without failures and a fresh snapshot',
  ]);
});

type Call = readonly ['failed' | 'proven' | 'tick', number, QualityReason];

/** Calls with the time since the one before; some go back, many stand still. */
const calls = fc.array(
  fc.tuple(
    fc.constantFrom(
      'failed' as const,
      'failed' as const,
      'failed' as const,
      'proven' as const,
      'tick' as const,
    ),
    fc.oneof(fc.constant(0), fc.integer({ min: -2_000, max: 8_000 }), fc.integer({ min: 0, max: 90_000 })),
    fc.constantFrom(...QUALITY_REASONS),
  ),
  { maxLength: 150 },
);

function play(script: readonly Call[]) {
  const breaker = new CircuitBreaker();
  let now = START;
  return script.map(([name, afterMs, reason]) => {
    now += afterMs;
    const moment = epochMs(now);
    const step = name === 'failed' ? breaker.failed(reason, moment) : breaker[name](moment);
    return { name, now, step, isOpen: breaker.isOpen, words: breaker.describe() };
  });
}

/** The law, told with the whole past at hand instead of the last few failures. */
function modelOf(script: readonly Call[]): boolean[] {
  let now = START;
  let newest = START;
  let isOpen = false;
  let failedAt = 0;
  let since: number[] = [];
  return script.map(([name, afterMs]) => {
    now += afterMs;
    newest = Math.max(newest, now);
    if (name === 'failed') {
      since.push(newest);
      failedAt = newest;
      if (since.filter((one) => one > newest - 60_000).length > 10) isOpen = true;
    } else if (name === 'proven' && isOpen && newest - failedAt >= 60_000) {
      isOpen = false;
      since = [];
    }
    return isOpen;
  });
}

test('is open exactly when more than ten failures fell into one minute and no clean minute was proven since', () => {
  fc.assert(
    fc.property(calls, (script) => {
      expect(play(script).map((one) => one.isOpen)).toEqual(modelOf(script));
    }),
    { seed: 11, numRuns: 500 },
  );
});

test('never opens while no minute holds more than ten failures', () => {
  // Each failure comes more than six seconds after the one before: ten fall into (t - 60 s, t] at most.
  const sparse = fc.array(fc.integer({ min: 6_000, max: 60_000 }), { maxLength: 200 });
  fc.assert(
    fc.property(sparse, (gaps) => {
      const script = gaps.map((gap): Call => ['failed', gap, 'gap']);
      expect(play(script).some((one) => one.isOpen)).toBe(false);
    }),
    { seed: 12, numRuns: 200 },
  );
});

test('always opens when eleven failures fall into one minute', () => {
  const dense = fc.array(fc.integer({ min: 0, max: 5_999 }), { minLength: 11, maxLength: 11 });
  fc.assert(
    fc.property(calls, dense, (before, gaps) => {
      // The first of the eleven begins the minute: ten gaps of less than six seconds end within it.
      const script = [...before, ...gaps.map((gap): Call => ['failed', gap, 'hash'])];
      expect(play(script).at(-1)?.isOpen).toBe(true);
    }),
    { seed: 13, numRuns: 300 },
  );
});

test('closes only with a snapshot, a minute or more after the last failure', () => {
  fc.assert(
    fc.property(calls, (script) => {
      const played = play(script);
      const times = played.map((_, n) => Math.max(...played.slice(0, n + 1).map((one) => one.now)));
      for (const [n, one] of played.entries()) {
        if (one.step !== 'closed') continue;
        const failed = played.findLastIndex((other, m) => m < n && other.name === 'failed');
        expect(one.name).toBe('proven');
        expect((times[n] ?? 0) - (times[failed] ?? 0)).toBeGreaterThanOrEqual(60_000);
      }
    }),
    { seed: 14, numRuns: 300 },
  );
});

test('opens and closes in turn, and asks only while it is open', () => {
  fc.assert(
    fc.property(calls, (script) => {
      let isOpen = false;
      for (const { step } of play(script)) {
        if (step === null) continue;
        expect(step === 'opened').toBe(!isOpen);
        isOpen = step !== 'closed';
      }
    }),
    { seed: 15, numRuns: 300 },
  );
});

test('the same calls give the same steps and the same words', () => {
  fc.assert(
    fc.property(calls, (script) => {
      expect(play(script)).toEqual(play(script));
    }),
    { seed: 16, numRuns: 100 },
  );
});
