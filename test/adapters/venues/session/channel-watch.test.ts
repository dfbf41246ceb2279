import { expect, test } from 'vitest';
import { ChannelWatch } from '../../../../adapters/venues/session/channel-watch.ts';
import type { ChannelRule } from '../../../../adapters/venues/session/protocol.ts';
import { epochMs, MINUTE_MS } from '../../../../core/time.ts';

const book: ChannelRule = { name: 'book', firstDataMs: null, suspectMs: null, againMs: 4_000 };
const trade: ChannelRule = { name: 'trade', firstDataMs: null, suspectMs: null };

/** These, subscribed at 0. */
function watching(rules: readonly ChannelRule[], symbols: readonly string[] = ['A']): ChannelWatch {
  const watch = new ChannelWatch(rules);
  watch.expect(symbols);
  watch.sent(symbols, epochMs(0));
  return watch;
}

interface Story {
  readonly untilMs: number;
  readonly stepMs?: number;
  /** What happens before the look at the clock in this moment. */
  readonly happen?: (now: number) => void;
  /** What is late goes out again at once, as long as this holds. */
  readonly isSentAnew?: boolean;
}

/** All that was overdue when looking at the clock each second, as `4 again A,B`. */
function story(watch: ChannelWatch, { untilMs, stepMs = 1_000, happen, isSentAnew = true }: Story): string[] {
  const told: string[] = [];
  for (let ms = stepMs; ms <= untilMs; ms += stepMs) {
    const now = epochMs(ms);
    happen?.(ms);
    const overdue = watch.overdue(now);
    for (const kind of ['late', 'mute', 'again', 'suspect'] as const)
      if (overdue[kind].size > 0) told.push(`${ms / 1_000} ${kind} ${[...overdue[kind]].join()}`);
    if (isSentAnew) watch.sent(overdue.late, now);
  }
  return told;
}

const each = (everyS: number, belowS: number, what: string): string[] =>
  Array.from({ length: Math.ceil(belowS / everyS) - 1 }, (_, n) => `${everyS * (n + 1)} ${what}`);

test('what says nothing is due again as often as its rule says, all together, within the first minute', () => {
  expect(story(watching([book], ['A', 'B']), { untilMs: 20 * MINUTE_MS })).toEqual(each(4, 60, 'again A,B'));
});

test.each([
  { againMs: 4_000, stepMs: 4_000, times: 14 }, // 4, 8, ..., 56 s
  { againMs: 7_000, stepMs: 1_000, times: 8 }, // 7, 14, ..., 56 s
  { againMs: 59_999, stepMs: 59_999, times: 1 },
  { againMs: 60_000, stepMs: 60_000, times: 0 },
])('in a minute that is $times times for $againMs ms', ({ againMs, stepMs, times }) => {
  const told = story(watching([{ ...book, againMs }]), { untilMs: 10 * MINUTE_MS, stepMs });
  expect(told.length).toBe(times);
});

test('counts from the last time, however late the clock was looked at', () => {
  // 4.5 s are the third look; the next is due 4 s after it.
  expect(story(watching([book]), { untilMs: 15_000, stepMs: 1_500 })).toEqual([
    '4.5 again A',
    '9 again A',
    '13.5 again A',
  ]);
});

test('stops at first data, for each symbol of its own', () => {
  const watch = watching([book], ['A', 'B']);
  const told = story(watch, {
    untilMs: 14_000,
    happen: (ms) => ms === 8_000 && watch.saw([{ channel: 'book', symbol: 'A' }], epochMs(ms)),
  });
  expect(told).toEqual(['4 again A,B', '8 again B', '12 again B']);
});

test('data of another channel does not stop it', () => {
  const watch = watching([book, trade]);
  watch.saw([{ channel: 'trade', symbol: 'A' }], epochMs(0));
  expect(story(watch, { untilMs: 9_000 })).toEqual(['4 again A', '8 again A']);
});

test('a channel whose rule says nothing of it is never due again, beside one that is', () => {
  const watch = watching([book, trade]);
  watch.saw([{ channel: 'book', symbol: 'A' }], epochMs(0));
  expect(story(watch, { untilMs: 5 * MINUTE_MS })).toEqual([]);
});

test('nothing is due again while its subscribing waits for its turn, nor after it was left', () => {
  const waiting = new ChannelWatch([book]);
  waiting.expect(['A']);
  const left = watching([book]);
  left.forget(['A']);
  expect([waiting, left].map((watch) => story(watch, { untilMs: 10_000 }))).toEqual([[], []]);
});

test.each([undefined, 2_000, 3_000])('is late and mute in its own time, with againMs %s', (againMs) => {
  const { againMs: _, ...rule } = { ...book, firstDataMs: 10_000 };
  const watch = watching([againMs === undefined ? rule : { ...rule, againMs }]);
  const told = story(watch, { untilMs: 12 * MINUTE_MS }).filter((one) => !one.includes('again'));
  // 10 s each for the first two subscribings, five minutes for those that follow.
  expect(told).toEqual(['10 late A', '20 late A', '20 mute A', '320 late A', '620 late A']);
  expect(watch.status()[0]?.mute).toEqual(['A']);
});

test('who is late is not due again in the same moment, on whatever channel', () => {
  const status: ChannelRule = { name: 'status', firstDataMs: 8_000, suspectMs: null };
  const told = story(watching([{ ...book, firstDataMs: 8_000 }, status], ['A']), { untilMs: 15_000 });
  expect(told).toEqual(['4 again A', '8 late A', '12 again A']);
  // In whichever order the channels are named.
  expect(story(watching([status, book]), { untilMs: 15_000 })).toEqual(told);
});

test('who is late spoils it for no other', () => {
  const watch = watching([{ ...book, firstDataMs: 8_000 }]);
  const told = story(watch, {
    untilMs: 9_000,
    happen: (ms) => {
      if (ms !== 4_000) return;
      watch.expect(['B']);
      watch.sent(['B'], epochMs(ms));
    },
  });
  expect(told).toEqual(['4 again A', '8 late A', '8 again B']);
});

test('counts anew from each subscribing that goes out', () => {
  const watch = watching([{ ...book, firstDataMs: 6_000 }]);
  const told = story(watch, {
    untilMs: 14_000,
    isSentAnew: false,
    happen: (ms) => ms === 9_000 && watch.sent(['A'], epochMs(ms)),
  });
  // Late at 6 s, and silent until that went out at 9 s.
  expect(told).toEqual(['4 again A', '6 late A', '13 again A']);
});

test('a symbol that is due again and silent for longer than usual is asked about a moment later', () => {
  const told = story(watching([{ ...book, suspectMs: 8_000 }]), { untilMs: 10_000 });
  expect(told).toEqual(['4 again A', '8 again A', '9 suspect A']);
});
