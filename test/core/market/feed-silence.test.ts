import { expect, test } from 'vitest';
import { judgeSilence, SILENCE_MS, type Silences } from '../../../core/market/feed-silence.ts';
import type { InstrumentWindow, MarketWindow } from '../../../core/market/window.ts';
import { at, COIN, GEM, market, windowOf } from '../../support/values.ts';

/** `live`: with a message in this very second; `quiet`: live without one. */
type Second = 'live' | 'quiet' | 'stale' | 'halted' | 'closed';

const times = (count: number, what: Second): Second[] => Array.from({ length: count }, () => what);
const LIMIT = SILENCE_MS / 1_000;

/** One second of COIN after the other, as windows. */
function windowsOf(seconds: readonly Second[]): MarketWindow[] {
  let receivedAt: InstrumentWindow['receivedAt'] = null;
  return seconds.map((what, i) => {
    if (what === 'live') receivedAt = at(i + 1);
    return windowOf(i + 1, [market({ status: what === 'quiet' ? 'live' : what, receivedAt })]);
  });
}

/** What changed, by the number of the window. */
function judged(windows: readonly MarketWindow[], isWatched = false): (readonly [n: number, kind: string])[] {
  let known: Silences = new Map();
  return windows.flatMap((window, i) => {
    const { after, changes } = judgeSilence(known, window, isWatched);
    known = after;
    return changes.map(({ kind }) => [i + 1, kind] as const);
  });
}

test.each([
  { what: 'a live book, message after message', seconds: times(100, 'live'), changes: [[1, 'resumed']] },
  {
    what: 'a book that is stale one window too short',
    seconds: ['live', ...times(LIMIT - 1, 'stale'), 'live'],
    changes: [[1, 'resumed']],
  },
  {
    what: 'a book that is lost and comes back',
    seconds: ['live', ...times(LIMIT + 20, 'stale'), ...times(50, 'live')],
    changes: [
      [1, 'resumed'],
      [1 + LIMIT, 'silenced'],
      [1 + LIMIT + 21, 'resumed'],
    ],
  },
  {
    what: 'a live book of which nothing comes any more',
    seconds: ['live', ...times(LIMIT + 5, 'quiet'), 'live'],
    changes: [
      [1, 'resumed'],
      [1 + LIMIT, 'silenced'],
      [1 + LIMIT + 6, 'resumed'],
    ],
  },
  {
    what: 'silence that turns out to be a gap is one episode',
    seconds: ['live', ...times(LIMIT, 'quiet'), ...times(10, 'stale'), 'live'],
    changes: [
      [1, 'resumed'],
      [1 + LIMIT, 'silenced'],
      [1 + LIMIT + 11, 'resumed'],
    ],
  },
  { what: 'a book that never was live', seconds: times(200, 'stale'), changes: [[1 + LIMIT, 'silenced']] },
  {
    what: 'a halted book',
    seconds: ['live', ...times(100, 'halted')],
    changes: [
      [1, 'resumed'],
      [1 + LIMIT, 'silenced'],
    ],
  },
  {
    what: 'a market that the venue closed, and that stays stale when it opens',
    seconds: ['live', ...times(100, 'closed'), ...times(LIMIT + 1, 'stale')],
    changes: [
      [1, 'resumed'],
      [101 + LIMIT, 'silenced'],
    ],
  },
  {
    what: 'a silence that a closed market does not end',
    seconds: [...times(LIMIT + 1, 'stale'), ...times(5, 'closed'), 'stale', 'live'],
    changes: [
      [1 + LIMIT, 'silenced'],
      [1 + LIMIT + 7, 'resumed'],
    ],
  },
] as const)('$what', ({ seconds, changes }) => {
  expect(judged(windowsOf(seconds))).toEqual(changes);
});

test.each([
  {
    what: 'a live book of which nothing comes is that of a quiet market',
    seconds: ['live', ...times(20 * LIMIT, 'quiet'), 'live'],
    changes: [[1, 'resumed']],
  },
  {
    what: 'a quiet book that is given up is silent half a minute from then on',
    seconds: ['live', ...times(LIMIT, 'quiet'), ...times(LIMIT, 'stale'), 'live'],
    changes: [
      [1, 'resumed'],
      [1 + 2 * LIMIT, 'silenced'],
      [2 + 2 * LIMIT, 'resumed'],
    ],
  },
] as const)('where streams are watched, $what', ({ seconds, changes }) => {
  expect(judged(windowsOf(seconds), true)).toEqual(changes);
});

test('instruments are judged apart, and the silence is known with its beginning', () => {
  let known: Silences = new Map();
  const silenced: string[] = [];
  for (let n = 1; n <= 100; n += 1) {
    const coin = market({ receivedAt: at(Math.min(n, 40)) });
    const gem = market({ id: GEM.id, receivedAt: at(n) });
    const { after, changes } = judgeSilence(known, windowOf(n, [coin, gem]), false);
    known = after;
    for (const { kind, instrumentId } of changes) if (kind === 'silenced') silenced.push(instrumentId);
  }
  expect(silenced).toEqual([COIN.id]);
  expect(known.get(COIN.id)).toEqual({ liveAt: at(40), countedFrom: at(40), verdict: 'silent' });
  expect(known.get(GEM.id)).toEqual({ liveAt: at(100), countedFrom: at(100), verdict: 'live' });
});

test('an instrument that is followed again after an hour is not silent in its first window', () => {
  let known: Silences = new Map();
  const changes: unknown[] = [];
  const see = (window: MarketWindow): void => {
    const judged = judgeSilence(known, window, false);
    known = judged.after;
    changes.push(...judged.changes.map(({ kind }) => [(window.closedAt - at(0)) / 1_000, kind]));
  };
  see(windowOf(1, [market({ receivedAt: at(1) })]));
  see(windowOf(2, []));
  expect(known).toEqual(new Map());
  for (let n = 3_600; n <= 3_600 + LIMIT; n += 1) see(windowOf(n, [market({ status: 'stale' })]));
  expect(changes).toEqual([
    [1, 'resumed'],
    [3_600 + LIMIT, 'silenced'],
  ]);
});

test('a silent instrument that is no longer followed is waited for no more', () => {
  const seconds = windowsOf(times(LIMIT + 1, 'stale'));
  const left = [LIMIT + 2, LIMIT + 3].map((n) => windowOf(n, []));
  expect(judged([...seconds, ...left])).toEqual([
    [LIMIT + 1, 'silenced'],
    [LIMIT + 2, 'resumed'],
  ]);
});
