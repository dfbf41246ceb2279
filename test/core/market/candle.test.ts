import { describe, expect, test } from 'vitest';
import { price, quantity } from '../../../core/amounts.ts';
import {
  betterOf,
  CANDLE_INTERVALS,
  HISTORY_INTERVALS,
  INTERVAL_MS,
  isHistoryInterval,
  type StoredCandle,
} from '../../../core/market/candle.ts';
import { epochMs } from '../../../core/time.ts';

test('each interval is a whole number of the one before', () => {
  const lengths = CANDLE_INTERVALS.map((interval) => INTERVAL_MS[interval]);
  expect(lengths.slice(1).map((ms, n) => ms / (lengths[n] ?? 0))).toEqual([5, 3, 4, 5, 3, 4, 24]);
});

test('history begins with the minute', () => {
  expect(CANDLE_INTERVALS.filter(isHistoryInterval)).toEqual(HISTORY_INTERVALS);
});

describe('of two bars of one stretch', () => {
  const bar = (volume: string, complete: boolean, source: StoredCandle['source']): StoredCandle => ({
    interval: '1m',
    start: epochMs(0),
    open: price('1'),
    high: price('1'),
    low: price('1'),
    close: price('1'),
    volume: quantity(volume),
    trades: 1,
    complete,
    source,
  });
  const OWN = bar('5', true, 'own');
  const VENUES = bar('6', true, 'venue');
  const PART = bar('4', false, 'own');

  test.each([
    { what: 'a complete own bar stays before a venue bar', kept: OWN, came: VENUES, better: OWN },
    { what: 'a complete own bar stays before another', kept: OWN, came: bar('7', true, 'own'), better: OWN },
    { what: 'a complete own bar stays before an incomplete one', kept: OWN, came: PART, better: OWN },
    { what: 'a complete own bar replaces the venue bar', kept: VENUES, came: OWN, better: OWN },
    { what: 'a complete own bar replaces an incomplete one', kept: PART, came: OWN, better: OWN },
    { what: 'a venue bar replaces an incomplete one', kept: PART, came: VENUES, better: VENUES },
    { what: 'a venue bar stays before an incomplete one', kept: VENUES, came: PART, better: VENUES },
    {
      what: 'a venue bar is corrected by the venue',
      kept: VENUES,
      came: bar('3', true, 'venue'),
      better: bar('3', true, 'venue'),
    },
    {
      what: 'an incomplete bar that saw more replaces one that saw less',
      kept: PART,
      came: bar('4.5', false, 'own'),
      better: bar('4.5', false, 'own'),
    },
    {
      what: 'an incomplete bar that saw less does not replace',
      kept: PART,
      came: bar('3', false, 'venue'),
      better: PART,
    },
  ])('$what', ({ kept, came, better }) => {
    expect(betterOf(kept, came)).toBe(kept === better ? kept : came);
    expect(betterOf(kept, came)).toEqual(better);
  });
});
