import { expect, test } from 'vitest';
import { endWords, outageWords } from '../../../../adapters/venues/session/outage-words.ts';
import type { Outage } from '../../../../adapters/venues/session/session-status.ts';
import { epochMs } from '../../../../core/time.ts';

const OUTAGE: Outage = {
  wire: 'kalshi',
  name: 'Kalshi, live',
  since: epochMs(Date.parse('2026-11-21T12:00:00Z')),
  symbols: ['KXOAK'],
  why: 'HTTP 503',
  isPolling: false,
};

test.each([
  [OUTAGE, 'Kalshi, live: no connection for KXOAK since 2026-11-21T12:00:00.000Z: HTTP 503.'],
  [
    { ...OUTAGE, symbols: ['KXOAK', 'KXELM'], isPolling: true },
    'Kalshi, live: no connection for 2 of what it follows since 2026-11-21T12:00:00.000Z: HTTP 503. It is asked by REST meanwhile.',
  ],
])('an outage is told with what it is about, since when, why and what is done', (outage, words) => {
  expect(outageWords(outage)).toBe(words);
});

test.each([
  [null, 'Kalshi, live: connected again; it was not connected since 2026-11-21T12:00:00.000Z.'],
  [
    'nothing is followed there',
    'Kalshi, live: nothing is followed there; it was not connected since 2026-11-21T12:00:00.000Z.',
  ],
])('its end is told as what it is', (idleBecause, words) => {
  expect(endWords(OUTAGE, idleBecause)).toBe(words);
});
