import { expect, test } from 'vitest';
import { OUTAGE_MS, OutageWatch } from '../../../../adapters/venues/session/outage-watch.ts';
import type { Outage } from '../../../../adapters/venues/session/session-status.ts';
import { epochMs, plusMs } from '../../../../core/time.ts';

const SINCE = epochMs(1_790_000_000_000);
const OUTAGE: Outage = {
  wire: 'binance-spot',
  name: 'Binance',
  since: SINCE,
  symbols: ['BTCUSDT'],
  why: 'cut',
  isPolling: false,
};

test.each([
  { afterMs: undefined, ms: OUTAGE_MS - 1, told: [] },
  { afterMs: undefined, ms: OUTAGE_MS, told: ['down', 'up'] },
  { afterMs: 1_500, ms: 1_499, told: [] },
  { afterMs: 1_500, ms: 1_500, told: ['down', 'up'] },
])('an outage of $ms ms is told as $told where $afterMs is set', ({ afterMs, ms, told }) => {
  const said: string[] = [];
  const events = { disconnected: () => void said.push('down'), reconnected: () => void said.push('up') };
  const watch = new OutageWatch(events, afterMs);
  for (const at of [0, ms, ms]) watch.look(plusMs(SINCE, at), OUTAGE);
  watch.look(plusMs(SINCE, ms), undefined);
  watch.look(plusMs(SINCE, ms), undefined);
  expect(said).toEqual(told);
});

test('an outage that ends because nothing needs a connection any more says so', () => {
  const said: unknown[] = [];
  const watch = new OutageWatch({
    reconnected: (outage, idleBecause) => void said.push(outage, idleBecause),
  });
  watch.look(plusMs(SINCE, OUTAGE_MS), OUTAGE);
  watch.look(plusMs(SINCE, OUTAGE_MS), undefined, true, 'nothing is followed there');
  expect(said).toEqual([OUTAGE, 'nothing is followed there']);
});

test('a connection that has to hold yet begins no outage and ends none', () => {
  const said: string[] = [];
  const watch = new OutageWatch({
    disconnected: () => void said.push('down'),
    reconnected: () => void said.push('up'),
  });
  const later = plusMs(SINCE, OUTAGE_MS);
  watch.look(later, OUTAGE, true);
  expect(said).toEqual([]);
  watch.look(later, OUTAGE);
  watch.look(later, OUTAGE, true);
  watch.look(later, OUTAGE);
  expect(said).toEqual(['down']);
  watch.look(later, undefined, true);
  expect(said).toEqual(['down', 'up']);
});
