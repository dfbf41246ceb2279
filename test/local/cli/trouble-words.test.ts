import { expect, test } from 'vitest';
import { troubleWords } from '../../../local/cli/trouble-words.ts';
import { venueOk } from '../../support/feed-health.ts';

const refused = [{ symbol: 'BTCUSD', why: 'the venue does not list it; the nearest names are BTCUSDT' }];
const NOTES = new Map([['Binance Spot, live', 'listing of BTCUSD failed: no route']]);

test.each([
  [{}, []],
  [{ connected: false, trouble: 'HTTP 451' }, ['HTTP 451']],
  [{ connected: false }, ['listing of BTCUSD failed: no route']],
  [{ closedBecause: 'maintenance' }, ['closed: maintenance']],
  [{ connected: null, idleBecause: 'nothing is followed there' }, ['nothing is followed there']],
  [
    { connected: null, idleBecause: 'the venue lists none of what is followed there', refused },
    [
      'the venue lists none of what is followed there',
      'BTCUSD: the venue does not list it; the nearest names are BTCUSDT',
    ],
  ],
])('%o is told as %j', (change, words) => {
  expect(troubleWords([venueOk(change)], NOTES)).toEqual(words.map((one) => `Binance Spot, live: ${one}`));
});
