import { expect, test } from 'vitest';
import { MINUTE_MS } from '../../../core/time.ts';
import { catalogueQueries } from '../../../core/universe/catalogue-queries.ts';
import { rule } from './listings.ts';

const REFRESH_MS = 15 * MINUTE_MS;
const ask = (...rules: Parameters<typeof rule>[0][]) =>
  catalogueQueries(
    rules.map((more) => rule(more)),
    REFRESH_MS,
  );

test('without rules nobody is asked', () => {
  expect(ask()).toEqual([]);
});

test('symbols that are named are asked for alone', () => {
  expect(ask({ name: 'a', symbols: ['BTCUSDT', 'ETHUSDT'] })).toEqual([
    {
      venue: 'binance',
      name: 'symbols:a',
      wanted: { kind: 'symbols', symbols: ['BTCUSDT', 'ETHUSDT'] },
      rules: ['a'],
    },
  ]);
});

test('a pattern, or no symbol at all, needs the whole list, which then serves all rules of its venue', () => {
  expect(
    ask(
      { name: 'a', symbols: ['BTCUSDT'] },
      { name: 'b', symbols: ['*USDT'] },
      { name: 'c' },
      { name: 'd', venue: 'mexc', symbols: ['BTCUSDT'] },
    ),
  ).toEqual([
    { venue: 'binance', name: 'all', wanted: { kind: 'all' }, rules: ['a', 'b', 'c'] },
    { venue: 'mexc', name: 'symbols:d', wanted: { kind: 'symbols', symbols: ['BTCUSDT'] }, rules: ['d'] },
  ]);
});

test('a series is asked for once, as far ahead as any of its rules looks', () => {
  const venue = 'kalshi';
  expect(
    ask(
      { name: 'a', venue, series: ['S', 'T'] },
      { name: 'b', venue, series: ['S'], rolling: true, leadMs: 5 * MINUTE_MS },
      { name: 'c', venue, series: ['S'], rolling: true, leadMs: 0, symbols: ['S-*'] },
    ),
  ).toEqual([
    {
      venue,
      name: 'series:S',
      wanted: { kind: 'series', series: 'S', aheadMs: 20 * MINUTE_MS },
      rules: ['a', 'b', 'c'],
    },
    { venue, name: 'series:T', wanted: { kind: 'series', series: 'T', aheadMs: 0 }, rules: ['a'] },
  ]);
});
