import { expect, test } from 'vitest';
import type { MarketWindow } from '../../../core/market/window.ts';
import type { EpochMs } from '../../../core/time.ts';
import { plusMs } from '../../../core/time.ts';
import { VersionedWindows } from '../../../local/replay/versioned-windows.ts';
import { syntheticMarket } from '../../support/synthetic-market.ts';
import { COIN } from '../../support/values.ts';

// Six windows, a second apart; the fourth and later ones were published under another version.
const WINDOWS = syntheticMarket(1, 6, [COIN]).map((one, i) => ({ ...one, configHash: i < 3 ? 'a' : 'b' }));
const closeOf = (n: number): EpochMs => WINDOWS[n]?.closedAt as EpochMs;

function opened() {
  const seen = { read: 0, closed: false };
  async function* source(): AsyncGenerator<MarketWindow> {
    try {
      for (const window of WINDOWS) {
        seen.read += 1;
        yield window;
      }
    } finally {
      seen.closed = true;
    }
  }
  return { windows: new VersionedWindows(source()), seen };
}

test('what was read ahead is given out in its order, once', async () => {
  const { windows, seen } = opened();
  const given: MarketWindow[] = [];
  for await (const window of windows) {
    given.push(window);
    if (given.length === 2) expect(await windows.hashAt(closeOf(4))).toBe('b');
    if (given.length === 2) expect(seen.read).toBe(5);
  }
  expect(given).toEqual(WINDOWS);
});

test.each([
  { what: 'a window that is past', at: closeOf(2), hash: 'a' },
  { what: 'the window that began a version', at: closeOf(3), hash: 'b' },
  { what: 'a time between two windows', at: plusMs(closeOf(3), -1), hash: 'a' },
  { what: 'a time before the first window', at: plusMs(closeOf(0), -1_000), hash: 'a' },
  { what: 'a time after the last window', at: plusMs(closeOf(5), 1_000), hash: 'b' },
])('$what has version $hash', async ({ at, hash }) => {
  const { windows } = opened();
  expect(await windows.hashAt(at)).toBe(hash);
  await Array.fromAsync(windows);
  expect(await windows.hashAt(at)).toBe(hash);
});

test('only as much is read as was asked for, and the log is closed when its reader stops', async () => {
  const { windows, seen } = opened();
  await windows.hashAt(closeOf(1));
  expect(seen).toEqual({ read: 2, closed: false });
  for await (const _ of windows) break;
  expect(seen).toEqual({ read: 2, closed: true });
});

test('no window has no version', async () => {
  const windows = new VersionedWindows((async function* () {})());
  expect(await windows.hashAt(closeOf(0))).toBeUndefined();
});
