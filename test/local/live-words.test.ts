import { afterEach, expect, test, vi } from 'vitest';
import { NOT_YET } from '../../adapters/venues/session/shard-keeper.ts';
import { plusMs } from '../../core/time.ts';
import type { VenueHealth } from '../../fargate/venue-health.ts';
import { LiveWords, tellLive } from '../../local/live-words.ts';
import { venueOk } from '../support/feed-health.ts';
import { T0 } from '../support/values.ts';

afterEach(() => {
  vi.useRealTimers();
});

const venue = (change: Partial<VenueHealth>): VenueHealth =>
  venueOk({ name: 'Binance', connected: false, lastMessageAt: null, followed: 0, live: 0, ...change });

/** What is said of a venue that is seen in these states, one each 100 ms. */
function said(...states: readonly Partial<VenueHealth>[]): readonly string[] {
  const lines: string[] = [];
  const words = new LiveWords(T0, (line) => lines.push(line));
  states.forEach((state, n) => {
    for (const _ of ['once', 'and once more'])
      words.see({ venues: [venue(state)] }, plusMs(T0, (n + 1) * 100));
  });
  return lines.map((line) => line.replace('  feeds      Binance: ', ''));
}

const idle = { connected: null, idleBecause: 'nothing is followed there' };
const open = { connected: true, lastMessageAt: T0, followed: 3 };

test('a venue is said to be connecting, connected and live, each once', () => {
  expect(said({}, open, { ...open, live: 2 }, { ...open, live: 3 }, { ...open, live: 2 })).toEqual([
    'connecting',
    'connected after 0.2 s',
    'live after 0.4 s, 3 of 3 books',
  ]);
});

test('why it is not connected is said whenever the reason changes, and that it is back', () => {
  const refused = { trouble: 'HTTP 451 of api.binance.com' };
  expect(
    said(refused, refused, { trouble: 'no answer' }, { ...open, live: 3 }, refused, { ...open, live: 3 }),
  ).toEqual([
    'connecting',
    'HTTP 451 of api.binance.com',
    'no answer',
    'live after 0.4 s, 3 of 3 books',
    'not connected any more',
    'HTTP 451 of api.binance.com',
    'live again, 3 of 3 books',
  ]);
});

test('that it is not connected yet is said by connecting alone', () => {
  expect(said({ trouble: NOT_YET }, { trouble: 'no answer' }, { ...open, live: 3 })).toEqual([
    'connecting',
    'no answer',
    'live after 0.3 s, 3 of 3 books',
  ]);
});

test('contracts that are over or not open yet are no books to wait for', () => {
  expect(said({ ...open, followed: 5, live: 3, over: 1, ahead: 1 })).toEqual([
    'connecting',
    'live after 0.1 s, 3 of 3 books',
  ]);
});

test('a venue of which nothing is followed is not called connected', () => {
  expect(said(idle, {}, { ...open, live: 3 })).toEqual([
    'connecting',
    'nothing is followed there',
    'connecting',
    'live after 0.3 s, 3 of 3 books',
  ]);
});

test('a venue of which nothing is followed any more is not called lost', () => {
  expect(said({ ...open, live: 3 }, idle, {}, { ...open, live: 3 })).toEqual([
    'connecting',
    'live after 0.1 s, 3 of 3 books',
    'nothing is followed there',
    'connecting',
    'live again, 3 of 3 books',
  ]);
});

test('nothing is told from the stop on', async () => {
  vi.useFakeTimers();
  let now: Partial<VenueHealth> = { ...open, live: 3 };
  const lines: string[] = [];
  const stop = new AbortController();
  const report = () => ({ venues: [venue(now)] });
  tellLive({ report }, { now: () => T0 }, (line) => lines.push(line), stop.signal);
  await vi.advanceTimersByTimeAsync(1_000);
  const before = [...lines];
  stop.abort();
  now = {};
  await vi.advanceTimersByTimeAsync(1_000);
  expect(before).toHaveLength(2);
  expect(lines).toEqual(before);
});

test('a venue that is closed by its own word is said to be', () => {
  expect(
    said({ ...open, live: 3 }, { ...open, closedBecause: 'maintenance until 05:00 in New York' }),
  ).toEqual(['connecting', 'live after 0.1 s, 3 of 3 books', 'maintenance until 05:00 in New York']);
});
