import { describe, expect, test } from 'vitest';
import { Liveness } from '../../../../adapters/venues/session/liveness.ts';
import { epochMs } from '../../../../core/time.ts';

const SILENCE_MS = 30_000;

/** Looks each second at a connection; `said` are the seconds in which bytes came, `answered` those with an answer to a ping. */
function watch(
  seconds: number,
  { said = [], answered = [], busy = [], skip = [] }: Record<string, readonly number[]>,
): string[] {
  const life = new Liveness(SILENCE_MS, epochMs(0));
  const told: string[] = [];
  let bytes = 0;
  for (let second = 1; second <= seconds; second += 1) {
    const now = epochMs(1_000 * second);
    if (said.includes(second)) bytes += 10;
    if (answered.includes(second)) life.answered(now);
    if (skip.includes(second)) continue;
    const seen = life.look(now, bytes, busy.includes(second));
    if (seen !== 'fine') told.push(`${second}: ${seen === 'ask' ? 'ask' : seen.dead}`);
  }
  return told;
}

const upTo = (n: number): number[] => Array.from({ length: n }, (_, second) => second + 1);

describe('a connection', () => {
  test('that speaks is asked once, to learn whether it answers pings', () => {
    expect(watch(60, { said: upTo(60), answered: [2] })).toEqual(['1: ask']);
  });

  test('is not asked for that while others wait to be sent', () => {
    expect(watch(10, { said: upTo(10), busy: [1, 2, 3, 4] })).toEqual(['5: ask']);
  });

  test('that answered and is silent now is asked after three seconds, and dead three seconds later', () => {
    expect(watch(20, { said: upTo(5), answered: [2] }).slice(0, 3)).toEqual([
      '1: ask',
      '8: ask',
      '11: nothing came for 6000 ms, and no answer to a ping',
    ]);
  });

  test('that answers lives, however little is said', () => {
    const answered = Array.from({ length: 20 }, (_, n) => 2 + 4 * n);
    const told = watch(60, { answered });
    expect(told.filter((one) => !one.endsWith('ask'))).toEqual([]);
    expect(told.length).toBeGreaterThan(10);
  });

  test('that never answered a ping is dead only after the long silence', () => {
    expect(watch(40, { said: upTo(5) })[2]).toBe('36: nothing came for 30000 ms');
  });

  test('whose long message is on its way lives: its bytes count', () => {
    const told = watch(20, { said: [1, 2, 5, 8, 11, 14, 17, 20], answered: [2] });
    expect(told.filter((one) => !one.endsWith('ask'))).toEqual([]);
  });

  test('is not judged by a process that was held up and did not read', () => {
    // Asked at 8, the next look is at 13: what came meanwhile may be read a moment later.
    const told = watch(15, { said: upTo(5), answered: [2], skip: [9, 10, 11, 12] });
    expect(told.slice(0, 3)).toEqual([
      '1: ask',
      '8: ask',
      '14: nothing came for 9000 ms, and no answer to a ping',
    ]);
  });
});
